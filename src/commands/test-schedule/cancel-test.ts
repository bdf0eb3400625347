import { z } from 'zod'
import { SchoolYear } from '#values/school.ts'
import { note } from '#values/text.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { matterOfTest } from './day-of-test.ts'
import { testScheduleFold } from './state.ts'

const CancelTest = z.strictObject({ year: SchoolYear, test: Uuid, note: note().nullable().default(null) })

/** Takes a test out of the schedule; that it was planned stays on record. */
export const cancelTest = defineCommand({
  name: 'cancel-test',
  path: 'years/:year/tests/:test',
  summary: 'Снять работу с графика контрольных работ',
  operation: '17',
  input: CancelTest,
  fold: testScheduleFold,
  stream: ({ year }) => year,
  needs: ['roster', 'teachingLoad'],
  year: ({ year }) => year,
  concerns: ({ input, state, references }) => matterOfTest(references, state, input.test),
  decide({ input: { test, note }, state }) {
    const known = state.tests.get(test)
    if (known === undefined) return refuse('test-unknown', { test })
    return [{ type: 'TestCancelled', data: { test, journal: known.journal, date: known.date, note } }]
  },
})
