import { z } from 'zod'
import { ArchiveScope } from '#values/archive.ts'
import { SchoolYear } from '#values/school.ts'
import { label, note } from '#values/text.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'
import { CmsText, Digest, Revocation } from './journal-page.ts'
import { Order } from './roster.ts'

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))

/** A stream of which a package holds records, up to a revision. */
const SealedStream = z.strictObject({
  stream: z.string().max(120),
  /** Its last revision that the package knows, and the hash of that record: what came after is not in the package. */
  revision: z.int().min(0),
  head: z.string().length(44),
  /** How many of its records are in the package: all of them, or, of a part, those that the scope concerns. */
  records: z.int().min(0),
  part: z.boolean(),
})

/**
 * A package of the archive: a stream for each. What is sealed stands in the log before the package is made, so that the
 * package can prove it; a person is never named.
 */
export const archiveEvents = {
  SnapshotSealed: v1(
    z.strictObject({
      scope: ArchiveScope,
      year: SchoolYear,
      /** SHA-512 over the lines of manifest of everything that was made from the events (docs/spec/archive-package.md). */
      contentDigest: hex(64),
      streams: z.array(SealedStream).min(1).max(400),
      /** SHA-256 over the ids of the operations that are void in these streams (п. 4.4), in canonical JSON. */
      voidSetDigest: hex(32),
      /** Of the rules by which the journal was made from the events. */
      foldVersion: z.int().min(1),
      retainUntil: LocalDate,
      /** The package of the same scope that this one takes the place of. */
      replaces: Uuid.nullable(),
    }),
  ),
  /** The package lies in the archive, by these digests. */
  SnapshotIssued: v1(
    z.strictObject({
      tagmanifestSha512: hex(64),
      sha512: hex(64),
      bytes: z.int().min(1),
      checkpoint: z.int().min(1),
    }),
  ),
  /** Another package of the same scope takes its place; it stays in the archive until its term is over. */
  SnapshotSuperseded: v1(z.strictObject({ by: Uuid })),
  /** Somebody, or the schedule, checked the file as it lies there. */
  SnapshotVerified: v1(
    z.strictObject({
      result: z.enum(['verified', 'failed', 'missing', 'not-anchored']),
      /** What was wrong first: a file, a leaf, a stream. */
      detail: z.string().max(300).nullable(),
      scheduled: z.boolean(),
    }),
  ),
  /**
   * A person signed the manifest of the package by a certificate, which names him: its SHA-256 stands for it, and the
   * signature is kept without it, as under a page.
   */
  SnapshotSigned: v1(
    z.strictObject({
      tagmanifestSha512: hex(64),
      checked: z.enum(['verified', 'not-checked']),
      revocation: Revocation,
      certificate: Digest,
      cms: CmsText,
    }),
  ),
  /** The archivist took it over: until then it is not transferred. */
  SnapshotAccepted: v1(z.strictObject({ act: label(40).nullable() })),
  /** The head approves that the package is destroyed, its term being over (R-3.4a). */
  DestructionApproved: v1(z.strictObject({ order: Order })),
  /** By an act, after the approval: the file is there no more, its entry in the register is. */
  SnapshotDestroyed: v1(z.strictObject({ act: label(40), date: LocalDate, text: note().nullable() })),

  /** The journals and summary sheets of a school year were printed, stitched, signed and sealed (R-3.4c). */
  PrintSetRegistered: v1(
    z.strictObject({
      year: SchoolYear,
      printed: LocalDate,
      /** Volumes that were stitched. */
      volumes: z.int().min(1).max(2_000),
      sheets: z.int().min(1).max(200_000),
      /** The packages from which it was printed. */
      packages: z.array(Uuid).min(1).max(1_000),
      signedBy: Uuid,
      order: Order.nullable(),
    }),
  ),
}
export type ArchiveEvent = EventsOf<typeof archiveEvents>
