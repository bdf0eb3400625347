import { z } from 'zod'
import { WHOLE_YEAR } from '#commands/school-year/state.ts'
import { dayAndMonth, shownDate, shownInstant } from '#print/dates.ts'
import { FINAL_NAMES } from '#print/journal-page.ts'
import { policyOn } from '#projections/school-directory/queries.ts'
import type { LocalDate } from '#values/time.ts'
import { homeworkText } from '../prints/page-contents.ts'
import { acknowledgementReport } from './acknowledgement.ts'
import { classJournalGrid } from './class-journal.ts'
import { overdueList } from './overdue.ts'
import { pupilDiaryWeek } from './pupil-diary.ts'
import { releasedReportList } from './released-reports.ts'
import type { ShareReply } from './report-parts.ts'
import { shareText, wordsOf } from './report-sheets.ts'
import { pupilFinals, summarySheet } from './summary-sheet.ts'
import { filterOf, made, type Table, TABLE_FORMATS, tableFile } from './table-file.ts'
import { periodNames } from './directory.ts'
import { type Asked, defineView, type View } from './view.ts'

const TableReply = z
  .strictObject({
    title: z.string(),
    head: z.array(z.strictObject({ label: z.string(), text: z.string() })),
    ...made,
    tables: z.array(
      z.strictObject({
        name: z.string(),
        columns: z.array(z.string()),
        rows: z.array(z.array(z.string())),
      }),
    ),
  })
  .meta({ id: 'ExportedTable', description: 'То, что показывает страница, таблицами' })

const format = z
  .enum(['json', ...TABLE_FORMATS])
  .default('json')
  .describe('json, csv или xlsx; UTF-8, с отбором и временем')

interface Shown {
  readonly title: string
  readonly head: ReadonlyArray<readonly [string, string]>
  readonly tables: readonly Table[]
}

/**
 * What a view shows, as tables for a table program (R-7A.16f): asked like the view, and open to whom the view is. What is
 * shown by turns is here whole.
 */
function tableOf<Input extends z.ZodObject, Reply extends z.ZodType>(
  of: View<Input, Reply>,
  { path, what }: { readonly path: string; readonly what: string },
  shown: (body: z.output<Reply>, asked: Asked<z.output<Input>>) => Shown | Promise<Shown>,
  whole: (asked: Asked<z.output<Input>>) => Promise<{ readonly body: unknown }> = (asked) => of.answer(asked),
): View {
  const { limit: _limit, after: _after, ...shape } = of.input.shape
  return defineView({
    name: `${of.name}-table`,
    shows: of.name,
    path,
    summary: `${what}: таблицей — JSON, CSV или XLSX`,
    tag: 'Импорт и экспорт',
    operation: of.operation,
    logged: true,
    input: z.strictObject({ ...shape, format }),
    reply: TableReply,
    may: async (asked) => (await of.may?.(plain(of, asked))) ?? null,
    async answer(wanted) {
      const asked = plain(of, wanted)
      const { school, parts } = asked
      const answered = await whole(asked)
      const body = (await parts.texts.opened(school, answered.body)) as z.output<Reply>
      const { title, head, tables } = await shown(body, asked)
      const about = answered.body
      const { format: as } = wanted.input
      if (as !== 'json') return { ...tableFile(wanted, { title, head, tables, file: of.name }, as), about }
      return {
        about,
        body: {
          title,
          head: head.map(([label, text]) => ({ label, text })),
          filter: filterOf(wanted.input),
          generated_at: parts.execution.clock(),
          tables,
        },
      }
    },
  })
}

/** The question as the view itself is asked it. */
function plain<Input extends z.ZodObject>(
  { input: schema }: Pick<View<Input>, 'input'>,
  wanted: Asked<{ readonly format?: unknown }>,
): Asked<z.output<Input>> {
  const { format: _format, ...input } = wanted.input
  return { ...wanted, input: schema.parse(input) }
}

const text = (of: string | number | null | undefined): string =>
  of === null || of === undefined ? '' : String(of)
const marksText = (marks: ReadonlyArray<{ readonly value: number | string }>): string =>
  marks.map(({ value }) => value).join('/')

/** «Н/б», «Опз 4», «осв»: what stands in a cell. */
function cellText(of: {
  readonly absence: { readonly code: string | null } | null
  readonly exempt: boolean
  readonly marks: ReadonlyArray<{ readonly value: number | string }>
}): string {
  const parts = [of.exempt ? 'осв' : '', of.absence?.code ?? '', marksText(of.marks)]
  return parts.filter((part) => part !== '').join(' ')
}

/** What the school calls kinds of work on a date. */
async function kindsOn(
  { school, parts }: Asked<unknown>,
  date: LocalDate,
): Promise<(kind: string) => string> {
  const words = wordsOf((await policyOn(parts.database, school, date))?.policy)
  return (kind) => words.kind(kind)
}

/** A page of a journal: the pupils with their lessons and finals, and what was taught. */
const gridTable = tableOf(
  classJournalGrid,
  { path: 'pages/:page/table', what: 'Страница журнала' },
  async ({ page, pupils, lessons, assessments, works, cells, finals }, asked) => {
    const columns = [
      ...lessons.map(({ lesson, date, number }) => ({
        lesson,
        head: `${dayAndMonth(date)} (${number})`,
        date,
      })),
      ...assessments.map(({ assessment, date, name }) => ({
        lesson: assessment,
        head: `${dayAndMonth(date)} ${name}`,
        date,
      })),
    ].toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
    const at = new Map(cells.map((one) => [`${one.lesson} ${one.pupil}`, cellText(one)]))
    const kinds = [...new Set(finals.map(({ kind }) => kind))]
    const named = await kindsOn(asked, lessons.at(-1)?.date ?? asked.today)
    return {
      title: 'Страница классного журнала',
      head: [
        ['Класс (группа)', text(page.learners)],
        ['Предмет', text(page.subject ?? page.name)],
        ['Период', page.from === null || page.until === null ? page.period : days(page.from, page.until)],
      ],
      tables: [
        {
          name: 'Отметки и пропуски',
          columns: [
            'Обучающийся',
            ...columns.map(({ head }) => head),
            ...kinds.map((kind) => FINAL_NAMES[kind]),
          ],
          rows: pupils.map(({ pupil, name }) => [
            name,
            ...columns.map(({ lesson }) => at.get(`${lesson} ${pupil}`) ?? ''),
            ...kinds.map((kind) =>
              text(finals.find((final) => final.pupil === pupil && final.kind === kind)?.value),
            ),
          ]),
        },
        {
          name: 'Уроки',
          columns: ['Дата', 'Урок', 'Тема', 'Материал', 'Домашнее задание', 'Работы', 'Учитель'],
          rows: lessons.map((one) => [
            shownDate(one.date),
            String(one.number),
            one.topic,
            text(one.material),
            text(homeworkText(one.homework)),
            works
              .filter(({ lesson }) => lesson === one.lesson)
              .map(({ kind }) => named(kind))
              .join(', '),
            one.teacher_name,
          ]),
        },
      ],
    }
  },
)

const days = (from: LocalDate, until: LocalDate): string => `${shownDate(from)} – ${shownDate(until)}`

/** The diary of a pupil between two dates. */
const diaryTable = tableOf(
  pupilDiaryWeek,
  { path: 'pupils/:pupil/diary/table', what: 'Дневник' },
  async ({ name, from, until, lessons, remarks, assessments }, asked) => {
    const named = await kindsOn(asked, until)
    const marks = (of: (typeof lessons)[number]['marks']) =>
      of.map(({ kind, value }) => `${value} (${named(kind)})`).join('; ')
    return {
      title: 'Дневник',
      head: [
        ['Обучающийся', name],
        ['Дни', days(from, until)],
      ],
      tables: [
        {
          name: 'Уроки',
          columns: ['Дата', 'Урок', 'Предмет', 'Тема', 'Отметки', 'Пропуск', 'Задано', 'Лично', 'Учитель'],
          rows: lessons.map((one) => [
            shownDate(one.date),
            String(one.number),
            text(one.subject),
            one.topic,
            marks(one.marks),
            cellText({ ...one, marks: [] }),
            text(homeworkText(one.homework)),
            text(homeworkText(one.individual_homework)),
            one.teacher_name,
          ]),
        },
        {
          name: 'Испытания вне уроков',
          columns: ['Дата', 'Предмет', 'Испытание', 'Отметки'],
          rows: assessments.map((one) => [
            shownDate(one.date),
            text(one.subject),
            one.name,
            marks(one.marks),
          ]),
        },
        {
          name: 'Замечания и рекомендации',
          columns: ['Дата', 'Предмет', 'Вид', 'Текст'],
          rows: remarks.map((one) => [
            shownDate(one.date),
            text(one.subject),
            one.kind === 'remark' ? 'замечание' : 'рекомендация',
            text(one.text),
          ]),
        },
      ],
    }
  },
  (asked) => pupilDiaryWeek.answer({ ...asked, input: { ...asked.input, only: 'entries' } }),
)

/** The summary sheet: a row for each pupil and period, a column for each journal. */
const summaryTable = tableOf(
  summarySheet,
  { path: 'summaries/:unit/table', what: 'Сводная ведомость' },
  ({ name, year, periods, pupils, journals, finals }) => {
    const found = new Map(
      finals.map((one) => [`${one.journal} ${one.period} ${one.kind} ${one.pupil}`, text(one.value)]),
    )
    const lines = [
      ...periods.map((period) => ({
        ...period,
        kind: period.period === WHOLE_YEAR ? ('year' as const) : ('period' as const),
      })),
      ...(['exam', 'final'] as const)
        .filter((kind) => finals.some((one) => one.kind === kind))
        .map((kind) => ({ period: WHOLE_YEAR, name: FINAL_NAMES[kind], kind })),
    ]
    return {
      title: 'Сводная ведомость',
      head: [
        ['Класс (группа)', name],
        ['Учебный год', `${year}/${year + 1}`],
      ],
      tables: [
        {
          name: 'Итоговые отметки',
          columns: ['Обучающийся', 'Период', ...journals.map((one) => one.name)],
          rows: pupils.flatMap(({ pupil, name: pupilName }) =>
            lines.map((line) => [
              pupilName,
              line.name,
              ...journals.map(
                ({ journal }) => found.get(`${journal} ${line.period} ${line.kind} ${pupil}`) ?? '',
              ),
            ]),
          ),
        },
      ],
    }
  },
)

/** The finals of one pupil. */
const finalsTable = tableOf(
  pupilFinals,
  { path: 'pupils/:pupil/finals/table', what: 'Итоговые отметки обучающегося' },
  async ({ name, year, finals }, asked) => {
    const periodName = await periodNames(asked, year)
    const rows = finals
      .toSorted(
        (a, b) => text(a.subject).localeCompare(text(b.subject), 'ru') || (a.period < b.period ? -1 : 1),
      )
      .map((one) => [text(one.subject), periodName(one.period), FINAL_NAMES[one.kind], String(one.value)])
    return {
      title: 'Итоговые отметки',
      head: [
        ['Обучающийся', name],
        ['Учебный год', `${year}/${year + 1}`],
      ],
      tables: [{ name: 'Итоговые отметки', columns: ['Предмет', 'Период', 'Вид', 'Отметка'], rows }],
    }
  },
)

const STATES = {
  overdue: 'просрочено',
  due: 'в срок',
  excused: 'перерыв в работе',
  waiting: 'срока ещё нет',
} as const
const DUTIES = {
  lesson: 'урок',
  attendance: 'посещаемость',
  homework: 'домашнее задание',
  marks: 'отметки',
  results: 'результаты экзамена',
  finals: 'итоговые',
  closing: 'закрытие страницы',
  section: 'раздел готовности',
  'print-set': 'печатный комплект',
  notice: 'извещение о нарушении',
  ticket: 'обращение в поддержку',
  finding: 'замечание проверки',
} as const

/** What is due and overdue, all of it. */
const overdueTable = tableOf(
  overdueList,
  { path: 'overdue/table', what: 'Что нужно внести и что просрочено' },
  ({ at, from, until, counts, items }, { parts }) => ({
    title: 'Что нужно внести и что просрочено',
    head: [
      ['На мгновение', shownInstant(at, parts.zone)],
      ['Дни', days(from, until)],
      ['Просрочено', String(counts.overdue)],
    ],
    tables: [
      {
        name: 'Перечень',
        columns: ['Что', 'Состояние', 'Срок', 'Просрочено, мин', 'Дата', 'Журнал', 'Урок', 'Кто'],
        rows: items.map((one) => [
          DUTIES[one.duty],
          STATES[one.state],
          one.due_at === null ? '' : shownInstant(one.due_at, parts.zone),
          String(Math.floor(one.overdue_by / 60)),
          shownDate(one.date),
          text(one.journal_name),
          text(one.number),
          one.responsible.map(({ name }) => name).join(', '),
        ]),
      },
    ],
  }),
  async (asked) => {
    const turns = await inTurns<z.output<typeof overdueList.reply>>((after) =>
      overdueList.answer({ ...asked, input: { ...asked.input, limit: 500, after } }),
    )
    return { body: { ...turns[0], items: turns.flatMap(({ items }) => items), next: null } }
  },
)

/** The answers of a list by its turns, one behind the other. */
async function inTurns<Body extends { readonly next: string | null }>(
  turn: (after?: string) => Promise<{ readonly body: unknown }>,
): Promise<Body[]> {
  const bodies: Body[] = []
  for (let after: string | null | undefined; after !== null; after = bodies.at(-1)!.next)
    bodies.push((await turn(after)).body as Body)
  return bodies
}

const share = (of: z.output<typeof ShareReply>): string => (of.percent === null ? '' : shareText(of))

/** Who got acquainted with the diary: classes by weeks, and of a named class the children. */
const acknowledgementTable = tableOf(
  acknowledgementReport,
  { path: 'reports/acknowledgement/table', what: 'Ознакомление родителей с дневником' },
  ({ year, from, until, classes }, { parts }) => ({
    title: 'Ознакомление родителей с дневником',
    head: [
      ['Учебный год', `${year}/${year + 1}`],
      ['Дни', days(from, until)],
    ],
    tables: [
      {
        name: 'Классы',
        columns: ['Класс', 'Неделя', 'Ознакомились', 'Только открывали'],
        rows: classes.flatMap(({ name, weeks }) =>
          weeks.map((one) => [name, shownDate(one.week), share(one.acknowledged), String(one.viewed_only)]),
        ),
      },
      {
        name: 'Дети',
        columns: ['Класс', 'Обучающийся', 'Неделя', 'Ознакомились', 'Открывали'],
        rows: classes.flatMap(({ name, pupils }) =>
          (pupils ?? []).flatMap((pupil) =>
            pupil.weeks.map((one) => [
              name,
              pupil.name,
              shownDate(one.week),
              one.acknowledged
                .map(({ name: who, at, through }) =>
                  [who, shownInstant(at, parts.zone), ...(through === null ? [] : [`через ${through}`])].join(
                    ', ',
                  ),
                )
                .join('; '),
              one.viewed_at === null ? '' : shownInstant(one.viewed_at, parts.zone),
            ]),
          ),
        ),
      },
    ],
  }),
)

/** What was released to class teachers, and whether they opened it, all of it. */
const releasedTable = tableOf(
  releasedReportList,
  { path: 'released-reports/table', what: 'Отчёты, переданные классным руководителям' },
  async ({ year, releases }, asked) => {
    const periodName = releases.length === 0 ? text : await periodNames(asked, year)
    const { parts } = asked
    return {
      title: 'Отчёты, переданные классным руководителям',
      head: [['Учебный год', `${year}/${year + 1}`]],
      tables: [
        {
          name: 'Отчёты',
          columns: ['Отчёт', 'Класс', 'Обучающийся', 'Период', 'Дни', 'Передан', 'Кем', 'Открыт'],
          rows: releases.map((one) => [
            one.title,
            text(one.class_name),
            text(one.pupil_name),
            one.period === null ? '' : periodName(one.period),
            one.from === null || one.until === null ? '' : days(one.from, one.until),
            shownInstant(one.released_at, parts.zone),
            text(one.author_name),
            one.opened.map(({ name, at }) => `${text(name)}, ${shownInstant(at, parts.zone)}`).join('; '),
          ]),
        },
      ],
    }
  },
  async (asked) => {
    const turns = await inTurns<z.output<typeof releasedReportList.reply>>((after) =>
      releasedReportList.answer({ ...asked, input: { ...asked.input, limit: 200, after } }),
    )
    return { body: { ...turns[0], releases: turns.flatMap(({ releases }) => releases), next: null } }
  },
)

/** By the view that each makes tables of. */
export const TABLES: readonly View[] = [
  gridTable,
  diaryTable,
  summaryTable,
  finalsTable,
  overdueTable,
  acknowledgementTable,
  releasedTable,
]
