import { describe, it } from 'vitest'
import { closePage } from '#commands/journal-page/close-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { cancelLessons } from '#commands/timetable/cancel-lessons.ts'
import { type PeriodId, pageId } from '#values/school.ts'
import { given, type Past } from '#support/spec.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  date,
  deputy,
  GLEB,
  LESSON,
  mathematician,
  MONDAY,
  PAGE,
  pageClosed,
  pageOpened,
  lessonRecorded,
  past,
  Q1,
  Q2,
  school,
  workHeld,
  YEAR,
} from '#support/class-7a.ts'

const FIRST = pageId(ALGEBRA, Q1)
const moved = (period: PeriodId, from: string, until: string, was: readonly [string, string]): Past =>
  past('schoolYear', YEAR, {
    type: 'PeriodMoved',
    data: {
      period,
      grades: [7],
      units: [],
      previous: { from: date(was[0]), until: date(was[1]) },
      from: date(from),
      until: date(until),
    },
  })
/** The first quarter ends on 13 November in the place of 23 October: the lesson of Monday 9 belongs to it. */
const bounds = [
  moved(Q2, '2026-11-16', '2026-12-29', ['2026-11-02', '2026-12-29']),
  moved(Q1, '2026-09-01', '2026-11-13', ['2026-09-01', '2026-10-23']),
]
const onFirst = (event: Past['event']): Past => ({ ...pageOpened, id: FIRST, event })
const firstOpened = onFirst({
  type: 'PageOpened',
  data: { journal: ALGEBRA, year: YEAR, period: Q1, grading: 'g5' },
})
const firstClosed = onFirst({
  type: 'PageClosed',
  data: { postponed: [], excused: [], carried: [], into: null },
})
const finals = [ANNA, BORIS, GLEB].map((pupil) =>
  onFirst({
    type: 'FinalMarkRecorded',
    data: { pupil, kind: 'period', value: 4, opensAt: pageOpened.at, dueAt: pageOpened.at },
  }),
)
const as = { as: mathematician, now: '2026-11-13T09:00:00.000Z' }
const marks = { page: PAGE, lesson: LESSON, kind: 'test', marks: [{ pupil: ANNA, value: 5 }] }
const recorded = given(school, pageOpened, lessonRecorded, bounds, firstOpened)

describe('a lesson whose period is another after its bounds were moved (R-F3)', () => {
  it('is written on where it stands', () => {
    recorded.when(recordMarks, marks, as).records('WorkHeld', 'MarkRecorded')
  })

  it('is locked with the period of its date, and not with that of its page', () => {
    recorded.and(firstClosed).when(recordMarks, marks, as).refuses('period-locked', { period: 'q1' })
    recorded.and(pageClosed()).when(recordMarks, marks, as).records('WorkHeld', 'MarkRecorded')
  })

  it('is not recorded a second time on the page of its date, nor cancelled', () => {
    const again = { page: FIRST, date: MONDAY, number: 3, topic: 'Степень' }
    recorded.when(recordLesson, again, as).refuses('lesson-exists', { lesson: LESSON })
    recorded
      .when(
        cancelLessons,
        { year: YEAR, date: MONDAY, lessons: [{ journal: ALGEBRA, number: 3 }], reason: 'Мороз' },
        { ...as, as: deputy },
      )
      .refuses('lesson-recorded')
  })

  it('counts at the closing of the period of its date, and of no other', () => {
    const waiting = recorded.and(workHeld('test'), finals)
    waiting
      .when(closePage, { page: FIRST }, as)
      .refuses('closing-incomplete', { finals: [], works: [{ lesson: LESSON, kind: 'test' }] })
    given(school, pageOpened, lessonRecorded, bounds, firstOpened, finals)
      .when(closePage, { page: FIRST }, as)
      .records('PageClosed')
  })
})
