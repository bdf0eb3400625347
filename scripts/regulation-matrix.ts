/** `npm run regulation`: which rows of the regulation are named by tests, by area; `-- --json` for machines. */
import { ROWS, type Row, testsNamingRows } from './regulation-rows.ts'

interface Proven extends Row {
  readonly tests: ReadonlyArray<{ readonly file: string; readonly title: string }>
}

const naming = testsNamingRows()
const rows = ROWS.map((row): Proven => {
  const tests = naming.filter((test) => test.rows.includes(row.id))
  return { ...row, tests: tests.map(({ file, title }) => ({ file, title })) }
})
const known = new Set(ROWS.map(({ id }) => id))
const unknown = naming.flatMap((test) =>
  test.rows.filter((id) => !known.has(id)).map((id) => ({ id, file: test.file, title: test.title })),
)

if (process.argv.includes('--json')) console.log(JSON.stringify({ rows, unknown }, null, 2))
else printTable()

function printTable(): void {
  const areas = Map.groupBy(rows, ({ area }) => area)
  for (const [area, within] of areas) {
    console.log(`\n${area}: ${countOf(within)}`)
    for (const { id, level, title, tests } of within) {
      const count = tests.length === 0 ? '·' : String(tests.length)
      console.log(`  ${count.padStart(3)}  ${id.padEnd(9)} ${level}  ${title}`)
    }
  }
  console.log(`\n${'area'.padEnd(16)} rows  named`)
  for (const [area, within] of areas) printCount(area, within)
  printCount('all', rows)
  for (const { id, file, title } of unknown) console.log(`unknown row ${id}: ${file}: ${title}`)
}

function printCount(name: string, within: readonly Proven[]): void {
  const named = within.filter(({ tests }) => tests.length > 0).length
  console.log(`${name.padEnd(16)} ${String(within.length).padStart(4)}  ${String(named).padStart(5)}`)
}

function countOf(within: readonly Proven[]): string {
  return `${within.filter(({ tests }) => tests.length > 0).length} of ${within.length} rows named by tests`
}
