import type { DomainEvent } from '#events/registry.ts'
import type { Category } from '#events/stream-name.ts'
import type { Actor } from '#commands/command.ts'
import { processingNotice } from '#values/consent.ts'
import type { MarkValue } from '#values/grading.ts'
import { KindId, type Policy, STARTING_POLICY, Weight } from '#values/policy.ts'
import type { Role } from '#values/role.ts'
import { lessonId, pageId, PeriodId, workId } from '#values/school.ts'
import { Instant, LocalDate, LocalTime, TimeZone } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import type { Past } from './spec.ts'

const NAMESPACE = Uuid.parse('0b5e3c1e-9d0c-4f0e-8b1a-6a1c2d3e4f50')

/** A readable name as an id: `id('pupil/1')`. */
export const id = (path: string): Uuid => uuidV5(NAMESPACE, path)
export const date = (text: string): LocalDate => LocalDate.parse(text)

/** Class 7А of a small school: two pupils in it all year, one who came, one who left, a group of English. */
export const YEAR = 2026
export const ZONE = TimeZone.parse('Asia/Tomsk')
export const Q1 = PeriodId.parse('q1')
export const Q2 = PeriodId.parse('q2')

export const CLASS_7A = id('class/7А')
export const CLASS_7B = id('class/7Б')
export const ALGEBRA = id('journal/7А/algebra')
export const ENGLISH = id('journal/7А/english-1')
export const CLUB = id('journal/7А/club')
export const GROUP_ENGLISH = id('group/7А/english-1')

export const ANNA = id('pupil/anna')
export const BORIS = id('pupil/boris')
/** Came to 7А on 16 November. */
export const VERA = id('pupil/vera')
/** Left 7А for 7Б on 16 November. */
export const GLEB = id('pupil/gleb')
/** In 7Б all year. */
export const DINA = id('pupil/dina')

/** Teaches algebra in 7А. */
export const MATHEMATICIAN = id('staff/mathematician')
/** Teaches English in 7А and leads the class. */
export const ENGLISH_TEACHER = id('staff/english')
/** Teaches nothing in 7А. */
export const STRANGER = id('staff/stranger')

export const actor = (role: Role, person: Uuid): Actor => ({
  account: uuidV5(person, 'account'),
  person,
  role,
  cred: 1,
})
export const mathematician = actor('teacher', MATHEMATICIAN)
export const englishTeacher = actor('teacher', ENGLISH_TEACHER)
export const stranger = actor('teacher', STRANGER)
export const classTeacher = actor('class-teacher', ENGLISH_TEACHER)
export const deputy = actor('deputy', id('staff/deputy'))
export const head = actor('head', id('staff/head'))
export const archivist = actor('archivist', id('staff/archivist'))
export const administrator = actor('system-administrator', id('staff/administrator'))

/** The page of algebra 7А for the second quarter. */
export const PAGE = pageId(ALGEBRA, Q2)
/** Monday 9 November 2026, third lesson (10:20-11:00 in Tomsk, 03:20-04:00 UTC). */
export const MONDAY = date('2026-11-09')
export const LESSON = lessonId(ALGEBRA, MONDAY, 3)

export const past = (
  category: Category,
  id: string | number,
  event: DomainEvent,
  at = '2026-08-25T03:00:00.000Z',
  by = deputy,
): Past => ({
  category,
  id,
  event,
  at: Instant.parse(at),
  by: by.account,
})

/** An event on the algebra page, by its teacher. */
export const onPage = (event: DomainEvent, at = '2026-11-09T03:50:00.000Z', by = mathematician): Past =>
  past('journalPage', PAGE, event, at, by)

const bell = (number: number, from: string, until: string) => ({
  number,
  from: LocalTime.parse(from),
  until: LocalTime.parse(until),
})
const from = date('2026-09-01')
const order = null

/** Everything that the administration formed before 1 September; Mondays have algebra 3 and 4, English 5 and a club 7. */
export const school: readonly Past[] = [
  past('schoolYear', YEAR, {
    type: 'SchoolYearOpened',
    data: { year: YEAR, from, until: date('2027-05-26'), zone: ZONE, schoolDays: [1, 2, 3, 4, 5] },
  }),
  past('schoolYear', YEAR, {
    type: 'PeriodsPlanned',
    data: {
      structure: 'quarters',
      grades: [7],
      units: [],
      periods: [
        { period: Q1, name: 'I четверть', from, until: date('2026-10-23') },
        { period: Q2, name: 'II четверть', from: date('2026-11-02'), until: date('2026-12-29') },
      ],
    },
  }),
  past('schoolYear', YEAR, {
    type: 'HolidaysPlanned',
    data: {
      holidays: [
        {
          name: 'День народного единства',
          from: date('2026-11-04'),
          until: date('2026-11-04'),
          grades: null,
          units: [],
        },
      ],
    },
  }),
  past('schoolYear', YEAR, {
    type: 'BellsScheduled',
    data: {
      shift: 'first' as never,
      effectiveFrom: from,
      grades: [7],
      units: [],
      bells: [
        bell(1, '08:30', '09:10'),
        bell(2, '09:20', '10:00'),
        bell(3, '10:20', '11:00'),
        bell(4, '11:20', '12:00'),
        bell(5, '12:10', '12:50'),
        bell(7, '13:50', '14:30'),
      ],
    },
  }),
  past('policy', 'main', { type: 'PolicyAdopted', data: { effectiveFrom: from, policy: STARTING_POLICY } }),
  past('curriculum', 'main', {
    type: 'SubjectAdded',
    data: { subject: id('subject/algebra'), name: 'Алгебра', component: 'federal' },
  }),
  ...[ANNA, BORIS, VERA, GLEB, DINA].map((pupil) =>
    past('roster', 'main', { type: 'PupilEnrolled', data: { pupil, from, order } }),
  ),
  ...[MATHEMATICIAN, ENGLISH_TEACHER, STRANGER].map((staff) =>
    past('roster', 'main', { type: 'StaffHired', data: { staff, from } }),
  ),
  past('roster', 'main', {
    type: 'ClassFormed',
    data: { class: CLASS_7A, year: YEAR, grade: 7, name: '7А' },
  }),
  past('roster', 'main', {
    type: 'ClassFormed',
    data: { class: CLASS_7B, year: YEAR, grade: 7, name: '7Б' },
  }),
  ...[ANNA, BORIS, GLEB].map((pupil) =>
    past('roster', 'main', { type: 'PupilPlacedInClass', data: { class: CLASS_7A, pupil, from, order } }),
  ),
  past('roster', 'main', { type: 'PupilPlacedInClass', data: { class: CLASS_7B, pupil: DINA, from, order } }),
  past('roster', 'main', {
    type: 'ClassTeacherAppointed',
    data: { class: CLASS_7A, staff: ENGLISH_TEACHER, from },
  }),
  past('roster', 'main', {
    type: 'GroupFormed',
    data: {
      kind: 'subgroup',
      group: GROUP_ENGLISH,
      year: YEAR,
      name: '7А английский, группа 1',
      classes: [CLASS_7A],
    },
  }),
  past('roster', 'main', { type: 'PupilJoinedGroup', data: { group: GROUP_ENGLISH, pupil: ANNA, from } }),
  past('roster', 'main', {
    type: 'PupilPlacedInClass',
    data: {
      class: CLASS_7A,
      pupil: VERA,
      from: date('2026-11-16'),
      order: { number: '118-у', date: date('2026-11-13') },
    },
  }),
  past('roster', 'main', {
    type: 'PupilRemovedFromClass',
    data: { class: CLASS_7A, pupil: GLEB, from: date('2026-11-16'), order: null },
  }),
  past('roster', 'main', {
    type: 'PupilPlacedInClass',
    data: { class: CLASS_7B, pupil: GLEB, from: date('2026-11-16'), order: null },
  }),
  journal(ALGEBRA, 'Алгебра, 7А', { kind: 'class', class: CLASS_7A }),
  journal(ENGLISH, 'Английский язык, 7А, группа 1', { kind: 'group', group: GROUP_ENGLISH }),
  journal(CLUB, 'Кружок, 7А', { kind: 'class', class: CLASS_7A }, 'club', 'none'),
  past('teachingLoad', YEAR, {
    type: 'TeacherAssigned',
    data: { journal: ALGEBRA, staff: MATHEMATICIAN, from },
  }),
  past('teachingLoad', YEAR, {
    type: 'TeacherAssigned',
    data: { journal: CLUB, staff: MATHEMATICIAN, from },
  }),
  past('teachingLoad', YEAR, {
    type: 'TeacherAssigned',
    data: { journal: ENGLISH, staff: ENGLISH_TEACHER, from },
  }),
  past('timetable', YEAR, {
    type: 'WeekScheduled',
    data: {
      class: CLASS_7A,
      effectiveFrom: from,
      slots: [
        { weekday: 1, number: 3, journal: ALGEBRA, room: '214' },
        { weekday: 1, number: 4, journal: ALGEBRA, room: '214' },
        { weekday: 1, number: 5, journal: ENGLISH, room: null },
        { weekday: 1, number: 7, journal: CLUB, room: null },
        { weekday: 3, number: 2, journal: ALGEBRA, room: '214' },
      ],
    },
  }),
]

function journal(
  journal: Uuid,
  name: string,
  learners: Extract<DomainEvent, { type: 'JournalOpened' }>['data']['learners'],
  type: Extract<DomainEvent, { type: 'JournalOpened' }>['data']['type'] = 'lesson',
  grading: Extract<DomainEvent, { type: 'JournalOpened' }>['data']['grading'] = 'g5',
): Past {
  const subject = id('subject/algebra')
  return past('teachingLoad', YEAR, {
    type: 'JournalOpened',
    data: { journal, subject, learners, type, grading, name },
  })
}

export const pageOpened = onPage(
  { type: 'PageOpened', data: { journal: ALGEBRA, year: YEAR, period: Q2, grading: 'g5' } },
  '2026-11-02T02:00:00.000Z',
)

/** A lesson that its own teacher gave at its place in the week. */
const AS_PLANNED = {
  scheduled: [MATHEMATICIAN],
  substitution: null,
  combination: null,
  transferredFrom: null,
  plan: null,
}

export const lessonRecorded = onPage({
  type: 'LessonRecorded',
  data: {
    lesson: LESSON,
    date: MONDAY,
    number: 3,
    type: 'lesson' as never,
    topic: 'Степень с натуральным показателем. Изучение нового материала',
    material: null,
    teacher: MATHEMATICIAN,
    ...AS_PLANNED,
    dueAt: Instant.parse('2026-11-09T16:59:59.000Z'),
  },
})

/** The history without the events of some types: what a school has not done yet. */
export const without = (history: readonly Past[], ...types: ReadonlyArray<DomainEvent['type']>): Past[] =>
  history.filter(({ event }) => !types.includes(event.type))

/** The starting policy with a change, in force from 1 November. */
export const policyAdopted = (change: Partial<Policy>, effectiveFrom = date('2026-11-01')): Past =>
  past('policy', 'main', {
    type: 'PolicyAdopted',
    data: { effectiveFrom, policy: { ...STARTING_POLICY, ...change } },
  })

/** The algebra teacher no longer teaches algebra from a day on. */
export const mathematicianReleased = (day: string): Past =>
  past('teachingLoad', YEAR, {
    type: 'TeacherReleased',
    data: { journal: ALGEBRA, staff: MATHEMATICIAN, from: date(day) },
  })

/** The stranger has left the school from a day on. */
export const strangerLeft = (day: string): Past =>
  past('roster', 'main', { type: 'StaffReleased', data: { staff: STRANGER, from: date(day) } })

/** The stranger teaches algebra from a day on. */
export const strangerAssigned = (day: string): Past =>
  past('teachingLoad', YEAR, {
    type: 'TeacherAssigned',
    data: { journal: ALGEBRA, staff: STRANGER, from: date(day) },
  })

export const pageOpenedWith = (grading: Extract<DomainEvent, { type: 'PageOpened' }>['data']['grading']) =>
  onPage(
    { type: 'PageOpened', data: { journal: ALGEBRA, year: YEAR, period: Q2, grading } },
    '2026-11-02T02:00:00.000Z',
  )

/** Algebra on a day at a lesson number, recorded by its teacher. */
export const lessonOn = (day: string, number: number): Past =>
  onPage({
    type: 'LessonRecorded',
    data: {
      lesson: lessonId(ALGEBRA, date(day), number),
      date: date(day),
      number,
      type: KindId.parse('lesson'),
      topic: 'Многочлены. Закрепление',
      material: null,
      teacher: MATHEMATICIAN,
      ...AS_PLANNED,
      dueAt: Instant.parse(`${day}T16:59:59.000Z`),
    },
  })

/** The attendance of the Monday lesson. */
export const attendanceTaken = (...absentees: ReadonlyArray<readonly [Uuid, string]>): Past =>
  onPage({
    type: 'AttendanceTaken',
    data: {
      lesson: LESSON,
      absentees: absentees.map(([pupil, code]) => ({ pupil, code })),
      dueAt: Instant.parse('2026-11-09T16:59:59.000Z'),
    },
  })

/** A work of the Monday lesson, with its deadline a week later. */
export const workHeld = (kind: string, weight = 1, test: Uuid | null = null): Past =>
  onPage({
    type: 'WorkHeld',
    data: {
      work: workId(LESSON, kind),
      lesson: LESSON,
      kind: KindId.parse(kind),
      weight: Weight.parse(weight),
      test,
      dueAt: Instant.parse('2026-11-16T16:59:59.000Z'),
    },
  })

export const entryOf = (pupil: Uuid, kind: string): Uuid => id(`mark/${pupil}/${kind}`)

/** A mark of the Monday lesson. */
export const markRecorded = (pupil: Uuid, value: MarkValue, kind = 'test'): Past =>
  onPage({
    type: 'MarkRecorded',
    data: {
      criteria: null,
      entry: entryOf(pupil, kind),
      work: workId(LESSON, kind),
      lesson: LESSON,
      pupil,
      value,
      dueAt: Instant.parse('2026-11-16T16:59:59.000Z'),
    },
  })

/** A topic of the Monday lesson credited to a pupil who was ill. */
export const topicCredited = (pupil: Uuid, value: MarkValue, kind = 'test'): Past =>
  onPage(
    {
      type: 'MissedTopicCredited',
      data: {
        entry: entryOf(pupil, kind),
        work: workId(LESSON, kind),
        lesson: LESSON,
        pupil,
        value,
        criteria: null,
        absence: 'Н/б',
        protocol: { number: '7', date: date('2026-11-18') },
        examiners: [MATHEMATICIAN],
      },
    },
    '2026-11-18T08:00:00.000Z',
  )

export const ASSESSMENT = id('assessment/1')
/** A project that is defended on Saturday, outside the lessons, with a mark of Anna. */
export const assessmentHeld: readonly Past[] = [
  onPage({
    type: 'AssessmentHeld',
    data: {
      assessment: ASSESSMENT,
      date: date('2026-11-07'),
      kind: KindId.parse('project'),
      name: 'Защита проектов',
      resultsReceivedAt: null,
    },
  }),
  onPage({
    type: 'WorkHeld',
    data: {
      work: workId(ASSESSMENT, 'project'),
      lesson: ASSESSMENT,
      kind: KindId.parse('project'),
      weight: Weight.parse(2),
      test: null,
      dueAt: Instant.parse('2026-11-14T16:59:59.000Z'),
    },
  }),
  onPage({
    type: 'MarkRecorded',
    data: {
      criteria: null,
      entry: id('mark/anna/assessment'),
      work: workId(ASSESSMENT, 'project'),
      lesson: ASSESSMENT,
      pupil: ANNA,
      value: 5,
      dueAt: Instant.parse('2026-11-14T16:59:59.000Z'),
    },
  }),
]

export const TEST = id('test/1')
/** A test of algebra of 7А, of internal control, on the Monday. */
export const testPlanned = (form = 'test', internalControl = true): Past =>
  past('testSchedule', YEAR, {
    type: 'TestPlanned',
    data: {
      test: TEST,
      journal: ALGEBRA,
      subject: id('subject/algebra'),
      classes: [CLASS_7A],
      date: MONDAY,
      overload: [],
      form: KindId.parse(form),
      topic: null,
      internalControl,
    },
  })

/** The homework of the Monday lesson: due on Wednesday. */
export const homeworkSet: Past = onPage({
  type: 'HomeworkSet',
  data: {
    lesson: LESSON,
    homework: {
      text: '§ 12, № 340–345 (письменно)',
      due: date('2026-11-11'),
      manner: null,
      attachments: [],
      minutes: null,
    },
    dueAt: Instant.parse('2026-11-09T07:20:00.000Z'),
  },
})

/**
 * Tuesday 29 December 2026, half past four in the afternoon in Tomsk: the last school day of the second quarter, whose
 * last week began on Wednesday the 23rd.
 */
export const LAST_AFTERNOON = '2026-12-29T09:30:00.000Z'
export const OPENS_AT = Instant.parse('2026-12-22T17:00:00.000Z')
export const FINALS_DUE = Instant.parse('2026-12-29T16:59:59.000Z')

/** The final of a pupil for the second quarter. */
export const finalRecorded = (pupil: Uuid, value: MarkValue, at = '2026-12-28T04:00:00.000Z'): Past =>
  onPage(
    {
      type: 'FinalMarkRecorded',
      data: { pupil, kind: 'period', value, opensAt: OPENS_AT, dueAt: FINALS_DUE },
    },
    at,
  )

/** The final of a pupil is postponed to a day of January. */
export const finalPostponed = (pupil: Uuid, until: string, previous: string | null = null): Past =>
  onPage(
    {
      type: 'FinalPostponed',
      data: {
        pupil,
        previous: previous === null ? null : date(previous),
        until: date(until),
        reason: 'illness',
        order: { number: '141', date: date('2026-12-25') },
      },
    },
    '2026-12-28T05:00:00.000Z',
    deputy,
  )

export const pageClosed = (postponed: readonly Uuid[] = [], at = LAST_AFTERNOON): Past =>
  onPage(
    { type: 'PageClosed', data: { postponed: [...postponed], excused: [], carried: [], into: null } },
    at,
  )

/** Opened again on 13 January by the head, on the whole or for some pupils. */
export const pageReopened = (until: string, pupils: readonly Uuid[] | null = null): Past =>
  onPage(
    {
      type: 'PageReopened',
      data: {
        pupils: pupils === null ? null : [...pupils],
        until: Instant.parse(until),
        reason: KindId.parse('appeal'),
        note: null,
        order: { number: '47', date: date('2027-01-13') },
      },
    },
    '2027-01-13T03:00:00.000Z',
    head,
  )
/** A substitution of Monday's lesson: the third, of algebra, unless another is named. */
export const substituted = (substitute: Uuid, journal = ALGEBRA, number = 3): Past =>
  past('timetable', YEAR, {
    type: 'SubstitutionOrdered',
    data: {
      lesson: lessonId(journal, MONDAY, number),
      journal,
      classes: [CLASS_7A],
      date: MONDAY,
      number,
      teachers: [],
      substitute,
      previous: null,
      reason: null,
      order: null,
    },
  })

/** The Monday lesson as somebody recorded it who gave it in the place of its teacher. */
export const lessonGivenBy = (teacher: Uuid): Past => ({
  ...lessonRecorded,
  event: {
    type: 'LessonRecorded',
    data: {
      ...(lessonRecorded.event as Extract<DomainEvent, { type: 'LessonRecorded' }>).data,
      teacher,
      substitution: 'at-entry',
    },
  },
})

/** Algebra of 7Б at the third lesson of Mondays, which the stranger teaches. */
export const algebraOf7B: readonly Past[] = [
  past('teachingLoad', YEAR, {
    type: 'JournalOpened',
    data: {
      journal: id('journal/7Б/algebra'),
      subject: id('subject/algebra'),
      learners: { kind: 'class', class: CLASS_7B },
      type: 'lesson',
      grading: 'g5',
      name: 'Алгебра, 7Б',
    },
  }),
  past('teachingLoad', YEAR, {
    type: 'TeacherAssigned',
    data: { journal: id('journal/7Б/algebra'), staff: STRANGER, from },
  }),
  past('timetable', YEAR, {
    type: 'WeekScheduled',
    data: {
      class: CLASS_7B,
      effectiveFrom: from,
      slots: [{ weekday: 1, number: 3, journal: id('journal/7Б/algebra'), room: '215' }],
    },
  }),
]

/** A parent who consents to the electronic form from the first day on, on paper. */
export const consented = (pupil: Uuid, representative: Uuid): Past =>
  past(
    'family',
    pupil,
    {
      type: 'ConsentGiven',
      data: {
        pupil,
        representative,
        form: 'written',
        date: from,
        scope: ['diary', 'messages'],
        notice: { version: processingNotice(null).version, date: from },
      },
    },
    '2026-09-01T03:00:00.000Z',
    classTeacher,
  )
