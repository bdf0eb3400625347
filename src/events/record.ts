/**
 * The record: one event with everything that is kept of it, and the exact text that is hashed.
 *
 *     {"data":{…},"id":"…","meta":{"at":"2026-11-23T02:05:09.120Z","basis":{"tomsk35.roster-main":412},
 *      "by":"…","cause":null,"cmd":"…","corr":"req-7f","cred":1,"prev":"mF0…=","role":"teacher",
 *      "school":"tomsk35","v":1},"rev":17,"stream":"tomsk35.journalPage-…","type":"MarkRecorded","v":1}
 *
 * `docs/spec/record.md` is the specification. It outlives this program: a change of a member, of the order or
 * of the hash is a new value of the outer `v`, never an edit.
 */
import { z } from 'zod'
import { canonicalJson, isCanonicalJson, type JsonObject } from '#integrity/tlog/canonical-json.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { Role } from '#values/role.ts'
import { SchoolSlug } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import type { NewEvent } from './store/event-store.ts'
import type { StreamName } from './stream-name.ts'

/** The version of the record's outer form. */
export const RECORD_VERSION = 1

/** The largest record, in bytes of UTF-8: the entry limit of C2SP tlog-tiles, so that every record can be logged. */
export const MAX_RECORD_BYTES = 65_535

/** Who, when and on what ground. All server-made, except that `cmd` is the client's. */
export const Meta = z.strictObject({
  /** Version of the schema of `data` for this type. */
  v: z.int().min(1),
  school: SchoolSlug,
  /** When the server accepted it (record time; the date of the lesson is in `data`). */
  at: Instant,
  /** The account that acted. */
  by: Uuid,
  /** The role in which it acted. */
  role: Role,
  /** The credential epoch of the account: it grows when access is restored after a breach (п. 4.4). */
  cred: z.int().min(0),
  /** The command that made it; the same for all events of one command. */
  cmd: Uuid,
  /** The event that caused it, where no person asked for it. */
  cause: Uuid.nullable(),
  /** The request, as the request log knows it. */
  corr: z.string().max(64).nullable(),
  /** The other streams on which the decision rests: stream → revision of its last event (R-T3). */
  basis: z.record(z.string(), z.int().min(0)),
  /** {@link leafHash} of the previous event of this stream; null at revision 0. */
  prev: z.string().length(44).nullable(),
})
export type Meta = z.infer<typeof Meta>

/** A record would be larger than {@link MAX_RECORD_BYTES}. */
export class RecordTooLarge extends Error {
  override readonly name = 'RecordTooLarge'
  readonly bytes: number

  constructor(type: string, bytes: number) {
    super(`${type} would be ${bytes} bytes, the limit is ${MAX_RECORD_BYTES}`)
    this.bytes = bytes
  }
}

/** The members of an event that are hashed, besides its place. */
interface Hashed {
  readonly id: string
  readonly type: string
  readonly data: unknown
  readonly meta: unknown
}

const atPlace = (stream: string, revision: bigint, { id, type, data, meta }: Hashed): object => ({
  data,
  id,
  meta,
  rev: Number(revision),
  stream,
  type,
  v: RECORD_VERSION,
})

/** The canonical text of an event at its place: the bytes of its leaf. */
export const canonicalRecord = (stream: string, revision: bigint, event: Hashed): string =>
  canonicalJson(atPlace(stream, revision, event))

/** Whether `text` is the {@link canonicalRecord} of an event at its place. */
export const isCanonicalRecord = (text: string, stream: string, revision: bigint, event: Hashed): boolean =>
  isCanonicalJson(text, atPlace(stream, revision, event))

export interface EventToRecord {
  readonly id: Uuid
  readonly type: string
  readonly data: JsonObject
  readonly meta: Omit<Meta, 'prev'>
}

/**
 * Puts events at their places after revision `after` of a stream (−1: in a new one), each chained to the one
 * before by `prev`.
 *
 * @param head {@link leafHash} of the event at `after`; null in a new stream
 * @throws {RecordTooLarge}
 */
export function chain(
  stream: StreamName,
  after: bigint,
  head: string | null,
  events: readonly EventToRecord[],
): { records: NewEvent[]; head: string | null } {
  const records: NewEvent[] = []
  let prev = head
  let revision = after
  for (const event of events) {
    revision += 1n
    const meta = { ...event.meta, prev }
    const canonical = canonicalRecord(stream, revision, { ...event, meta })
    const bytes = Buffer.byteLength(canonical)
    if (bytes > MAX_RECORD_BYTES) throw new RecordTooLarge(event.type, bytes)
    records.push({
      id: event.id,
      type: event.type,
      data: event.data,
      meta,
      canonical,
    })
    prev = leafHash(canonical)
  }
  return { records, head: prev }
}
