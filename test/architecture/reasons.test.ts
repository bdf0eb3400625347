import { globSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { REASONS, type Reason } from '#commands/refusal.ts'
import { contentOfFile, ROOT } from '../../scripts/rule-sources.ts'

/** The table of reasons, and the table of their statuses: naming a reason there is not using it. */
const TABLES = ['src/commands/refusal.ts', 'src/api/problems.ts']

function wordsOf(pattern: string, except: readonly string[] = []): Set<string> {
  const files = globSync(pattern, { cwd: ROOT }).filter((file) => !except.includes(file))
  return new Set(files.flatMap((file) => [...contentOfFile(file).literals]))
}

function absentFrom(words: ReadonlySet<string>): Reason[] {
  return REASONS.filter((reason) => !words.has(reason))
}

describe('every reason of refusal', () => {
  it('is one that somebody refuses with', () => {
    expect(absentFrom(wordsOf('src/{commands,api}/**/*.ts', TABLES))).toEqual([])
  })

  it('is met in a spec', () => {
    expect(absentFrom(wordsOf('test/**/*.test.ts', ['test/architecture/reasons.test.ts']))).toEqual([])
  })
})
