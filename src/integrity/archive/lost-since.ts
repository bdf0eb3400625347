import type { EventStore } from '#events/store/event-store.ts'
import type { StreamName } from '#events/stream-name.ts'
import type { WithoutEffect } from '#events/without-effect.ts'
import type { ArchiveScope } from '#values/archive.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { gather } from './scope.ts'

/** A package as the register has it. */
export interface SealedPackage {
  readonly scope: ArchiveScope
  readonly sealed_at: string
  /** The last revision that it knows of each of its streams. */
  readonly revisions: Readonly<Record<string, number>>
}

/** An operation that a package shows as good and that has lost its effect since. */
export interface LostOperation {
  readonly event: Uuid
  readonly incident: Uuid
}

/**
 * What of a package was void or annulled after it was sealed. Mostly nothing, and then nothing is read; otherwise the
 * streams of the scope are, because of some of them a package has only the records that concern it.
 */
export async function lostSince(
  store: Pick<EventStore, 'readStream'>,
  school: SchoolSlug,
  { scope, sealed_at: sealedAt, revisions }: SealedPackage,
  leftOut: Pick<WithoutEffect, 'of' | 'between'>,
): Promise<LostOperation[]> {
  const since = Object.entries(revisions).flatMap(([stream, last]) =>
    [...leftOut.between(stream, 0, last)]
      .filter(([, { at }]) => at > sealedAt)
      .map(([event, { incident, rev }]) => ({
        event: event as Uuid,
        incident: incident as Uuid,
        stream: stream as StreamName,
        rev,
      })),
  )
  if (since.length === 0) return []
  const wasVoid = (event: Uuid): boolean => (leftOut.of(event)?.at ?? '~') <= sealedAt
  const gathered = await gather(store, school, scope, sealedAt, wasVoid)
  const own = new Set(gathered?.streams.flatMap(({ records }) => records.map(({ id }) => id)))
  const lost: LostOperation[] = []
  for (const { event, incident, stream, rev } of since) {
    const shown =
      own.has(event) ||
      (scope.kind === 'pupil' &&
        /\.journalPage-/.test(stream) &&
        (await speaksOf(store, stream, rev, scope.pupil)))
    if (shown) lost.push({ event, incident })
  }
  return lost
}

/** An extract has no record of a page, and shows what they say of one pupil: what names others alone is not in it. */
async function speaksOf(
  store: Pick<EventStore, 'readStream'>,
  stream: StreamName,
  rev: number,
  pupil: Uuid,
): Promise<boolean> {
  for await (const { data } of store.readStream(stream, { from: BigInt(rev), limit: 1 })) {
    const { pupil: named, absentees } = data as { pupil?: unknown; absentees?: Array<{ pupil: unknown }> }
    if (absentees !== undefined) return absentees.some((one) => one.pupil === pupil)
    return named === undefined || named === pupil
  }
  return false
}
