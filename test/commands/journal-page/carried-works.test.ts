import { describe, it } from 'vitest'
import { closePage } from '#commands/journal-page/close-page.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { KindId } from '#values/policy.ts'
import { lessonId, pageId, workId } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  date,
  entryOf,
  GLEB,
  lessonOn,
  mathematician,
  PAGE,
  pageClosed,
  pageOpened,
  pageReopened,
  Q1,
  school,
  YEAR,
} from '#support/class-7a.ts'
import { given, type Past } from '#support/spec.ts'

// The first quarter ends on Friday 23 October; its test of Monday the 19th is to be marked by the 26th.
const FIRST = pageId(ALGEBRA, Q1)
const TEST = lessonId(ALGEBRA, date('2026-10-19'), 3)
const WORK = workId(TEST, 'test')
const onFirst = (event: Past['event']): Past => ({
  ...pageOpened,
  id: FIRST,
  at: '2026-10-19T04:00:00.000Z' as Instant,
  event,
})
const lesson = lessonOn('2026-10-19', 3).event as Extract<Past['event'], { type: 'LessonRecorded' }>
const dueAt = Instant.parse('2026-10-26T16:59:59.000Z')
const history = [
  ...school,
  onFirst({ type: 'PageOpened', data: { journal: ALGEBRA, year: YEAR, period: Q1, grading: 'g5' } }),
  onFirst({ type: 'LessonRecorded', data: { ...lesson.data, type: KindId.parse('test') } }),
  ...[ANNA, BORIS, GLEB].map((pupil) =>
    onFirst({
      type: 'FinalMarkRecorded',
      data: { pupil, kind: 'period', value: 4, opensAt: dueAt, dueAt },
    }),
  ),
]
const closing = { as: mathematician, now: '2026-10-23T09:00:00.000Z' }
const carried = onFirst({
  type: 'PageClosed',
  data: { postponed: [], excused: [], carried: [WORK], into: PAGE },
})
const marks = { page: FIRST, lesson: TEST, kind: 'test', marks: [{ pupil: ANNA, value: 5 }] }
const marked = onFirst({
  type: 'MarkRecorded',
  data: {
    entry: entryOf(ANNA, 'test'),
    work: WORK,
    lesson: TEST,
    pupil: ANNA,
    value: 5,
    criteria: null,
    dueAt,
  },
})
const january = { as: mathematician, now: '2027-01-14T05:00:00.000Z' }
const november = { as: mathematician, now: '2026-11-09T05:00:00.000Z' }

describe('a work that is carried into the next period (R-D6)', () => {
  it('lets the page close, and names the page of that period', () => {
    given(history)
      .when(closePage, { page: FIRST, carry: [WORK] }, closing)
      .records({ type: 'PageClosed', data: { postponed: [], excused: [], carried: [WORK], into: PAGE } })
  })

  it('is one that stands on this page, and for whose marks there is time yet', () => {
    const other = workId(TEST, 'quiz')
    given(history)
      .when(closePage, { page: FIRST, carry: [WORK, other] }, closing)
      .refuses('work-not-pending', { works: [other], pending: [WORK] })
    given(history)
      .when(closePage, { page: FIRST, carry: [WORK] }, { ...closing, now: '2026-10-26T17:00:00.000Z' })
      .refuses('work-not-pending', { works: [WORK], pending: [] })
  })

  it('needs a period that follows', () => {
    given(school, pageOpened)
      .when(closePage, { page: PAGE, carry: [WORK] }, { ...closing, now: '2026-12-29T09:30:00.000Z' })
      .refuses('no-period-follows', { period: 'q2' })
  })

  it('is marked, and its marks corrected, as long as the next period is open, and nothing else on the page is', () => {
    const closed = given(history, carried, pageOpened)
    closed.when(recordMarks, marks, november).records('WorkHeld', 'MarkRecorded')
    closed
      .and(marked)
      .when(
        correctMark,
        { page: FIRST, entry: entryOf(ANNA, 'test'), expectedVersion: 6, value: 4, reason: 'typing-error' },
        november,
      )
      .records('MarkCorrected')
    closed.when(recordMarks, { ...marks, kind: 'quiz' }, november).refuses('period-locked', { period: 'q1' })
    closed
      .when(setHomework, { page: FIRST, lesson: TEST, text: '§ 12, повторить' }, november)
      .refuses('period-locked', { period: 'q1' })
  })

  it('is locked with the next period, and open with it again', () => {
    const closed = given(history, carried, pageOpened, pageClosed())
    closed.when(recordMarks, marks, january).refuses('period-locked', { period: 'q2' })
    closed
      .and(pageReopened('2027-01-15T11:00:00.000Z'))
      .when(recordMarks, marks, january)
      .records('WorkHeld', 'MarkRecorded')
  })

  it('may be marked before anybody has opened the page of the next period', () => {
    given(history, carried).when(recordMarks, marks, november).records('WorkHeld', 'MarkRecorded')
  })
})
