import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRecordText, TextRecord } from '#events/record-text.ts'
import { canonicalRecord, isCanonicalRecord, MAX_RECORD_BYTES } from '#events/record.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { ChainedLog } from '#support/chained-log.ts'
import { largestRecord, someStream } from '#support/random-records.ts'

const log = new ChainedLog().read(200)

/** What the text says when it is parsed; null where it is not the canonical one of a record of this form. */
function parsed(text: string): object | null {
  try {
    const { stream, rev, id, type, data, meta, v } = JSON.parse(text)
    if (v !== 1 || typeof stream !== 'string' || typeof id !== 'string' || typeof type !== 'string')
      return null
    if (!isCanonicalRecord(text, stream, BigInt(rev), { id, type, data, meta })) return null
    const { school = null, at = null, prev = null } = meta
    return { stream, rev, id, type, school, at, prev, leaf: leafHash(text) }
  } catch {
    return null
  }
}

describe('the text of a record', () => {
  it('says without being parsed what it says when it is', () => {
    for (const { canonical } of log) {
      expect(parsed(canonical)).not.toBeNull()
      expect(readRecordText(canonical)).toEqual(parsed(canonical))
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
    const texts = fc.tuple(fc.nat(log.length - 1), other).map(([i, change]) => change(log[i]!.canonical))
    fc.assert(
      fc.property(texts, (text) => {
        const said = readRecordText(text)
        if (said !== null) expect(said).toEqual(parsed(text))
      }),
      { numRuns: 3_000 },
    )
  })

  it('is read up to the largest that there may be, and not beyond', () => {
    const stream = someStream()
    for (const letter of ['x', 'й']) {
      const { canonical } = largestRecord(stream, 0n, letter)
      expect(readRecordText(canonical)).toMatchObject({ stream, rev: 0 })
      expect(Buffer.byteLength(canonical)).toBe(MAX_RECORD_BYTES)
      expect(readRecordText(canonical.replace('"text":"', '"text":"x'))).toBeNull()
    }
  })

  it('is left to be parsed where it has escapes or another form', () => {
    const [record] = log
    const { stream, revision } = record!
    expect(readRecordText(canonicalRecord(stream, revision, { ...record!, data: { text: '"' } }))).toBeNull()
    expect(readRecordText(changed(record!.canonical, (one) => ({ ...one, v: 2 })))).toBeNull()
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
      const record = new TextRecord(canonical, place)
      expect(record).toMatchObject({ ...place, type, data, meta, canonical })
      const read = new TextRecord(canonical, place)
      expect([read.text?.type, read.type, read.meta]).toEqual([type, type, meta])
    }
  })
})
