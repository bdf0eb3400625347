import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NotAKey, parseBackupKey } from '#integrity/backup/backup-key.ts'
import { gunzipLines, gzipLines } from '#integrity/backup/gzip-lines.ts'
import { NotSealed, seal, unseal } from '#integrity/backup/sealed-file.ts'
import { temporaryFolder } from '#support/databases.ts'

const DIGITS = randomBytes(32).toString('hex')
const key = parseBackupKey(DIGITS)
const NAME = 'events-000001-000000000001.ndjson.gz.sealed'
const FRAME = 1_048_576
const HEADER = 32

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of bytes) all.push(piece)
  return Buffer.concat(all)
}

const sealed = (plain: Buffer, piece = 100_000): Promise<Buffer> =>
  whole(seal(pieces(plain, piece), key, NAME))
const opened = (bytes: Buffer, as = NAME, by = key, piece = 77_777): Promise<Buffer> =>
  whole(unseal(pieces(bytes, piece), by, as))

describe('a sealed file', () => {
  it.each([0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 2 * FRAME + 12_345])(
    'of %i bytes opens as it was, in whatever pieces it comes',
    async (size) => {
      const plain = randomBytes(size)
      const file = await sealed(plain)
      expect(file).toHaveLength(HEADER + size + 16 * Math.max(1, Math.ceil(size / FRAME)))
      for (const piece of [1_000, FRAME, 10 * FRAME]) {
        expect((await opened(file, NAME, key, piece)).equals(plain)).toBe(true)
      }
    },
  )

  it('is another one each time', async () => {
    const plain = Buffer.from('the same')
    expect((await sealed(plain)).equals(await sealed(plain))).toBe(false)
  })

  it('does not open with one bit changed, wherever it is', async () => {
    const file = await sealed(randomBytes(40))
    for (let bit = 0; bit < file.length * 8; bit++) {
      const damaged = Buffer.from(file)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      await expect(opened(damaged), `bit ${bit}`).rejects.toBeInstanceOf(NotSealed)
    }
  })

  it('does not open when it ends early, or goes on', async () => {
    const file = await sealed(randomBytes(2 * FRAME + 100))
    const frame = FRAME + 16
    const ends = [0, 5, HEADER, HEADER + 1, HEADER + frame, HEADER + 2 * frame, file.length - 1]
    for (const end of ends)
      await expect(opened(file.subarray(0, end)), `${end}`).rejects.toBeInstanceOf(NotSealed)
    await expect(opened(Buffer.concat([file, Buffer.alloc(1)]))).rejects.toBeInstanceOf(NotSealed)
    await expect(opened(Buffer.concat([file, file.subarray(HEADER)]))).rejects.toBeInstanceOf(NotSealed)
  })

  it('does not open with frames that changed places, or came from another file', async () => {
    const plain = randomBytes(3 * FRAME)
    const [file, other] = [await sealed(plain), await sealed(plain)]
    const frame = (of: Buffer, n: number): Buffer =>
      of.subarray(HEADER + n * (FRAME + 16)).subarray(0, FRAME + 16)
    const header = file.subarray(0, HEADER)
    const swapped = Buffer.concat([header, frame(file, 1), frame(file, 0), frame(file, 2)])
    const foreign = Buffer.concat([header, frame(file, 0), frame(other, 1), frame(file, 2)])
    for (const bytes of [swapped, foreign]) await expect(opened(bytes)).rejects.toBeInstanceOf(NotSealed)
  })

  it('does not open under another name or with another key', async () => {
    const file = await sealed(Buffer.from('letopis'))
    const other = parseBackupKey(randomBytes(32).toString('hex'))
    await expect(opened(file, NAME.replace('000001.', '000002.'))).rejects.toBeInstanceOf(NotSealed)
    await expect(opened(file, NAME, other)).rejects.toBeInstanceOf(NotSealed)
    expect(other.id).not.toBe(key.id)
  })

  const absent = ['openssl', 'gzip', 'dd'].filter((tool) => {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' })
      return false
    } catch {
      return true
    }
  })
  const skipped = absent.length === 0 ? '' : ` (skipped: no ${absent.join(', ')} here)`

  it.skipIf(absent.length > 0)(
    `opens with openssl and a shell, without this program (R-F9)${skipped}`,
    async () => {
      const folder = temporaryFolder()
      const lines = Array.from({ length: 60_000 }, () => randomBytes(30).toString('base64'))
      const file = await whole(seal(gzipLines(lines), key, NAME))
      expect(file.length).toBeGreaterThan(HEADER + FRAME)
      writeFileSync(join(folder.path, NAME), file)
      writeFileSync(join(folder.path, 'key'), `${DIGITS}\n`)
      const script = join(import.meta.dirname, '../../../docs/spec/open-sealed.sh')
      execFileSync('sh', ['-c', `sh ${script} key ${NAME} | gzip -dc > plain`], { cwd: folder.path })
      expect(readFileSync(join(folder.path, 'plain'), 'utf8')).toBe(lines.map((line) => `${line}\n`).join(''))
      folder.remove()
    },
  )
})

describe('a key', () => {
  it.each(['', 'secret', DIGITS.slice(1), `${DIGITS}0`, DIGITS.replace(/./, 'g')])('is not «%s»', (text) => {
    expect(() => parseBackupKey(text)).toThrow(NotAKey)
  })

  it('is 64 hex digits, however they are ended or written', () => {
    expect(parseBackupKey(`${DIGITS.toUpperCase()}\r\n`).id).toBe(key.id)
    expect(key.id).toMatch(/^[0-9a-f]{16}$/)
  })
})

async function unzipped(bytes: Buffer): Promise<string[]> {
  const lines: string[] = []
  for await (const some of gunzipLines(pieces(bytes, 1_000))) lines.push(...some)
  return lines
}

describe('lines in gzip', () => {
  it('come back as they were', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 })), async (texts) => {
        const lines = texts.map((text) => text.replaceAll('\n', ' '))
        expect(await unzipped(await whole(gzipLines(lines)))).toEqual(
          lines.map((line) => line.toWellFormed()),
        )
      }),
      { numRuns: 50 },
    ))

  it('say so when they are cut off, are no text, or have no end', async () => {
    const { gzipSync } = await import('node:zlib')
    const bad = {
      'cut off': 'one\ntwo',
      'no text': Buffer.from([0xff, 0xfe, 0x0a]),
      endless: 'x'.repeat(2_000_000),
    }
    for (const [what, text] of Object.entries(bad)) {
      await expect(unzipped(gzipSync(text)), what).rejects.toMatchObject({ name: 'NotLines' })
    }
    const zipped = gzipSync('one\ntwo\n')
    await expect(unzipped(zipped.subarray(0, -4))).rejects.toMatchObject({ code: 'Z_BUF_ERROR' })
  })
})
