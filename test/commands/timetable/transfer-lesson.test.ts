import { describe, it } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { transferLesson } from '#commands/timetable/transfer-lesson.ts'
import { lessonId } from '#values/school.ts'
import { given, type Past } from '#support/spec.ts'
import {
  ALGEBRA,
  CLASS_7A,
  date,
  deputy,
  LESSON,
  lessonRecorded,
  mathematician,
  onPage,
  PAGE,
  pageOpened,
  past,
  school,
  YEAR,
} from '#support/class-7a.ts'

const now = '2026-11-06T03:00:00.000Z'
const as = deputy
const transfer = {
  year: YEAR,
  journal: ALGEBRA,
  date: '2026-11-09',
  number: 3,
  to: { date: '2026-11-10', number: 6 },
} as const

/** The history with what a transfer records. */
function transferred(
  input: typeof transfer | object,
  ...history: ReadonlyArray<Past | readonly Past[]>
): Past[] {
  const recorded = given(...history)
    .when(transferLesson, { ...transfer, ...input }, { as, now })
    .records('LessonTransferred')
  return [...history.flat(), ...recorded.map((event) => past('timetable', YEAR, event))]
}

describe('transfer-lesson', () => {
  it('records from where to where, with the room that it has', () => {
    given(school)
      .when(transferLesson, { ...transfer, reason: 'Смотр строя и песни' }, { as, now })
      .records({
        type: 'LessonTransferred',
        data: {
          lesson: LESSON,
          journal: ALGEBRA,
          classes: [CLASS_7A],
          date: '2026-11-09',
          number: 3,
          to: {
            lesson: lessonId(ALGEBRA, date('2026-11-10'), 6),
            date: '2026-11-10',
            number: 6,
            room: '214',
          },
          reason: 'Смотр строя и песни',
          order: null,
        },
      })
  })

  it('lets the lesson be recorded at its new place and not at the old one', () => {
    const history = transferred({}, school, pageOpened)
    const lesson = { page: PAGE, topic: 'Степень' } as const
    const later = { as: mathematician, now: '2026-11-10T07:00:00.000Z' }
    given(history)
      .when(recordLesson, { ...lesson, date: '2026-11-09', number: 3 }, later)
      .refuses('lesson-transferred', { to: { date: '2026-11-10', number: 6 } })
    given(history)
      .when(recordLesson, { ...lesson, date: '2026-11-10', number: 6 }, later)
      .records({
        type: 'LessonRecorded',
        data: { date: '2026-11-10', number: 6, transferredFrom: { date: '2026-11-09', number: 3 } },
      })
  })

  it('tells of a lesson that was transferred twice where the week has it, and leaves nothing at the place between', () => {
    const once = transferred({}, school, pageOpened)
    const twice = transferred({ date: '2026-11-10', number: 6, to: { date: '2026-11-12', number: 2 } }, once)
    const later = { as: mathematician, now: '2026-11-12T07:00:00.000Z' }
    const lesson = { page: PAGE, topic: 'Степень' } as const
    given(twice)
      .when(recordLesson, { ...lesson, date: '2026-11-12', number: 2 }, later)
      .records({ type: 'LessonRecorded', data: { transferredFrom: { date: '2026-11-09', number: 3 } } })
    given(twice)
      .when(recordLesson, { ...lesson, date: '2026-11-10', number: 6 }, later)
      .refuses('lesson-not-in-timetable')
  })

  it('brings a lesson home as if it had never been away', () => {
    const away = transferred({}, school, pageOpened)
    const home = transferred({ date: '2026-11-10', number: 6, to: { date: '2026-11-09', number: 3 } }, away)
    given(home)
      .when(
        recordLesson,
        { page: PAGE, date: '2026-11-09', number: 3, topic: 'Степень' },
        { as: mathematician, now: '2026-11-09T07:00:00.000Z' },
      )
      .records({ type: 'LessonRecorded', data: { transferredFrom: null } })
  })

  it('moves the deadline of homework with the last lesson of the class (R-2.7b)', () => {
    // English, the fifth lesson, ends at 12:50; from 13:50 to 14:30 there is a club, which does not count.
    const homework = { page: PAGE, lesson: LESSON, text: 'Выучить правило' }
    const at = { as: mathematician, now: '2026-11-09T05:00:00.000Z' }
    given(school, pageOpened, lessonRecorded)
      .when(setHomework, homework, at)
      .records({ type: 'HomeworkSet', data: { dueAt: '2026-11-09T07:20:00.000Z' } })
    const history = transferred(
      { date: '2026-11-11', number: 2, to: { date: '2026-11-09', number: 7 }, journal: ALGEBRA },
      clubless,
      pageOpened,
      lessonRecorded,
    )
    given(history)
      .when(setHomework, homework, at)
      .records({ type: 'HomeworkSet', data: { dueAt: '2026-11-09T09:00:00.000Z' } })
  })

  it('refuses a time at which the class or the teacher has another lesson', () => {
    given(school)
      .when(transferLesson, { ...transfer, to: { date: '2026-11-09', number: 5 } }, { as, now })
      .refuses('slot-conflict', { class: CLASS_7A, number: 5 })
    given(school)
      .when(transferLesson, { ...transfer, to: { date: '2026-11-09', number: 4 } }, { as, now })
      .refuses('slot-conflict', { class: CLASS_7A, number: 4 })
  })

  it('refuses days without school, the same place, and what is not in the timetable', () => {
    const to = (day: string, number = 6) => ({ ...transfer, to: { date: day, number } })
    given(school).when(transferLesson, to('2026-11-04'), { as, now }).refuses('date-in-holidays')
    given(school).when(transferLesson, to('2026-11-08'), { as, now }).refuses('date-in-holidays')
    given(school).when(transferLesson, to('2027-06-01'), { as, now }).refuses('date-outside-year')
    given(school).when(transferLesson, to('2026-11-09', 3), { as, now }).refuses('same-value')
    given(school)
      .when(transferLesson, { ...transfer, number: 1 }, { as, now })
      .refuses('lesson-not-in-timetable')
    given(transferred({}, school))
      .when(transferLesson, to('2026-11-12'), { as, now })
      .refuses('lesson-transferred', { to: { date: '2026-11-10', number: 6 } })
  })

  it('refuses to move a lesson out of a period that is closed, or into one', () => {
    const closed = onPage({
      type: 'PageClosed',
      data: { postponed: [], excused: [], carried: [], into: null },
    })
    given(school, pageOpened, closed)
      .when(transferLesson, transfer, { as, now: '2026-12-30T03:00:00.000Z' })
      .refuses('period-locked', { period: 'q2' })
  })

  it('refuses a lesson that is recorded', () => {
    given(school, pageOpened, lessonRecorded)
      .when(transferLesson, transfer, { as, now: '2026-11-10T03:00:00.000Z' })
      .refuses('lesson-recorded')
  })
})

const clubless = school.map((one) =>
  one.event.type === 'WeekScheduled'
    ? past('timetable', YEAR, {
        type: 'WeekScheduled',
        data: { ...one.event.data, slots: one.event.data.slots.filter(({ number }) => number !== 7) },
      })
    : one,
)
