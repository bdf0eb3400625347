import { z } from 'zod'
import { SchoolYear } from '#values/school.ts'
import { note } from '#values/text.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { policyOn } from '../policy/state.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { matterOfTest, overloadOf, TEST_NEEDS, testOn } from './day-of-test.ts'
import { testScheduleFold } from './state.ts'

const MoveTest = z.strictObject({
  year: SchoolYear,
  test: Uuid,
  date: LocalDate,
  note: note().nullable().default(null),
})

/** Moves a test of the schedule to another day. */
export const moveTest = defineCommand({
  name: 'move-test',
  path: 'years/:year/tests/:test',
  summary: 'Перенести работу в графике контрольных работ на другой день',
  operation: '17',
  input: MoveTest,
  fold: testScheduleFold,
  stream: ({ year }) => year,
  needs: TEST_NEEDS,
  year: ({ year }) => year,
  concerns: ({ input, state, references }) => matterOfTest(references, state, input.test),
  decide({ input: { year, test, date, note }, state, references }) {
    const known = state.tests.get(test)
    if (known === undefined) return refuse('test-unknown', { test })
    if (known.date === date) return refuse('same-value', { date })
    const planned = testOn(references, state, { year, journal: known.journal, date })
    if (isRefusal(planned)) return planned
    const policy = policyOn(references.policy, date)
    if (policy === undefined) return refuse('policy-missing', { date })
    const overload = overloadOf(state, test, planned, policy)
    const data = { ...planned, test, classes: [...planned.classes], previous: known.date, note, overload }
    return [{ type: 'TestMoved', data }]
  },
})
