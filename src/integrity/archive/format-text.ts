/** What stands in every package as `data/spec/FORMAT.md`: how to read and to check it when nothing else is left. */
export const FORMAT = `# Архивный пакет электронного журнала, версия 1

Папка по BagIt 1.0 (RFC 8493) в файле ZIP без сжатия. Имена — ASCII, тексты — UTF-8.

## Что здесь лежит

| файл | что это |
| --- | --- |
| data/journal.html, summary.html, extract.html | для чтения: журнал, сводная ведомость или выписка |
| data/*.csv | то же таблицей: точка с запятой, UTF-8 с меткой BOM |
| data/journal.json (summary.json, extract.json) | то же для программ: JSON по RFC 8785; люди — номерами |
| data/print/*.pdf, summary.pdf, extract.pdf | то же на бумаге, PDF/A-1b (ISO 19005-1): журнал на файл |
| data/names.ndjson | имена: строка на человека, \`{"id","name"}\` |
| data/history.csv | каждое исправление: кто, когда, было, стало, почему |
| data/voided.csv, data/log/void.json | операции, недействительные по п. 4.4 |
| data/disclosures.ndjson | тексты о людях: \`{"i","d"}\`, номер строки events.ndjson от 0 и раскрытие; SHA-256 от d в base64url — \`cm\` в записи, внутри d (base64url) — [соль, поле, текст] |
| data/log/events.ndjson | записи, из которых всё это получено, по одной в строке, в порядке журнала событий |
| data/log/index.txt | место каждой записи в журнале событий, от 0 |
| data/log/sealed.ndjson, sealed-index.txt | запись SnapshotSealed об этом пакете и её место |
| data/log/checkpoint | подписанная контрольная точка (C2SP tlog-checkpoint) |
| data/log/tile/… | плитки дерева (C2SP tlog-tiles), по которым записи стоят под этой точкой |
| data/keys/*.vkey | открытый ключ журнала; верить ему отсюда нельзя: сверьте с локальным актом школы |
| data/spec/schemas/*.json | схемы данных записей |
| snapshot.note | подпись под пакетом (C2SP signed-note) |
| signatures/ | подписи и метки времени, добавленные позже; в описи не входят |

## Как проверить без программы

1. \`sha512sum -c tagmanifest-sha512.txt manifest-sha512.txt\`: файлы те, что в описи. Лишних файлов эта проверка не видит.
2. SHA-512 файла tagmanifest-sha512.txt — та, что в строке \`tagmanifest-sha512\` файла snapshot.note.
3. Подпись snapshot.note: текст до пустой строки вместе с его последним переводом строки, Ed25519; подпись — последние 64 байта base64 в строке, которая начинается с тире; ключ — последние 32 байта base64 из vkey. \`openssl pkeyutl -verify -pubin -keyform DER -inkey log.der -rawin -in text -sigfile sig\`
4. Лист записи — SHA-256 от нулевого байта и строки events.ndjson без перевода строки. Он стоит в плитке data/log/tile/0 на месте из index.txt. Узел — SHA-256 от байта 1, левого и правого (RFC 6962). Корень всех листьев — в третьей строке data/log/checkpoint, подписанной так же.
5. В каждом потоке записи идут по порядку \`rev\`, и \`meta.prev\` — лист предыдущей в base64. Сколько их должно быть и какой лист последний, сказано в \`data.streams\` записи SnapshotSealed. Поток с \`part: true\` взят не весь: только записи, которые касаются этого пакета.
6. \`contentDigest\` там же — SHA-512 строк manifest-sha512.txt о файлах под data/, кроме data/keys, data/log/tile, data/log/checkpoint, data/log/sealed.ndjson и sealed-index.txt.

## Как из записей получить журнал

Записи берут по порядку, пропуская те, чьи номера есть в void.json. PageOpened открывает страницу; LessonRecorded ставит урок, LessonCorrected меняет названное поле; AttendanceTaken называет отсутствующих, AbsenceCodeCorrected меняет одного; WorkHeld ставит столбец, MarkRecorded — отметку, MarkCorrected меняет её, MarkWithdrawn снимает; HomeworkSet, HomeworkCorrected, HomeworkDeclined — задание; HomeworkReviewed — заключение о нём, оно стоит в истории; CommentMade, CommentCorrected — комментарий; FinalMarkRecorded, FinalMarkCorrected, FinalMarkWithdrawn — итог, FinalPostponed откладывает его; AssessmentHeld — работа вне уроков, столбцы и отметки называют её как урок, AssessmentResultsReceived говорит, когда и чьи результаты получены, AssessmentResultsCorrected меняет их список; MissedTopicCredited — отметка по протоколу; IndividualHomeworkSet, IndividualHomeworkCorrected — задание одному; RemarkMade, RemarkWithdrawn — замечание или рекомендация; PracticeExempted, PracticeExemptionWithdrawn — освобождение; MarkDisputed, DisputeRefused, DisputeUpheld — несогласие и ответ; EntryExplained — причина поздней записи; PaperDifferenceFound, PaperDifferenceFixed, PaperDifferenceExplained — расхождение с бумажной страницей; PageClosed закрывает, PageSigned — подпись. Рядом с итогами — FormOfEducationSet, FinalCredited, AttestationRecorded, AttestationCorrected. Состав класса — PupilPlacedInClass, PupilRemovedFromClass, группы — PupilJoinedGroup, PupilLeftGroup; даты «с» входят, даты «по» — первый день, когда уже нет.

# Archive package of the electronic class journal, version 1

A BagIt 1.0 folder (RFC 8493) in a stored ZIP. Names are ASCII, texts UTF-8. The table above names the files: forms for people (html), on paper (PDF/A-1b), tables (csv, semicolons), forms for programs (json, RFC 8785, people by id), names of people, every correction, void operations, the exact records of the event log with their places, the record that sealed this package, a signed checkpoint, tiles of the Merkle tree, the public key (not to be believed from here), schemas.

To check without a program: (1) \`sha512sum -c\` both SHA-512 manifests; it does not see extra files. (2) The SHA-512 of tagmanifest-sha512.txt stands in snapshot.note. (3) Verify the Ed25519 signature of snapshot.note, over its text up to the empty line, by the key that the school published. (4) A leaf is SHA-256(0x00, line of events.ndjson without line feed) and stands in the tile of level 0 at the place of index.txt; a node is SHA-256(0x01, left, right); the root of all leaves is in the signed checkpoint. (5) Within a stream \`rev\` counts up and \`meta.prev\` is the leaf of the record before; how many records and which last leaf, the record SnapshotSealed says in \`data.streams\`; of a stream with \`part: true\` only what concerns the package is here. (6) \`contentDigest\` is the SHA-512 over the lines of manifest-sha512.txt for the files below data/ except data/keys, data/log/tile, data/log/checkpoint, data/log/sealed.ndjson and data/log/sealed-index.txt.

To make the journal from the records: take them in order, leave out those in void.json, and do what their types say, as the Russian text lists; memberships begin with the date \`from\` and end on the day before the date of leaving.
`
