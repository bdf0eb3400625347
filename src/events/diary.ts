import { z } from 'zod'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'
import { Digest } from './journal-page.ts'

/** What families say of the diary of a pupil, one stream for a pupil (R-7A.15). What stands in it is the journal's. */
export const diaryEvents = {
  /**
   * A representative got acquainted with a week of the diary, or with one thing in it (`item`: a lesson, a mark, a remark).
   * `week` is its Monday; `seen` is the version of the week that was looked at, which a view computes from what stands there.
   * Where `meta.by` is the token of an external system, that system said it for the representative (R-7A.18b).
   */
  DiaryAcknowledged: v1(
    z.strictObject({
      pupil: Uuid,
      representative: Uuid,
      week: LocalDate,
      item: Uuid.nullable(),
      seen: Digest,
    }),
  ),
}
export type DiaryEvent = EventsOf<typeof diaryEvents>
