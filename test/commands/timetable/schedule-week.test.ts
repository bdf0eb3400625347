import { describe, it } from 'vitest'
import type { DomainEvent } from '#events/registry.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { given } from '#support/spec.ts'
import {
  ALGEBRA,
  CLASS_7A,
  CLASS_7B,
  CLUB,
  date,
  deputy,
  ENGLISH,
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
