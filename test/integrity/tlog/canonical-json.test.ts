import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, isCanonicalJson, NotCanonicalizable } from '#integrity/tlog/canonical-json.ts'

/** The double with these 64 bits, as RFC 8785 appendix B lists them. */
function double(bits: string): number {
  return Buffer.from(bits, 'hex').readDoubleBE()
}

function refusal(value: unknown): NotCanonicalizable {
  try {
    canonicalJson(value)
  } catch (error) {
    if (error instanceof NotCanonicalizable) return error
    throw error
  }
  return expect.fail('was not refused')
}

/** The canonical text; null for what has none. */
function written(value: unknown): string | null {
  try {
    return canonicalJson(value)
  } catch {
    return null
  }
}

/** What the engine writes of it. */
function stringified(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

describe('canonical JSON', () => {
  it('writes the example of RFC 8785 section 3.2.2', () => {
    const value = JSON.parse(
      String.raw`{"numbers":[333333333.33333329,4.50,2e-3,0.000000000000000000000000001],` +
        String.raw`"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    )
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,4.5,0.002,1e-27],` +
        String.raw`"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  it('orders members by UTF-16 code units, as in section 3.2.3', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    expect([...canonicalJson(value).matchAll(/:"([^"]+)"/g)].map(([, name]) => name)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ])
  })

  it('does not put integer-like keys in the order of numbers', () => {
    expect(canonicalJson({ 10: 'b', 9: 'c', 1: 'a' })).toBe('{"1":"a","10":"b","9":"c"}')
  })

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number %s of appendix B as %s', (bits, expected) => {
    expect(canonicalJson(double(bits))).toBe(expected)
  })

  it.each([
    '4340000000000000', // 2^53
    'c340000000000000',
    '4430000000000000', // 295147905179352830000
    '44b52d02c7e14af6', // 1e+23
    '444b1ae4d6e2ef50', // 1e+21
    '7fefffffffffffff', // the largest
    '7fffffffffffffff', // NaN
    '7ff0000000000000', // Infinity
    'fff0000000000000',
  ])('refuses the number %s of appendix B: not finite, or an integer that has lost digits', (bits) => {
    expect(refusal([double(bits)]).path).toBe('/0')
  })

  it('takes the largest integers that lose nothing', () => {
    expect(canonicalJson([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])).toBe(
      '[9007199254740991,-9007199254740991]',
    )
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a hole in an array', Array(2)],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a Buffer', Buffer.from('x')],
    ['a boxed string', Object('text')],
    [
      'an instance of a class',
      new (class Mark {
        readonly points = 5
      })(),
    ],
    ['an object whose prototype is neither', Object.create(Object.create(null))],
    ['an unpaired surrogate', 'a\ud800b'],
    ['surrogates in the wrong order', '\ude00\ud83d'],
  ])('refuses %s, wherever it stands', (_, value) => {
    refusal(value)
    refusal({ a: [{ b: value }] })
  })

  it('refuses an unpaired surrogate in a key', () => {
    refusal({ '\ud800': 1 })
  })

  it('refuses a cycle and a nesting without end', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    refusal(cycle)
    expect(canonicalJson(nested(64))).toBe('['.repeat(64) + ']'.repeat(64))
    expect(refusal(nested(66)).message).toContain('deeper than 64')
  })

  it('tells by a JSON Pointer where the fault is', () => {
    expect(refusal({ data: { 'a/b': [0, { '~': Number.NaN }] } }).path).toBe('/data/a~1b/1/~0')
    expect(refusal(undefined)).toMatchObject({ path: '', message: 'the value: undefined is not JSON' })
    expect(refusal([1, [2, undefined]]).path).toBe('/1/1')
  })

  it('takes an object without a prototype, and a member called __proto__', () => {
    expect(canonicalJson(Object.assign(Object.create(null) as object, { b: 1, a: 2 }))).toBe('{"a":2,"b":1}')
    expect(canonicalJson(JSON.parse('{"__proto__":{"x":1}}'))).toBe('{"__proto__":{"x":1}}')
  })

  const json = fc.jsonValue({ stringUnit: 'binary', maxDepth: 6 }).filter(hasExactIntegers)

  it('agrees with another implementation on whatever is JSON', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value))
      }),
      { numRuns: 1_000 },
    )
  })

  it('is known again without being written', () => {
    fc.assert(
      fc.property(json, json, (value, other) => {
        const text = canonicalJson(value)
        expect(isCanonicalJson(text, JSON.parse(text))).toBe(true)
        expect(isCanonicalJson(text, other)).toBe(text === canonicalJson(other))
      }),
      { numRuns: 1_000 },
    )
  })

  it('is told from what the engine writes of the same value', () => {
    const anything = fc.anything({
      key: fc.string({ unit: 'binary' }),
      values: [fc.string({ unit: 'binary' })],
      withNullPrototype: true,
    })
    const hard = fc.constantFrom<unknown>(
      { b: 1, a: 2 },
      { '10': 1, '9': 2 },
      { '\ufb33': 1, '\u{1f600}': 2 },
      ['\ud800', '\\ud800'],
      { '\udc00': 1 },
      { a: '\\ud800' },
      { a: undefined },
      [undefined],
      Array(2),
      Number.NaN,
      [Number.POSITIVE_INFINITY],
      -0,
      2 ** 53,
      1e21,
      1.5e-7,
      { a: { toJSON: () => 1 } },
      nested(65),
      nested(66),
      nested(64, 'x'),
      nested(65, 'x'),
      new Date(0),
      JSON.parse('{"__proto__":1}'),
    )
    fc.assert(
      fc.property(fc.oneof(json, anything, hard, fc.array(hard)), (value) => {
        for (const text of [stringified(value), written(value) ?? 'null'])
          expect(isCanonicalJson(text, value)).toBe(text === written(value))
      }),
      { numRuns: 3_000 },
    )
  })

  it('is not known in any text that was changed', () => {
    const text = canonicalJson(JSON.parse('{"a":[1,-2.5,"x\\n",{"9":"й","10":null,"b":true}],"c":"","d":{}}'))
    const value: unknown = JSON.parse(text)
    expect(isCanonicalJson(text, value)).toBe(true)
    for (let at = 0; at <= text.length; at++) {
      expect(isCanonicalJson(`${text.slice(0, at)} ${text.slice(at)}`, value)).toBe(false)
      expect(isCanonicalJson(text.slice(0, at), value)).toBe(at === text.length)
      const without = text.slice(0, at) + text.slice(at + 1)
      if (at < text.length) expect(isCanonicalJson(without, value)).toBe(false)
    }
  })

  it.each([
    undefined,
    Number.NaN,
    2 ** 53,
    '\ud800',
    { '\ud800': 1 },
    { a: undefined },
    new Date(0),
    nested(66),
  ])('is not known of what has none: %j', (value) => {
    for (const text of ['', 'null', '{}', '[]', '"\ud800"', '9007199254740992', '{"a":null}'])
      expect(isCanonicalJson(text, value)).toBe(false)
  })

  it('is read back as what it was, and written again as the same text', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
        expect(JSON.stringify(JSON.parse(text), sorted)).toBe(JSON.stringify(value, sorted))
      }),
    )
  })

  it('does not depend on the order in which members were given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.integer()), (members) => {
        const reversed = Object.fromEntries(Object.entries(members).toReversed())
        expect(canonicalJson(reversed)).toBe(canonicalJson(members))
      }),
    )
  })
})

const nested = (levels: number, innermost?: unknown): unknown =>
  levels === 0 ? innermost : levels === 1 && innermost === undefined ? [] : [nested(levels - 1, innermost)]

/** A replacer that gives the members of every object one order. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** Whether a value has no integer beyond ±(2^53−1), which is refused. */
function hasExactIntegers(value: unknown): boolean {
  let exact = true
  JSON.stringify(value, (_key, one: unknown) => {
    exact &&= typeof one !== 'number' || !Number.isInteger(one) || Number.isSafeInteger(one)
    return one
  })
  return exact
}
