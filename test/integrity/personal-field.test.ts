import { createSecretKey, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { discloseField, NotAsSealed, openDisclosure, openField, sealField } from '#integrity/privacy/field.ts'
import type { PlacedText } from '#values/personal-text.ts'

const key = (byte: number) => ({ id: randomUUID(), secret: createSecretKey(Buffer.alloc(32, byte)) })
const mine = key(1)
const other = key(2)
const place = { at: 'tomsk35.journalPage-1#17', path: '/text' }
const TEXT = 'Работал самостоятельно, «молодец»'
const sealed = (): PlacedText => ({ ...sealField(mine, place, TEXT), ...place })

/** A field with one member of it changed. */
const changed = (field: PlacedText, pd: Partial<PlacedText['$pd']>): PlacedText => ({
  ...field,
  $pd: { ...field.$pd, ...pd },
})
const flipped = (text: string): string => {
  const bytes = Buffer.from(text, 'base64url')
  bytes[bytes.length >> 1]! ^= 1
  return bytes.toString('base64url')
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a sealed field', () => {
  it('opens at its place by its key, and looks each time different', () => {
    const [one, two] = [sealed(), sealed()]
    expect(openField(mine.secret, one)).toBe(TEXT)
    expect(openField(mine.secret, two)).toBe(TEXT)
    expect(one.$pd.ct).not.toBe(two.$pd.ct)
    expect(one.$pd.cm).not.toBe(two.$pd.cm)
    expect(Object.keys(one.$pd)).toEqual(['v', 'k', 'iv', 'ct', 'cm'])
    expect(JSON.stringify(one)).not.toContain('молодец')
  })

  it('R-D8: does not open in another event, at another field, under another key id or by another key', () => {
    const field = sealed()
    for (const moved of [
      { ...field, at: 'tomsk35.journalPage-1#18' },
      { ...field, at: 'tomsk36.journalPage-1#17' },
      { ...field, path: '/note' },
      changed(field, { k: other.id }),
    ])
      expect(() => openField(mine.secret, moved)).toThrow(NotAsSealed)
    expect(() => openField(other.secret, field)).toThrow(NotAsSealed)
  })

  it('does not open when a bit of it is another, or it was cut', () => {
    const field = sealed()
    const { iv, ct, cm } = field.$pd
    for (const pd of [
      { iv: flipped(iv) },
      { ct: flipped(ct) },
      { cm: flipped(cm) },
      { ct: ct.slice(0, 10) },
      { ct: '' },
    ])
      expect(() => openField(mine.secret, changed(field, pd))).toThrow(NotAsSealed)
  })

  it('has a disclosure in the form of RFC 9901, which anybody checks without a key', () => {
    const field = sealed()
    const disclosure = discloseField(mine.secret, field)
    const said = { path: field.path, cm: field.$pd.cm }
    expect(openDisclosure(disclosure, said)).toBe(TEXT)
    const parsed = JSON.parse(Buffer.from(disclosure, 'base64url').toString()) as unknown[]
    expect(parsed).toEqual([expect.stringMatching(/^[\w-]{22}$/), '/text', TEXT])
  })

  it('R-D8: a disclosure that was altered, is of another event, or has a member more is none', () => {
    const [field, another] = [sealed(), sealed()]
    const disclosure = discloseField(mine.secret, field)
    const said = { path: field.path, cm: field.$pd.cm }
    const [salt, path] = JSON.parse(Buffer.from(disclosure, 'base64url').toString()) as string[]
    for (const forged of [
      encoded([salt, path, 'Работал плохо']),
      encoded([salt, path, TEXT, 'и ещё']),
      encoded([salt, '/note', TEXT]),
      discloseField(mine.secret, another),
      `${disclosure}=`,
      '',
    ])
      expect(openDisclosure(forged, said)).toBeNull()
    // Nor is it one of another field, whoever says so.
    expect(openDisclosure(disclosure, { ...said, path: '/note' })).toBeNull()
  })
})
