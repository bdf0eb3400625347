import { describe, expect, it } from 'vitest'
import { label, meaningfulText, note, webAddress } from '#values/text.ts'

const accepts = (schema: { safeParse(text: unknown): { success: boolean } }, text: unknown) =>
  schema.safeParse(text).success

describe('every text', () => {
  const schema = note(20)

  it('is kept in NFC, without the blanks around it', () => {
    expect(schema.parse('  и\u0306 е\u0308\n')).toBe('й ё')
  })

  it('keeps tabs, line breaks and mark-up as typed', () => {
    expect(schema.parse('<b>1</b>\n\t2')).toBe('<b>1</b>\n\t2')
  })

  it('refuses U+0000, other control characters and half a surrogate pair', () => {
    for (const text of [
      'a\u0000b',
      'a\u0001b',
      'a\u001fb',
      'a\u007fb',
      'a\ud83db',
      'a\udc00b',
      '\ude00\ud83d',
    ])
      expect(accepts(schema, text), JSON.stringify(text)).toBe(false)
    expect(accepts(schema, 'a\u{1f600}b')).toBe(true)
  })

  it('says by a code what is wrong with it', () => {
    const { error } = schema.safeParse('a\u0000b')
    expect(error?.issues).toMatchObject([{ code: 'custom', params: { code: 'malformed-text' } }])
  })

  it('counts its length after composing, in code points', () => {
    expect(accepts(schema, 'и\u0306'.repeat(20))).toBe(true)
    expect(accepts(schema, 'й'.repeat(21))).toBe(false)
    expect(accepts(schema, '\u{1f600}'.repeat(20))).toBe(true)
    expect(accepts(schema, '\u{1f600}'.repeat(21))).toBe(false)
  })

  it('is text', () => {
    for (const value of [1, null, undefined, ['abc'], { text: 'abc' }])
      expect(accepts(schema, value), JSON.stringify(value)).toBe(false)
  })
})

describe('meaningful text', () => {
  const schema = meaningfulText(300)

  it('has at least three letters of any alphabet, together or not (R-7V.6)', () => {
    for (const text of ['абв', 'а 1 б 2 в', 'ABC', 'їєґ', '数学课'])
      expect(accepts(schema, text), text).toBe(true)
    for (const text of ['аб', '12345', '№ 340–345', '§ 12', '...', '', '   ', 'а\u0301б\u0301'])
      expect(accepts(schema, text), text).toBe(false)
  })

  it('does not count a letter twice for being typed as two characters', () => {
    expect(accepts(schema, 'и\u0306 и\u0306')).toBe(false)
  })
})

describe('a label and a note', () => {
  it('may be short, but not blank', () => {
    for (const schema of [label(), note()]) {
      expect(accepts(schema, '7')).toBe(true)
      expect(accepts(schema, ' \n\t ')).toBe(false)
      expect(accepts(schema, '')).toBe(false)
    }
  })

  it('have 80 and 500 characters, unless told otherwise', () => {
    expect([80, 81].map((length) => accepts(label(), 'а'.repeat(length)))).toEqual([true, false])
    expect([500, 501].map((length) => accepts(note(), 'а'.repeat(length)))).toEqual([true, false])
    expect([12, 13].map((length) => accepts(label(12), 'а'.repeat(length)))).toEqual([true, false])
  })
})

describe('a web address', () => {
  const schema = webAddress(40)

  it('is kept as typed', () => {
    expect(schema.parse('https://example.org/карточка?a=1#б')).toBe('https://example.org/карточка?a=1#б')
    expect(accepts(schema, 'http://example.org')).toBe(true)
  })

  it('leads to nothing but the web', () => {
    for (const text of ['example.org', 'ftp://example.org', 'javascript:alert(1)', 'file:///etc/passwd', ''])
      expect(accepts(schema, text), text).toBe(false)
  })

  it('is text that the log can carry, and not too long', () => {
    for (const text of ['https://a.ru/\u0000', 'https://a.ru/\ud800', `https://a.ru/${'а'.repeat(30)}`])
      expect(accepts(schema, text), text).toBe(false)
  })
})
