import type { Decoded } from '#events/registry.ts'
import type { Uuid } from '#values/uuid.ts'

/** One event as the lists of an incident name it. */
export interface Mentioned {
  readonly stream: string
  readonly rev: number
  readonly operation: Uuid
  readonly type: string
  readonly at: string
  readonly account: Uuid
}

export function mentioned({ stream, revision, id, type, meta }: Decoded): Mentioned {
  return { stream, rev: Number(revision), operation: id, type, at: meta.at, account: meta.by }
}

/** A final that was set while an operation without effect on its pupil was in force. */
export interface FinalMeanwhile extends Mentioned {
  readonly pupil: Uuid
  readonly kind: string
}

type Facts = Readonly<Record<string, unknown>>

/** The types by which a mark of a pupil came to be what it is. */
const OF_MARKS: ReadonlySet<string> = new Set([
  'MarkRecorded',
  'MissedTopicCredited',
  'MarkCorrected',
  'MarkWithdrawn',
])
const FINALS: ReadonlySet<string> = new Set(['FinalMarkRecorded', 'FinalMarkCorrected'])

/** The fields by which one event of a page speaks of what another one made or changed. */
const THINGS = ['entry', 'comment', 'work', 'assessment', 'remark', 'exemption'] as const

/**
 * The things of an operation: whoever speaks of one of them later refers to the operation. A whole lesson is its thing only
 * for the event that made it; of what hangs on a lesson, each kind is a thing of its own.
 */
function thingsOf(type: string, data: Facts): string[] {
  const own = THINGS.flatMap((field) => {
    const thing = data[field]
    return typeof thing === 'string' ? [`${field} ${thing}`] : []
  })
  const { lesson, pupil, kind } = data
  if (/^(Lesson|Attendance|Absence|Homework)/.test(type) && typeof lesson === 'string') {
    const part = type.startsWith('Lesson')
      ? 'lesson'
      : type.startsWith('Homework')
        ? 'homework'
        : 'attendance'
    own.push(`${part} ${lesson}`)
  }
  if (type.startsWith('Final') && typeof pupil === 'string') {
    own.push(`final ${pupil} ${typeof kind === 'string' ? kind : 'period'}`)
  }
  if (/^Page(Closed|Reopened)/.test(type)) own.push('closing')
  return own
}

/** What an event speaks of: its own things, and the lesson on which it stands. */
function spokenOf(type: string, data: Facts): string[] {
  return [
    ...thingsOf(type, data),
    ...(typeof data['lesson'] === 'string' ? [`lesson ${data['lesson']}`] : []),
  ]
}

/**
 * The later events of a stream that refer to operations without effect (integrity.md 1.5): they stand, and somebody has to
 * look at them, because what they built on is gone.
 */
export function toReview(events: readonly Decoded[], leftOut: ReadonlySet<string>): Mentioned[] {
  const gone = new Set<string>()
  const found: Mentioned[] = []
  for (const event of events) {
    const data = event.data as Facts
    if (leftOut.has(event.id)) for (const thing of thingsOf(event.type, data)) gone.add(thing)
    else if (spokenOf(event.type, data).some((thing) => gone.has(thing))) found.push(mentioned(event))
  }
  return found
}

/** The finals of a stream that were set after a mark without effect on their pupil, and before it lost its effect (R-4.4c). */
export function finalsMeanwhile(
  events: readonly Decoded[],
  leftOut: ReadonlySet<string>,
  until: string,
): FinalMeanwhile[] {
  const pupils = new Set<unknown>()
  const found: FinalMeanwhile[] = []
  for (const event of events) {
    const { pupil, kind } = event.data as { readonly pupil?: Uuid; readonly kind?: string }
    if (leftOut.has(event.id)) {
      if (OF_MARKS.has(event.type)) pupils.add(pupil)
    } else if (FINALS.has(event.type) && pupils.has(pupil) && event.meta.at < until) {
      found.push({ ...mentioned(event), pupil: pupil!, kind: kind ?? 'period' })
    }
  }
  return found
}

/**
 * The finals of the year that were set over a final of a period that has no effect, or that was set meanwhile: what the year
 * came to rests on it (R-4.4c).
 *
 * @param year the page of the year of the same journal
 */
export function finalsOfYearAbove(
  events: readonly Decoded[],
  leftOut: ReadonlySet<string>,
  year: readonly Decoded[],
  until: string,
): FinalMeanwhile[] {
  const doubtful = [
    ...events.filter(({ id, type }) => leftOut.has(id) && FINALS.has(type)).map(mentionedFinal),
    ...finalsMeanwhile(events, leftOut, until),
  ]
  return year
    .filter(({ id, type, meta }) => FINALS.has(type) && !leftOut.has(id) && meta.at < until)
    .map(mentionedFinal)
    .filter((final) => doubtful.some(({ pupil, at }) => pupil === final.pupil && at <= final.at))
}

function mentionedFinal(event: Decoded): FinalMeanwhile {
  const { pupil, kind } = event.data as { readonly pupil: Uuid; readonly kind?: string }
  return { ...mentioned(event), pupil, kind: kind ?? 'period' }
}
