import type { ComparedPlace } from '#events/journal-page.ts'
import type { DomainEvent } from '#events/registry.ts'
import type { Uuid } from '#values/uuid.ts'
import type { JournalPageState, PaperDifferenceState } from './state.ts'

/** The reason of a correction by comparison with paper, in the dictionary that a school starts with: «сверка». */
export const RECONCILIATION = 'paper-reconciliation'

/** A place of a page at which paper and journal are compared. */
export interface Place {
  readonly what: ComparedPlace
  readonly lesson: Uuid | null
  readonly pupil: Uuid | null
}

/** What the journal says at a place, as one writes it; null is nothing. */
export function valueAt(state: Readonly<JournalPageState>, { what, lesson, pupil }: Place): string | null {
  const at = lesson === null ? undefined : state.lessons.get(lesson)
  switch (what) {
    case 'topic':
      return at?.topic ?? null
    case 'homework':
      return at?.homework?.content?.text ?? null
    case 'absence':
      return (pupil !== null && at?.attendance?.codes.get(pupil)?.code) || null
    case 'mark':
      return listed(
        [...state.marks.values()].filter((mark) => mark.lesson === lesson && mark.pupil === pupil),
      )
    default:
      return listed([...state.finals.values()].filter((final) => final.pupil === pupil))
  }
}

function listed(of: ReadonlyArray<{ readonly value: unknown }>): string | null {
  return of.length === 0 ? null : of.map(({ value }) => String(value)).join(', ')
}

export function isAt({ what, lesson, pupil }: PaperDifferenceState, place: Place): boolean {
  return what === place.what && lesson === place.lesson && pupil === place.pupil
}

/**
 * What a decision fixes of the differences with paper: a correction with the reason «сверка» at the place of one, or an
 * entry where the journal had nothing (R-A1.2i).
 */
export function differencesFixed(
  { paperDifferences }: Readonly<JournalPageState>,
  decision: readonly DomainEvent[],
): DomainEvent[] {
  const open = [...paperDifferences].filter(([, one]) => one.open)
  if (open.length === 0) return []
  const touched = decision.flatMap((event) => touchedBy(event) ?? [])
  return open.flatMap(([difference, one]): DomainEvent[] => {
    const by = touched.find(({ place }) => isAt(one, place))?.by
    const { what, lesson, pupil } = one
    return by === undefined
      ? []
      : [{ type: 'PaperDifferenceFixed', data: { difference, what, lesson, pupil, by } }]
  })
}

interface Touch {
  readonly place: Place
  readonly by: 'correction' | 'record'
}

function touchedBy(event: DomainEvent): Touch | null {
  const { data } = event
  if ('reason' in data && data.reason !== RECONCILIATION && data.reason !== null) return null
  const by = 'reason' in data && data.reason === RECONCILIATION ? 'correction' : 'record'
  const of = (what: ComparedPlace, lesson: Uuid | null, pupil: Uuid | null): Touch => ({
    place: { what, lesson, pupil },
    by,
  })
  switch (event.type) {
    case 'MarkRecorded':
    case 'MissedTopicCredited':
      return of('mark', event.data.lesson, event.data.pupil)
    case 'MarkCorrected':
    case 'MarkWithdrawn':
      return by === 'correction' ? of('mark', event.data.lesson, event.data.pupil) : null
    case 'AbsenceCodeCorrected':
      return by === 'correction' ? of('absence', event.data.lesson, event.data.pupil) : null
    case 'LessonCorrected':
      return by === 'correction' && event.data.field === 'topic' ? of('topic', event.data.lesson, null) : null
    case 'HomeworkSet':
      return of('homework', event.data.lesson, null)
    case 'HomeworkCorrected':
    case 'HomeworkDeclined':
      return by === 'correction' ? of('homework', event.data.lesson, null) : null
    case 'FinalMarkRecorded':
      return of('final', null, event.data.pupil)
    case 'FinalMarkCorrected':
    case 'FinalMarkWithdrawn':
      return by === 'correction' ? of('final', null, event.data.pupil) : null
    default:
      return null
  }
}
