import type { Uuid } from '#values/uuid.ts'
import type { FoldState } from './fold.ts'
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
      return extractTable(form)
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

/** One line for a lesson, an absence, a mark, a final: whatever reads tables can put the pages together from it. */
function journalTable({ pages, legend }: JournalForm, names: Names): Row[] {
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
          ...lesson.works.flatMap(({ kind, marks }) =>
            marks.map(({ pupil, value, recordedAt }) => [
              ...on,
              'отметка',
              ...at,
              of(names, pupil),
              legend.kinds[kind] ?? kind,
              value,
              null,
              recordedAt,
            ]),
          ),
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
    ]
  })
  return [JOURNAL_HEADER, ...lines]
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
  return [['обучающийся', 'предмет', 'период', 'вид', 'значение', 'основание'], ...lines]
}

function extractTable({ subjects, legend }: ExtractForm): Row[] {
  const lines = subjects.flatMap(({ subject, periods }) =>
    periods.flatMap(({ period, finals, marks, absences }): Row[] => [
      ...marks.map(({ date, kind, value }) => [
        subject,
        period.name,
        'отметка',
        date,
        legend.kinds[kind] ?? kind,
        value,
      ]),
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
  return [['предмет', 'период', 'строка', 'дата', 'вид', 'значение'], ...lines]
}

/** Every change of what had been recorded, in the order in which they were made on each page. */
export function historyTable(state: FoldState, names: Names): Row[] {
  const lines = pagesInOrder(state).flatMap((page) => {
    const name = state.journals.get(page.journal)?.name ?? page.journal
    return page.history.map(
      ({ at, by, role, type, lesson, pupil, previous, value, reason, note, event }): Row => {
        const { date = null, number = null } = (lesson === null ? null : page.lessons.get(lesson)) ?? {}
        const whose = pupil === null ? null : of(names, pupil)
        const why = reason === null ? null : (state.legend.reasons.get(reason) ?? reason)
        return [name, page.period, at, by, role, type, date, number, whose, previous, value, why, note, event]
      },
    )
  })
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
  ]
}

/** For people, without any program of ours: the form as a page of text and tables, without scripts. */
export function html(form: Form, names: Names): string {
  const title = titleOf(form, names)
  const body =
    form.form === 'letopis-journal'
      ? form.pages.map((page) => pageHtml(form, page, names)).join('')
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

function pageHtml({ legend }: JournalForm, page: PageForm, names: Names): string {
  const head = [
    '',
    ...page.lessons.map(({ date, number }) => `${date.slice(8)}.${date.slice(5, 7)} (${number})`),
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
  const rows = page.pupils
    .map(({ pupil }) => [
      of(names, pupil),
      ...page.lessons.map(({ lesson }) => (marks.get(`${pupil}/${lesson}`) ?? []).join(' ')),
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
${tableHtml([head, ...rows])}${tableHtml([['Дата', 'Урок', 'Тип', 'Тема', 'Задание', 'Учитель'], ...lessons])}`
}

function tableHtml([head, ...rows]: readonly Row[]): string {
  const line = (tag: string, row: Row): string =>
    `<tr>${row.map((each) => `<${tag}>${escaped(String(each ?? ''))}</${tag}>`).join('')}</tr>\n`
  return `<table>\n${line('th', head!)}${rows.map((row) => line('td', row)).join('')}</table>\n`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (mark) => ENTITIES[mark]!)
