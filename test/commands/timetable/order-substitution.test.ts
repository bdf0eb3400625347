import { describe, it } from 'vitest'
import { orderSubstitution } from '#commands/timetable/order-substitution.ts'
import { combineLessons } from '#commands/timetable/combine-lessons.ts'
import { LESSON as LESSON_3, lessonRecorded } from '#support/class-7a.ts'
import { given } from '#support/spec.ts'
import {
  ALGEBRA,
  CLASS_7A,
  date,
  deputy,
  ENGLISH,
  ENGLISH_TEACHER,
  head,
  id,
  lessonGivenBy,
  MATHEMATICIAN,
  past,
  school,
  STRANGER,
  substituted,
  YEAR,
} from '#support/class-7a.ts'

const now = '2026-11-06T03:00:00.000Z'
const as = deputy
const order = { year: YEAR, journal: ALGEBRA, date: '2026-11-09', number: 3, substitute: STRANGER } as const

describe('order-substitution', () => {
  it('records who gives the lesson, in whose place, and by which order', () => {
    const by = { number: '84-л', date: date('2026-11-06') }
    given(school)
      .when(orderSubstitution, { ...order, order: by }, { as, now })
      .records({
        type: 'SubstitutionOrdered',
        data: {
          lesson: LESSON_3,
          journal: ALGEBRA,
          classes: [CLASS_7A],
          date: '2026-11-09',
          number: 3,
          teachers: [MATHEMATICIAN],
          substitute: STRANGER,
          previous: null,
          order: by,
        },
      })
  })

  it('is for the head as for the deputy', () => {
    given(school).when(orderSubstitution, order, { as: head, now }).records('SubstitutionOrdered')
  })

  it('puts another substitute in the place of the first, and says of whom', () => {
    given(school, substituted(STRANGER))
      .when(orderSubstitution, { ...order, substitute: ENGLISH_TEACHER }, { as, now })
      .records({ type: 'SubstitutionOrdered', data: { previous: STRANGER, substitute: ENGLISH_TEACHER } })
  })

  it('refuses the same substitute once more, and a teacher of the journal', () => {
    given(school, substituted(STRANGER)).when(orderSubstitution, order, { as, now }).refuses('same-value')
    given(school)
      .when(orderSubstitution, { ...order, substitute: MATHEMATICIAN }, { as, now })
      .refuses('teacher-assigned', { staff: MATHEMATICIAN })
  })

  it('refuses a teacher who gives another lesson at that time, by the week or by another substitution', () => {
    given(school)
      .when(
        orderSubstitution,
        { ...order, journal: ENGLISH, number: 5, substitute: MATHEMATICIAN },
        { as, now },
      )
      .records('SubstitutionOrdered')
    const elsewhere = past('timetable', YEAR, {
      type: 'WeekScheduled',
      data: {
        class: id('class/7Б'),
        effectiveFrom: date('2026-09-01'),
        slots: [{ weekday: 1, number: 5, journal: id('journal/7Б/geometry'), room: null }],
      },
    })
    const geometry = past('teachingLoad', YEAR, {
      type: 'JournalOpened',
      data: {
        journal: id('journal/7Б/geometry'),
        subject: id('subject/algebra'),
        learners: { kind: 'class', class: id('class/7Б') },
        type: 'lesson',
        grading: 'g5',
        name: 'Геометрия, 7Б',
      },
    })
    const assigned = past('teachingLoad', YEAR, {
      type: 'TeacherAssigned',
      data: { journal: id('journal/7Б/geometry'), staff: MATHEMATICIAN, from: date('2026-09-01') },
    })
    given(school, geometry, assigned, elsewhere)
      .when(
        orderSubstitution,
        { ...order, journal: ENGLISH, number: 5, substitute: MATHEMATICIAN },
        { as, now },
      )
      .refuses('slot-conflict', { teacher: MATHEMATICIAN, also: { journal: id('journal/7Б/geometry') } })
    given(school, geometry, elsewhere, substituted(STRANGER, ENGLISH, 5))
      .when(orderSubstitution, { ...order, journal: id('journal/7Б/geometry'), number: 5 }, { as, now })
      .refuses('slot-conflict', { teacher: STRANGER, also: { journal: ENGLISH } })
  })

  it('refuses a lesson that the timetable does not have on that day', () => {
    given(school)
      .when(orderSubstitution, { ...order, number: 2 }, { as, now })
      .refuses('lesson-not-in-timetable', { numbers: [3, 4] })
    given(school)
      .when(orderSubstitution, { ...order, date: '2026-11-04', number: 2 }, { as, now })
      .refuses('date-in-holidays')
    given(school)
      .when(orderSubstitution, { ...order, date: '2027-06-07' }, { as, now })
      .refuses('date-outside-year')
    given(school)
      .when(orderSubstitution, { ...order, journal: id('journal/none') }, { as, now })
      .refuses('journal-unknown')
    given(school)
      .when(orderSubstitution, { ...order, year: YEAR + 1 }, { as, now })
      .refuses('school-year-unknown')
  })

  it('refuses who is not at the school on that day', () => {
    given(school)
      .when(orderSubstitution, { ...order, substitute: id('staff/nobody') }, { as, now })
      .refuses('staff-unknown')
    const left = past('roster', 'main', {
      type: 'StaffReleased',
      data: { staff: STRANGER, from: date('2026-11-09') },
    })
    given(school, left)
      .when(orderSubstitution, order, { as, now })
      .refuses('staff-released', { from: '2026-11-09' })
  })

  it('confirms a lesson that this substitute has recorded already, and refuses one that somebody else gave (A-22)', () => {
    given(school, lessonGivenBy(STRANGER))
      .when(orderSubstitution, order, { as, now: '2026-11-10T03:00:00.000Z' })
      .records('SubstitutionOrdered')
    given(school, lessonRecorded)
      .when(orderSubstitution, order, { as, now: '2026-11-10T03:00:00.000Z' })
      .refuses('lesson-recorded', { teacher: MATHEMATICIAN })
  })

  it('refuses a lesson that is combined with others', () => {
    const combined = past('timetable', YEAR, {
      type: 'LessonsCombined',
      data: {
        combination: id('combination'),
        date: date('2026-11-09'),
        number: 3,
        teacher: MATHEMATICIAN,
        lessons: [
          { lesson: LESSON_3, journal: ALGEBRA, classes: [CLASS_7A] },
          { lesson: id('lesson/7Б'), journal: id('journal/7Б'), classes: [id('class/7Б')] },
        ],
        order: null,
      },
    })
    given(school, combined)
      .when(orderSubstitution, order, { as, now })
      .refuses('lessons-combined', { combination: id('combination') })
    given(school, substituted(STRANGER))
      .when(
        combineLessons,
        {
          year: YEAR,
          date: '2026-11-09',
          number: 3,
          journals: [ALGEBRA, id('journal/7Б')],
          teacher: MATHEMATICIAN,
        },
        { as, now },
      )
      .refuses('lesson-given-by-another', { teacher: STRANGER })
  })
})
