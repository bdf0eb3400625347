import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, isCanonicalJson } from '#integrity/tlog/canonical-json.ts'
import { CanonicalText, type Members } from '#integrity/tlog/canonical-text.ts'

const bytes = Buffer.alloc(100_000)
const scanned = new CanonicalText(bytes)

/** Where the object ends that a text begins with; below 0 where none is found. */
function endIn(text: string, members: Members | null = null): number {
  bytes[bytes.write(text)] = 0
  return scanned.objectEnd(0, members)
}

const isWhole = (text: string): boolean => endIn(text) === Buffer.byteLength(text)

function isCanonical(text: string): boolean {
  try {
    return isCanonicalJson(text, JSON.parse(text))
  } catch {
    return false
  }
}

/** The canonical text; null for what has none, as for an integer that is not exact. */
function written(value: unknown): string | null {
  try {
    return canonicalJson(value)
  } catch {
    return null
  }
}

const objects = fc
  .dictionary(fc.string(), fc.jsonValue({ depthSize: 'medium', noUnicodeString: false }))
  .map(written)
  .filter((text) => text !== null)

/** Letters that matter to whoever reads JSON. */
const letter = fc.oneof(
  fc.constantFrom(...Array.from('{}[],:"\\ \n\t0123456789-+.eEnultrfas/')),
  fc.constantFrom('\u0000', '\u007f', 'й', '😀'),
)

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

describe('canonical JSON that is read', () => {
  it('ends where it ends, unless it has an escape or a key outside ASCII', () => {
    fc.assert(
      fc.property(objects, (text) => {
        const rare = text.includes('\\') || /[^\0-\x7f][^"]*":/.test(text)
        expect(isWhole(text) || rare).toBe(true)
      }),
    )
  })

  it('is found only where the text is canonical, whatever was done to it', () => {
    const changed = fc
      .tuple(objects, fc.nat(), fc.nat(3), fc.array(letter, { maxLength: 3 }))
      .map(([text, at, removed, put]) => {
        const from = at % (text.length + 1)
        return `${text.slice(0, from)}${put.join('')}${text.slice(from + removed)}`
      })
    fc.assert(
      fc.property(changed, (text) => {
        // A half of a pair becomes another character on its way into bytes: who reads a text asks before.
        if (text.isWellFormed() && isWhole(text)) expect(isCanonical(text), text).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    '{"a":01}',
    '{"a":-0}',
    '{"a":1.0}',
    '{"a":1e3}',
    '{"a":1E21}',
    '{"a":9007199254740993}',
    '{"a":1e+21}',
    '{"a":1e999}',
    '{"a":-}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":1,}',
    '{"a":1,"a":2}',
    '{"b":1,"a":2}',
    '{"ab":1,"a":2}',
    '{ "a":1}',
    '{"a" :1}',
    '{"a":[1,]}',
    '{"a":[,1]}',
    '{"a":nul}',
    '{"a":truE}',
    '{"a":undefined}',
    '{"a":"\u0001"}',
    '{"a":"\\u0041"}',
    '{"a":"',
    '{"a',
    '{"a":',
    '{"a":1',
    '{',
    '[]',
    '"a"',
    '',
  ])('is not: %s', (text) => {
    expect(isWhole(text)).toBe(false)
  })

  it.each([
    '{}',
    '{"":""}',
    '{"a":-1.5e-7,"b":1e-9}',
    '{"10":1,"9":2}',
    '{"a":[[],{},[null,true,false,0]]}',
    '{"a":"й😀"}',
  ])('is: %s', (text) => {
    expect(isCanonical(text)).toBe(true)
    expect(isWhole(text)).toBe(true)
  })

  it('is nested as deep as it may be written, and no deeper', () => {
    for (const levels of [1, 63, 64, 65, 66, 1_000]) {
      expect(isWhole(nested(levels)), `${levels}`).toBe(isCanonical(nested(levels)))
    }
  })

  it('has its members where they are', () => {
    const text = '{"a":[1,{"b":2}],"cc":"y","d":{}}'
    const places: number[] = []
    endIn(text, { member: (...of) => void places.push(...of) })
    const parts = places.flatMap((from, i) => (i % 2 === 0 ? [text.slice(from, places[i + 1])] : []))
    expect(parts).toEqual(['a', '[1,{"b":2}]', 'cc', '"y"', 'd', '{}'])
  })
})
