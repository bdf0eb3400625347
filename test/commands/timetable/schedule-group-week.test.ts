import { describe, it } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { scheduleGroupWeek } from '#commands/timetable/schedule-group-week.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { pageId } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { given, type Past } from '#support/spec.ts'
import {
  ALGEBRA,
  algebraOf7B,
  ANNA,
  CLASS_7A,
  CLASS_7B,
  date,
  deputy,
  DINA,
  ENGLISH,
  englishTeacher,
  GROUP_ENGLISH,
  id,
  past,
  Q2,
  school,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'

const as = { as: deputy, now: '2026-08-28T03:00:00.000Z' }
const slot = (weekday: number, number: number, journal = ENGLISH) => ({ weekday, number, journal })
const week = (...slots: Array<ReturnType<typeof slot>>) => ({
  year: YEAR,
  group: GROUP_ENGLISH,
  effectiveFrom: '2026-09-01',
  slots,
})
/** A group of both classes with a journal of its own, which the stranger teaches. */
const CHOIR = id('group/choir')
const SINGING = id('journal/choir')
const group = (kind: 'elective' | 'individual-plan', ...pupils: Uuid[]): Past[] => [
  past('roster', 'main', {
    type: 'GroupFormed',
    data: { kind, group: CHOIR, year: YEAR, name: 'Хор', classes: [CLASS_7A, CLASS_7B] },
  }),
  ...pupils.map((pupil) =>
    past('roster', 'main', {
      type: 'PupilJoinedGroup',
      data: { group: CHOIR, pupil, from: date('2026-09-01') },
    }),
  ),
  past('teachingLoad', YEAR, {
    type: 'JournalOpened',
    data: {
      journal: SINGING,
      subject: id('subject/algebra'),
      learners: { kind: 'group', group: CHOIR },
      type: 'elective',
      grading: 'none',
      name: 'Хор',
    },
  }),
  past('teachingLoad', YEAR, {
    type: 'TeacherAssigned',
    data: { journal: SINGING, staff: STRANGER, from: date('2026-09-01') },
  }),
]
const singing = (weekday: number, number: number) => ({
  ...week(slot(weekday, number, SINGING)),
  group: CHOIR,
})
const inForce = (input: ReturnType<typeof week>): Past =>
  past('timetable', YEAR, {
    type: 'GroupWeekScheduled',
    data: {
      group: input.group,
      classes: [CLASS_7A, CLASS_7B],
      effectiveFrom: date(input.effectiveFrom),
      slots: input.slots.map((one) => ({ ...one, room: null })),
    },
  })

describe('schedule-group-week', () => {
  it('plans a group apart from its classes', () => {
    given(school)
      .when(scheduleGroupWeek, week(slot(4, 8)), as)
      .records({
        type: 'GroupWeekScheduled',
        data: { group: GROUP_ENGLISH, classes: [CLASS_7A], slots: [{ ...slot(4, 8), room: null }] },
      })
  })

  it('gives lessons that are recorded as those of the class are', () => {
    const planned = given(school, inForce({ ...week(slot(4, 8)), group: GROUP_ENGLISH }))
    const opened = past('journalPage', pageId(ENGLISH, Q2), {
      type: 'PageOpened',
      data: { journal: ENGLISH, year: YEAR, period: Q2, grading: 'g5' },
    })
    const lesson = { page: pageId(ENGLISH, Q2), date: '2026-11-12', number: 8, topic: 'Present Perfect' }
    const now = '2026-11-12T09:00:00.000Z'
    planned.and(opened).when(recordLesson, lesson, { as: englishTeacher, now }).records('LessonRecorded')
    given(school, opened)
      .when(recordLesson, lesson, { as: englishTeacher, now })
      .refuses('lesson-not-in-timetable')
  })

  it('refuses a pupil who learns elsewhere at that time: with the class, or in another group', () => {
    // Algebra of 7А is at the third lesson of Mondays; Anna is there, Dina of 7Б is not.
    given(school, group('elective', ANNA))
      .when(scheduleGroupWeek, singing(1, 3), as)
      .refuses('slot-conflict', { also: { class: CLASS_7A, journal: ALGEBRA } })
    given(school, group('elective', DINA))
      .when(scheduleGroupWeek, singing(1, 3), as)
      .records('GroupWeekScheduled')
    given(school, group('elective'))
      .when(scheduleGroupWeek, singing(1, 3), as)
      .refuses('slot-conflict', { also: { class: CLASS_7A } })
    given(school, group('elective', ANNA), inForce({ ...week(slot(4, 8)), group: GROUP_ENGLISH }))
      .when(scheduleGroupWeek, singing(4, 8), as)
      .refuses('slot-conflict', { also: { class: GROUP_ENGLISH, journal: ENGLISH } })
  })

  it('lets whoever has an individual plan leave the lesson of the class for it', () => {
    given(school, group('individual-plan', ANNA))
      .when(scheduleGroupWeek, singing(1, 3), as)
      .records('GroupWeekScheduled')
  })

  it('refuses a teacher who gives another lesson at that time, whichever of both is planned first', () => {
    const both = [...group('individual-plan', ANNA), ...algebraOf7B]
    given(school, both)
      .when(scheduleGroupWeek, singing(1, 3), as)
      .refuses('slot-conflict', { teacher: STRANGER, also: { class: CLASS_7B } })
    const slots = [{ weekday: 1, number: 3, journal: id('journal/7Б/algebra') }]
    given(
      school,
      both.filter(({ category }) => category !== 'timetable'),
      inForce(singing(1, 3)),
    )
      .when(scheduleWeek, { year: YEAR, class: CLASS_7B, effectiveFrom: '2026-09-01', slots }, as)
      .refuses('slot-conflict', { teacher: STRANGER, also: { class: CHOIR } })
  })

  it('refuses the week of a class in which pupils have a lesson of their group', () => {
    const slots = [{ weekday: 2, number: 5, journal: ALGEBRA }]
    const ofClass = { year: YEAR, class: CLASS_7A, effectiveFrom: '2026-09-01', slots }
    given(school, group('elective', ANNA), inForce(singing(2, 5)))
      .when(scheduleWeek, ofClass, as)
      .refuses('slot-conflict', { also: { class: CHOIR, journal: SINGING } })
    given(school, group('elective', DINA), inForce(singing(2, 5)))
      .when(scheduleWeek, ofClass, as)
      .records('WeekScheduled')
  })

  it('refuses two lessons of the group at one time', () => {
    given(school)
      .when(scheduleGroupWeek, week(slot(4, 8), slot(4, 8)), as)
      .refuses('slot-conflict', { weekday: 4, number: 8 })
  })

  it('refuses what is not there: year, date, group, journal, and the journal of others', () => {
    given().when(scheduleGroupWeek, week(), as).refuses('school-year-unknown')
    given(school)
      .when(scheduleGroupWeek, { ...week(), effectiveFrom: '2026-08-31' }, as)
      .refuses('date-outside-year')
    given(school)
      .when(scheduleGroupWeek, { ...week(), group: CHOIR }, as)
      .refuses('group-unknown')
    given(school)
      .when(scheduleGroupWeek, week(slot(4, 8, SINGING)), as)
      .refuses('journal-unknown')
    given(school)
      .when(scheduleGroupWeek, week(slot(4, 8, ALGEBRA)), as)
      .refuses('journal-not-of-class', { journal: ALGEBRA, group: GROUP_ENGLISH })
  })

  it('takes no subject that a curriculum of its classes does not have, unless it is beside the lessons', () => {
    const curriculum = past('curriculum', 'main', {
      type: 'CurriculumAdopted',
      data: {
        curriculum: id('curriculum/7'),
        year: YEAR,
        name: '7 класс',
        for: { kind: 'grade', grade: 7 },
        lines: [{ subject: id('subject/music'), component: 'federal', weekly: 100 }],
        effectiveFrom: date('2026-09-01'),
        until: null,
      },
    })
    given(school, curriculum)
      .when(scheduleGroupWeek, week(slot(4, 8)), as)
      .refuses('subject-not-in-curriculum', { class: CLASS_7A })
    given(school, curriculum, group('elective', ANNA))
      .when(scheduleGroupWeek, singing(4, 8), as)
      .records('GroupWeekScheduled')
  })
})
