import { z } from 'zod'
import { type LessonTimes, lessonTimes, workTimes } from '#projections/class-journal/queries.ts'
import { yearOf } from '#projections/school-directory/queries.ts'
import { excusedWorks } from '#projections/summary-sheet/queries.ts'
import { lessonId } from '#values/school.ts'
import { share } from '#values/share.ts'
import { dueOf, excusing } from '#values/outage.ts'
import { endOfDay, type Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { assessmentsInTime, type ExpectedAssessment, type ExpectedWork } from './assessments-in-time.ts'
import { namesOf } from './names.ts'
import { outagesOf, zoneOf } from './outages.ts'
import { leftOut } from './pilots.ts'
import { plannedLessons } from './planned-lessons.ts'
import { REPORTS, reportDays, ShareReply } from './report-parts.ts'
import { mayAskForNamedClass, ownJournals, ownUnits } from './rights.ts'
import { type Asked, defineView } from './view.ts'

const ENTRIES = ['lesson', 'attendance', 'homework'] as const
type Entry = (typeof ENTRIES)[number]

/** The longest span of one report: a quarter and some more. */
const DAYS = 92

const counts = {
  expected: z
    .int()
    .describe('Уроков по расписанию без отменённых, срок записи которых прошёл или которые записаны'),
  on_time: z.int(),
  late: z.int(),
  missing: z.int(),
  excused: z
    .int()
    .describe('Опоздали или не внесены из-за зарегистрированного перерыва: учителю не засчитываются'),
  timeliness: ShareReply.describe('Внесено в срок из ожидаемых без тех, что не засчитываются'),
}
const EntriesReply = z.strictObject(counts).meta({ id: 'EntriesInTime' })

const figures = {
  lessons: z.strictObject({
    ...counts,
    median_late_by: z.int().nullable().describe('Медиана опоздания в секундах среди опоздавших записей'),
  }),
  attendance: EntriesReply,
  homework: EntriesReply.describe('Задание или явное «не задано»'),
  completeness: ShareReply.describe(
    'Тема, домашнее задание и посещаемость: заполнено из трёх на каждый урок',
  ),
  marks: z.array(
    z.strictObject({
      kind: z.string(),
      works: z.int(),
      marks: z.int(),
      on_time: z.int(),
      late: z.int(),
      excused: z.int(),
      timeliness: ShareReply.describe('Выставлено в срок из выставленных без тех, что не засчитываются'),
      without_marks: z.array(Uuid).describe('Работы, срок отметок которых прошёл, а отметок нет'),
    }),
  ),
}

/** Timeliness and completeness of journals by teacher (R-7A.10a, b, d, f; R-7A.13e). */
export const timelinessReport = defineView({
  name: 'timeliness-report',
  path: 'reports/timeliness',
  summary:
    'Своевременность и полнота заполнения журналов по учителям: уроки, посещаемость, домашние задания, отметки уроков и испытаний вне уроков; учителю — его собственные',
  tag: REPORTS,
  operation: '29',
  input: z.strictObject({
    from: LocalDate.optional().describe('По умолчанию — сегодня'),
    until: LocalDate.optional().describe(`По умолчанию — сегодня; не больше ${DAYS} дней`),
    class: Uuid.optional(),
    teacher: Uuid.optional(),
  }),
  reply: z.strictObject({
    from: LocalDate,
    until: LocalDate,
    total: z.strictObject(figures).describe('Каждый урок один раз, сколько бы учителей его ни вели'),
    rows: z.array(
      z.strictObject({
        teacher: Uuid,
        teacher_name: z.string(),
        journal: Uuid,
        journal_name: z.string().nullable(),
        ...figures,
        behind: z
          .array(
            z.strictObject({
              lesson: Uuid,
              date: LocalDate,
              number: z.int(),
              missing: z.array(z.enum(ENTRIES)),
              late: z.array(z.enum(ENTRIES)),
              excused: z.array(z.enum(ENTRIES)),
            }),
          )
          .describe('Уроки, в которых чего-то нет или что-то внесено позже срока'),
      }),
    ),
  }),
  may: mayAskForNamedClass,
  async answer(asked) {
    const { from, until } = reportDays(asked, DAYS)
    const found = await expectedOf(asked, from, until)
    const now = asked.parts.execution.clock()
    const byRow = new Map<string, Row>()
    const rowsFor = ({ responsible, journal, name }: ExpectedLesson | ExpectedAssessment): Row[] =>
      responsible.map((teacher) => {
        const key = `${teacher} ${journal}`
        const row = byRow.get(key) ?? { teacher, journal, name, lessons: [], assessments: [] }
        byRow.set(key, row)
        return row
      })
    for (const lesson of found.lessons) for (const row of rowsFor(lesson)) row.lessons.push(lesson)
    for (const one of found.assessments) for (const row of rowsFor(one)) row.assessments.push(one)
    const { actor, input } = asked
    const shown = [...byRow.values()].filter(
      ({ teacher }) =>
        (actor.role !== 'teacher' || teacher === actor.person) &&
        (input.teacher === undefined || teacher === input.teacher),
    )
    const name = await namesOf(
      asked,
      shown.map(({ teacher }) => teacher),
    )
    const rows = shown.map(({ teacher, journal, name: called, lessons, assessments }) => ({
      teacher,
      teacher_name: name(teacher),
      journal,
      journal_name: called,
      ...figuresOf(lessons, assessments, now),
      behind: lessons
        .map(behindOf)
        .filter(({ missing, late, excused }) => missing.length + late.length + excused.length > 0),
    }))
    const order = (row: (typeof rows)[number]) => `${row.teacher_name} ${row.journal_name ?? ''}`
    return {
      body: {
        from,
        until,
        total: figuresOf(
          [...new Set(shown.flatMap(({ lessons }) => lessons))],
          [...new Set(shown.flatMap(({ assessments }) => assessments))],
          now,
        ),
        rows: rows.toSorted((a, b) => order(a).localeCompare(order(b), 'ru')),
      },
    }
  },
})

/** A lesson whose entries are asked for, with what was entered of it. */
export interface ExpectedLesson {
  readonly lesson: Uuid
  readonly journal: Uuid
  readonly name: string | null
  /** Of which classes it is, among those that are looked at. */
  readonly classes: readonly Uuid[]
  readonly date: LocalDate
  readonly number: number
  /** Who recorded it, or else all who should have. */
  readonly responsible: readonly Uuid[]
  /** What is not entered is missing: its day is over. */
  readonly due: boolean
  readonly times: LessonTimes | undefined
  readonly works: readonly ExpectedWork[]
  /** The entries that are late, or missing, by a registered outage. */
  readonly excused: ReadonlySet<Entry>
}

/** What one teacher answers for in one journal. */
interface Row {
  readonly teacher: Uuid
  readonly journal: Uuid
  readonly name: string | null
  readonly lessons: ExpectedLesson[]
  readonly assessments: ExpectedAssessment[]
}

/**
 * The lessons by the timetable, each once, without those of today that are neither recorded nor overdue, and the
 * assessments beside them. What is late is late by the second; what was never entered has no deadline in the record, so it
 * is missing when its day is over.
 *
 * @param isLeftOut which classes are not counted when; without it the pilots, where the rules of the school say so
 */
export async function expectedOf(
  asked: Asked<{ class?: Uuid | undefined }>,
  from: LocalDate,
  until: LocalDate,
  isLeftOut?: (of: Uuid, date: LocalDate) => boolean,
): Promise<{ readonly lessons: ExpectedLesson[]; readonly assessments: ExpectedAssessment[] }> {
  const { school, parts, actor, input, today } = asked
  const year = await yearOf(parts.database, school, from)
  if (year === undefined) return { lessons: [], assessments: [] }
  // A teacher has lessons in the place of others, in whatever class: they are told apart by who gives them.
  const own = actor.role === 'teacher' ? undefined : (await ownUnits(asked, year))?.classes
  const classes = input.class === undefined ? own : new Set([input.class])
  const journals = actor.role === 'deputy' ? await ownJournals(asked, year) : null
  const pilot = isLeftOut ?? (await leftOut(asked))
  const planned = (await plannedLessons(asked, year, from, until, classes)).filter(
    ({ journal, class: of, date }) => (journals === null || journals.has(journal)) && !pilot(of.unit, date),
  )
  const excuses = await excusesOf(asked, year)
  const times = new Map(
    (await lessonTimes(parts.database, school, from, until)).map((one) => [one.lesson, one]),
  )
  const works = Map.groupBy(await workTimes(parts.database, school, from, until), ({ lesson }) => lesson)
  const once = Map.groupBy(planned, (one) => lessonId(one.journal, one.date, one.number))
  const lessons = [...once].flatMap(([lesson, ofClasses]) => {
    const { journal, date, number, entry, teachers } = ofClasses[0]!
    const entered = times.get(lesson)
    const due = date < today
    if (!due && entered === undefined) return []
    const responsible = entered === undefined ? teachers : [entered.teacher]
    const name = entry?.name ?? null
    const ofLesson = (works.get(lesson) ?? []).map((work) => ({
      ...work,
      excused: work.late.filter((at) => excuses(date, work.due_at, at)).length,
    }))
    return [
      {
        lesson,
        journal,
        name,
        classes: ofClasses.map((one) => one.class.unit),
        date,
        number,
        responsible,
        due,
        times: entered,
        works: ofLesson,
        excused: new Set(ENTRIES.filter((of) => excuses(date, ...timesOf(entered, of)))),
      },
    ]
  })
  const bounds = { year, from, until, journals, classes, pilot, excuses }
  return { lessons, assessments: await assessmentsInTime(asked, bounds) }
}

/** What is missing in a journal: of how many of its lessons which entry, and how many works without marks. */
export interface Missing {
  readonly lesson: number
  readonly attendance: number
  readonly homework: number
  readonly marks: number
}

/**
 * How full the journals are of the days from date to date that are over, pilots among them: an entry that came late is
 * there, and one that an outage excuses is not (R-T1).
 *
 * @returns by journal, of those that have a lesson by the timetable
 */
export async function fullness(
  asked: Asked<unknown>,
  from: LocalDate,
  until: LocalDate,
): Promise<ReadonlyMap<Uuid, Missing>> {
  const { lessons, assessments } = await expectedOf({ ...asked, input: {} }, from, until, () => false)
  const { database, execution } = asked.parts
  const now = execution.clock()
  const year = await yearOf(database, asked.school, from)
  // Who closed the page has said of these that no marks are to come (R-D6).
  const excused = year === undefined ? new Set<Uuid>() : await excusedWorks(database, asked.school, year)
  const found = new Map<Uuid, Missing>()
  const add = (journal: Uuid, more: Missing) => {
    const before = found.get(journal) ?? { lesson: 0, attendance: 0, homework: 0, marks: 0 }
    found.set(journal, {
      lesson: before.lesson + more.lesson,
      attendance: before.attendance + more.attendance,
      homework: before.homework + more.homework,
      marks: before.marks + more.marks,
    })
  }
  const unmarked = (works: readonly ExpectedWork[]) =>
    works.filter(({ work, marks, due_at }) => marks === 0 && due_at < now && !excused.has(work)).length
  for (const lesson of lessons) {
    if (!lesson.due) continue
    const lacks = (entry: Entry) => (lateBy(lesson, entry) === null ? 1 : 0)
    add(lesson.journal, {
      lesson: lacks('lesson'),
      attendance: lacks('attendance'),
      homework: lacks('homework'),
      marks: unmarked(lesson.works),
    })
  }
  for (const { journal, work } of assessments)
    add(journal, { lesson: 0, attendance: 0, homework: 0, marks: unmarked([work]) })
  return found
}

/** Whether a registered outage excuses an entry, by its deadline and when it was made; null: not yet, and due that day. */
async function excusesOf(asked: Asked<unknown>, year: number) {
  const windows = await outagesOf(asked)
  const zone = await zoneOf(asked, year)
  const now = asked.parts.execution.clock()
  return (date: LocalDate, dueAt: Instant | null, at: Instant | null): boolean =>
    excusing(windows, { date, dueAt: dueAt ?? endOfDay(date, zone), at: at ?? now }, zone) !== null
}

/** When an entry was due and when it was made; nulls of what is not made. */
function timesOf(times: LessonTimes | undefined, entry: Entry): [dueAt: Instant | null, at: Instant | null] {
  const [at, lateBy] =
    entry === 'lesson'
      ? [times?.recorded_at, times?.late_by]
      : entry === 'attendance'
        ? [times?.attendance_at, times?.attendance_late_by]
        : [times?.homework_at, times?.homework_late_by]
  return typeof at === 'string' && typeof lateBy === 'number' ? [dueOf(at, lateBy), at] : [null, null]
}

/** Seconds of lateness; null is not entered. */
function lateBy({ times }: ExpectedLesson, entry: Entry): number | null {
  if (times === undefined) return null
  if (entry === 'lesson') return times.late_by
  return entry === 'attendance' ? times.attendance_late_by : times.homework_late_by
}

function behindOf(lesson: ExpectedLesson) {
  const { date, number, due, excused } = lesson
  return {
    lesson: lesson.lesson,
    date,
    number,
    missing: ENTRIES.filter((entry) => due && lateBy(lesson, entry) === null && !excused.has(entry)),
    late: ENTRIES.filter((entry) => (lateBy(lesson, entry) ?? 0) > 0 && !excused.has(entry)),
    excused: ENTRIES.filter((entry) => (due || lateBy(lesson, entry) !== null) && excused.has(entry)),
  }
}

function entriesOf(lessons: readonly ExpectedLesson[], entry: Entry) {
  const found = lessons
    .map((lesson) => ({ due: lesson.due, by: lateBy(lesson, entry), excused: lesson.excused.has(entry) }))
    .filter(({ due, by }) => due || by !== null)
  const expected = found.length
  const onTime = found.filter(({ by }) => by === 0).length
  const excused = found.filter((one) => one.excused).length
  const late = found.filter(({ by, excused }) => by !== null && by > 0 && !excused).length
  return {
    expected,
    on_time: onTime,
    late,
    missing: expected - onTime - late - excused,
    excused,
    timeliness: share(onTime, expected - excused),
  }
}

function figuresOf(
  lessons: readonly ExpectedLesson[],
  assessments: readonly ExpectedAssessment[],
  now: Instant,
) {
  const entries = ENTRIES.map((entry) => entriesOf(lessons, entry))
  const [recorded, attendance, homework] = entries as [Entries, Entries, Entries]
  const filled = ENTRIES.flatMap((entry) => lessons.filter((lesson) => lateBy(lesson, entry) !== null)).length
  return {
    lessons: {
      ...recorded,
      median_late_by: median(
        lessons
          .filter(({ excused }) => !excused.has('lesson'))
          .map((lesson) => lateBy(lesson, 'lesson') ?? 0)
          .filter((by) => by > 0),
      ),
    },
    attendance,
    homework,
    completeness: share(filled, 3 * recorded.expected),
    marks: [
      ...Map.groupBy(
        [...lessons.flatMap(({ works }) => works), ...assessments.map(({ work }) => work)],
        ({ kind }) => kind,
      ),
    ].map(([kind, works]) => {
      const marks = works.reduce((sum, work) => sum + work.marks, 0)
      const onTime = works.reduce((sum, work) => sum + work.on_time, 0)
      const excused = works.reduce((sum, work) => sum + work.excused, 0)
      return {
        kind,
        works: works.length,
        marks,
        on_time: onTime,
        late: marks - onTime - excused,
        excused,
        timeliness: share(onTime, marks - excused),
        without_marks: works.filter((work) => work.marks === 0 && work.due_at < now).map(({ work }) => work),
      }
    }),
  }
}
type Entries = ReturnType<typeof entriesOf>

/** The middle one, or the middle between two, to the second below; null of nothing. */
function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? null : Math.floor((low + high) / 2)
}
