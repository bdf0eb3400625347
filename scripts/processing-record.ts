import { POSTED, VIEWS } from '#api/views/catalogue.ts'
import { COMMANDS } from '#commands/catalogue.ts'
import type { Command } from '#commands/command.ts'
import { PERSONAL_FIELDS } from '#events/personal-fields.ts'
import { RIGHTS as TABLES_OF_THE_OWNER } from '#main/grants.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { ANNOUNCED } from '#relay/announced-events.ts'
import { yearsKept } from '#values/archive.ts'
import { EXCHANGE_SETS, type ExchangeSet } from '#values/exchange-set.ts'
import type { Purpose } from '#values/personal-text.ts'
import { CELL_NAMES, type Operation, RIGHTS } from '#values/rights.ts'
import { RIGHTS_EDITION } from '#values/rights-editions.ts'
import { type Role, ROLE_NAMES, ROLES } from '#values/role.ts'

/** For what each group of what is known of a person is processed: a new purpose does not compile without its line. */
const PURPOSES: Readonly<Record<Purpose, readonly [what: string, why: string, kept: string]>> = {
  identity: [
    'фамилия, имя, отчество, прежние имена; имя для входа; сертификат подписавшего страницу, если подпись не удалось проверить сразу',
    'назвать человека в журнале, дневнике и документах; впустить его',
    `${yearsKept({ kind: 'summary' })} лет после выбытия, вместе со сводными ведомостями`,
  ],
  contacts: [
    'адреса почты и номера телефонов законных представителей, с источником и подтверждением',
    'доставить семье сообщения школы (R-5.7)',
    'пока представитель связан со школой; стираются ключом в любое время',
  ],
  notes: [
    'слова о человеке: комментарии, замечания, пояснения к исправлениям, обращения',
    'педагогическая запись; помощь пользователям',
    `${yearsKept({ kind: 'page' })} лет после выбытия`,
  ],
}

/** How much a table says of people. */
type Holds = 'clear' | 'sealed' | 'ids' | 'nothing'
const HOLDS: Readonly<Record<Holds, string>> = {
  clear: 'открыто',
  sealed: 'зашифровано ключом человека',
  ids: 'только псевдонимные номера',
  nothing: 'сведений о людях нет',
}

/** Every table outside the read models: a test asks for the line of a new one. */
export const TABLES: Readonly<Record<string, readonly [holds: Holds, what: string]>> = {
  'log.event': ['sealed', 'журнал событий: записи по номерам, слова о людях — шифром'],
  'person.name': ['sealed', 'имена и прежние имена'],
  'privacy.dek': ['ids', 'ключи людей, завёрнутые ключом вне базы'],
  'privacy.quarantine': ['ids', 'ключи, ожидающие уничтожения 30 дней'],
  'privacy.destroyed': ['ids', 'чьи ключи уничтожены'],
  'access.credential': ['clear', 'имена для входа; пароли — хэшем argon2id'],
  'access.session': ['ids', 'сеансы: когда, с какого адреса и программы'],
  'access.activation_code': ['ids', 'коды активации, хэшем'],
  'access.log_in_attempt': ['nothing', 'попытки входа, хэшем имени'],
  'access.service_token': ['nothing', 'токены внешних систем, хэшем'],
  'access.external_identity': ['ids', 'внешние входы, хэшем'],
  'access.external_log_in': ['nothing', 'начатые внешние входы, на минуты'],
  'access.request': ['ids', 'журнал обращений: кто, что, откуда'],
  'access.read': ['ids', 'кто читал сведения о каких обучающихся'],
  'projection.checkpoint': ['nothing', 'до какого события дошли представления'],
  'projection.rebuild': ['nothing', 'перестроения представлений'],
  'projection.log_engine': ['nothing', 'где стоит журнал событий'],
  'relay.checkpoint': ['nothing', 'до какого события дошла передача'],
  'integrity.leaf': ['nothing', 'хэши записей'],
  'integrity.tile': ['nothing', 'дерево хэшей'],
  'integrity.checkpoint': ['nothing', 'подписанные контрольные точки'],
  'integrity.cosignature': ['nothing', 'подписи свидетелей'],
  'integrity.key': ['nothing', 'открытые ключи печати'],
  'integrity.progress': ['nothing', 'до какого события дошла печать'],
  'operations.process': ['nothing', 'процессы службы'],
  'operations.outage': ['nothing', 'измеренные перерывы'],
  'operations.import': ['ids', 'отчёты загрузок, без имён'],
  'operations.archive_job': ['ids', 'работы архива'],
  'operations.delivery': ['ids', 'попытки доставки сообщений, без адресов и слов; до конца доставки'],
  'operations.contact_try': ['ids', 'сколько раз пробовали код контакта; сам код нигде не хранится'],
  'operations.maintenance': ['nothing', 'объявленные работы'],
  'letopis.migration': ['nothing', 'устройство таблиц'],
  'letopis.migration_lock': ['nothing', 'устройство таблиц'],
}

/** What an external system is given in a set that was agreed for it. */
const SETS: Readonly<Record<ExchangeSet, string>> = {
  calendar: 'календарь учебного года; о людях ничего',
  rosters: 'классы и группы с составом, сотрудники, с именами; ни отметок, ни пропусков',
  load: 'журналы и кто их ведёт',
  diary:
    'дневник, итоговые и контрольные обучающихся, на электронную форму для которых согласен представитель, и кто из представителей согласен',
  acknowledgements:
    'система сообщает, что представитель ознакомился с дневником, и видит подтверждения тех, кому дневник открыт',
}

/** The rows of the matrix in which something of pupils is read: a test holds them against the rows of views that show some. */
export const ABOUT_PUPILS: readonly Operation[] = [
  '8',
  '9',
  '10',
  '16b',
  '19',
  '19a',
  '24',
  '24a',
  '26',
  '28',
  '29',
  '29a',
  '29c',
  '29d',
  '29e',
  '30',
  '31',
  '32',
  '34',
  '37',
  '42',
  '42a',
  '42c',
  '45',
]

const table = (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** The record of processing (152-ФЗ, R-1.7): what is known of people, for what, where, to whom it goes and for how long. */
export function processingRecord(): string {
  return `# Учёт обработки персональных данных

Сделано из кода выпуска (\`npm run docs:write\`): чего здесь нет, того служба не хранит и не передаёт. Как устроено шифрование и стирание — [personal-data.md](personal-data.md). Обработку поручает школа по договору с оператором установки (Пр3/3); номер договора — в сведениях о школе.

## Цели и сроки

${table(
  ['ключ', 'что', 'для чего', 'сколько хранится'],
  Object.entries(PURPOSES).map(([purpose, cells]) => [`\`${purpose}\``, ...cells]),
)}

Отметки, пропуски, состав классов и обращения к службе записаны под псевдонимными номерами и хранятся, как сам журнал: ${yearsKept({ kind: 'page' })} лет страницы, ${yearsKept({ kind: 'summary' })} лет сводные ведомости. Кто что читал — \`LETOPIS_READS_DAYS\` дней. Поле для здоровья, адреса, документов и места работы родителей не заведено (R-F2).

## Слова о людях в записях

Каждое такое поле зашифровано ключом человека, о котором оно, или автора.

${table(
  ['событие', 'поля', 'ключ'],
  Object.entries(PERSONAL_FIELDS).map(([type, fields]) => [
    `\`${type}\``,
    Object.keys(fields)
      .map((field) => `\`${field}\``)
      .join(', '),
    [...new Set(Object.values(fields).map(({ purpose }) => `\`${purpose}\``))].join(', '),
  ]),
)}

## Где хранится

${table(
  ['таблица', 'о людях', 'что'],
  Object.keys(TABLES_OF_THE_OWNER).map((name) => {
    const [holds, what] = TABLES[name] ?? ['nothing', '']
    return [`\`${name}\``, HOLDS[holds], what]
  }),
)}

Представления делаются из журнала событий и держат то же: номера, а слова о людях — шифром. Это ${READ_MODELS.map((model) => `\`${model.name}\` (${model.tables.map(({ name }) => name).join(', ')})`).join('; ')}. Имена присоединяются, когда ответ уходит.

Вне базы: ключи, которыми завёрнуты ключи людей (папка установки), резервные копии (шифр, 30 дней), архивные пакеты (с именами тех, кто в них показан, на свой срок).

## Кому видно

По матрице прав, редакция ${RIGHTS_EDITION.edition} (SHA-256 \`${RIGHTS_EDITION.digest}\`); какая действовала в школе раньше, показывает \`rights-matrix\`.

${table(
  ['строка матрицы прав', 'что', ...ROLES.filter(isReader).map((role) => ROLE_NAMES[role])],
  RIGHTS.filter(({ operation }) => ABOUT_PUPILS.includes(operation)).map(({ operation, name, cells }) => [
    operation,
    name,
    ...ROLES.filter(isReader).map((role) => CELL_NAMES[cells[role]]),
  ]),
)}

## Кому передаётся

${table(['получатель', 'что', 'на каком основании'], recipients())}
`
}

const isReader = (role: Role): boolean => role !== 'operator' && role !== 'external-system'

/** Everybody outside the school to whom something goes. */
function recipients(): string[][] {
  const told = Object.entries(ANNOUNCED).filter(([, telling]) => telling !== 'nobody').length
  return [
    ...EXCHANGE_SETS.map((set) => {
      const open = [...VIEWS, ...POSTED, ...(COMMANDS as readonly Command[])].filter(
        ({ exchange }) => exchange === set,
      )
      const names = open.map(({ name }) => `\`${name}\``).join(', ')
      return [
        `внешняя система, набор \`${set}\``,
        `${SETS[set]}: ${names}`,
        'токен, выданный школой (строка 45)',
      ]
    }),
    [
      'шина NATS, если она подключена',
      `${told} видов событий по номерам, без имён и без слов, которые кто-то написал ([bus.md](bus.md))`,
      'решение школы и оператора',
    ],
    ['свидетели печати', 'контрольные точки: хэши, из которых о людях ничего не узнать', 'решение оператора'],
    ['оператор установки', 'хранение и копии; прикладных данных не читает', 'договор поручения (Пр3/3)'],
    ['архив', 'пакеты с именами тех, кто в них показан', 'п. 2.14–2.16, 3.1–3.4'],
    [
      'орган управления образованием',
      'числа по классам и параллелям, без имён и номеров, не меньше пяти человек',
      'решение руководителя (Пр2/19)',
    ],
    ['семья', 'дневник и выписка о своём ребёнке', 'п. 1.6, §5/2'],
  ]
}
