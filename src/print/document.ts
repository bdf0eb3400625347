import type { TimeZone, Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

/**
 * A form is laid out once, in these few pieces, and written twice: as PDF/A-1b (`pdf.ts`) and as HTML (`html.ts`).
 * Texts are plain: nothing in them is mark-up.
 */
export interface PrintDocument {
  readonly title: string
  readonly paper: Paper
  readonly orientation: 'portrait' | 'landscape'
  /** What every form carries: school, class, subject, period. */
  readonly head: ReadonlyArray<readonly [label: string, value: string]>
  readonly blocks: readonly Block[]
}

export type Paper = 'A4' | 'A3'

export type Block =
  | {
      readonly kind: 'heading'
      readonly text: string
      /** Begins a sheet of its own. */
      readonly newSheet?: boolean
    }
  | { readonly kind: 'text'; readonly text: string }
  | TableBlock
  | {
      readonly kind: 'signatures'
      /** Who signs: «Директор». A place for the seal follows the last. */
      readonly of: readonly string[]
      readonly seal: boolean
    }

export interface TableBlock {
  readonly kind: 'table'
  readonly columns: readonly Column[]
  readonly rows: ReadonlyArray<readonly string[]>
  /** Points; a row of a blank to be filled in by hand needs room. */
  readonly rowHeight?: number
}

export interface Column {
  readonly head: string
  /** In points, or the share of what is left. */
  readonly width: number | 'rest'
  readonly align?: 'left' | 'center'
}

/** What a printed sheet says of itself. */
export interface Stamp {
  readonly school: string
  /** When it was printed; of a package, when the last of its records was written. */
  readonly generatedAt: Instant
  readonly zone: TimeZone
  /** Who printed it, by name; null is nobody: a package that the service made. */
  readonly by: string | null
  /** To whom it is given, by name; null where it is nobody's copy. */
  readonly issuedTo: string | null
  /** The number under which the printout is registered; null where it is not. */
  readonly printout: Uuid | null
  readonly snapshot: Snapshot
  /** The newest checkpoint of the sealed log, as it was signed; null where the log is not sealed. */
  readonly checkpoint: string | null
}

/** By which the sheet can be compared with what the journal says later. */
export interface Snapshot {
  /** What was printed: form, page or class or pupil, days; with the first signs of the hash. */
  readonly id: string
  /** SHA-256 of the canonical JSON of form and content, in hexadecimal. */
  readonly hash: string
}

/** Names of people by id, joined to a content on its way out: no content holds one (docs/decisions/0010). */
export type Names = ReadonlyMap<Uuid, string>

/** The name, or the id where it is not known, or no longer. */
export function nameOf(names: Names, person: Uuid): string {
  return names.get(person) ?? person
}

/** In the order of names, as a class list is. */
export function byName<Of>(names: Names, of: readonly Of[], person: (one: Of) => Uuid): Of[] {
  return of.toSorted((a, b) => {
    const [left, right] = [person(a), person(b)]
    return nameOf(names, left).localeCompare(nameOf(names, right), 'ru') || (left < right ? -1 : 1)
  })
}
