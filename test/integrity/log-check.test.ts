import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalRecord } from '#events/record.ts'
import type { TextRecord } from '#events/store/record-text.ts'
import type { RecordedEvent } from '#events/store/event-store.ts'
import { headLines, type Heads, headsDigest, parseHeadLine } from '#integrity/heads.ts'
import { IdSet, idWords } from '#integrity/id-set.ts'
import { BadRecord, type CheckFrom, type Fault, LogCheck, parseRecord } from '#integrity/log-check.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { Uuid } from '#values/uuid.ts'
import { ChainedLog } from '#support/chained-log.ts'
import { textRecord } from '#support/text-record.ts'

const log = new ChainedLog().read(200)

function follow(records: readonly RecordedEvent[], from: CheckFrom = {}): LogCheck {
  const check = new LogCheck(from)
  for (const [i, record] of records.entries()) check.follow(record, () => `place ${i}`)
  return check
}

/** The same as a store reads it: with the parts of its text, whatever it was given. */
const asRead = (record: RecordedEvent): TextRecord =>
  textRecord(record.canonical, { ...record, position: { commit: 0n, prepare: 0n } })

const hasItsText = ({ canonical, data }: RecordedEvent): boolean =>
  isDeepStrictEqual((JSON.parse(canonical) as RecordedEvent).data, data)

/**
 * The first fault, and the index of the record that has it; null where there is none. It is the same for records that were
 * read as text.
 */
function faultIn(records: readonly RecordedEvent[], from: CheckFrom = {}): [Fault, number] | null {
  const found = firstFault(records, from)
  if (records.every(hasItsText)) expect(firstFault(records.map(asRead), from)).toEqual(found)
  return found
}

function firstFault(records: readonly RecordedEvent[], from: CheckFrom = {}): [Fault, number] | null {
  const check = new LogCheck(from)
  for (const [i, record] of records.entries()) {
    try {
      check.follow(record, () => `place ${i}`)
    } catch (error) {
      expect(error).toBeInstanceOf(BadRecord)
      const bad = error as BadRecord
      expect(bad).toMatchObject({ where: `place ${i}`, stream: record.stream, rev: Number(record.revision) })
      return [bad.fault, i]
    }
  }
  return null
}

/** The record with other parts, written anew as somebody would who knows the form. */
function forged(record: RecordedEvent, parts: Partial<RecordedEvent>): RecordedEvent {
  const other = { ...record, ...parts }
  return { ...other, canonical: canonicalRecord(other.stream, other.revision, other) }
}

const replaced = (at: number, record: RecordedEvent): RecordedEvent[] => log.with(at, record)
const itself = (at: number): number => at
const nextOfStream = (at: number): number =>
  log.findIndex(({ stream }, i) => i > at && stream === log[at]!.stream)

describe('a log that is followed', () => {
  it('is good as it was written, and its heads are the last of each stream', () => {
    expect(headsDigest(follow(log.map(asRead)).heads)).toBe(headsDigest(follow(log).heads))
    const { heads, records } = follow(log)
    expect(records).toBe(log.length)
    const last = new Map(log.map((record) => [record.stream, record]))
    expect(heads.size).toBe(last.size)
    for (const [stream, { revision, canonical }] of last) {
      expect(heads.get(stream)).toEqual({ rev: Number(revision), hash: leafHash(canonical) })
    }
  })

  it('may be followed in two goes, the second from the heads of the first', () => {
    for (const cut of [0, 1, 77, log.length]) {
      const { heads } = follow(log.slice(0, cut))
      expect(headsDigest(follow(log.slice(cut), { heads }).heads)).toBe(headsDigest(follow(log).heads))
    }
  })

  it('has one order for each school, whatever comes between', () => {
    const sorted = [...Map.groupBy(log, ({ stream }) => stream.slice(0, 7)).values()].flat()
    expect(follow(sorted).orders()).toEqual(follow(log).orders())
    expect(follow(log.slice(0, -1)).orders()).not.toEqual(follow(log).orders())
  })

  it.each<[string, (at: number) => RecordedEvent[], Fault, (at: number) => number]>([
    [
      'another text',
      (at) => replaced(at, { ...log[at]!, canonical: `${log[at]!.canonical} ` }),
      'not-canonical',
      itself,
    ],
    [
      'data that its text does not have',
      (at) => replaced(at, { ...log[at]!, data: {} }),
      'not-canonical',
      itself,
    ],
    [
      'other data, written anew',
      (at) => replaced(at, forged(log[at]!, { data: { i: 9 } })),
      'chain-broken',
      nextOfStream,
    ],
    [
      'another author, written anew',
      (at) => replaced(at, forged(log[at]!, { meta: { ...log[at]!.meta, by: log[at]!.id } })),
      'chain-broken',
      nextOfStream,
    ],
    [
      'no hash of the one before',
      (at) => replaced(at, forged(log[at]!, { meta: { ...log[at]!.meta, prev: null } })),
      'chain-broken',
      itself,
    ],
    [
      'another school',
      (at) => replaced(at, forged(log[at]!, { meta: { ...log[at]!.meta, school: 'tomsk99' } })),
      'wrong-school',
      itself,
    ],
    ['one left out', (at) => log.toSpliced(at, 1), 'out-of-turn', (at) => nextOfStream(at) - 1],
    ['one twice', (at) => log.toSpliced(at, 0, log[at]!), 'out-of-turn', (at) => at + 1],
  ])('names the record: %s', (_, damaged, fault, who) => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 120 }), (at) => {
        expect(faultIn(damaged(at))).toEqual([fault, who(at)])
      }),
      { numRuns: 30 },
    )
  })

  it('names an id that comes again in another stream', () => {
    const at = log.findIndex(({ revision }) => revision === 0n && log[0]!.revision === 0n) + 30
    const again = forged(log[at]!, { id: log[2]!.id })
    expect(faultIn(replaced(at, again))).toEqual(['id-repeated', at])
  })

  it('names two records of a stream that changed places', () => {
    const at = 60
    const next = nextOfStream(at)
    const swapped = log.with(at, log[next]!).with(next, log[at]!)
    expect(faultIn(swapped)).toEqual(['out-of-turn', at])
  })

  it('is followed in part from anywhere, and still neither backwards nor over a broken chain', () => {
    const part = log.slice(50, 150)
    expect(faultIn(part)?.[0]).toBe('out-of-turn')
    expect(faultIn(part, { part: true })).toBeNull()
    expect(faultIn([...part, part[0]!], { part: true })?.[0]).toBe('out-of-turn')
    const at = part.findIndex(
      ({ stream }, i) => i > 20 && part.slice(0, i).some((one) => one.stream === stream),
    )
    const broken = part.with(at, forged(part[at]!, { meta: { ...part[at]!.meta, prev: leafHash('') } }))
    expect(faultIn(broken, { part: true })).toEqual(['chain-broken', at])
  })
})

const where = () => 'line 1'

describe('a line', () => {
  const { canonical } = log[0]!

  it('gives the record that it was written from', () => {
    for (const record of log) expect(parseRecord(record.canonical, where)).toEqual(record)
  })

  it.each([
    ['nothing', ''],
    ['no JSON', canonical.slice(1)],
    ['a number', '7'],
    ['null', 'null'],
    ['no record', '{}'],
  ])('that is %s is no record', (_, line) => {
    expect(() => parseRecord(line, where)).toThrow(
      expect.objectContaining({ name: 'BadRecord', fault: 'malformed', where: 'line 1' }),
    )
  })

  it('of a newer form is said to be so', () => {
    const newer = canonicalJson({ ...(JSON.parse(canonical) as object), v: 2 })
    expect(() => parseRecord(newer, where)).toThrow(expect.objectContaining({ fault: 'newer-form' }))
  })

  it('with a member more, or one of them twice, is not canonical', () => {
    const more = canonicalJson({ ...(JSON.parse(canonical) as object), x: 1 })
    const twice = canonical.replace('"rev":', '"rev":0,"rev":')
    for (const line of [more, twice])
      expect(faultIn([parseRecord(line, where)])).toEqual(['not-canonical', 0])
  })
})

describe('the heads', () => {
  const { heads } = follow(log)

  it('are lines in order of the names of streams, which read back', () => {
    const lines = [...headLines(heads)]
    expect(lines).toEqual(lines.toSorted())
    expect(new Map(lines.map((line) => parseHeadLine(line)!))).toEqual(heads)
  })

  it('have a digest that any change changes', () => {
    const stream = log[0]!.stream
    const one = heads.get(stream)!
    const others: Heads[] = [
      new Map(heads).set(stream, { ...one, rev: one.rev + 1 }),
      new Map(heads).set(stream, { ...one, hash: leafHash('') }),
      new Map([...heads].slice(1)),
    ]
    for (const other of others) expect(headsDigest(other)).not.toBe(headsDigest(heads))
    expect(headsDigest(new Map([...heads].toReversed()))).toBe(headsDigest(heads))
  })

  it.each(['', 'x', 'a b c', 'tomsk35.roster-main -1 7zU3', 'tomsk35.roster-main 01 ' + leafHash('')])(
    'are not read from «%s»',
    (line) => {
      expect(parseHeadLine(line)).toBeNull()
    },
  )
})

describe('a set of ids', () => {
  it('is as a set of texts, however many there are', () => {
    const ids = fc.array(
      fc.uuid().map((id) => Uuid.parse(id)),
      { maxLength: 3_000, size: 'max' },
    )
    fc.assert(
      fc.property(ids, (ids) => {
        const set = new IdSet()
        const known = new Set<Uuid>()
        for (const id of [...ids, ...ids.slice(0, 50)]) {
          expect(set.has(idWords(id)!)).toBe(known.has(id))
          expect(set.add(idWords(id)!)).toBe(!known.has(id))
          known.add(id)
        }
        expect(set.size).toBe(known.size)
      }),
      { numRuns: 30 },
    )
  })

  it('holds ids of zeros too', () => {
    const set = new IdSet()
    const nil = idWords('00000000-0000-0000-0000-000000000000')!
    expect([set.has(nil), set.add(nil), set.add(nil), set.has(nil), set.size]).toEqual([
      false,
      true,
      false,
      true,
      1,
    ])
  })

  it.each([
    '',
    '00000000-0000-0000-0000-00000000000',
    '00000000-0000-0000-0000-0000000000000',
    '00000000-0000-0000-0000-00000000000A',
    '00000000-0000-0000-0000-00000000000g',
    '00000000-0000-0000-0000-00000000000/',
    '00000000-0000-0000-0000-00000000000:',
    '00000000-0000-0000-0000-00000000000\u0130',
    '000000000000-0000-0000-0000-00000000',
    '00000000_0000-0000-0000-000000000000',
    '0000000-00000-0000-0000-000000000000',
  ])('has no words for what is no id: %s', (text) => {
    expect(idWords(text)).toBeNull()
  })
})
