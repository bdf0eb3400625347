/**
 * Writes the documents that are made from the code, or with `--check` says which of them no longer agree with it.
 * A new one is a line in `DOCUMENTS`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { featureMap } from './feature-map.ts'
import { openApi } from './openapi.ts'
import { processingRecord } from './processing-record.ts'
import { ROOT } from './rule-sources.ts'

interface Document {
  readonly path: string
  content(): string | Promise<string>
}

const DOCUMENTS: readonly Document[] = [
  { path: 'docs/FEATURES.md', content: featureMap },
  { path: 'docs/openapi.json', content: openApi },
  { path: 'docs/spec/processing-record.md', content: processingRecord },
]

async function staleDocuments(): Promise<ReadonlyArray<{ path: string; content: string }>> {
  const made = await Promise.all(
    DOCUMENTS.map(async (document) => ({ path: document.path, content: await document.content() })),
  )
  return made.filter(({ path, content }) => read(path) !== content)
}

function read(path: string): string | null {
  try {
    return readFileSync(join(ROOT, path), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const check = process.argv.includes('--check')
const stale = await staleDocuments()
for (const { path, content } of stale) {
  if (check) {
    console.error(`stale: ${path} (npm run docs:write)`)
    continue
  }
  mkdirSync(dirname(join(ROOT, path)), { recursive: true })
  writeFileSync(join(ROOT, path), content)
  console.log(`written: ${path}`)
}
if (stale.length === 0) console.log(`docs: ${DOCUMENTS.length} made from the code, all of them up to date`)
if (check && stale.length > 0) process.exitCode = 1
