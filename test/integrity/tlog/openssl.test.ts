import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { formatCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { formatVerifierKey, newSignerKey, signNote } from '#integrity/tlog/signed-note.ts'
import { temporaryFolder } from '#support/databases.ts'
import { ROOT } from '../../../scripts/rule-sources.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

/** What docs/spec/sealed-log.md tells to do who has no program of ours. */
const [, commands] = /```bash\n(.*?)```/s.exec(readFileSync(join(ROOT, 'docs/spec/sealed-log.md'), 'utf8'))!

describe('a checkpoint, by the tools of any system', () => {
  const key = newSignerKey('journal.school35.example/log')
  const note = signNote(formatCheckpoint({ origin: key.name, size: 7, root: Buffer.alloc(32, 5) }), key)

  function check(checkpoint: string): string {
    writeFileSync(join(folder.path, 'checkpoint'), checkpoint)
    const env = { ...process.env, VKEY: formatVerifierKey(key) }
    return execFileSync('bash', ['-ec', commands!], { cwd: folder.path, env, stdio: 'pipe' }).toString()
  }

  it('verifies as it was signed, and not when it was changed', () => {
    expect(check(note)).toContain('Signature Verified Successfully')
    expect(() => check(note.replace('\n7\n', '\n8\n'))).toThrow()
  })
})
