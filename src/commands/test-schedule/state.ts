import type { TestScheduleEvent } from '#events/test-schedule.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

export interface PlannedTest {
  readonly journal: Uuid
  readonly subject: Uuid
  readonly classes: readonly Uuid[]
  readonly date: LocalDate
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
      if (state.tests.has(data.test)) state.tests.set(data.test, data)
    },
    TestCancelled: (state, { data }) => {
      state.tests.delete(data.test)
    },
  },
}
