import type { ArchiveEvent } from '#events/archive.ts'
import type { SchoolYear } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

type Sealed = Extract<ArchiveEvent, { type: 'SnapshotSealed' }>['data']

/** One package of the archive, or the print sets of the school. */
export interface ArchiveState {
  sealed: Sealed | null
  issued: { readonly sha512: string; readonly tagmanifestSha512: string } | null
  supersededBy: Uuid | null
  /** The signatures of people under it, as they are recorded. */
  readonly signatures: Set<string>
  /** What the last check of its file came to; null before the first. */
  checked: Extract<ArchiveEvent, { type: 'SnapshotVerified' }>['data']['result'] | null
  accepted: Instant | null
  /** The head approved the destruction; null while nobody did. */
  approved: Instant | null
  destroyed: LocalDate | null
  /** The print sets that were registered, by school year. */
  readonly printSets: Map<SchoolYear, LocalDate>
}

export const archiveFold: Fold<ArchiveState, ArchiveEvent> = {
  category: 'archive',
  initial: () => ({
    sealed: null,
    issued: null,
    supersededBy: null,
    signatures: new Set(),
    checked: null,
    accepted: null,
    approved: null,
    destroyed: null,
    printSets: new Map(),
  }),
  on: {
    SnapshotSealed: (state, { data }) => {
      state.sealed = data
    },
    SnapshotIssued: (state, { data }) => {
      state.issued = data
    },
    SnapshotSuperseded: (state, { data }) => {
      state.supersededBy = data.by
    },
    SnapshotSigned: (state, { data }) => {
      state.signatures.add(data.cms)
    },
    SnapshotVerified: (state, { data }) => {
      state.checked = data.result
    },
    SnapshotAccepted: (state, { meta }) => {
      state.accepted = meta.at
    },
    DestructionApproved: (state, { meta }) => {
      state.approved = meta.at
    },
    SnapshotDestroyed: (state, { data }) => {
      state.destroyed = data.date
    },
    PrintSetRegistered: (state, { data }) => {
      state.printSets.set(data.year, data.printed)
    },
  },
}

/** The stream id of the print sets of a school: beside the packages, which have ids of their own. */
export const PRINT_SETS = 'print-sets'

export function isIssued(
  state: Readonly<ArchiveState>,
): state is ArchiveState & { sealed: Sealed; issued: NonNullable<ArchiveState['issued']> } {
  return state.sealed !== null && state.issued !== null
}
