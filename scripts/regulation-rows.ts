import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from '@swc/core'
import { z } from 'zod'
import { ROOT } from './rule-sources.ts'

const Row = z.strictObject({
  id: z.string().regex(/^R-[A-Z0-9][A-Za-z0-9.]*$/),
  clause: z.string(),
  title: z.string(),
  area: z.enum([
    'entry',
    'rights',
    'control reports',
    'diary',
    'summary',
    'archive',
    'security',
    'exchange',
    'admin',
  ]),
  /** M mandatory, S recommended, O organisational (the software can only support it), D derived by us. */
  level: z.enum(['M', 'S', 'O', 'D']),
})

/** One row of the regulation, as a test may name it. */
export type Row = z.infer<typeof Row>

/** The rows of the regulation, `docs/regulation/rows.json`. */
export const ROWS: readonly Row[] = z
  .array(Row)
  .parse(JSON.parse(readFileSync(join(ROOT, 'docs/regulation/rows.json'), 'utf8')))

/** A test that runs, with the rows that its title names. */
export interface NamingTest {
  readonly file: string
  readonly title: string
  readonly rows: readonly string[]
}

/** The tests whose title, or that of a `describe` around them, names rows: `R-2.7b: homework is due …`. */
export function testsNamingRows(): NamingTest[] {
  return globSync('test/**/*.test.ts', { cwd: ROOT })
    .toSorted()
    .flatMap((file) => {
      const { body } = parseSync(readFileSync(join(ROOT, file), 'utf8'), {
        syntax: 'typescript',
        target: 'es2024',
      })
      return testsIn(body, '').map((title) => ({ file, title, rows: rowsIn(title) }))
    })
    .filter(({ rows }) => rows.length > 0)
}

/** `R-2.7b` and `R-D1` in «R-2.7b, R-D1. Homework …»; a range such as R-4.4a-d names its first row only. */
export function rowsIn(title: string): string[] {
  return [...new Set(title.match(/\bR-[A-Z0-9][A-Za-z0-9.]*/g)?.map((id) => id.replace(/\.+$/, '')))]
}

type Node = Readonly<Record<string, unknown>>

/** The full titles of the tests below a node of the syntax tree; those that are skipped prove nothing. */
function testsIn(value: unknown, around: string): string[] {
  if (Array.isArray(value)) return value.flatMap((element) => testsIn(element, around))
  if (typeof value !== 'object' || value === null) return []
  const node = value as Node
  const words = node['type'] === 'CallExpression' ? calleeOf(node['callee'] as Node) : []
  const [callee] = words
  if (callee !== 'describe' && callee !== 'it' && callee !== 'test') {
    return Object.values(node).flatMap((child) => testsIn(child, around))
  }
  if (words.includes('skip') || words.includes('todo')) return []
  const [first, ...others] = node['arguments'] as readonly Node[]
  const title = titleOf(first?.['expression'] as Node | undefined)
  // A title that is made at run time names no row, but the tests within may.
  const full = [around, title ?? ''].filter((part) => part !== '').join(' ')
  return callee === 'describe' ? testsIn(others, full) : [full]
}

/** `it.each(table)` → `['it', 'each']` */
function calleeOf(callee: Node): string[] {
  if (callee['type'] === 'Identifier') return [String(callee['value'])]
  if (callee['type'] === 'CallExpression') return calleeOf(callee['callee'] as Node)
  if (callee['type'] !== 'MemberExpression') return []
  const property = callee['property'] as Node
  const object = calleeOf(callee['object'] as Node)
  return object.length === 0 ? [] : [...object, String(property['value'])]
}

function titleOf(node: Node | undefined): string | null {
  if (node?.['type'] === 'StringLiteral') return String(node['value'])
  if (node?.['type'] !== 'TemplateLiteral') return null
  return (node['quasis'] as ReadonlyArray<{ readonly raw: string }>).map(({ raw }) => raw).join('…')
}
