import { describe, it } from 'vitest'
import { changeGrading } from '#commands/journal-page/change-grading.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { given } from '#support/spec.ts'
import {
  ANNA,
  BORIS,
  deputy,
  LESSON,
  lessonRecorded,
  markRecorded,
  mathematician,
  onPage,
  PAGE,
  pageOpened,
  school,
  workHeld,
} from '#support/class-7a.ts'

const as = deputy
const now = '2026-11-09T03:50:00.000Z'

const column = (value: number) => ({
  page: PAGE,
  lesson: LESSON,
  kind: 'lesson-answer',
  marks: [{ pupil: BORIS, value }],
})

describe('change-grading', () => {
  it('changes what may be recorded from now on', () => {
    const history = [...school, pageOpened, lessonRecorded, workHeld('test'), markRecorded(ANNA, 4)]
    const changed = given(history)
      .when(changeGrading, { page: PAGE, grading: 'g10' }, { as, now })
      .records({ type: 'PageGradingChanged', data: { previous: 'g5', grading: 'g10' } })
    const after = given(
      history,
      changed.map((event) => onPage(event)),
    )
    after.when(recordMarks, column(9), { as: mathematician, now }).records('WorkHeld', 'MarkRecorded')
    given(history).when(recordMarks, column(9), { as: mathematician, now }).refuses('value-outside-grading')
  })

  it('refuses the system that is in force, and a page that is not open', () => {
    given(school, pageOpened)
      .when(changeGrading, { page: PAGE, grading: 'g5' }, { as, now })
      .refuses('same-value')
    given(school).when(changeGrading, { page: PAGE, grading: 'g10' }, { as, now }).refuses('page-unknown')
  })
})
