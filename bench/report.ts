import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './machine.ts'
import { type Check, isReached, type Mode, type Outcome, type Scenario, type Table } from './scenario.ts'

const RESULTS = join(import.meta.dirname, 'results')

/** The outcome as people read it: tables, then every figure beside its target. */
export function textOf({ tables, checks, notes }: Outcome): string {
  const parts = tables.map((table) => `${table.title}\n\n${markdown(table)}`)
  if (checks.length > 0) parts.push(markdown(checksTable(checks)))
  if (notes.length > 0) parts.push(notes.map((note) => `- ${note}`).join('\n'))
  return `${parts.join('\n\n')}\n`
}

/** Keeps the outcome with all its samples; the name of the file. */
export function save(scenario: Scenario, outcome: Outcome, mode: Mode, machine: Machine): string {
  mkdirSync(RESULTS, { recursive: true })
  const file = join(RESULTS, `${scenario.name}.json`)
  const { tables, checks, notes, samples } = outcome
  const date = new Date().toISOString()
  const judged = checks.map((check) => ({ ...check, reached: isReached(check) }))
  const kept = { scenario: scenario.name, mode, date, machine, tables, checks: judged, notes, samples }
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`)
  return file
}

/** 12345.6 → `12,346`, 0.7251 → `0.73`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2)
}

function checksTable(checks: readonly Check[]): Table {
  return {
    title: '',
    columns: ['', 'measured', 'target', ''],
    rows: checks.map((check) => {
      const { what, value, unit, target } = check
      const bound = 'least' in target ? `≥ ${target.least}` : `≤ ${target.most}`
      const said = { true: 'reached', false: 'missed', null: 'not measured' }[String(isReached(check))]!
      return [what, value === null ? '–' : `${figure(value)} ${unit}`, `${bound} ${unit}`, said]
    }),
  }
}

function markdown({ columns, rows }: Table): string {
  const lines = [columns, ...rows]
  const widths = columns.map((_, i) => Math.max(3, ...lines.map((line) => line[i]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, i) => (i === 0 ? (cells[i] ?? '').padEnd(width) : (cells[i] ?? '').padStart(width))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(columns), rule, ...rows.map(line)].join('\n')
}
