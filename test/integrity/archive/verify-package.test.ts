import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBag } from '#integrity/archive/open-bag.ts'
import { storedZip } from '#integrity/archive/stored-zip.ts'
import { newSignerKey, formatVerifierKey, signNote } from '#integrity/tlog/signed-note.ts'
import { makePackage } from '#main/archive/make-package.ts'
import { OPERATOR } from '#main/operator.ts'
import { verifyPackageFile } from '#main/verifying-packages.ts'
import { OTHER_SCHOOL } from '#support/api.ts'
import { id, PAGE } from '#support/class-7a.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import {
  type Archive,
  closedQuarter,
  closedYear,
  OF_PAGE,
  OF_SUMMARY,
  OF_YEAR,
  openArchive,
} from '#support/packages.ts'
import { recordPast } from '#support/past-in-log.ts'
import { LOG_KEY, ORIGIN } from '#support/sealing.ts'

const root = temporaryFolder()
let archive: Archive
let trust: string
let made: { package: string; file: string }
let files: Map<string, Buffer>
let count = 0
const newFolder = (): string => {
  const folder = join(root.path, String(++count))
  mkdirSync(folder)
  return folder
}

beforeAll(async () => {
  archive = await openArchive(testEngine('pglite'), newFolder(), [...closedQuarter, ...closedYear])
  made = await archive.make(OF_PAGE)
  trust = join(newFolder(), 'trust.json')
  writeFileSync(trust, archive.trust)
  files = unpacked(made.file)
})
afterAll(async () => {
  await archive.close()
  root.remove()
})

function unpacked(file: string): Map<string, Buffer> {
  const bag = openBag(file)
  const found = new Map([...bag.files.keys()].map((path) => [path, bag.read(path, 1e9)]))
  bag.close()
  return found
}

/** Writes a package as a zip, in the order of names, as the service does. */
function zipped(of: ReadonlyMap<string, Buffer>, bag = made.package): string {
  const names = [...of.keys()].map((name) => `${bag}/${name}`).toSorted()
  const file = join(newFolder(), 'package.zip')
  writeFileSync(
    file,
    Buffer.concat([
      ...storedZip(names.map((name) => ({ name, bytes: of.get(name.slice(bag.length + 1))! }))),
    ]),
  )
  return file
}

/** Writes a package as a folder, whatever its names. */
function laidOut(of: ReadonlyMap<string, Buffer>): string {
  const folder = join(newFolder(), made.package)
  for (const [name, bytes] of of) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  return folder
}

const digest = (algorithm: string, bytes: Buffer): string => createHash(algorithm).update(bytes).digest('hex')

/** What somebody does who changed files and wants them to look right: every manifest anew. */
function rehashed(of: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
  const next = new Map(of)
  const manifest = (algorithm: string, names: readonly string[]): Buffer =>
    Buffer.from(
      names
        .toSorted()
        .map((name) => `${digest(algorithm, next.get(name)!)}  ${name}\n`)
        .join(''),
    )
  const payload = [...next.keys()].filter((name) => name.startsWith('data/'))
  for (const each of ['sha256', 'sha512']) next.set(`manifest-${each}.txt`, manifest(each, payload))
  const tags = ['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'manifest-sha512.txt']
  for (const each of ['sha256', 'sha512']) next.set(`tagmanifest-${each}.txt`, manifest(each, tags))
  return next
}

const changed = (name: string, to: (bytes: Buffer) => Buffer | string): Map<string, Buffer> =>
  new Map([...files, [name, Buffer.from(to(files.get(name)!))]])
const without = (name: string): Map<string, Buffer> => new Map([...files].filter(([each]) => each !== name))
const flipped = (bytes: Buffer, at = Math.floor(bytes.length / 2)): Buffer => {
  const next = Buffer.from(bytes)
  next[at]! ^= 1
  return next
}
const lines = (bytes: Buffer): string[] => bytes.toString().trimEnd().split('\n')
const joined = (of: readonly string[]): string => of.map((line) => `${line}\n`).join('')

const verified = (path: string, asked: object = {}) => verifyPackageFile(path, { trust, ...asked })

describe('a package as it was made', () => {
  it('R-D4 (verified without the service): zipped and unpacked, it is proven and anchored', async () => {
    expect(await verified(made.file)).toMatchObject({
      exit: 0,
      json: { bag: made.package, anchored: true, signed: true },
    })
    expect(await verified(laidOut(files))).toMatchObject({ exit: 0 })
    expect(await verified(dirname(laidOut(files)))).toMatchObject({ exit: 0 })
    const json = JSON.parse(files.get('data/journal.json')!.toString()) as {
      pages: Array<{ page: string; lessons: unknown[] }>
    }
    expect(json.pages.map(({ page }) => page)).toEqual([PAGE])
  })

  it('R-2.15 (exit codes): 3 without a key that is trusted, 4 with warnings under --strict, 2 for what is none', async () => {
    expect((await verifyPackageFile(made.file, {})).exit).toBe(3)
    const other = join(newFolder(), 'trust.json')
    writeFileSync(other, JSON.stringify({ keys: [formatVerifierKey(newSignerKey(ORIGIN))] }))
    // The key inside the package is no anchor, and neither is one of the same name.
    expect((await verifyPackageFile(made.file, { trust: other })).exit).toBe(3)
    expect((await verified(made.file, { strict: true })).exit).toBe(4)
    expect((await verified(made.file, { witnessQuorum: 1 })).exit).toBe(3)
    const pinned = join(newFolder(), 'checkpoint')
    writeFileSync(pinned, files.get('data/log/checkpoint')!)
    expect((await verified(made.file, { strict: true, pinned: [pinned] })).exit).toBe(0)
    expect((await verified(join(root.path, 'nothing.zip'))).exit).toBe(2)
    expect((await verified(trust)).exit).toBe(2)
  })

  it('R-3.4b (every scope): a class for a year, its summary sheet for 25 years, an extract', async () => {
    const year = await archive.make(OF_YEAR)
    const summary = await archive.make(OF_SUMMARY)
    for (const each of [year, summary]) expect(await verified(each.file)).toMatchObject({ exit: 0 })
    expect((await verified(summary.file)).json).toMatchObject({ retainUntil: '2053-01-01' })
    expect((await verified(year.file)).json).toMatchObject({ retainUntil: '2033-01-01' })
    // Of a summary sheet, which is kept longer, lessons and marks are no part.
    const kept = unpacked(summary.file).get('data/log/events.ndjson')!.toString()
    expect(kept).toContain('FinalMarkRecorded')
    expect(kept).not.toMatch(/LessonRecorded|"MarkRecorded"|AttendanceTaken/)
  })
})

const EVENTS = 'data/log/events.ndjson'

const swap = (of: string[], a: number, b: number): string[] => of.with(a, of[b]!).with(b, of[a]!)

const events = (to: (of: string[]) => string[]) => (bytes: Buffer) => joined(to(lines(bytes)))

const tile = (): string => [...files.keys()].find((name) => name.startsWith('data/log/tile/0/'))!

const withoutNote = (of: Map<string, Buffer>): Map<string, Buffer> =>
  new Map([...of].filter(([name]) => name !== 'snapshot.note'))

const zip = (): Buffer => readFileSync(made.file)

const written = (bytes: Buffer): string => {
  const file = join(newFolder(), 'package.zip')
  writeFileSync(file, bytes)
  return file
}

/** Somebody else's zip of one file, its fields as he likes. */
function foreign(
  name: string,
  { method = 0, flags = 0, attributes = 0o100644 * 0x10000, size = 1, extra = 0 } = {},
): Buffer {
  const bytes = Buffer.from('x')
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50, 0)
  const fields = (of: Buffer): void => {
    of.writeUInt16LE(20, 0)
    of.writeUInt16LE(flags, 2)
    of.writeUInt16LE(method, 4)
    of.writeUInt16LE(0x21, 8)
    of.writeUInt32LE(crc32(bytes), 10)
    of.writeUInt32LE(1, 14)
    of.writeUInt32LE(size, 18)
    of.writeUInt16LE(name.length, 22)
  }
  fields(head.subarray(4))
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt16LE((3 << 8) | 20, 4)
  fields(central.subarray(6))
  central.writeUInt16LE(extra, 30)
  central.writeUInt32LE(attributes, 38)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(46 + name.length, 12)
  end.writeUInt32LE(30 + name.length + 1, 16)
  return Buffer.concat([head, Buffer.from(name), bytes, central, Buffer.from(name), end])
}

const note = (root: string): string =>
  signNote(`${ORIGIN}\n${lines(files.get('data/log/checkpoint')!)[1]}\n${root}\n`, LOG_KEY)

describe('an attack on a package', () => {
  /** What is done, and what the verifier says of it: code, and the file that it names. */
  const ATTACKS: ReadonlyArray<
    readonly [name: string, attack: () => Map<string, Buffer>, exit: number, file?: string]
  > = [
    ['a bit of a form', () => changed('data/journal.html', flipped), 1, 'data/journal.html'],
    ['a bit of the journal', () => changed('data/journal.json', flipped), 1, 'data/journal.json'],
    ['a bit of a table', () => changed('data/journal.csv', flipped), 1, 'data/journal.csv'],
    [
      'a bit of a name',
      () => changed('data/names.ndjson', (of) => flipped(of, of.length - 4)),
      1,
      'data/names.ndjson',
    ],
    ['another form', () => changed('data/journal.html', () => '<html>5</html>'), 1, 'data/journal.html'],
    [
      'an extra file in the payload',
      () => new Map([...files, ['data/extra.txt', Buffer.from('x')]]),
      1,
      'data/extra.txt',
    ],
    ['an unlisted tag', () => new Map([...files, ['notes.txt', Buffer.from('x')]]), 1, 'notes.txt'],
    ['a missing file', () => without('data/journal.csv'), 1, 'data/journal.csv'],
    [
      'a form, every manifest made anew',
      () => rehashed(changed('data/journal.html', () => '<html>5</html>')),
      1,
      'tagmanifest-sha512.txt',
    ],
    [
      'the same, without the note',
      () => withoutNote(rehashed(changed('data/journal.html', () => '<html>5</html>'))),
      1,
      'manifest-sha512.txt',
    ],
    [
      'an extra file, every manifest anew, without the note',
      () => withoutNote(rehashed(new Map([...files, ['data/extra.txt', Buffer.from('x')]]))),
      1,
      'manifest-sha512.txt',
    ],
    ['the note dropped', () => without('snapshot.note'), 3],
    [
      'a bit of the note',
      () => changed('snapshot.note', (of) => of.toString().replace('retain-until 20', 'retain-until 10')),
      1,
    ],
    [
      'the note signed by another key of the name',
      () =>
        changed('snapshot.note', (of) =>
          signNote(of.toString().split('\n\n')[0]! + '\n', newSignerKey(ORIGIN)),
        ),
      3,
    ],
    [
      'a bit of the checkpoint',
      () =>
        changed('data/log/checkpoint', (of) =>
          of.toString().replace(/^\d+$/m, (size) => String(Number(size) + 1)),
        ),
      1,
    ],
    ['a tile of zeroes', () => changed(tile(), (of) => Buffer.alloc(of.length)), 1, 'data/log/checkpoint'],
    ['a missing tile', () => without(tile()), 1],
    [
      'a bit of a record',
      () => changed(EVENTS, (of) => of.toString().replace('"previous":4,', '"previous":3,')),
      1,
      EVENTS,
    ],
    [
      'a record that is not canonical',
      () => changed(EVENTS, (of) => of.toString().replace('{"data"', '{ "data"')),
      1,
      EVENTS,
    ],
    [
      'a record deleted',
      () =>
        changed(
          EVENTS,
          events((of) => of.slice(0, -1)),
        ),
      1,
    ],
    [
      'a record in the middle deleted, with its place',
      () =>
        new Map([
          ...changed(
            EVENTS,
            events((of) => of.toSpliced(-3, 1)),
          ),
          [
            'data/log/index.txt',
            Buffer.from(joined(lines(files.get('data/log/index.txt')!).toSpliced(-3, 1))),
          ],
        ]),
      1,
      EVENTS,
    ],
    [
      'the end of a stream deleted, with its place',
      () =>
        new Map([
          ...changed(
            EVENTS,
            events((of) => of.slice(0, -1)),
          ),
          ['data/log/index.txt', Buffer.from(joined(lines(files.get('data/log/index.txt')!).slice(0, -1)))],
        ]),
      1,
      EVENTS,
    ],
    [
      'a record twice',
      () =>
        changed(
          EVENTS,
          events((of) => [...of, of.at(-1)!]),
        ),
      1,
    ],
    [
      'records in another order',
      () =>
        changed(
          EVENTS,
          events((of) => swap(of, 2, 3)),
        ),
      1,
      EVENTS,
    ],
    [
      'places in another order',
      () =>
        changed(
          'data/log/index.txt',
          events((of) => swap(of, 2, 3)),
        ),
      1,
    ],
    [
      'a void operation put in',
      () => changed('data/log/void.json', () => `["${JSON.parse(lines(files.get(EVENTS)!).at(-1)!).id}"]`),
      1,
      'data/log/void.json',
    ],
    [
      'the sealing of another package',
      () =>
        changed('data/log/sealed.ndjson', (of) =>
          of.toString().replace('"retainUntil":"2032', '"retainUntil":"2027'),
        ),
      1,
      'data/log/sealed.ndjson',
    ],
    [
      'a manifest line twice',
      () => changed('manifest-sha512.txt', (of) => of.toString() + joined([lines(of)[0]!])),
      2,
    ],
    [
      'a manifest with CR LF',
      () => changed('manifest-sha512.txt', (of) => of.toString().replaceAll('\n', '\r\n')),
      2,
    ],
    [
      'a manifest that leads out',
      () =>
        changed('manifest-sha512.txt', (of) =>
          of.toString().replace('data/journal.csv', 'data/../../etc/passwd'),
        ),
      2,
    ],
    [
      'a manifest with an absolute path',
      () => changed('manifest-sha512.txt', (of) => of.toString().replace('data/journal.csv', '/etc/passwd')),
      2,
    ],
    ['another version of BagIt', () => changed('bagit.txt', (of) => of.toString().replace('1.0', '0.97')), 2],
    [
      'the name of another package',
      () =>
        changed('bag-info.txt', (of) =>
          of.toString().replace(/External-Identifier: \S/, 'External-Identifier: 0'),
        ),
      1,
    ],
  ]

  it.each(ATTACKS.map(([name, attack, exit, file]) => ({ name, attack, exit, file })))(
    '$name is found',
    async ({ attack, exit, file }) => {
      const verdict = await verified(laidOut(attack()))
      expect(verdict, verdict.lines.join('\n')).toMatchObject({ exit })
      if (file !== undefined) expect(verdict.json).toMatchObject({ file })
      if (exit === 1) expect(verdict.lines.join()).toContain('НАРУШЕНИЕ')
    },
  )

  it('R-2.15 (any one bit): every file of a package is found with a bit of it changed', async () => {
    for (const name of files.keys()) {
      for (const at of [0, files.get(name)!.length - 1]) {
        const { exit, lines: said } = await verified(laidOut(changed(name, (of) => flipped(of, at))))
        expect([1, 2], `${name} at ${at}: ${exit} ${said.join()}`).toContain(exit)
      }
    }
  })

  it('R-2.15 (first bad record): leaf, stream and revision are named', async () => {
    const verdict = await verified(
      laidOut(changed(EVENTS, (of) => of.toString().replace('"previous":4,', '"previous":3,'))),
    )
    expect(verdict.json).toMatchObject({ file: EVENTS, stream: `tomsk35.journalPage-${PAGE}`, rev: 5 })
    expect((verdict.json as { leaf: number }).leaf).toBeGreaterThan(0)
  })

  it('a link, whatever it leads to, is refused', async () => {
    const folder = laidOut(without('data/journal.csv'))
    symlinkSync('/etc/hostname', join(folder, 'data/journal.csv'))
    expect((await verified(folder)).exit).toBe(2)
  })

  it('R-2.15 (a stick that cannot be written): a missing file is named there too, and nothing is written', async () => {
    const folder = laidOut(without('data/journal.csv'))
    const whole = laidOut(files)
    for (const [place, expected] of [
      [folder, { exit: 1, json: { file: 'data/journal.csv' } }],
      [whole, { exit: 0 }],
    ] as const) {
      const found = () =>
        readdirSync(place, { recursive: true, encoding: 'utf8' })
          .toSorted()
          .map((name) => [name, statSync(join(place, name)).mtimeMs, statSync(join(place, name)).size])
      const before = found()
      const protect = (mode: number): void => {
        for (const [name] of before) {
          const path = join(place, String(name))
          if (statSync(path).isDirectory()) chmodSync(path, mode)
        }
        chmodSync(place, mode)
      }
      protect(0o555)
      expect(await verified(place)).toMatchObject(expected)
      expect(found()).toEqual(before)
      protect(0o755)
    }
  })

  it('R-2.15 (of another school): of this log it says of which; under another name, or of another log, it is nobody’s', async () => {
    await recordPast(archive.execution.store, [...closedQuarter, ...closedYear], OTHER_SCHOOL)
    const other = { school: OTHER_SCHOOL, id: id('job/other'), package: id('package/other') }
    const packed = await makePackage(archive.making, { ...other, scope: OF_PAGE, actor: OPERATOR })
    if ('refused' in packed) throw new Error(packed.refused)
    const file = archive.folder.pathOf(packed.sha512)
    const verdict = await verified(file)
    expect(verdict).toMatchObject({ exit: 0, json: { school: OTHER_SCHOOL, bag: other.package } })
    expect(verdict.lines.join()).toContain(`школа ${OTHER_SCHOOL}`)
    // Passed off as ours: under the name of our package, or as our record of the sealing.
    const theirs = unpacked(file)
    expect(await verified(zipped(theirs))).toMatchObject({ exit: 1 })
    const sealed = 'data/log/sealed.ndjson'
    const mixed = laidOut(new Map([...files, [sealed, theirs.get(sealed)!]]))
    expect(await verified(mixed)).toMatchObject({ exit: 1, json: { file: sealed } })

    // Of another installation: another log, whose key nobody here trusts, however it is called.
    const foreignTrust = join(newFolder(), 'trust.json')
    writeFileSync(
      foreignTrust,
      JSON.stringify({ keys: [formatVerifierKey(newSignerKey('journal.school99.example/log'))] }),
    )
    expect((await verifyPackageFile(made.file, { trust: foreignTrust })).exit).toBe(3)
  })

  describe('on its zip', () => {
    const ZIPS: ReadonlyArray<readonly [string, () => Buffer]> = [
      ['a path that leads out', () => foreign('../x')],
      ['a path that leads out below', () => foreign('bag/../../x')],
      ['an absolute path', () => foreign('/etc/passwd')],
      ['a path of Windows', () => foreign('bag\\..\\x')],
      ['a packed file (a bomb)', () => foreign('bag/x', { method: 8, size: 0xffff_fff0 })],
      ['a file larger than its bytes', () => foreign('bag/x', { size: 1_000_000 })],
      ['an encrypted file', () => foreign('bag/x', { flags: 1 })],
      ['a link', () => foreign('bag/x', { attributes: 0o120777 * 0x10000 })],
      ['sizes of zip64', () => foreign('bag/x', { size: 0xffff_ffff })],
      ['an extra field', () => foreign('bag/x', { extra: 4 })],
      ['something before the first file', () => Buffer.concat([Buffer.from('#!/bin/sh\n'), zip()])],
      ['something behind the end', () => Buffer.concat([zip(), Buffer.from('x')])],
      ['its end cut off', () => zip().subarray(0, -30)],
      ['its middle cut out', () => Buffer.concat([zip().subarray(0, 5_000), zip().subarray(9_000)])],
      ['nothing in it', () => Buffer.alloc(0)],
    ]
    it.each(ZIPS)('%s is refused', async (_, attack) => {
      expect((await verified(written(attack()))).exit).toBe(2)
    })

    it('every byte of the beginning, the end and the directory matters', async () => {
      const whole = zip()
      const places = [
        ...Array.from({ length: 60 }, (_, i) => i * 7),
        ...Array.from({ length: 200 }, (_, i) => whole.length - 1 - i * 11),
      ]
      for (const at of places) {
        const { exit } = await verified(written(flipped(whole, at)))
        expect([1, 2], `byte ${at}`).toContain(exit)
      }
    })

    it('is read as it was written by another order of files too, whose proofs are the same', async () => {
      expect((await verified(zipped(files))).exit).toBe(0)
      rmSync(join(root.path, String(count)), { recursive: true })
    })
  })

  it('by the owner of the key: a package signed anew under the true key is told by a checkpoint kept elsewhere', async () => {
    const pinned = join(newFolder(), 'checkpoint')
    writeFileSync(pinned, note(Buffer.alloc(32, 7).toString('base64')))
    expect((await verified(made.file, { pinned: [pinned] })).exit).toBe(1)
  })
})
