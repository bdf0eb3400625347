import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type EventDefinition, v1 } from '#events/define.ts'
import { chain, type EventToRecord, MAX_RECORD_BYTES, RecordTooLarge } from '#events/record.ts'
import { decode, decodeBy, NewerVersion } from '#events/registry.ts'
import type { RecordedEvent } from '#events/store/event-store.ts'
import { streamName } from '#events/stream-name.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { ANNA, id, mathematician, PAGE } from '#support/class-7a.ts'
import { SCHOOL } from '#support/spec.ts'
import { Instant } from '#values/time.ts'

const stream = streamName(SCHOOL, 'journalPage', PAGE)
const meta: EventToRecord['meta'] = {
  v: 1,
  school: SCHOOL,
  at: Instant.parse('2026-11-09T03:50:00.000Z'),
  by: mathematician.account,
  role: 'teacher',
  cred: 1,
  cmd: id('command'),
  cause: null,
  corr: null,
  basis: {},
}
const event = (name: string, data: EventToRecord['data'] = {}): EventToRecord => ({
  id: id(name),
  type: 'NoteTaken',
  data,
  meta,
})

function recorded(type: string, v: number, data: RecordedEvent['data']): RecordedEvent {
  return {
    id: id('event'),
    type,
    data,
    meta: { ...meta, v, prev: null },
    canonical: '',
    stream,
    revision: 3n,
  }
}

describe('the chain of a stream', () => {
  it('begins with nothing before it', () => {
    const { records } = chain(stream, -1n, null, [event('first')])
    expect(records[0]!.meta).toEqual({ ...meta, prev: null })
    expect(JSON.parse(records[0]!.canonical)).toMatchObject({ rev: 0, stream, meta: { prev: null } })
  })

  it('names in each record the hash of the one before', () => {
    const { records, head } = chain(
      stream,
      -1n,
      null,
      ['a', 'b', 'c'].map((name) => event(name)),
    )
    expect(records.map(({ canonical }) => JSON.parse(canonical).rev)).toEqual([0, 1, 2])
    expect(records.map((record) => record.meta['prev'])).toEqual([
      null,
      leafHash(records[0]!.canonical),
      leafHash(records[1]!.canonical),
    ])
    expect(head).toBe(leafHash(records[2]!.canonical))
  })

  it('goes on from the head of a stream as if it had been written at once', () => {
    const events = ['a', 'b', 'c', 'd'].map((name) => event(name))
    const first = chain(stream, -1n, null, events.slice(0, 2))
    const second = chain(stream, 1n, first.head, events.slice(2))
    expect([...first.records, ...second.records]).toEqual(chain(stream, -1n, null, events).records)
  })

  it('changes from the place on at which one letter is another', () => {
    const original = chain(stream, -1n, null, [event('a'), event('b', { mark: 5 }), event('c')])
    const forged = chain(stream, -1n, null, [event('a'), event('b', { mark: 4 }), event('c')])
    const texts = (of: typeof original) => of.records.map(({ canonical }) => canonical)
    expect(texts(original).map((text, i) => text === texts(forged)[i])).toEqual([true, false, false])
    expect(forged.head).not.toBe(original.head)
  })

  it('says what it hashes: all members in the order of RFC 8785', () => {
    const { records } = chain(stream, 16n, leafHash(''), [event('first', { б: 1, a: 2 })])
    expect(records[0]!.canonical).toBe(
      `{"data":{"a":2,"б":1},"id":"${id('first')}","meta":{"at":"2026-11-09T03:50:00.000Z","basis":{},` +
        `"by":"${mathematician.account}","cause":null,"cmd":"${id('command')}","corr":null,"cred":1,` +
        `"prev":"${leafHash('')}","role":"teacher","school":"tomsk35","v":1},"rev":17,` +
        `"stream":"${stream}","type":"NoteTaken","v":1}`,
    )
  })

  it('takes a record of 65,535 bytes and refuses one of 65,536, counting bytes and not letters', () => {
    const bare = Buffer.byteLength(chain(stream, -1n, null, [event('x', { text: '' })]).records[0]!.canonical)
    const room = MAX_RECORD_BYTES - bare
    const of = (text: string) => chain(stream, -1n, null, [event('x', { text })])
    const largest = 'ж'.repeat(Math.floor(room / 2)) + 'x'.repeat(room % 2)
    expect(Buffer.byteLength(of(largest).records[0]!.canonical)).toBe(65_535)
    expect(() => of(`${largest}x`)).toThrow(RecordTooLarge)
    expect(() => of(`${largest}x`)).toThrow('NoteTaken would be 65536 bytes, the limit is 65535')
  })
})

describe('decoding', () => {
  const thrice: EventDefinition = {
    v: 3,
    data: z.strictObject({ pupil: z.string(), points: z.int(), scale: z.string() }),
    upcast: {
      1: ({ pupil, mark }: { pupil: string; mark: string }) => ({ pupil, points: Number(mark) }),
      2: (data: object) => ({ ...data, scale: 'g5' }),
    },
  }
  const known = new Map<string, EventDefinition>([
    ['PointsGiven', thrice],
    ['NoteTaken', v1(z.strictObject({}))],
  ])

  it('brings every older version to the newest, step by step', () => {
    const newest = { pupil: ANNA, points: 5, scale: 'g5' }
    expect(decodeBy(known, recorded('PointsGiven', 1, { pupil: ANNA, mark: '5' }))?.data).toEqual(newest)
    expect(decodeBy(known, recorded('PointsGiven', 2, { pupil: ANNA, points: 5 }))?.data).toEqual(newest)
    expect(decodeBy(known, recorded('PointsGiven', 3, newest))?.data).toEqual(newest)
  })

  it('leaves the record as it was, with the version in which it was written', () => {
    const old = recorded('PointsGiven', 1, { pupil: ANNA, mark: '5' })
    const decoded = decodeBy(known, old)
    expect(decoded?.meta.v).toBe(1)
    expect(old.data).toEqual({ pupil: ANNA, mark: '5' })
  })

  it('refuses a version of a newer release rather than guess', () => {
    expect(() => decodeBy(known, recorded('PointsGiven', 4, {}))).toThrow(NewerVersion)
    expect(() => decode(recorded('MarkRecorded', 99, {}))).toThrow(/MarkRecorded v99 in .*reads up to v2/)
  })

  it('passes over a type that is not ours, as in an engine that others write to', () => {
    expect(decode(recorded('$metadata', 1, {}))).toBe(null)
  })
})

describe('the hash of a record', () => {
  // The empty leaf, and two of the leaves with which the logs of Certificate Transparency are tested.
  it.each([
    ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    ['\u0000', '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7'],
    ['\u0010', '0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7'],
  ])('of %j is the leaf hash of RFC 6962', (text, hex) => {
    expect(Buffer.from(leafHash(text), 'base64').toString('hex')).toBe(hex)
  })

  it('is SHA-256 over a zero byte and the text in UTF-8', () => {
    for (const text of ['{}', 'журнал', '👩‍👩‍👧', 'x'.repeat(65_535)]) {
      const second = createHash('sha256')
        .update(Buffer.concat([Buffer.of(0), Buffer.from(text)]))
        .digest('base64')
      expect(leafHash(text)).toBe(second)
      expect(leafHash(text)).toHaveLength(44)
    }
  })
})
