import type { Uuid } from '#values/uuid.ts'
import type { FoldState } from './fold.ts'
import type { ChangeState } from './fold-page.ts'
import { besideEntries, CREDIT, creditGround, type Entry, pageEntries } from './entries.ts'
import type { WorkForm } from './forms-page.ts'
import {
  type ExtractForm,
  type Form,
  type JournalForm,
  pagesInOrder,
  type PageForm,
  type SummaryForm,
} from './forms.ts'

/** Names of people by id; whoever has none there is shown by the id. */
export type Names = ReadonlyMap<Uuid, string>

type Cell = string | number | null | undefined
export type Row = readonly Cell[]

/**
 * CSV as Excel opens it in Russian: UTF-8 with a mark at its beginning, semicolons, CR LF (RFC 4180). A cell that a
 * spreadsheet would take for a formula stands behind an apostrophe.
 */
export function csv(rows: readonly Row[]): string {
  return `\uFEFF${rows.map((row) => `${row.map(cell).join(';')}\r\n`).join('')}`
}

function cell(value: Cell): string {
  const text = String(value ?? '')
  const safe = typeof value === 'string' && /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[;"\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const of = (names: Names, id: Uuid): string => names.get(id) ?? id

export function formTable(form: Form, names: Names): Row[] {
  switch (form.form) {
    case 'letopis-journal':
      return journalTable(form, names)
    case 'letopis-summary':
      return summaryTable(form, names)
    default:
      return extractTable(form, names)
  }
}

const JOURNAL_HEADER = [
  'журнал',
  'предмет',
  'период',
  'строка',
  'дата',
  'урок',
  'обучающийся',
  'вид',
  'значение',
  'текст',
  'записано',
]

/** One line for whatever stands on a page: whatever reads tables can put the pages together from it. */
function journalTable(form: JournalForm, names: Names): Row[] {
  const { pages, legend } = form
  const marksOf = (on: Row, at: Row, works: readonly WorkForm[]): Row[] =>
    works.flatMap(({ kind, marks }) =>
      marks.map(({ pupil, value, credit, recordedAt }) => [
        ...on,
        credit === null ? 'отметка' : CREDIT,
        ...at,
        of(names, pupil),
        legend.kinds[kind] ?? kind,
        value,
        credit === null ? null : groundOf(creditGround(credit), names),
        recordedAt,
      ]),
    )
  const lines = pages.flatMap((page): Row[] => {
    const on = [page.name, page.subject, page.period.name]
    return [
      ...page.lessons.flatMap((lesson): Row[] => {
        const at = [lesson.date, lesson.number]
        const homework = lesson.homework === 'declined' ? 'не задано' : (lesson.homework?.text ?? null)
        return [
          [
            ...on,
            'урок',
            ...at,
            null,
            legend.lessonTypes[lesson.type] ?? lesson.type,
            of(names, lesson.teacher),
            lesson.topic,
            lesson.recordedAt,
          ],
          ...(homework === null ? [] : [[...on, 'задание', ...at, null, null, null, homework, null]]),
          ...lesson.absences.map(({ pupil, code }) => [
            ...on,
            'отсутствие',
            ...at,
            of(names, pupil),
            legend.codes[code] ?? null,
            code,
            null,
            null,
          ]),
          ...marksOf(on, at, lesson.works),
          ...lesson.comments.map(({ author, text, at: made }) => [
            ...on,
            'комментарий',
            ...at,
            null,
            null,
            of(names, author),
            text,
            made,
          ]),
        ]
      }),
      ...page.finals.map(({ pupil, kind, value, recordedAt }) => [
        ...on,
        'итог',
        null,
        null,
        of(names, pupil),
        FINALS[kind] ?? kind,
        value,
        null,
        recordedAt,
      ]),
      ...entryLines(legend, page, on, names, marksOf),
    ]
  })
  const beside = besideEntries(form).map((entry) => entryLine([null, entry.subject, null], entry, names))
  return [JOURNAL_HEADER, ...lines, ...beside]
}

type MarksOf = (on: Row, at: Row, works: readonly WorkForm[]) => Row[]

/** What stands on a page beside its lessons. */
function entryLines(
  legend: JournalForm['legend'],
  page: PageForm,
  on: Row,
  names: Names,
  marksOf: MarksOf,
): Row[] {
  return [
    ...page.assessments.flatMap(({ date, kind, name, recordedAt, works }): Row[] => [
      [...on, 'работа вне уроков', date, null, null, kind, null, name, recordedAt],
      ...marksOf(on, [date, null], works),
    ]),
    // A credit is the line of its mark already.
    ...pageEntries(legend, page)
      .filter(({ what }) => what !== CREDIT)
      .map((entry) => entryLine(on, entry, names)),
  ]
}

function entryLine(on: Row, entry: Entry, names: Names): Row {
  const { what, date, pupil, kind, value, at } = entry
  const whose = pupil === null ? null : of(names, pupil)
  return [...on, what, date, null, whose, kind, value, groundOf(entry, names), at]
}

/** The text of an entry, with the people whom it names. */
function groundOf({ text, people }: Pick<Entry, 'text' | 'people'>, names: Names): string | null {
  if (people.length === 0) return text
  const named = people.map((person) => of(names, person)).join(', ')
  return text === null ? named : `${text}; ${named}`
}

const FINALS: Readonly<Record<string, string>> = {
  period: 'за период',
  year: 'за год',
  exam: 'за экзамен',
  final: 'итоговая',
}
const DECISIONS: Readonly<Record<string, string>> = {
  promoted: 'переведён',
  'promoted-conditionally': 'переведён условно',
  repeats: 'оставлен на повторное обучение',
  admitted: 'допущен к итоговой аттестации',
  graduated: 'окончил школу',
}

function summaryTable(form: SummaryForm, names: Names): Row[] {
  const nameOf = new Map(form.periods.map(({ period, name }) => [period, name]))
  const subjectOf = new Map(form.subjects.map(({ journal, subject }) => [journal, subject]))
  const lines = form.pupils.flatMap(({ pupil, finals, decision }): Row[] => [
    ...finals.map(({ journal, period, kind, value }) => [
      of(names, pupil),
      subjectOf.get(journal),
      nameOf.get(period),
      FINALS[kind] ?? kind,
      value,
      null,
    ]),
    ...(decision === null
      ? []
      : [
          [
            of(names, pupil),
            null,
            null,
            'решение',
            DECISIONS[decision.decision] ?? decision.decision,
            `приказ ${decision.order.number} от ${decision.order.date}`,
          ],
        ]),
  ])
  const assessments = form.assessments.flatMap(({ journal, period, date, name, marks }): Row[] =>
    marks.map(({ pupil, value }) => [
      of(names, pupil),
      subjectOf.get(journal),
      nameOf.get(period),
      `${name}, ${date}`,
      value,
      null,
    ]),
  )
  const beside = besideEntries(form).map((entry): Row => {
    const { pupil, subject, date, what, kind, value } = entry
    const called = kind === null ? what : `${what}, ${kind}`
    return [pupil === null ? null : of(names, pupil), subject, date, called, value, groundOf(entry, names)]
  })
  return [
    ['обучающийся', 'предмет', 'период', 'вид', 'значение', 'основание'],
    ...lines,
    ...assessments,
    ...beside,
  ]
}

function extractTable(form: ExtractForm, names: Names): Row[] {
  const { subjects, legend } = form
  const lines = subjects.flatMap(({ subject, periods }) =>
    periods.flatMap(({ period, finals, marks, absences, exemptions, postponedUntil }): Row[] => [
      ...marks.map(({ date, kind, value, assessment, protocol }) => [
        subject,
        period.name,
        protocol === null ? 'отметка' : `зачёт темы, протокол ${protocol.number} от ${protocol.date}`,
        date,
        assessment ?? legend.kinds[kind] ?? kind,
        value,
      ]),
      ...exemptions.map(({ from, until }) => [
        subject,
        period.name,
        'освобождение от практики',
        from,
        `по ${until}`,
        null,
      ]),
      ...(postponedUntil === null
        ? []
        : [[subject, period.name, 'отсрочка итога', postponedUntil, null, null]]),
      ...absences.map(({ date, number, code }) => [
        subject,
        period.name,
        'отсутствие',
        date,
        `урок ${number}`,
        code,
      ]),
      ...finals.map(({ kind, value }) => [subject, period.name, 'итог', null, FINALS[kind] ?? kind, value]),
    ]),
  )
  const beside = besideEntries(form).map((entry): Row => {
    const { subject, kind, what, date, value } = entry
    return [subject, kind, what, date, groundOf(entry, names), value]
  })
  return [['предмет', 'период', 'строка', 'дата', 'вид', 'значение'], ...lines, ...beside]
}

/** Every change of what had been recorded, in the order in which they were made on each page; then those of the roster. */
export function historyTable(state: FoldState, names: Names): Row[] {
  /** A list of people by name. */
  const named = (ids: string): string =>
    ids === ''
      ? ''
      : ids
          .split(' ')
          .map((one) => of(names, one as Uuid))
          .join(', ')
  const line = (
    where: Row,
    at: Row,
    { at: when, by, role, type, pupil, previous, value, reason, note, event }: ChangeState,
  ): Row => {
    const whose = pupil === null ? null : of(names, pupil)
    const why = reason === null ? null : (state.legend.reasons.get(reason) ?? reason)
    const [was, is] =
      type === 'AssessmentResultsCorrected' ? [named(previous), named(value)] : [previous, value]
    return [...where, when, by, role, type, ...at, whose, was, is, why, note, event]
  }
  const lines = pagesInOrder(state).flatMap((page) => {
    const name = state.journals.get(page.journal)?.name ?? page.journal
    return page.history.map((change): Row => {
      const { lesson } = change
      const assessment = lesson === null ? undefined : page.assessments.get(lesson)
      const { date = assessment?.date ?? null, number = null } =
        (lesson === null ? null : page.lessons.get(lesson)) ?? {}
      return line([name, page.period], [date, number], change)
    })
  })
  const ofRoster = state.beside.history.map((change) => line([null, null], [null, null], change))
  return [
    [
      'журнал',
      'период',
      'когда',
      'учётная запись',
      'роль',
      'событие',
      'дата',
      'урок',
      'обучающийся',
      'было',
      'стало',
      'причина',
      'примечание',
      'номер события',
    ],
    ...lines,
    ...ofRoster,
  ]
}

/** For people, without any program of ours: the form as a page of text and tables, without scripts. */
export function html(form: Form, names: Names): string {
  const title = titleOf(form, names)
  const body =
    form.form === 'letopis-journal'
      ? [...form.pages.map((page) => pageHtml(form, page, names)), besideHtml(form, names)].join('')
      : tableHtml(formTable(form, names))
  return `<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font-family:serif;margin:2em}table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #666;padding:2px 6px;vertical-align:top;text-align:left}</style>
</head><body><h1>${escaped(title)}</h1>
${body}</body></html>
`
}

function titleOf(form: Form, names: Names): string {
  const school = form.school.name ?? form.school.slug
  switch (form.form) {
    case 'letopis-journal':
      return `${school}. Классный журнал`
    case 'letopis-summary':
      return `${school}. Сводная ведомость ${form.class.name}, ${form.class.year}/${form.class.year + 1} учебный год`
    default:
      return `${school}. Выписка из журнала на ${form.on}: ${of(names, form.pupil)}`
  }
}

const dayOf = (date: string): string => `${date.slice(8)}.${date.slice(5, 7)}`

function pageHtml({ legend }: JournalForm, page: PageForm, names: Names): string {
  const head = [
    '',
    ...page.lessons.map(({ date, number }) => `${dayOf(date)} (${number})`),
    ...page.assessments.map(({ date, name }) => `${dayOf(date)} ${name}`),
    'Итог',
  ]
  const marks = new Map<string, Array<string | number>>()
  const put = (pupil: Uuid, lesson: Uuid, value: string | number): void => {
    marks.set(`${pupil}/${lesson}`, [...(marks.get(`${pupil}/${lesson}`) ?? []), value])
  }
  for (const { lesson, absences, works } of page.lessons) {
    for (const { pupil, code } of absences) put(pupil, lesson, code)
    for (const work of works) for (const { pupil, value } of work.marks) put(pupil, lesson, value)
  }
  for (const { assessment, works } of page.assessments) {
    for (const work of works) for (const { pupil, value } of work.marks) put(pupil, assessment, value)
  }
  const rows = page.pupils
    .map(({ pupil }) => [
      of(names, pupil),
      ...[...page.lessons.map(({ lesson }) => lesson), ...page.assessments.map((one) => one.assessment)].map(
        (occasion) => (marks.get(`${pupil}/${occasion}`) ?? []).join(' '),
      ),
      page.finals
        .filter((final) => final.pupil === pupil)
        .map(({ value }) => value)
        .join(' / '),
    ])
    .toSorted(([a], [b]) => (a! < b! ? -1 : a! > b! ? 1 : 0))
  const lessons = page.lessons.map(({ date, number, type, topic, homework, teacher }) => [
    date,
    number,
    legend.lessonTypes[type] ?? type,
    topic,
    homework === 'declined' ? 'не задано' : (homework?.text ?? ''),
    of(names, teacher),
  ])
  const closed = page.closedAt === null ? '' : `<p>Закрыт ${escaped(page.closedAt)}</p>`
  return `<h2>${escaped(page.name)}: ${escaped(page.period.name)}</h2>${closed}
${tableHtml([head, ...rows])}${tableHtml([['Дата', 'Урок', 'Тип', 'Тема', 'Задание', 'Учитель'], ...lessons])}${entriesHtml(legend, page, names)}`
}

/** Everything of a page that has no place in the two tables of a paper journal. */
function entriesHtml(legend: JournalForm['legend'], page: PageForm, names: Names): string {
  return entriesTable(pageEntries(legend, page), names)
}

/** Forms of education, finals from elsewhere and protocols of attestation, of everybody in the package. */
function besideHtml(form: JournalForm, names: Names): string {
  const table = entriesTable(besideEntries(form), names)
  return table === '' ? '' : `<h2>Аттестация, формы обучения, итоги из других организаций</h2>${table}`
}

function entriesTable(entries: readonly Entry[], names: Names): string {
  if (entries.length === 0) return ''
  const rows = entries.map((entry) => {
    const { what, date, pupil, subject, kind, value } = entry
    const said = [subject, kind, value].filter((each) => each !== null).join(', ')
    return [what, date, pupil === null ? '' : of(names, pupil), said, groundOf(entry, names)]
  })
  return tableHtml([['Что', 'Дата', 'Обучающийся', 'Вид, значение', 'Текст, основание'], ...rows])
}

function tableHtml([head, ...rows]: readonly Row[]): string {
  const line = (tag: string, row: Row): string =>
    `<tr>${row.map((each) => `<${tag}>${escaped(String(each ?? ''))}</${tag}>`).join('')}</tr>\n`
  return `<table>\n${line('th', head!)}${rows.map((row) => line('td', row)).join('')}</table>\n`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (mark) => ENTITIES[mark]!)
