import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const lines = [...read('docs/spec/attacks.md').matchAll(/^\| .* \| `(test\/\S+)`: (.*) \|$/gm)]

describe('the list of attacks', () => {
  it('has a test behind every line', () => {
    const rows = read('docs/spec/attacks.md')
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (---|attack)/.test(line))
    expect(lines).toHaveLength(rows.length)
    expect(rows.length).toBeGreaterThan(40)
  })

  it.each(lines.map(([, file, title]) => ({ file: file!, title: title! })))('$title', ({ file, title }) => {
    const titles = [...read(file).matchAll(/\bit(?:\.\w+)*\(\s*'([^']*)'/g)].map(([, found]) => found!)
    expect(titles.filter((found) => found.includes(title))).not.toEqual([])
  })
})
