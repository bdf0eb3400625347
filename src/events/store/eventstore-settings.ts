import { parseStreamName } from '../stream-name.ts'
import type { WrittenEvent } from './eventstore-client.ts'
import type { ForbiddenSetting } from './eventstore-failure.ts'
import { streamOf } from './eventstore-record.ts'

/** The metadata of a stream stands in the stream of the same name with this before it. */
const METADATA_STREAM = '$$'

const FORBIDDEN = ['$maxCount', '$maxAge', '$tb'] as const satisfies readonly ForbiddenSetting[]

/** Which streams of ours are set to lose events or were deleted, as the system events of the log tell one by one. */
export class StreamSettings {
  readonly forbidden = new Map<string, ForbiddenSetting>()

  /** @param event a `$metadata` or `$streamDeleted` event; of what was set on a stream, the last counts */
  note(event: WrittenEvent): void {
    const name = streamOf(event)
    const stream = name.startsWith(METADATA_STREAM) ? name.slice(METADATA_STREAM.length) : name
    if (parseStreamName(stream) === null) return
    if (stream === name) {
      this.forbidden.set(stream, 'tombstone')
      return
    }
    const settings = settingsOf(event)
    const forbidden = FORBIDDEN.find((setting) => (settings[setting] ?? null) !== null)
    if (forbidden !== undefined) this.forbidden.set(stream, forbidden)
    else if (this.forbidden.get(stream) !== 'tombstone') this.forbidden.delete(stream)
  }
}

function settingsOf(event: WrittenEvent): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(Buffer.from(event.getData_asU8()).toString()) ?? {}) as Record<string, unknown>
  } catch {
    // The server itself takes what is not JSON for no settings at all.
    return {}
  }
}
