import { z } from 'zod'
import { testScheduleEvents } from '#events/test-schedule.ts'
import { KindId } from '#values/policy.ts'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { policyOn } from '../policy/state.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { matterOfJournal } from '../teaching-load/state.ts'
import { overloadOf, TEST_NEEDS, testOn } from './day-of-test.ts'
import { testScheduleFold } from './state.ts'

const PlanTest = z.strictObject({
  year: SchoolYear,
  test: Uuid.optional(),
  journal: Uuid,
  date: LocalDate,
  form: KindId.default(KindId.parse('test')).describe('Вид работы из справочника школы'),
  topic: testScheduleEvents.TestPlanned.data.shape.topic.default(null),
  internalControl: z.boolean().default(false).describe('Работа внутришкольного контроля (ВШК)'),
})

/** Puts a test into the consolidated schedule; the answer holds the warning where the day is too full (R-7A.6e). */
export const planTest = defineCommand({
  name: 'plan-test',
  path: 'years/:year/tests',
  summary: 'Внести работу в сводный график контрольных работ',
  operation: '17',
  input: PlanTest,
  fold: testScheduleFold,
  stream: ({ year }) => year,
  needs: TEST_NEEDS,
  year: ({ year }) => year,
  concerns: ({ input, references: { roster, teachingLoad } }) =>
    matterOfJournal(teachingLoad.journals.get(input.journal), roster),
  decide({ input, state, references, newId }) {
    const { test = newId('test'), date, form, topic, internalControl } = input
    if (state.tests.has(test)) return refuse('test-exists', { test })
    const planned = testOn(references, state, input)
    if (isRefusal(planned)) return planned
    const policy = policyOn(references.policy, date)
    if (policy === undefined) return refuse('policy-missing', { date })
    if (!policy.kindsOfWork.some(({ kind }) => kind === form)) {
      return refuse('kind-of-work-unknown', { kind: form, kinds: policy.kindsOfWork })
    }
    const overload = overloadOf(state, test, planned, policy)
    const data = { ...planned, test, classes: [...planned.classes], form, topic, internalControl, overload }
    return [{ type: 'TestPlanned', data }]
  },
})
