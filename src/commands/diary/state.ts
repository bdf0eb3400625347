import type { DiaryEvent } from '#events/diary.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

/** With which versions of the weeks of a pupil each representative got acquainted last. */
export interface DiaryState {
  readonly seen: Map<string, string>
}

/** What is acknowledged: a week, or one thing in it. */
interface Acknowledged {
  readonly representative: Uuid
  readonly week: LocalDate
  readonly item: Uuid | null
}

export const acknowledged = ({ representative, week, item }: Acknowledged): string =>
  `${representative}/${week}/${item ?? ''}`

export const diaryFold: Fold<DiaryState, DiaryEvent> = {
  category: 'diary',
  initial: () => ({ seen: new Map() }),
  on: {
    DiaryAcknowledged: (state, { data }) => {
      state.seen.set(acknowledged(data), data.seen)
    },
  },
}
