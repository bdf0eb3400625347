import { z } from 'zod'
import { workId } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { receiptOf } from './assessment-ground.ts'
import { columnOfMarks, MarksOfColumn } from './column-of-marks.ts'
import { checkMembers, mayWriteOnPage, onPage, pageCommand, policyFor } from './ground.ts'

const AddAssessmentMarks = z.strictObject({ ...onPage, assessment: Uuid, marks: MarksOfColumn })

/** Adds the results of pupils who had none yet to an assessment that was recorded (R-F15). */
export const addAssessmentMarks = pageCommand({
  name: 'add-assessment-marks',
  summary: 'Добавить результаты к записанному испытанию',
  operation: '4b',
  input: AddAssessmentMarks,
  touches: ({ input }) => ({ pupils: input.marks.map(({ pupil }) => pupil), postponed: 'mark' }),
  may: mayWriteOnPage,
  decide(given) {
    const { input, state } = given
    const { assessment, marks } = input
    const known = state.assessments.get(assessment)
    const work = known && workId(assessment, known.kind)
    const held = work && state.works.get(work)
    if (known === undefined || work === undefined) return refuse('assessment-unknown', { assessment })
    const pupils = marks.map(({ pupil }) => pupil)
    // Without a receipt nothing says from when on the results were due.
    const awaited = known.receipts.size === 0 ? [] : pupils.filter((pupil) => !receiptOf(known, pupil))
    if (held === undefined || awaited.length > 0)
      return refuse('assessment-results-not-received', { assessment, pupils: awaited })
    const policy = policyFor(given, known.date)
    if (isRefusal(policy)) return policy
    const stranger = checkMembers(given, known.date, pupils)
    if (stranger !== null) return stranger
    const dueOf = (pupil: Uuid) => receiptOf(known, pupil)?.dueAt ?? held.dueAt
    return columnOfMarks(given, { work, lesson: assessment, dueOf, codeOf: () => null }, policy, marks)
  },
})
