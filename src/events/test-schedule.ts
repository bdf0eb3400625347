import { z } from 'zod'
import { personal } from '#values/personal-text.ts'
import { KindId } from '#values/policy.ts'
import { label, note } from '#values/text.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, sealed, v1 } from './define.ts'

/** A class that has more tests on a day than the school means to give, counted with this one. */
const Overload = z.strictObject({ class: Uuid, tests: z.int().min(1), limit: z.int().min(1) })

const planned = {
  test: Uuid,
  journal: Uuid,
  subject: Uuid,
  /** The classes whose pupils write it: one, or those of a group. */
  classes: z.array(Uuid).min(1).max(60),
  date: LocalDate,
  /** The warning with which it was planned all the same; empty where there was none. */
  overload: z.array(Overload).max(60),
}

/** The consolidated schedule of tests of a school year (сводный график контрольных работ, R-7A.6e). */
export const testScheduleEvents = {
  TestPlanned: v1(
    z.strictObject({
      ...planned,
      /** The form of control: a kind of work of the school's dictionary. */
      form: KindId,
      topic: label(200).nullable(),
      /** It belongs to the control within the school (ВШК), with a deadline of its own (R-7A.11). */
      internalControl: z.boolean(),
    }),
  ),
  TestMoved: sealed(z.strictObject({ ...planned, previous: LocalDate, note: personal(note()).nullable() })),
  TestCancelled: sealed(
    z.strictObject({ test: Uuid, journal: Uuid, date: LocalDate, note: personal(note()).nullable() }),
  ),
}
export type TestScheduleEvent = EventsOf<typeof testScheduleEvents>
