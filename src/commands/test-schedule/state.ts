import type { TestScheduleEvent } from '#events/test-schedule.ts'
import type { KindId } from '#values/policy.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

/** A test of some classes on a day. */
export interface TestOfDay {
  readonly journal: Uuid
  readonly subject: Uuid
  readonly classes: readonly Uuid[]
  readonly date: LocalDate
}

export interface PlannedTest extends TestOfDay {
  /** The kind of work that it is. */
  readonly form: KindId
  readonly internalControl: boolean
}

export interface TestScheduleState {
  /** The tests that stand; one that was cancelled is gone from here. */
  readonly tests: Map<Uuid, PlannedTest>
}

export const testScheduleFold: Fold<TestScheduleState, TestScheduleEvent> = {
  category: 'testSchedule',
  initial: () => ({ tests: new Map() }),
  on: {
    TestPlanned: (state, { data }) => {
      state.tests.set(data.test, data)
    },
    TestMoved: (state, { data }) => {
      const test = state.tests.get(data.test)
      if (test !== undefined) state.tests.set(data.test, { ...test, ...data })
    },
    TestCancelled: (state, { data }) => {
      state.tests.delete(data.test)
    },
  },
}

/** The test of internal control (ВШК) that a journal has on a date, with its id: a journal has one test on a day. */
export function testOfInternalControl(
  { tests }: Readonly<TestScheduleState>,
  journal: Uuid,
  date: LocalDate,
): (PlannedTest & { readonly test: Uuid }) | null {
  for (const [test, planned] of tests)
    if (planned.internalControl && planned.journal === journal && planned.date === date)
      return { ...planned, test }
  return null
}
