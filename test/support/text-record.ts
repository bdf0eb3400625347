import { RecordPage, type RecordText, TextRecord } from '#events/store/record-text.ts'
import type { PositionedEvent } from '#events/store/event-store.ts'

type Place = Pick<PositionedEvent, 'stream' | 'revision' | 'id'>

/** A page of one text, from its second byte to that before its last. */
const pageOf = (canonical: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from('?'), canonical, Buffer.from('\0')])

/** A record as a log in PostgreSQL gives it to who asks for its text. */
export function textRecord(canonical: string, place: Place & Pick<PositionedEvent, 'position'>): TextRecord {
  const bytes = pageOf(Buffer.from(canonical))
  return new TextRecord(new RecordPage(bytes), 1, bytes.length - 1, place)
}

/** What the text of a record at a place says without being parsed; null where that is not sure. */
export function readText(canonical: Uint8Array, place: Place): RecordText | null {
  const bytes = pageOf(canonical)
  return new RecordPage(bytes).read(1, bytes.length - 1, place)
}
