import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Proofs } from '#integrity/proofs.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { formatProof } from '#integrity/tlog/proof-file.ts'
import { formatVerifierKey, newSignerKey } from '#integrity/tlog/signed-note.ts'
import { Uuid } from '#values/uuid.ts'
import { date, id, past } from '#support/class-7a.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { checkpointOf, consistencyOf } from '#support/grown-trees.ts'
import { buildTlogcheck, GO, isInstalled, leftOut } from '#support/outsiders.ts'
import {
  type Archive,
  closedQuarter,
  closedYear,
  OF_SUMMARY,
  OF_YEAR,
  openArchive,
} from '#support/packages.ts'
import { POPPLER, PREFLIGHT, preflight, textOf } from '#support/pdf-tools.ts'
import { LOG_KEY, ORIGIN } from '#support/sealing.ts'

/** So many pupils that the tree has tiles of two levels. */
const strangers = Array.from({ length: 700 }, (_, at) =>
  past('roster', 'main', {
    type: 'PupilEnrolled',
    data: { pupil: id(`pupil/stranger/${at}`), from: date('2026-09-01'), order: null },
  }),
)

const root = temporaryFolder()
const VKEY = formatVerifierKey(LOG_KEY)
let archive: Archive
/** Packages as `unzip` lays them out, by the kind of their scope. */
const bags = new Map<string, string>()
const zips = new Map<string, string>()

beforeAll(async () => {
  const below = join(root.path, 'archive')
  mkdirSync(below)
  archive = await openArchive(testEngine('pglite'), below, [...closedQuarter, ...closedYear, ...strangers])
  for (const scope of [OF_YEAR, OF_SUMMARY]) {
    const { file, package: name } = await archive.make(scope)
    zips.set(scope.kind, file)
    spawnSync('unzip', ['-q', file, '-d', join(root.path, scope.kind)])
    bags.set(scope.kind, join(root.path, scope.kind, name))
  }
}, 120_000)
afterAll(async () => {
  await archive.close()
  root.remove()
})

let copies = 0
/** A package that somebody may spoil. */
function copyOf(kind: string): string {
  const copy = join(root.path, `copy-${++copies}`)
  cpSync(bags.get(kind)!, copy, { recursive: true })
  return copy
}

const written = (name: string, content: string): string => {
  const file = join(root.path, name)
  writeFileSync(file, content)
  return file
}

const pdfsOf = (bag: string): string[] =>
  readdirSync(join(bag, 'data'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.pdf'))
    .map((name) => join(bag, 'data', name))

describe('packages before programs that we did not write', () => {
  it.skipIf(leftOut(isInstalled('unzip', '-v')))('R-3.4b: unzip -t (skipped without unzip)', () => {
    for (const file of zips.values()) expect(spawnSync('unzip', ['-t', '-q', file]).status).toBe(0)
  })

  it.skipIf(leftOut(isInstalled('sha512sum', '--version')))(
    'R-2.15: sha256sum -c and sha512sum -c, and a changed paper is told (skipped without coreutils)',
    () => {
      for (const bag of bags.values()) {
        for (const each of ['sha256', 'sha512']) {
          const check = ['-c', '--quiet', `tagmanifest-${each}.txt`, `manifest-${each}.txt`]
          expect(spawnSync(`${each}sum`, check, { cwd: bag }).status, each).toBe(0)
        }
      }
      const copy = copyOf('class-year')
      appendFileSync(pdfsOf(copy)[0]!, ' ')
      expect(spawnSync('sha256sum', ['-c', '--quiet', 'manifest-sha256.txt'], { cwd: copy }).status).toBe(1)
    },
  )

  it.skipIf(leftOut(PREFLIGHT))(
    'R-3.4c: Apache PDFBox Preflight finds PDF/A-1b (skipped without Java and libpdfbox2-java)',
    async () => {
      const files = [...bags.values()].flatMap(pdfsOf)
      expect(files.length).toBeGreaterThanOrEqual(2)
      expect(await preflight(files)).toEqual(
        files.map(() => expect.stringContaining('is a valid PDF/A-1b file') as unknown),
      )
    },
    120_000,
  )

  it.skipIf(leftOut(POPPLER))(
    'R-3.1, R-3.4c: pdftotext reads names in Cyrillic, places of signature and seal, page numbers, the checkpoint (skipped without poppler)',
    async () => {
      const checkpoint = /journal\.school35\.example\/log\s+\d+\s+[A-Za-z0-9+/]{43}=/
      for (const file of [...bags.values()].flatMap(pdfsOf)) {
        const text = await textOf(file)
        expect(text).toContain('Абрамова Анна Сергеевна')
        expect(text).toMatch(/Директор\s+_+/)
        expect(text).toContain('М.П.')
        expect(text).toMatch(/стр\. 1 из \d+/)
        expect(text).toMatch(checkpoint)
        expect(text).toContain('Последняя запись')
      }
    },
  )

  it.skipIf(leftOut(spawnSync('python3', ['-c', 'import bagit']).status === 0))(
    'R-2.15: the BagIt validator of the Library of Congress (skipped without python3 and its bagit)',
    () => {
      for (const bag of bags.values())
        expect(spawnSync('python3', ['-m', 'bagit', '--validate', bag]).status).toBe(0)
    },
  )
})

describe('the sealed log before the packages note and tlog of the Go project', () => {
  let program: string
  const check = (...args: string[]) => {
    const { status, stderr } = spawnSync(program, args)
    return { status, said: stderr.toString() }
  }
  beforeAll(() => {
    if (GO || process.env['REQUIRE_OUTSIDERS'] === '1') program = buildTlogcheck(root.path)
  }, 300_000)

  it.skipIf(leftOut(GO))(
    'R-D4: a package: its note, its checkpoint and every record in the tree (skipped without golang-go and golang-golang-x-mod-dev)',
    () => {
      for (const bag of bags.values()) {
        expect(check('package', bag, VKEY)).toMatchObject({ status: 0 })
        expect(check('package', bag, formatVerifierKey(newSignerKey(ORIGIN)))).toMatchObject({ status: 1 })
      }
      const events = copyOf('class-year')
      const path = join(events, 'data/log/events.ndjson')
      writeFileSync(path, readFileSync(path, 'utf8').replace('"previous":4,', '"previous":3,'))
      expect(check('package', events, VKEY)).toMatchObject({
        status: 1,
        said: expect.stringContaining('events.ndjson, line') as unknown,
      })
      const tiles = copyOf('class-year')
      const full = join(tiles, 'data/log/tile/0/000')
      writeFileSync(full, Buffer.alloc(readFileSync(full).length))
      expect(check('package', tiles, VKEY)).toMatchObject({ status: 1 })
      const notes = copyOf('summary')
      appendFileSync(join(notes, 'tagmanifest-sha512.txt'), '\n')
      expect(check('package', notes, VKEY)).toMatchObject({ status: 1 })
    },
  )

  it.skipIf(leftOut(GO))(
    'R-D4: the proof of one record, and of no other (skipped without golang-go and golang-golang-x-mod-dev)',
    async () => {
      const sealed = new SealedLog(archive.installation.database.kysely)
      const newest = (await sealed.newest())!
      const line = readFileSync(join(bags.get('class-year')!, 'data/log/events.ndjson'), 'utf8').split(
        '\n',
      )[0]!
      const event = Uuid.parse((JSON.parse(line) as { id: string }).id)
      const place = (await sealed.places([event])).get(event)!
      const proof = await new Proofs(sealed).inclusion(place, newest)
      const file = written('event.tlog-proof', formatProof(place, proof, newest.note))
      expect(check('proof', file, written('record', line), VKEY)).toMatchObject({ status: 0 })
      expect(check('proof', file, written('other', `${line} `), VKEY)).toMatchObject({ status: 1 })
    },
  )

  it.skipIf(leftOut(GO))(
    'R-D4: that one checkpoint goes on from another, and that a forked one does not (skipped without golang-go and golang-golang-x-mod-dev)',
    async () => {
      const sealed = new SealedLog(archive.installation.database.kysely)
      const proofOf = (hashes: ReadonlyArray<Uint8Array>): string =>
        written(
          'consistency.json',
          JSON.stringify({ proof: hashes.map((hash) => Buffer.from(hash).toString('base64')) }),
        )
      const [first, last] = [(await sealed.checkpoints(0, 1))[0]!, (await sealed.newest())!]
      const real = proofOf(await sealed.consistencyProof(first.size, last.size))
      const [older, newer] = [written('older', first.note), written('newer', last.note)]
      expect(check('consistency', older, newer, real, VKEY)).toMatchObject({ status: 0 })
      for (const [from, to] of [
        [1, 2],
        [255, 257],
        [256, 65_537],
        [700, 1_000],
      ] as const) {
        const proof = proofOf(consistencyOf(from, to))
        const [old, next] = [checkpointOf(from, LOG_KEY), checkpointOf(to, LOG_KEY)]
        const files = [written('old', old), written('next', next)] as const
        expect(check('consistency', ...files, proof, VKEY), `${from} to ${to}`).toMatchObject({ status: 0 })
        const forked = written('forked', checkpointOf(to, LOG_KEY, 1))
        expect(check('consistency', files[0], forked, proof, VKEY)).toMatchObject({ status: 1 })
      }
    },
  )
})
