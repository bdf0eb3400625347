import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { formatCheckpoint, parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { cosign, cosignedBy } from '#integrity/tlog/cosignature.ts'
import { Malformed, parseCount } from '#integrity/tlog/malformed.ts'
import { Frontier } from '#integrity/tlog/merkle-tree.ts'
import { formatProof, parseProof, proves } from '#integrity/tlog/proof-file.ts'
import {
  BadSignature,
  COSIGNATURE,
  formatSignerKey,
  formatVerifierKey,
  newSignerKey,
  parseNote,
  parseSignerKey,
  parseVerifierKey,
  signNote,
  verifiedKeys,
} from '#integrity/tlog/signed-note.ts'

/** The key and the note of golang.org/x/mod/sumdb/note, note_test.go. */
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const SKEY = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz'
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
const LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'

const peter = parseVerifierKey(VKEY)
const names = (note: string, ...keys: Array<typeof peter>) =>
  verifiedKeys(parseNote(note), keys).map(({ key }) => key.name)

describe('a key', () => {
  it('of the reference implementation is read and written', () => {
    expect(peter).toMatchObject({ name: 'PeterNeumann', id: 0xc74f20a3, type: 1 })
    expect(formatVerifierKey(peter)).toBe(VKEY)
    expect(formatSignerKey(parseSignerKey(SKEY))).toBe(SKEY)
    expect(formatVerifierKey(parseSignerKey(SKEY))).toBe(VKEY)
  })

  it('that was mangled is refused, as by the reference implementation', () => {
    for (let from = 0; from <= VKEY.length; from++) {
      for (let end = from + 1; end <= VKEY.length; end++) {
        if (from === 0 && end === VKEY.length) continue
        expect(() => parseVerifierKey(VKEY.slice(from, end)), VKEY.slice(from, end)).toThrow(Malformed)
      }
    }
    for (let i = 0; i < VKEY.length; i++) {
      const other = VKEY.slice(0, i) + String.fromCharCode(VKEY.charCodeAt(i) + 1) + VKEY.slice(i + 1)
      expect(() => parseVerifierKey(other), other).toThrow(Malformed)
    }
    const longer = 'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=='
    expect(() => parseVerifierKey(longer)).toThrow(Malformed)
    expect(() => parseVerifierKey('x'.repeat(2_000))).toThrow(Malformed)
    expect(() => parseSignerKey(VKEY)).toThrow(Malformed)
    expect(() => parseSignerKey(SKEY.replace('c74f20a3', 'c74f20a4'))).toThrow(Malformed)
  })

  it.each(['', 'two words', 'a+b', 'a\u00a0b', 'a\u0085b', 'a\nb'])('has no name such as %j', (name) => {
    expect(() => newSignerKey(name)).toThrow(Malformed)
  })
})

describe('a signed note', () => {
  it('is signed as by the reference implementation, byte for byte', () => {
    expect(signNote(TEXT, parseSignerKey(SKEY))).toBe(`${TEXT}\n${LINE}`)
    expect(names(`${TEXT}\n${LINE}`, peter)).toEqual(['PeterNeumann'])
    expect(parseNote(Buffer.from(`${TEXT}\n${LINE}`)).text).toBe(TEXT)
  })

  it('passes over signatures of unknown keys, also of one that shares a name or an id', () => {
    const stranger = newSignerKey('witness.example/w1')
    const namesake = newSignerKey('PeterNeumann')
    const note = signNote(TEXT, parseSignerKey(SKEY), stranger, namesake)
    expect(names(note, peter)).toEqual(['PeterNeumann'])
    expect(names(note, peter, stranger)).toEqual(['PeterNeumann', 'witness.example/w1'])
    expect(names(note, newSignerKey('nobody.example'))).toEqual([])
  })

  it('with a signature that only claims to be of a known key is condemned, whatever else stands there', () => {
    const forged = signNote(TEXT, parseSignerKey(SKEY)).replace('the answer', 'no answer')
    expect(() => names(forged, peter)).toThrow(BadSignature)
    const other = newSignerKey('log.example')
    const both = signNote(TEXT, other) + LINE.replace('x08go/Z', 'x08go/Y')
    expect(() => names(both, other, peter)).toThrow(BadSignature)
  })

  it('is split at its last empty line', () => {
    const text = 'a\n\nb\n'
    expect(parseNote(signNote(text, parseSignerKey(SKEY))).text).toBe(text)
  })

  it.each([
    ['no signatures', TEXT],
    ['an empty list of signatures', `${TEXT}\n`],
    ['no line feed at the end', `${TEXT}\n${LINE.trimEnd()}`],
    ['a carriage return', `${TEXT}\n${LINE}`.replaceAll('\n', '\r\n')],
    ['a control character', `a\tb\n\n${LINE}`],
    ['a hyphen for the dash', `${TEXT}\n${LINE.replace('—', '-')}`],
    ['two spaces', `${TEXT}\n${LINE.replace('— ', '—  ')}`],
    ['a third word', `${TEXT}\n${LINE.replace('=\n', '= x\n')}`],
    ['base64 without padding', `${TEXT}\n${LINE.replace('=\n', '\n')}`],
    ['base64 with other last bits', `${TEXT}\n${LINE.replace('nAM=', 'nAN=')}`],
    ['a signature of four bytes', `${TEXT}\n— PeterNeumann x08gow==\n`],
    ['too many signatures', `${TEXT}\n${LINE.repeat(65)}`],
    ['too many bytes', `${'x'.repeat(70_000)}\n\n${LINE}`],
    ['an unpaired surrogate', `\ud800\n\n${LINE}`],
  ])('is refused with %s', (_, note) => expect(() => parseNote(note)).toThrow(Malformed))

  it('is refused when its bytes are no UTF-8', () => {
    const bytes = Buffer.from(`${TEXT}\n${LINE}`)
    bytes[3] = 0xff
    expect(() => parseNote(bytes)).toThrow(Malformed)
  })
})

const ROOT = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='
/** The example of tlog-checkpoint and tlog-cosignature. */
const EXAMPLE =
  `example.com/behind-the-sofa\n20852163\n${ROOT}\n\n` +
  '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n' +
  '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n'

const log = newSignerKey('journal.school35.example/log')
const witness = newSignerKey('witness.example/w1', COSIGNATURE)
const tree = { origin: log.name, size: 7, root: Buffer.from(ROOT, 'base64') }

describe('a checkpoint', () => {
  it('of the specification is read', () => {
    const { origin, size, root, note } = parseCheckpoint(EXAMPLE)
    expect([origin, size, Buffer.from(root).toString('base64')]).toEqual([
      'example.com/behind-the-sofa',
      20_852_163,
      ROOT,
    ])
    // Of the second the first eight bytes are the time: that of the example of the message.
    expect(note.signatures.map(({ signature }) => signature.length)).toEqual([64, 72])
    expect(note.signatures[1]!.signature.readBigUInt64BE()).toBe(1_679_315_147n)
  })

  it('comes back as it was signed', () => {
    const note = signNote(formatCheckpoint(tree), log)
    expect(parseCheckpoint(note)).toMatchObject(tree)
    expect(names(note, log)).toEqual([log.name])
  })

  it.each(['07', '+7', '7.0', '7e0', ' 7', '', '-7', '0x7', '9007199254740992', '99999999999999999999', '٧'])(
    'has no size such as %j',
    (size) => {
      expect(() => parseCount(size, 'a size')).toThrow(Malformed)
      const note = signNote(`${log.name}\n${size}\n${ROOT}\n`, log)
      expect(() => parseCheckpoint(note)).toThrow(Malformed)
    },
  )

  it.each([
    ['a root of another length', `${log.name}\n7\nCsUYapGGPo4=\n`],
    ['no root', `${log.name}\n7\n`],
    ['an empty origin', `\n7\n${ROOT}\n`],
    ['an empty line of extensions', `${log.name}\n7\n${ROOT}\n\nmore\n`],
  ])('is refused with %s', (_, text) => {
    expect(() => parseCheckpoint(signNote(text, log))).toThrow(Malformed)
  })

  it('with any bit turned is refused, or says the same by the same key', () => {
    const cosigned =
      signNote(formatCheckpoint(tree), log) + cosign(formatCheckpoint(tree), witness, 1_700_000_000)
    const bytes = Buffer.from(cosigned)
    let accepted = 0
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const bent = Buffer.from(bytes)
      bent[bit >> 3]! ^= 1 << (bit & 7)
      try {
        const checkpoint = parseCheckpoint(bent)
        if (verifiedKeys(checkpoint.note, [log]).length === 0) continue
        expect(checkpoint).toMatchObject(tree)
        accepted++
      } catch (error) {
        if (!(error instanceof Malformed || error instanceof BadSignature)) throw error
      }
    }
    // What is left is the line of a witness whom this reader does not know.
    expect(accepted).toBeGreaterThan(0)
    expect(accepted).toBeLessThanOrEqual(Buffer.byteLength(cosign(formatCheckpoint(tree), witness, 1)) * 8)
  })
})

describe('a cosignature', () => {
  const text = formatCheckpoint(tree)
  const note = signNote(text, log) + cosign(text, witness, 1_700_000_000)

  it('is of its witness and has a time', () => {
    const found = cosignedBy(parseNote(note), [witness])
    expect(found.map(({ key, seconds }) => [key.name, seconds])).toEqual([[witness.name, 1_700_000_000n]])
    expect(cosignedBy(parseNote(note), [newSignerKey('witness.example/w2', COSIGNATURE)])).toEqual([])
    const published = parseVerifierKey(formatVerifierKey(witness))
    expect(published.type).toBe(COSIGNATURE)
    expect(cosignedBy(parseNote(note), [published])).toHaveLength(1)
  })

  it('holds for no other time, text or key', () => {
    const at = (seconds: number) => cosign(text, witness, seconds)
    const [line] = at(1_700_000_000).split('\n')
    const signature = Buffer.from(line!.split(' ')[2]!, 'base64')
    signature[11]! ^= 1
    const later = `${signNote(text, log)}— ${witness.name} ${signature.toString('base64')}\n`
    expect(() => cosignedBy(parseNote(later), [witness])).toThrow(BadSignature)
    const other = signNote(formatCheckpoint({ ...tree, size: 8 }), log) + at(1_700_000_000)
    expect(() => cosignedBy(parseNote(other), [witness])).toThrow(BadSignature)
    // The same key under a plain signature is another id: nobody's.
    expect(cosignedBy(parseNote(signNote(text, log)), [witness])).toEqual([])
  })
})

describe('a proof in a file', () => {
  const leaves = ['a', 'b', 'c'].map((record) => hash('sha256', `\u0000${record}`, 'buffer'))
  const frontier = new Frontier()
  for (const leaf of leaves) frontier.append(leaf)
  const note = signNote(formatCheckpoint({ origin: log.name, size: 3, root: frontier.root() }), log)
  const pair = new Frontier()
  for (const leaf of leaves.slice(0, 2)) pair.append(leaf)
  const file = formatProof(2, [pair.root()], note)

  it('comes back, and proves its record and no other', () => {
    expect(file.startsWith('c2sp.org/tlog-proof@v1\nindex 2\n')).toBe(true)
    const proof = parseProof(file)
    expect(proves(proof, leaves[2]!)).toBe(true)
    expect(proves(proof, leaves[1]!)).toBe(false)
    expect(verifiedKeys(proof.checkpoint.note, [log])).toHaveLength(1)
    const extra = file.replace('\nindex', '\nextra bm90aGluZw==\nindex')
    expect(proves(parseProof(extra), leaves[2]!)).toBe(true)
  })

  it('with any bit of its own lines turned is refused or proves nothing', () => {
    const bytes = Buffer.from(file)
    const own = file.indexOf('\n\n')
    for (let bit = 0; bit < own * 8; bit++) {
      const bent = Buffer.from(bytes)
      bent[bit >> 3]! ^= 1 << (bit & 7)
      try {
        expect(proves(parseProof(bent.toString('latin1')), leaves[2]!)).toBe(false)
      } catch (error) {
        if (!(error instanceof Malformed)) throw error
      }
    }
  })

  it.each([
    ['no checkpoint', file.slice(0, file.indexOf('\n\n'))],
    ['another version', file.replace('@v1', '@v2')],
    ['no index', file.replace('index 2\n', '')],
    ['an index with a zero before it', file.replace('index 2', 'index 02')],
    ['a hash that is none', file.replace('index 2\n', 'index 2\nAAAA\n')],
    ['too many hashes', file.replace('index 2\n', `index 2\n${`${ROOT}\n`.repeat(64)}`)],
  ])('is refused with %s', (_, text) => expect(() => parseProof(text)).toThrow(Malformed))
})
