import { sealedTexts } from '#events/personal-fields.ts'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { canonicalRecord, Meta } from '#events/record.ts'
import { decode, type EventType, registry } from '#events/registry.ts'
import type { RecordedEvent } from '#events/store/event-store.ts'
import { parseStreamName, type StreamName } from '#events/stream-name.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { makeSample, Sample, sampleFile } from '../samples/sample.ts'

const FOLDER = join(import.meta.dirname, '../samples')
const types = Object.keys(registry) as EventType[]
const versions = types.flatMap((type) =>
  Array.from({ length: registry[type].v }, (_, i) => ({ type, v: i + 1 })),
)

const read = (file: string): Sample => Sample.parse(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')))

/** The sealed texts as they are recorded, without the place that decoding gives them. */
const sealedIn = (event: RecordedEvent): object =>
  Object.fromEntries(sealedTexts(event).map(({ field }) => [field, event.data[field]]))

function recorded({ stream, revision, canonical }: Sample): RecordedEvent {
  const { id, type, data, meta } = JSON.parse(canonical)
  return { stream: stream as StreamName, revision: BigInt(revision), id, type, data, meta, canonical }
}

describe('the samples of all events that Letopis ever wrote', () => {
  it('are one file for every version of every type, and no type or version was ever dropped', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'))
    expect(files.toSorted()).toEqual(versions.map(({ type, v }) => sampleFile(type, v)).toSorted())
  })

  describe.each(versions)('$type v$v', ({ type, v }) => {
    it('is decoded, and as the newest version is what the registry promises', () => {
      const event = recorded(read(sampleFile(type, v)))
      expect(parseStreamName(event.stream)).not.toBe(null)
      expect(Meta.parse(event.meta)).toEqual(event.meta)
      expect(event.meta).toMatchObject({ v })
      const decoded = decode(event)
      expect(decoded).toMatchObject({ id: event.id, type, stream: event.stream, revision: event.revision })
      const written = { ...decoded!.data, ...sealedIn(event) }
      expect(registry[type].data.parse(written)).toEqual(written)
    })

    it('has the same text and the same hash when it is written again', () => {
      const sample = read(sampleFile(type, v))
      const event = recorded(sample)
      expect(canonicalRecord(event.stream, event.revision, event)).toBe(sample.canonical)
      expect(leafHash(sample.canonical)).toBe(sample.hash)
    })
  })

  it.each(types)('%s is still written as its newest sample shows it', (type) => {
    expect(makeSample(type)).toEqual(read(sampleFile(type, registry[type].v)))
  })
})
