import { describe, it } from 'vitest'
import type { DomainEvent } from '#events/registry.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { given } from '#support/spec.ts'
import type { CurriculumFor } from '#values/curriculum.ts'
import {
  ALGEBRA,
  ANNA,
  CLASS_7A,
  CLASS_7B,
  CLUB,
  date,
  deputy,
  ENGLISH,
  GROUP_ENGLISH,
  id,
  MATHEMATICIAN,
  past,
  school,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'

type Learners = Extract<DomainEvent, { type: 'JournalOpened' }>['data']['learners']

const now = '2026-11-06T03:00:00.000Z'
const as = deputy
const slot = (weekday: number, number: number, journal: string) => ({ weekday, number, journal })
const week = (...slots: Array<{ weekday: number; number: number; journal: string; room?: string }>) => ({
  year: YEAR,
  class: CLASS_7A,
  effectiveFrom: '2026-11-09',
  slots,
})
const of7B = (...slots: ReadonlyArray<ReturnType<typeof slot>>) => ({ ...week(...slots), class: CLASS_7B })

/** One more journal of the school and its teacher. */
function taught(name: string, learners: Learners, staff = STRANGER) {
  const journal = id(`journal/${name}`)
  const subject = id(`subject/${name}`)
  return {
    journal,
    past: [
      past('teachingLoad', YEAR, {
        type: 'JournalOpened',
        data: { journal, subject, learners, type: 'lesson', grading: 'g5', name },
      }),
      past('teachingLoad', YEAR, {
        type: 'TeacherAssigned',
        data: { journal, staff, from: date('2026-09-01') },
      }),
    ],
  }
}

function group(name: string, ...classes: Array<typeof CLASS_7A>) {
  const unit = id(`group/${name}`)
  return {
    learners: { kind: 'group', group: unit } as const,
    past: past('roster', 'main', {
      type: 'GroupFormed',
      data: { kind: 'subgroup', group: unit, year: YEAR, name, classes },
    }),
  }
}

const geometry7B = taught('geometry 7Б', { kind: 'class', class: CLASS_7B }, MATHEMATICIAN)

describe('schedule-week', () => {
  it('sets the week of a class, its groups included', () => {
    given(school)
      .when(scheduleWeek, week({ ...slot(2, 1, ALGEBRA), room: '214' }, slot(2, 2, ENGLISH)), { as, now })
      .records({
        type: 'WeekScheduled',
        data: {
          class: CLASS_7A,
          effectiveFrom: '2026-11-09',
          slots: [
            { weekday: 2, number: 1, journal: ALGEBRA, room: '214' },
            { weekday: 2, number: 2, journal: ENGLISH, room: null },
          ],
        },
      })
  })

  it('refuses a year that was never opened', () => {
    given(school)
      .when(scheduleWeek, { ...week(), year: YEAR + 1 }, { as, now })
      .refuses('school-year-unknown', { year: YEAR + 1 })
  })

  it('refuses a week from a date outside the year', () => {
    for (const effectiveFrom of ['2026-08-31', '2027-05-27']) {
      given(school)
        .when(scheduleWeek, { ...week(), effectiveFrom }, { as, now })
        .refuses('date-outside-year', { date: effectiveFrom })
    }
  })

  it('refuses a class that is not there', () => {
    given(school)
      .when(scheduleWeek, { ...week(), class: id('class/none') }, { as, now })
      .refuses('class-unknown')
  })

  it('refuses a journal that is not there', () => {
    given(school)
      .when(scheduleWeek, week(slot(1, 1, id('journal/none'))), { as, now })
      .refuses('journal-unknown', { journal: id('journal/none') })
  })

  it('refuses a journal of another class', () => {
    given(school)
      .when(scheduleWeek, of7B(slot(1, 1, ALGEBRA)), { as, now })
      .refuses('journal-not-of-class', { journal: ALGEBRA, class: CLASS_7B })
    given(school)
      .when(scheduleWeek, of7B(slot(1, 1, ENGLISH)), { as, now })
      .refuses('journal-not-of-class', { journal: ENGLISH })
  })

  it('R-7A.6p: refuses a lesson of a subject that no curriculum of the class, its groups or pupils has', () => {
    const geometry = taught('geometry', { kind: 'class', class: CLASS_7A })
    const subject = id('subject/geometry')
    const planned = (of: CurriculumFor, name: string, ...subjects: Array<typeof subject>) =>
      past('curriculum', 'main', {
        type: 'CurriculumAdopted',
        data: {
          curriculum: id(`curriculum/${name}`),
          year: YEAR,
          name,
          for: of,
          lines: subjects.map((of) => ({ subject: of, component: 'federal', weekly: 200 })),
          effectiveFrom: date('2026-09-01'),
          until: null,
        },
      })
    const grade = planned({ kind: 'grade', grade: 7 }, 'grade', id('subject/algebra'))
    const tuesday = week(slot(2, 1, geometry.journal))
    // A school that has adopted nothing for the class may plan all the same.
    given(school, geometry.past).when(scheduleWeek, tuesday, { as, now }).records('WeekScheduled')
    given(school, geometry.past, planned({ kind: 'pupil', pupil: ANNA }, 'anna', id('subject/algebra')))
      .when(scheduleWeek, tuesday, { as, now })
      .records('WeekScheduled')
    given(school, geometry.past, grade)
      .when(scheduleWeek, tuesday, { as, now })
      .refuses('subject-not-in-curriculum', { journal: geometry.journal, subject, class: CLASS_7A })
    for (const of of [
      { kind: 'class', class: CLASS_7A },
      { kind: 'group', group: GROUP_ENGLISH },
      { kind: 'profile', grade: 7, profiles: ['universal'], classes: [], groups: [GROUP_ENGLISH] },
      { kind: 'pupil', pupil: ANNA },
    ] satisfies CurriculumFor[]) {
      given(school, geometry.past, grade, planned(of, of.kind, subject))
        .when(scheduleWeek, tuesday, { as, now })
        .records('WeekScheduled')
    }
    // The curriculum of the class stands in the place of that of its grade.
    given(school, geometry.past, planned({ kind: 'class', class: CLASS_7A }, 'class', subject), grade)
      .when(scheduleWeek, week(slot(2, 1, ALGEBRA)), { as, now })
      .refuses('subject-not-in-curriculum', { journal: ALGEBRA })
    // A club is beside the curriculum, whatever its subject.
    given(school, planned({ kind: 'class', class: CLASS_7A }, 'class', subject))
      .when(scheduleWeek, week(slot(2, 7, CLUB)), { as, now })
      .records('WeekScheduled')
  })

  it('refuses a class that is in two lessons at once, whole or in part', () => {
    const geometry = taught('geometry', { kind: 'class', class: CLASS_7A })
    for (const other of [geometry.journal, ENGLISH, ALGEBRA]) {
      given(school, geometry.past)
        .when(scheduleWeek, week(slot(1, 1, ALGEBRA), slot(1, 1, other)), { as, now })
        .refuses('slot-conflict', { weekday: 1, number: 1, journals: [ALGEBRA, other] })
    }
  })

  it('divides a class into groups that learn at the same time, each once', () => {
    const second = group('7А английский, группа 2', CLASS_7A)
    const third = group('7А немецкий', CLASS_7A)
    const english2 = taught('english-2', second.learners)
    const german = taught('german', third.learners, id('staff/german'))
    const history = [...school, second.past, third.past, ...english2.past, ...german.past]
    given(history)
      .when(
        scheduleWeek,
        week(slot(1, 1, ENGLISH), slot(1, 1, english2.journal), slot(1, 1, german.journal)),
        { as, now },
      )
      .records('WeekScheduled')
    given(history)
      .when(scheduleWeek, week(slot(1, 1, ENGLISH), slot(1, 1, english2.journal), slot(1, 1, ENGLISH)), {
        as,
        now,
      })
      .refuses('slot-conflict')
  })

  it('refuses one teacher for two groups of a class at once', () => {
    const second = group('7А английский, группа 2', CLASS_7A)
    const german = taught('german', second.learners)
    const third = group('7А французский', CLASS_7A)
    const french = taught('french', third.learners)
    given(school, second.past, third.past, german.past, french.past)
      .when(scheduleWeek, week(slot(1, 1, german.journal), slot(1, 1, french.journal)), { as, now })
      .refuses('slot-conflict', { teacher: STRANGER, also: { class: CLASS_7A, journal: german.journal } })
  })

  it('refuses a teacher who is in another class at that time', () => {
    given(school, geometry7B.past)
      .when(scheduleWeek, of7B(slot(1, 3, geometry7B.journal)), { as, now })
      .refuses('slot-conflict', {
        weekday: 1,
        number: 3,
        teacher: MATHEMATICIAN,
        also: { class: CLASS_7A, journal: ALGEBRA },
      })
    given(school, geometry7B.past)
      .when(scheduleWeek, of7B(slot(1, 2, geometry7B.journal), slot(2, 3, geometry7B.journal)), { as, now })
      .records('WeekScheduled')
  })

  it('asks who teaches on the day from which the week is in force', () => {
    const released = past('teachingLoad', YEAR, {
      type: 'TeacherReleased',
      data: { journal: ALGEBRA, staff: MATHEMATICIAN, from: date('2026-11-09') },
    })
    given(school, geometry7B.past, released)
      .when(scheduleWeek, of7B(slot(1, 3, geometry7B.journal)), { as, now })
      .records('WeekScheduled')
    given(school, geometry7B.past, released)
      .when(
        scheduleWeek,
        { ...of7B(slot(1, 3, geometry7B.journal)), effectiveFrom: '2026-11-08' },
        { as, now },
      )
      .refuses('slot-conflict')
  })

  it('looks at the week of the other class that is in force, and at those that will be', () => {
    const moved = past('timetable', YEAR, {
      type: 'WeekScheduled',
      data: {
        class: CLASS_7A,
        effectiveFrom: date('2026-11-16'),
        slots: [{ weekday: 5, number: 6, journal: CLUB, room: null }],
      },
    })
    const friday = of7B(slot(5, 6, geometry7B.journal))
    given(school, geometry7B.past).when(scheduleWeek, friday, { as, now }).records('WeekScheduled')
    given(school, geometry7B.past, moved)
      .when(scheduleWeek, friday, { as, now })
      .refuses('slot-conflict', { also: { class: CLASS_7A, journal: CLUB }, date: '2026-11-16' })
    given(school, geometry7B.past, moved)
      .when(
        scheduleWeek,
        { ...of7B(slot(1, 3, geometry7B.journal)), effectiveFrom: '2026-11-16' },
        { as, now },
      )
      .records('WeekScheduled')
  })

  it('does not look beyond the next week of its own', () => {
    const own = past('timetable', YEAR, {
      type: 'WeekScheduled',
      data: { class: CLASS_7B, effectiveFrom: date('2026-11-16'), slots: [] },
    })
    const moved = past('timetable', YEAR, {
      type: 'WeekScheduled',
      data: {
        class: CLASS_7A,
        effectiveFrom: date('2026-11-16'),
        slots: [{ weekday: 5, number: 6, journal: CLUB, room: null }],
      },
    })
    given(school, geometry7B.past, own, moved)
      .when(scheduleWeek, of7B(slot(5, 6, geometry7B.journal)), { as, now })
      .records('WeekScheduled')
  })

  it('lets a stream of two classes learn together', () => {
    const stream = group('7 технология', CLASS_7A, CLASS_7B)
    const technology = taught('technology', stream.learners)
    const lesson = slot(4, 1, technology.journal)
    const [in7A] = given(school, stream.past, technology.past)
      .when(scheduleWeek, week(lesson), { as, now })
      .records('WeekScheduled')
    given(school, stream.past, technology.past, past('timetable', YEAR, in7A!))
      .when(scheduleWeek, of7B(lesson), { as, now })
      .records('WeekScheduled')
  })
})
