import { randomUUID } from 'node:crypto'
import { chain, type EventToRecord, type Meta } from '#events/record.ts'
import { type DomainEvent, registry } from '#events/registry.ts'
import type { EventStore } from '#events/store/event-store.ts'
import { type Category, type StreamName, streamName } from '#events/stream-name.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { KindId, STARTING_POLICY, Weight } from '#values/policy.ts'
import { workId } from '#values/school.ts'
import { addDays, Instant, type LocalDate } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import { type Page, PERIOD, type Region, type School, type Shape, ZONE } from './plan.ts'

/** What one command recorded. */
export interface Recorded {
  readonly school: School
  readonly category: Category
  readonly id: string | number
  readonly at: Instant
  readonly by: Uuid
  readonly role: Meta['role']
  readonly events: readonly DomainEvent[]
}

/** Appends under way at once, so that many are committed together. */
const WIDTH = 64

/**
 * Writes the past of a region into an empty log, chained as the service chains it; the number of events.
 *
 * @param progress told now and then how many events stand
 */
export async function writeHistory(
  store: EventStore,
  region: Region,
  shape: Shape,
  progress: (events: number) => void = () => {},
): Promise<number> {
  const heads = new Map<StreamName, { revision: bigint; hash: string | null }>()
  let written = 0
  for (const wave of waves(historyOf(region, shape))) {
    const appends = wave.map((recorded) => {
      const stream = streamName(recorded.school.slug, recorded.category, recorded.id)
      const { revision, hash } = heads.get(stream) ?? { revision: -1n, hash: null }
      const { records, head } = chain(stream, revision, hash, toRecord(recorded))
      heads.set(stream, { revision: revision + BigInt(records.length), hash: head })
      written += records.length
      return store.append(stream, revision < 0n ? 'no-stream' : revision, records)
    })
    await Promise.all(appends)
    progress(written)
  }
  return written
}

/** Runs of commands none of which waits for another of its run. */
function* waves(history: Iterable<Recorded>): Iterable<Recorded[]> {
  let wave: Recorded[] = []
  let streams = new Set<string>()
  for (const recorded of history) {
    const stream = `${recorded.school.slug}/${recorded.category}/${recorded.id}`
    if (wave.length === WIDTH || streams.has(stream)) {
      yield wave
      wave = []
      streams = new Set()
    }
    wave.push(recorded)
    streams.add(stream)
  }
  if (wave.length > 0) yield wave
}

function toRecord({ school, at, by, role, events }: Recorded): EventToRecord[] {
  const cmd = randomUUID() as Uuid
  return events.map(({ type, data }) => ({
    id: randomUUID() as Uuid,
    type,
    data: data as EventToRecord['data'],
    meta: {
      v: registry[type].v,
      school: school.slug,
      at,
      by,
      role,
      cred: 1,
      cmd,
      cause: null,
      corr: null,
      basis: {},
    },
  }))
}

function* historyOf(region: Region, shape: Shape): Iterable<Recorded> {
  for (const school of region.schools) yield* setUp(school, region.today)
  if (shape.planned === true) for (const school of region.schools) yield* timetable(school, region.today)
  for (const school of region.schools) {
    for (const page of school.pages) {
      const { journal } = page
      const data = { journal, year: school.year, period: PERIOD, grading: 'g5' } as const
      yield onPage(school, page, addDays(region.today, -149), [{ type: 'PageOpened', data }])
    }
  }
  // Lesson by lesson over all pages, as a day goes by, not page by page: rows of all pages are written in between.
  for (let lesson = 0; lesson < shape.lessons; lesson++) {
    for (const school of region.schools) {
      for (const page of school.pages) {
        yield lessonRecorded(school, page, lesson)
        if (shape.entries) yield* entriesOf(school, page, lesson)
      }
    }
  }
  if (shape.closed !== true) return
  const data = { postponed: [], excused: [], carried: [], into: null }
  for (const school of region.schools) {
    for (const page of school.pages) yield onPage(school, page, region.today, [{ type: 'PageClosed', data }])
  }
}

function* setUp(school: School, today: LocalDate): Iterable<Recorded> {
  const { year, deputy } = school
  const from = addDays(today, -150)
  const until = addDays(today, 150)
  const grades = Array.from({ length: 11 }, (_, i) => i + 1)
  const of = (category: Category, id: string | number, events: readonly DomainEvent[]): Recorded => {
    return { school, category, id, at: instant(from), by: deputy.account, role: 'deputy', events }
  }
  const periods = [{ period: PERIOD, name: 'I четверть', from, until }]
  yield of('schoolYear', year, [
    { type: 'SchoolYearOpened', data: { year, from, until, zone: ZONE, schoolDays: [1, 2, 3, 4, 5, 6, 7] } },
    { type: 'PeriodsPlanned', data: { structure: 'quarters', grades, units: [], periods } },
  ])
  yield of('policy', WHOLE_SCHOOL, [
    { type: 'PolicyAdopted', data: { effectiveFrom: from, policy: STARTING_POLICY } },
  ])
  yield of(
    'curriculum',
    WHOLE_SCHOOL,
    school.subjects.map((subject, i) => {
      return { type: 'SubjectAdded', data: { subject, name: `Предмет ${i + 1}`, component: 'federal' } }
    }),
  )
  const order = null
  for (const { person } of school.teachers)
    yield of('roster', WHOLE_SCHOOL, [{ type: 'StaffHired', data: { staff: person, from } }])
  for (const { id, name, pupils } of school.classes) {
    yield of('roster', WHOLE_SCHOOL, [
      { type: 'ClassFormed', data: { class: id, year, grade: Number(name.split('-')[0]), name } },
      ...pupils.flatMap((pupil): DomainEvent[] => [
        { type: 'PupilEnrolled', data: { pupil, from, order } },
        { type: 'PupilPlacedInClass', data: { class: id, pupil, from, order } },
      ]),
    ])
  }
  for (const [i, { journal, class: learners }] of school.pages.entries()) {
    const subject = school.subjects[i % school.subjects.length]!
    yield of('teachingLoad', year, [
      {
        type: 'JournalOpened',
        data: {
          journal,
          subject,
          learners: { kind: 'class', class: learners.id },
          type: 'lesson',
          grading: 'g5',
          name: `${learners.name}, ${i % school.subjects.length}`,
        },
      },
      { type: 'TeacherAssigned', data: { journal, staff: learners.teacher.person, from } },
    ])
  }
  const roles = [
    ...school.teachers.map((account) => ({ ...account, role: 'teacher' as const })),
    { ...school.deputy, role: 'deputy' as const },
    { ...school.auditor, role: 'auditor' as const },
  ]
  for (const { account, person, role } of roles) {
    yield of('access', account, [
      { type: 'AccountOpened', data: { account, person } },
      { type: 'RoleGranted', data: { account, role, from, until: null, scope: null } },
    ])
  }
}

/** Of three days of school each journal has a lesson on two: a class with ten has thirty-three a week. */
function* timetable(school: School, today: LocalDate): Iterable<Recorded> {
  const { year, deputy } = school
  const effectiveFrom = addDays(today, -150)
  const pagesOf = Map.groupBy(school.pages, (page) => page.class)
  for (const [{ id }, pages] of pagesOf) {
    const slots = [1, 2, 3, 4, 5].flatMap((day) =>
      pages
        .filter((_, i) => (day + i) % 3 > 0)
        .map(({ journal }, i) => ({ weekday: day, number: i + 1, journal, room: null })),
    )
    const data = { class: id, effectiveFrom, slots }
    yield {
      school,
      category: 'timetable',
      id: year,
      at: instant(effectiveFrom),
      by: deputy.account,
      role: 'deputy',
      events: [{ type: 'WeekScheduled', data }],
    }
  }
}

const instant = (date: LocalDate): Instant => Instant.parse(`${date}T06:00:00.000Z`)
const dueOn = (date: LocalDate): Instant => Instant.parse(`${date}T16:59:59.000Z`)

function onPage(school: School, page: Page, date: LocalDate, events: readonly DomainEvent[]): Recorded {
  const { account: by } = page.class.teacher
  return { school, category: 'journalPage', id: page.page, at: instant(date), by, role: 'teacher', events }
}

function lessonRecorded(school: School, page: Page, index: number): Recorded {
  const { lesson, date, number } = page.lessons[index]!
  const topic = `Тема ${index + 1}. Изучение нового материала, решение задач`
  const data = { lesson, date, number, type: KindId.parse('lesson'), topic, material: null }
  const teacher = page.class.teacher.person
  return onPage(school, page, date, [
    {
      type: 'LessonRecorded',
      data: {
        ...data,
        teacher,
        scheduled: [teacher],
        substitution: null,
        combination: null,
        transferredFrom: null,
        plan: null,
        dueAt: dueOn(date),
      },
    },
  ])
}

const ANSWER = KindId.parse('lesson-answer')
/** Of a class so many are absent from a lesson, and so many are marked. */
const [ABSENT, MARKED] = [2, 8]

/** From lesson to lesson others come first. */
function inTurn({ class: { pupils } }: Page, index: number, n: number): Uuid {
  return pupils[(n + index * 5) % pupils.length]!
}

/** Who was absent from the lesson of a page at `index`, where entries were recorded. */
export function absentFrom(page: Page, index: number): Uuid[] {
  const length = Math.min(ABSENT, page.class.pupils.length)
  return Array.from({ length }, (_, n) => inTurn(page, index, n))
}

/** Some twelve events: who was absent, a column of marks, the homework; now and then a comment or a correction. */
function* entriesOf(school: School, page: Page, index: number): Iterable<Recorded> {
  const { lesson, date } = page.lessons[index]!
  const { pupils } = page.class
  const dueAt = dueOn(date)
  const pupil = (n: number): Uuid => inTurn(page, index, n)
  const of = (...events: readonly DomainEvent[]): Recorded => onPage(school, page, date, events)
  const why = { reason: null, note: 'Описка' }

  const absentees = absentFrom(page, index).map((pupil) => ({ pupil, code: 'Н' }))
  yield of({ type: 'AttendanceTaken', data: { lesson, absentees, dueAt } })
  const work = workId(lesson, ANSWER)
  const marks = Array.from({ length: Math.min(MARKED, pupils.length - ABSENT) }, (_, n) => {
    const marked = pupil(n + ABSENT)
    const value = (2 + ((n + index) % 4)) as 2
    return { entry: uuidV5(work, marked), work, lesson, pupil: marked, value, criteria: null, dueAt }
  })
  yield of(
    { type: 'WorkHeld', data: { work, lesson, kind: ANSWER, weight: Weight.parse(1), test: null, dueAt } },
    ...marks.map((data): DomainEvent => ({ type: 'MarkRecorded', data })),
  )
  const homework = {
    text: `§ ${index + 1}, № ${index + 10}-${index + 14}`,
    due: null,
    manner: null,
    attachments: [],
    minutes: null,
  }
  yield of({ type: 'HomeworkSet', data: { lesson, homework, dueAt } })
  const [first] = marks
  if (first === undefined) return
  const { dueAt: _, value: previous, ...mark } = first
  if (index % 3 === 0) {
    yield of({ type: 'MarkCorrected', data: { ...mark, previous, value: 5, ...why } })
  }
  if (index % 4 === 0) {
    const on = { kind: 'mark', entry: mark.entry, pupil: mark.pupil } as const
    yield of({
      type: 'CommentMade',
      data: { comment: uuidV5(work, 'comment'), lesson, on, text: 'Решала у доски' },
    })
  }
  if (index % 5 === 0) {
    const corrected = { lesson, pupil: pupil(0), previous: 'Н', code: 'Б', document: null, ...why }
    yield of({ type: 'AbsenceCodeCorrected', data: corrected })
  }
}
