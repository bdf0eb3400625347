import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBag } from '#integrity/archive/open-bag.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { isInstalled, leftOut } from '#support/outsiders.ts'
import { type Archive, closedQuarter, closedYear, OF_PAGE, OF_YEAR, openArchive } from '#support/packages.ts'

const root = temporaryFolder()
let count = 0
const newFolder = (): string => {
  const folder = join(root.path, String(++count))
  mkdirSync(folder)
  return folder
}
let archive: Archive
let file: string
/** The package, unpacked as an archivist would. */
let bag: string

beforeAll(async () => {
  archive = await openArchive(testEngine('pglite'), newFolder(), [...closedQuarter, ...closedYear])
  const made = await archive.make(OF_YEAR)
  file = made.file
  bag = join(newFolder(), made.package)
  const opened = openBag(file)
  for (const path of opened.files.keys()) {
    mkdirSync(dirname(join(bag, path)), { recursive: true })
    writeFileSync(join(bag, path), opened.read(path, 1e9))
  }
  opened.close()
})
afterAll(async () => {
  await archive.close()
  root.remove()
})

const OPENSSL = 'openssl'
const absent = (program: string, ...how: string[]): boolean => leftOut(isInstalled(program, ...how))
const text = (path: string): string => readFileSync(join(bag, path), 'utf8')

describe('a package without any program of ours', () => {
  it.skipIf(absent('sha512sum', '--version'))(
    'R-3.3 (integrity): sha512sum -c agrees, and tells a changed byte (skipped without coreutils)',
    () => {
      const check = (): number | null =>
        spawnSync('sha512sum', ['-c', '--quiet', 'tagmanifest-sha512.txt', 'manifest-sha512.txt'], {
          cwd: bag,
        }).status
      expect(check()).toBe(0)
      const html = text('data/journal.html')
      appendFileSync(join(bag, 'data/journal.html'), ' ')
      expect(check()).not.toBe(0)
      writeFileSync(join(bag, 'data/journal.html'), html)
    },
  )

  it.skipIf(absent('openssl', 'version'))(
    'R-3.3 (authenticity): openssl verifies the note and the checkpoint by the published key (skipped without openssl)',
    () => {
      const work = newFolder()
      const key = Buffer.from(
        text('data/keys/log.vkey').trim().split('+').slice(2).join('+'),
        'base64',
      ).subarray(-32)
      writeFileSync(
        join(work, 'log.der'),
        Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]),
      )
      const signed = (path: string): string => {
        const note = text(path)
        const end = note.indexOf('\n\n')
        writeFileSync(join(work, 'text'), note.slice(0, end + 1))
        writeFileSync(
          join(work, 'sig'),
          Buffer.from(note.trimEnd().split(' ').at(-1)!, 'base64').subarray(-64),
        )
        const call = [
          'pkeyutl',
          '-verify',
          '-pubin',
          '-keyform',
          'DER',
          '-inkey',
          'log.der',
          '-rawin',
          '-in',
          'text',
          '-sigfile',
          'sig',
        ]
        return execFileSync(OPENSSL, call, { cwd: work }).toString()
      }
      expect(signed('snapshot.note')).toContain('Verified Successfully')
      expect(signed('data/log/checkpoint')).toContain('Verified Successfully')
      const digest = createHash('sha512').update(text('tagmanifest-sha512.txt')).digest('hex')
      expect(text('snapshot.note')).toContain(`tagmanifest-sha512 ${digest}\n`)
    },
  )

  it.skipIf(absent('unzip', '-v'))(
    'R-3.4b (readable): unzip finds no fault in the file (skipped without unzip)',
    () => {
      expect(spawnSync('unzip', ['-t', '-q', file]).status).toBe(0)
    },
  )

  it.skipIf(leftOut(spawnSync('python3', ['-c', 'import bagit']).status === 0))(
    'R-2.15 (BagIt): the validator of the Library of Congress agrees (skipped without python3 and its bagit)',
    () => {
      expect(spawnSync('python3', ['-m', 'bagit', '--validate', bag]).status).toBe(0)
    },
  )

  it.skipIf(absent('python3', '--version'))(
    'R-3.3 (usability): the forms open in Python alone (skipped without python3)',
    () => {
      const program = [
        'import csv, json, sys',
        `form = json.load(open(sys.argv[1] + '/data/journal.json', encoding='utf-8'))`,
        `rows = list(csv.reader(open(sys.argv[1] + '/data/journal.csv', encoding='utf-8-sig', newline=''), delimiter=';'))`,
        `print(len(form['pages']), len(rows), rows[0][0])`,
      ]
      expect(
        execFileSync('python3', ['-c', program.join('\n'), bag])
          .toString()
          .trim(),
      ).toMatch(/^2 \d+ журнал$/)
    },
  )

  it('R-3.3 (reliability): leaves, their places and their chain, with SHA-256 and nothing else', () => {
    const events = text('data/log/events.ndjson').trimEnd().split('\n')
    const places = text('data/log/index.txt').trimEnd().split('\n').map(Number)
    const tile = readFileSync(
      join(bag, `data/log/tile/0/000.p/${text('data/log/checkpoint').split('\n')[1]}`),
    )
    const heads = new Map<string, string>()
    for (const [i, line] of events.entries()) {
      const leaf = createHash('sha256').update(Buffer.of(0)).update(line).digest()
      expect(tile.subarray(places[i]! * 32, places[i]! * 32 + 32).equals(leaf)).toBe(true)
      const { stream, rev, meta } = JSON.parse(line) as {
        stream: string
        rev: number
        meta: { prev: string | null }
      }
      if (stream.includes('journalPage')) expect(meta.prev).toBe(rev === 0 ? null : heads.get(stream))
      heads.set(stream, leaf.toString('base64'))
      expect(leafHash(line)).toBe(leaf.toString('base64'))
    }
    const sealed = JSON.parse(text('data/log/sealed.ndjson')) as {
      data: { streams: Array<{ stream: string; head: string; part: boolean }> }
    }
    for (const { stream, head, part } of sealed.data.streams) if (!part) expect(heads.get(stream)).toBe(head)
  })

  it('R-A3.4c (documented schemas): the schema of every type that it holds stands beside the records', () => {
    const types = new Set(
      text('data/log/events.ndjson')
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type),
    )
    for (const type of types) {
      expect(JSON.parse(text(`data/spec/schemas/${type}.json`))).toMatchObject({
        type: expect.anything() as unknown,
      })
    }
    expect(text('data/spec/FORMAT.md')).toContain('sha512sum -c')
  })

  it('R-3.3: the statement of conformity names four properties, and a test of this file for each', () => {
    const statement = readFileSync(join(import.meta.dirname, '../../../docs/spec/gost-15489.md'), 'utf8')
    const own = readFileSync(import.meta.filename, 'utf8')
    const named = [...statement.matchAll(/`(R-3\.3 \(\w+\))`/g)].map(([, title]) => title!)
    expect(named).toHaveLength(4)
    for (const title of named) expect(own).toContain(`'${title}:`)
  })

  it('a table cannot carry a formula into a spreadsheet', () => {
    expect(text('data/history.csv')).toContain(`'=2+2 перепутал строки`)
    expect(text('data/history.csv')).not.toMatch(/(^|;)[=+@]/m)
    expect(text('data/journal.csv').startsWith('\uFEFF')).toBe(true)
  })

  it('names stand in one file beside the forms, and in no record', () => {
    expect(text('data/names.ndjson')).toContain('Абрамова Анна Сергеевна')
    expect(text('data/log/events.ndjson')).not.toContain('Абрамова')
    expect(text('data/journal.html')).toContain('Абрамова Анна Сергеевна')
    const form = text('data/journal.json')
    expect(form).not.toContain('Абрамова')
    expect(canonicalJson(JSON.parse(form))).toBe(form)
  })

  it('R-2.15 (made again): the same records give the same bytes, in whatever time zone', async () => {
    const zone = process.env['TZ']
    try {
      const digests = new Set<string>()
      for (const each of ['UTC', 'Asia/Tomsk', 'America/New_York']) {
        process.env['TZ'] = each
        const again = await openArchive(testEngine('pglite'), newFolder(), closedQuarter)
        const made = await again.make(OF_PAGE)
        digests.add(createHash('sha512').update(readFileSync(made.file)).digest('hex'))
        await again.close()
      }
      expect(digests.size).toBe(1)
    } finally {
      if (zone === undefined) delete process.env['TZ']
      else process.env['TZ'] = zone
    }
  })
})
