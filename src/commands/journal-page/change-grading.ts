import { z } from 'zod'
import { GradingSystem } from '#values/grading.ts'
import { refuse } from '../refusal.ts'
import { onPage, pageCommand } from './ground.ts'

const ChangeGrading = z.strictObject({ ...onPage, grading: GradingSystem })

/** Grades from now on by another system in this journal and period; no mark that stands is rewritten (R-F4). */
export const changeGrading = pageCommand({
  name: 'change-grading',
  summary: 'Перейти на другую систему оценивания в журнале и периоде; прежние отметки не меняются',
  operation: '21b',
  input: ChangeGrading,
  decide({ input, state }) {
    const { grading: previous } = state.page!
    const { grading } = input
    if (grading === previous) return refuse('same-value', { grading })
    return [{ type: 'PageGradingChanged', data: { previous, grading } }]
  },
})
