import type { TimetableEvent } from '#events/timetable.ts'
import { type LocalDate, weekday } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

interface Slot {
  readonly weekday: number
  readonly number: number
  readonly journal: Uuid
  readonly room: string | null
}

interface Week {
  readonly effectiveFrom: LocalDate
  readonly slots: readonly Slot[]
}

export interface TimetableState {
  /** The weeks of each class, in order of the dates from which they are in force. */
  readonly weeks: Map<Uuid, Week[]>
}

export const timetableFold: Fold<TimetableState, TimetableEvent> = {
  category: 'timetable',
  initial: () => ({ weeks: new Map() }),
  on: {
    WeekScheduled: (state, { data }) => {
      const weeks = (state.weeks.get(data.class) ?? []).filter(
        (week) => week.effectiveFrom !== data.effectiveFrom,
      )
      weeks.push(data)
      weeks.sort((a, b) => (a.effectiveFrom < b.effectiveFrom ? -1 : 1))
      state.weeks.set(data.class, weeks)
    },
  },
}

/** The week of a class that is in force on a date. */
export function weekOn(state: Readonly<TimetableState>, classId: Uuid, date: LocalDate): Week | undefined {
  return state.weeks.get(classId)?.findLast((week) => week.effectiveFrom <= date)
}

/** The lessons of a class on a date, its groups included, by the week in force. Holidays are not looked at here. */
export function slotsOn(state: Readonly<TimetableState>, classId: Uuid, date: LocalDate): Slot[] {
  return weekOn(state, classId, date)?.slots.filter((slot) => slot.weekday === weekday(date)) ?? []
}
