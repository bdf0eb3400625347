import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { ROWS, testsNamingRows } from '../../scripts/regulation-rows.ts'
import { ROOT } from '../../scripts/rule-sources.ts'

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** The files of the repository to which a document links; addresses and anchors are left out. */
function linksOf(file: string): string[] {
  return [...read(file).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => join(dirname(file), target))
}

/** The documents that the comments of a source file name: `docs/decisions/0004`, `docs/spec/record.md`. */
function documentsNamedIn(file: string): string[] {
  return [...new Set(read(file).match(/\bdocs\/[A-Za-z0-9/_.-]*[A-Za-z0-9]/g))]
}

function stands(document: string): boolean {
  return existsSync(join(ROOT, document)) || globSync(`${document}-*.md`, { cwd: ROOT }).length > 0
}

describe('a document', () => {
  const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).toSorted()

  it.each(documents)('%s links to files that exist', (file) => {
    expect(linksOf(file).filter((target) => !existsSync(join(ROOT, target)))).toEqual([])
  })

  it('that the source names exists', () => {
    const sources = globSync('src/**/*.ts', { cwd: ROOT })
    const missing = sources.flatMap((file) =>
      documentsNamedIn(file)
        .filter((document) => !stands(document))
        .map((document) => `${file} names ${document}`),
    )
    expect(missing).toEqual([])
  })
})

describe('the specification of the record', () => {
  const records = read('docs/spec/record-example.ndjson').trimEnd().split('\n')
  const hashes = records.map(leafHash)

  it('gives an example whose hashes are right', () => {
    expect(hashes).toHaveLength(2)
    for (const hash of hashes) expect(read('docs/spec/record.md')).toContain(`\n${hash}\n`)
  })

  it('gives an example that is canonical and chained', () => {
    const parsed = records.map(
      (record) => JSON.parse(record) as { rev: number; meta: { prev: string | null } },
    )
    expect(parsed.map(canonicalJson)).toEqual(records)
    expect(parsed.map(({ rev }) => rev)).toEqual([0, 1])
    expect(parsed.map(({ meta }) => meta.prev)).toEqual([null, hashes[0]])
  })
})

describe('the rows of the regulation', () => {
  const ids = ROWS.map(({ id }) => id)

  it('are 152, each with an id of its own', () => {
    expect(ids).toHaveLength(152)
    expect(new Set(ids).size).toBe(152)
  })

  it('are what tests name: no title speaks of a row that does not exist', () => {
    const unknown = testsNamingRows().flatMap(({ file, rows }) =>
      rows.filter((row) => !ids.includes(row)).map((row) => `${file} names ${row}`),
    )
    expect(unknown).toEqual([])
  })
})
