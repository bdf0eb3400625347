import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalRecord, isCanonicalRecord, MAX_RECORD_BYTES } from '#events/record.ts'
import type { RecordedEvent } from '#events/store/event-store.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { ChainedLog } from '#support/chained-log.ts'
import { largestRecord, someStream } from '#support/random-records.ts'
import { readText, textRecord } from '#support/text-record.ts'

const log = new ChainedLog().read(200)
const NOBODY = '00000000-0000-4000-8000-000000000000'

type Place = Pick<RecordedEvent, 'stream' | 'revision' | 'id'>

/** What the text says when it is parsed; null where it is not the canonical one of a record of this form at this place. */
function parsed(text: string, { stream, revision, id }: Place): object | null {
  try {
    const { type, data, meta, v } = JSON.parse(text)
    if (v !== 1 || typeof type !== 'string') return null
    if (!isCanonicalRecord(text, stream, revision, { id, type, data, meta })) return null
    const { school = null, at = null, prev = null } = meta
    return { type, school, at, prev, leaf: leafHash(text) }
  } catch {
    return null
  }
}

const read = (text: string, place: Place): object | null => readText(Buffer.from(text), place)

describe('the text of a record', () => {
  it('says without being parsed what it says when it is', () => {
    for (const record of log) {
      expect(parsed(record.canonical, record)).not.toBeNull()
      expect(read(record.canonical, record)).toEqual(parsed(record.canonical, record))
    }
  })

  it('says nothing of another place', () => {
    for (const { canonical, stream, revision, id } of log) {
      const others = [
        { stream: `${stream}x`, revision, id },
        { stream, revision: revision + 1n, id },
        { stream, revision, id: NOBODY },
        { stream: '', revision, id: '' },
      ]
      for (const place of others) expect(read(canonical, place as Place)).toBeNull()
    }
  })

  it('says nothing else, whatever was done to it', () => {
    const other = fc.oneof(
      fc
        .tuple(fc.nat(), fc.nat(2), fc.string({ unit: 'binary', maxLength: 2 }))
        .map(([at, gone, put]) => (text: string) => {
          const from = at % text.length
          return `${text.slice(0, from)}${put}${text.slice(from + gone)}`
        }),
      // Members that are others, missing or too many, in text that is canonical.
      fc
        .tuple(
          fc.constantFrom('data', 'id', 'meta', 'rev', 'stream', 'type', 'v', 'w'),
          fc.option(fc.jsonValue(), { nil: undefined }),
        )
        .map(
          ([key, value]) =>
            (text: string) =>
              changed(text, (record) => ({ ...record, [key]: value })),
        ),
      fc
        .tuple(fc.constantFrom('school', 'at', 'prev', 'v'), fc.option(fc.jsonValue(), { nil: undefined }))
        .map(
          ([key, value]) =>
            (text: string) =>
              changed(text, (record) => ({
                ...record,
                meta: { ...(record['meta'] as object), [key]: value },
              })),
        ),
    )
    fc.assert(
      fc.property(fc.constantFrom(...log), other, (record, change) => {
        const text = change(record.canonical).toWellFormed()
        const said = read(text, record)
        if (said !== null) expect(said).toEqual(parsed(text, record))
      }),
      { numRuns: 3_000 },
    )
  })

  it('is read up to the largest that there may be, and not beyond', () => {
    const stream = someStream()
    for (const letter of ['x', 'й']) {
      const record = largestRecord(stream, 0n, letter)
      const place = { stream, revision: 0n, id: record.id }
      expect(read(record.canonical, place)).toMatchObject({ type: record.type })
      expect(Buffer.byteLength(record.canonical)).toBe(MAX_RECORD_BYTES)
      expect(read(record.canonical.replace('"text":"', '"text":"x'), place)).toBeNull()
    }
  })

  it('is none where its bytes are not UTF-8', () => {
    const stream = someStream()
    const { canonical, id } = largestRecord(stream, 0n, 'й')
    const place = { stream, revision: 0n, id }
    const bytes = Buffer.from(canonical)
    expect(readText(bytes, place)).not.toBeNull()
    bytes[bytes.indexOf('й') + 1] = 0x20
    expect(readText(bytes, place)).toBeNull()
  })

  it('is left to be parsed where it has escapes or another form', () => {
    const [record] = log
    const { stream, revision } = record!
    const escaped = canonicalRecord(stream, revision, { ...record!, data: { text: '"' } })
    expect(read(escaped, record!)).toBeNull()
    expect(
      read(
        changed(record!.canonical, (one) => ({ ...one, v: 2 })),
        record!,
      ),
    ).toBeNull()
  })
})

/** The same with other members, as canonical text; what has none stays as it was. */
function changed(text: string, change: (record: Record<string, unknown>) => Record<string, unknown>): string {
  try {
    return canonicalJson(JSON.parse(JSON.stringify(change(JSON.parse(text)))))
  } catch {
    return text
  }
}

describe('a record that was read by its text', () => {
  it('has the parts of its text', () => {
    for (const { stream, revision, id, type, data, meta, canonical } of log) {
      const place = { stream, revision, id, position: { commit: 1n, prepare: 1n } }
      const record = textRecord(canonical, place)
      expect(record).toMatchObject({ ...place, type, data, meta, canonical })
      const asText = textRecord(canonical, place)
      expect([asText.text?.type, asText.type, asText.meta]).toEqual([type, type, meta])
      expect([asText.has(`"type":"${type}"`), asText.has('нет такого')]).toEqual([true, false])
    }
  })
})
