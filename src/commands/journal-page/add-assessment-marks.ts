import { z } from 'zod'
import { workId } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
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
    if (known === undefined || work === undefined || held === undefined)
      return refuse('assessment-unknown', { assessment })
    const policy = policyFor(given, known.date)
    if (isRefusal(policy)) return policy
    const stranger = checkMembers(
      given,
      known.date,
      marks.map(({ pupil }) => pupil),
    )
    if (stranger !== null) return stranger
    const { dueAt } = held
    return columnOfMarks(given, { work, lesson: assessment, dueAt, codeOf: () => null }, policy, marks)
  },
})
