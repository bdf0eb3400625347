/**
 * An announcement: what the world is told of one event, a CloudEvents 1.0 message in structured JSON.
 * `docs/spec/bus.md` is the specification.
 */
import { decode } from '#events/registry.ts'
import type { PositionedEvent } from '#events/store/event-store.ts'
import { formatPosition, type Position } from '#events/store/position.ts'
import { type Category, parseStreamName, type StreamName } from '#events/stream-name.ts'
import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import type { Role } from '#values/role.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { ANNOUNCED, type AnyTelling, type Audience } from './announced-events.ts'

/** CloudEvents 1.0; the attributes after `data` are extensions. */
export interface CloudEvent {
  readonly specversion: '1.0'
  /** The id of the event in the log: whoever gets it twice knows it by this. */
  readonly id: Uuid
  /** `/v1/schools/tomsk35/events/stream` */
  readonly source: string
  /** `journal.MarkRecorded.v1` */
  readonly type: string
  /** The stream, `tomsk35.journalPage-…`. */
  readonly subject: StreamName
  /** When it was recorded. */
  readonly time: Instant
  readonly datacontenttype: 'application/json'
  readonly data: JsonObject
  readonly school: SchoolSlug
  /** The role in which the author acted. */
  readonly role: Role
  /** The place in the stream, from 0. */
  readonly revision: number
  /** The place in the log, `4711-4711`: it grows from event to event. */
  readonly position: string
}

export interface Announcement {
  /** The type of the event, `MarkRecorded`. */
  readonly type: string
  readonly message: CloudEvent
  readonly audience: Audience
  /** The message as the family of these pupils may know it. */
  cutTo(pupils: ReadonlySet<Uuid>): CloudEvent
}

/** An event as it passes: told of or not, its place counts. */
export interface Passing {
  readonly id: Uuid
  readonly position: Position
  readonly stream: StreamName
  readonly school: SchoolSlug | null
  /** Null for a stream of another writer in a shared engine. */
  readonly category: Category | null
  readonly at: Instant | null
  /** Null where nobody is told. */
  readonly announcement: Announcement | null
}

/** @throws {NewerVersion} the event is of a newer release; whoever left it out would tell half of what happened */
export function passing(event: PositionedEvent): Passing {
  const { id, position, stream } = event
  const name = parseStreamName(stream)
  const decoded = decode(event)
  const place = { id, position, stream, school: name?.school ?? null, category: name?.category ?? null }
  if (decoded === null) return { ...place, at: null, announcement: null }
  const { meta, type } = decoded
  const telling = ANNOUNCED[type] as AnyTelling | 'nobody'
  if (telling === 'nobody') return { ...place, at: meta.at, announcement: null }
  const message: CloudEvent = {
    specversion: '1.0',
    id,
    source: `/v1/schools/${meta.school}/events/stream`,
    type: `journal.${type}.v${telling.v}`,
    subject: stream,
    time: meta.at,
    datacontenttype: 'application/json',
    data: telling.tell(decoded.data as never),
    school: meta.school,
    role: meta.role,
    revision: Number(event.revision),
    position: formatPosition(position),
  }
  const { cut, to } = telling
  const announcement = {
    type,
    message,
    audience: typeof to === 'function' ? to(decoded.data as never) : to,
    cutTo: (pupils: ReadonlySet<Uuid>) =>
      cut === undefined ? message : { ...message, data: cut(message.data, pupils) },
  }
  return { ...place, at: meta.at, announcement }
}
