import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { headLines } from '#integrity/heads.ts'
import { LogCheck } from '#integrity/log-check.ts'
import { commitCopy, readManifest } from '#main/backup/copy-folder.ts'
import { DamagedCopy } from '#main/backup/damaged-copy.ts'
import { storeLines } from '#main/backup/stored-file.ts'
import { openCopy, verifyCopy } from '#main/backup/verify-copy.ts'
import type { Installation } from '#main/installation.ts'
import { canonicalRecord } from '#events/record.ts'
import { ChainedLog } from '#support/chained-log.ts'
import { backUp, folders, installed, KEY } from '#support/copies.ts'
import { testEngine } from '#support/databases.ts'

const place = folders()
const engine = testEngine('pglite')

/** Small files, so that there are many of them. */
const full = 20_000

async function installation(seed: readonly ChainedLog[]): Promise<Installation> {
  const open = await installed(await engine.open())
  for (const log of seed) await log.write(open.execution.store, 150)
  return open
}

const verified = (folder: string, key: typeof KEY | null): Promise<unknown> =>
  verifyCopy(openCopy(folder, 1, key))

/** The file that is named as the first bad one. */
async function damagedFile(folder: string, key: typeof KEY | null): Promise<string> {
  try {
    await verified(folder, key)
  } catch (error) {
    expect(error).toBeInstanceOf(DamagedCopy)
    expect((error as DamagedCopy).message).toContain((error as DamagedCopy).file)
    return (error as DamagedCopy).file
  }
  throw new Error('nothing was found')
}

/** The manifest and its checksums vouch for each other: which of the two has changed nobody can tell. */
const pairOf = (file: string): string[] =>
  file.startsWith('copy-') ? ['copy-000001.json', 'copy-000001.sha256'] : [file]

describe.each([
  ['encrypted', KEY],
  ['not encrypted', null],
])('a copy that is %s', (_, key) => {
  let whole: string
  let other: string
  let files: string[]
  beforeAll(async () => {
    const source = await installation([new ChainedLog()])
    ;[whole, other] = [place.folder(), place.folder()]
    await backUp(whole, source, { key, full })
    const foreign = await installation([new ChainedLog().skipping(21)])
    await backUp(other, foreign, { key, full })
    files = readdirSync(whole).filter((name) => !name.startsWith('letopis.'))
    expect(files.filter((name) => name.startsWith('events')).length).toBeGreaterThan(3)
    await verified(whole, key)
    await verified(other, key)
  })
  const fileOf = (n: number): string => files[n % files.length]!

  it('R-F9: any bit that has flipped is found, and its file is named', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 7 }), async (n, at, bit) => {
        const folder = place.copyOf(whole)
        const name = fileOf(n)
        const bytes = readFileSync(join(folder, name))
        bytes[at % bytes.length]! ^= 1 << bit
        writeFileSync(join(folder, name), bytes)
        expect(pairOf(name)).toContain(await damagedFile(folder, key))
        rmSync(folder, { recursive: true })
      }),
      { numRuns: 150 },
    ))

  it.each<[string, (file: string) => void]>([
    ['missing', (file) => rmSync(file)],
    ['empty', (file) => truncateSync(file, 0)],
    ['a byte shorter', (file) => truncateSync(file, readFileSync(file).length - 1)],
    ['a byte longer', (file) => appendFileSync(file, '\n')],
    ['written over with zeros', (file) => writeFileSync(file, Buffer.alloc(readFileSync(file).length))],
    ['that of another copy', (file) => copyFileSync(join(other, basename(file)), file)],
    [
      'a link to a file elsewhere',
      (file) => {
        renameSync(file, `${file}-elsewhere`)
        symlinkSync(`${file}-elsewhere`, file)
      },
    ],
  ])('is not good with a file that is %s', async (what, damage) => {
    for (const name of files) {
      // The manifest and checksums are text, which a link gives as well as a file.
      if (what.startsWith('a link') && name.startsWith('copy-')) continue
      const folder = place.copyOf(whole)
      const before = readFileSync(join(folder, name))
      damage(join(folder, name))
      // Two copies of nobody have the same names, byte for byte.
      if (what === 'that of another copy' && before.equals(readFileSync(join(folder, name)))) continue
      expect(pairOf(name), name).toContain(await damagedFile(folder, key))
      rmSync(folder, { recursive: true })
    }
  })

  it('is not good with two files that changed places', async () => {
    const stored = files.filter((name) => !name.startsWith('copy-'))
    for (let n = 1; n < stored.length; n++) {
      const folder = place.copyOf(whole)
      const [one, two] = [join(folder, stored[n - 1]!), join(folder, stored[n]!)]
      renameSync(one, `${one}-aside`)
      renameSync(two, one)
      renameSync(`${one}-aside`, two)
      expect([stored[n - 1], stored[n]]).toContain(await damagedFile(folder, key))
      rmSync(folder, { recursive: true })
    }
  })
})

describe('a copy that somebody has put together by hand, checksums and all', () => {
  let whole: string
  let lines: string[]
  beforeAll(async () => {
    const source = await installation([new ChainedLog()])
    whole = place.folder()
    await backUp(whole, source, { key: null })
    lines = []
    for await (const { canonical } of source.execution.store.readAll()) lines.push(canonical)
  })

  /** Writes the copy anew with other lines: all sums are right, and the heads are those of the lines where they can be. */
  async function forged(changed: readonly string[]): Promise<string> {
    const folder = place.copyOf(whole)
    const { mac: _, ...body } = readManifest(folder, 1)
    const events = await storeLines({ folder, copy: 1, key: null }, 'events', changed, 1)
    const rest = body.files.filter(({ kind }) => kind !== 'events')
    await commitCopy(folder, { ...body, events: changed.length, files: [events, ...rest] }, null)
    return folder
  }

  it('names the line whose record does not follow', async () => {
    const record = JSON.parse(lines[40]!) as Parameters<typeof canonicalRecord>[2] & {
      stream: string
      rev: number
    }
    const rewritten = canonicalRecord(record.stream, BigInt(record.rev), { ...record, data: { i: 'other' } })
    const next = lines.findIndex((line, i) => i > 40 && line.includes(`"stream":"${record.stream}"`))
    const cases: Array<[string[], number, RegExp]> = [
      [lines.with(40, rewritten), next + 1, /цепочка прервана/],
      [lines.toSpliced(40, 1), next, /не следующая/],
      [lines.with(40, lines[40]!.replace('{', '{ ')), 41, /не в канонической форме/],
      [lines.with(40, 'x'), 41, /это не запись/],
    ]
    for (const [changed, line, what] of cases) {
      await expect(verified(await forged(changed), null)).rejects.toThrow(
        new RegExp(`^events-000001-000000000001\\.ndjson\\.gz, строка ${line}[,:].*${what.source}`),
      )
    }
  })

  it('names the manifest when the end of the log was cut off with everything else right', async () => {
    await expect(verified(await forged(lines.slice(0, -1)), null)).rejects.toThrow(/концы потоков/)
  })

  it('names the file of heads when it is not that of the records', async () => {
    const folder = place.copyOf(whole)
    const { mac: _, ...body } = readManifest(folder, 1)
    const heads = await storeLines({ folder, copy: 1, key: null }, 'heads', headLines(new LogCheck().heads))
    const rest = body.files.filter(({ kind }) => kind !== 'heads')
    await commitCopy(folder, { ...body, files: [...rest, heads] }, null)
    await expect(verified(folder, null)).rejects.toThrow(/heads-000001\.txt\.gz: концы потоков не те/)
  })

  it('is known for what it is where there is a key: its manifest is not authentic', async () => {
    const folder = place.folder()
    const source = await installation([new ChainedLog()])
    await backUp(folder, source)
    const { mac, ...body } = readManifest(folder, 1)
    const text = JSON.stringify({ ...body, events: body.events + 1, mac }, null, 2)
    const { checksumText } = await import('#integrity/backup/manifest.ts')
    writeFileSync(join(folder, 'copy-000001.json'), text)
    writeFileSync(join(folder, 'copy-000001.sha256'), checksumText('copy-000001.json', text, body.files))
    expect(() => openCopy(folder, 1, KEY)).toThrow(/манифест составлен не тем, у кого ключ/)
  })
})
