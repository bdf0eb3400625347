/**
 * Proves that the check of boundaries still sees. A tool that reads no file reports no violation and exits with 0,
 * so beside `npm run boundaries` this writes small offending files, one set for each rule of
 * `.dependency-cruiser.json`, and fails when one of them goes unreported, when an innocent file is reported, when
 * a rule has no offender here, or when the tool has read fewer files of `src` than there are.
 */
import { execFile } from 'node:child_process'
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

const ROOT = resolve(import.meta.dirname, '..')
const CONFIG = join(ROOT, '.dependency-cruiser.json')

/** An import that must not be, and the rule that must say so. */
interface Offence {
  readonly rule: string
  readonly from: string
  readonly imports: string
}

const OFFENCES: readonly Offence[] = [
  { rule: 'values-know-nothing', from: 'src/values/x', imports: '#events/registry.ts' },
  { rule: 'values-know-nothing', from: 'src/values/x', imports: 'kysely' },
  { rule: 'values-know-nothing', from: 'src/values/x', imports: 'node:fs' },
  { rule: 'values-know-nothing', from: 'src/values/x', imports: '#integrity/tlog/leaf-hash.ts' },
  { rule: 'tlog-lifts-out', from: 'src/integrity/tlog/x', imports: '#values/time.ts' },
  { rule: 'tlog-lifts-out', from: 'src/integrity/tlog/x', imports: '../sealer.ts' },
  { rule: 'tlog-lifts-out', from: 'src/integrity/tlog/x', imports: 'zod' },
  { rule: 'tlog-lifts-out', from: 'src/integrity/tlog/x', imports: 'node:fs' },
  { rule: 'events-stand-on-values', from: 'src/events/x', imports: '#commands/refusal.ts' },
  { rule: 'events-stand-on-values', from: 'src/events/store/x', imports: '#main/config.ts' },
  { rule: 'events-stand-on-values', from: 'src/events/x', imports: '#integrity/sealer.ts' },
  { rule: 'vocabulary-needs-zod-only', from: 'src/events/x', imports: 'kysely' },
  { rule: 'vocabulary-needs-zod-only', from: 'src/events/x', imports: 'node:crypto' },
  {
    rule: 'commands-stand-on-events',
    from: 'src/commands/x',
    imports: '#projections/class-journal/queries.ts',
  },
  {
    rule: 'commands-stand-on-events',
    from: 'src/commands/roster/x',
    imports: '#projections/class-journal/queries.ts',
  },
  { rule: 'commands-stand-on-events', from: 'src/commands/x', imports: '#integrity/sealer.ts' },
  { rule: 'commands-stand-on-events', from: 'src/commands/x', imports: '#api/app.ts' },
  { rule: 'rules-are-pure', from: 'src/commands/roster/x', imports: 'node:crypto' },
  { rule: 'rules-are-pure', from: 'src/commands/roster/x', imports: 'node:fs' },
  { rule: 'rules-are-pure', from: 'src/commands/roster/x', imports: 'kysely' },
  { rule: 'rules-are-pure', from: 'src/commands/roster/x', imports: 'temporal-polyfill' },
  {
    rule: 'rules-do-not-carry-themselves-out',
    from: 'src/commands/roster/x',
    imports: '#events/store/event-store.ts',
  },
  { rule: 'rules-do-not-carry-themselves-out', from: 'src/commands/roster/x', imports: '../execute.ts' },
  {
    rule: 'sub-domains-meet-in-states',
    from: 'src/commands/roster/x',
    imports: '../journal-page/record-marks.ts',
  },
  {
    rule: 'sub-domains-meet-in-states',
    from: 'src/commands/roster/x',
    imports: '#commands/journal-page/ground.ts',
  },
  { rule: 'projections-decide-nothing', from: 'src/projections/x', imports: '#commands/refusal.ts' },
  {
    rule: 'projections-decide-nothing',
    from: 'src/projections/class-journal/x',
    imports: '#commands/roster/state.ts',
  },
  { rule: 'projections-decide-nothing', from: 'src/projections/x', imports: '#integrity/sealer.ts' },
  { rule: 'projections-speak-sql-only', from: 'src/projections/x', imports: 'fastify' },
  { rule: 'integrity-stands-on-events', from: 'src/integrity/x', imports: '#commands/refusal.ts' },
  {
    rule: 'integrity-stands-on-events',
    from: 'src/integrity/x',
    imports: '#projections/class-journal/queries.ts',
  },
  { rule: 'relay-stands-on-events', from: 'src/relay/x', imports: '#commands/refusal.ts' },
  { rule: 'relay-stands-on-events', from: 'src/relay/x', imports: '#projections/class-journal/queries.ts' },
  { rule: 'relay-stands-on-events', from: 'src/relay/x', imports: '#integrity/sealer.ts' },
  { rule: 'relay-speaks-sql-only', from: 'src/relay/x', imports: 'fastify' },
  { rule: 'relay-speaks-sql-only', from: 'src/relay/x', imports: 'node:fs' },
  {
    rule: 'exchange-stands-on-commands',
    from: 'src/exchange/x',
    imports: '#projections/class-journal/queries.ts',
  },
  { rule: 'exchange-stands-on-commands', from: 'src/exchange/lists/x', imports: '#api/app.ts' },
  { rule: 'exchange-stands-on-commands', from: 'src/exchange/x', imports: '#integrity/sealer.ts' },
  { rule: 'exchange-reads-files', from: 'src/exchange/x', imports: 'kysely' },
  { rule: 'print-knows-values', from: 'src/print/x', imports: '#projections/class-journal/queries.ts' },
  { rule: 'print-knows-values', from: 'src/print/x', imports: '#events/registry.ts' },
  { rule: 'print-knows-values', from: 'src/print/x', imports: '#api/app.ts' },
  { rule: 'print-writes-pdf-only', from: 'src/print/x', imports: 'node:fs' },
  { rule: 'print-writes-pdf-only', from: 'src/print/x', imports: 'kysely' },
  { rule: 'pdfmake-in-one-file', from: 'src/api/x', imports: 'pdfmake' },
  { rule: 'nats-in-its-adapters', from: 'src/relay/x', imports: '@nats-io/transport-node' },
  { rule: 'nats-in-its-adapters', from: 'src/main/x', imports: '@nats-io/jetstream' },
  { rule: 'api-below-main', from: 'src/api/x', imports: '#main/config.ts' },
  { rule: 'databases-open-in-main', from: 'src/api/x', imports: 'pg' },
  { rule: 'databases-open-in-main', from: 'src/projections/x', imports: '@electric-sql/pglite' },
  { rule: 'databases-open-in-main', from: 'src/events/store/x', imports: '@electric-sql/pglite/nodefs' },
  { rule: 'databases-open-in-main', from: 'src/api/x', imports: 'node:process' },
  { rule: 'adapters-are-chosen-in-main', from: 'src/commands/x', imports: '#events/store/postgres-log.ts' },
  { rule: 'adapters-are-chosen-in-main', from: 'src/api/x', imports: '#events/store/postgres-log.ts' },
  { rule: 'adapters-are-chosen-in-main', from: 'src/api/x', imports: '#events/store/eventstore-log.ts' },
  { rule: 'adapters-are-chosen-in-main', from: 'src/api/x', imports: '#relay/nats-bus.ts' },
  { rule: 'src-stands-alone', from: 'src/main/x', imports: '#support/spec.ts' },
  { rule: 'src-stands-alone', from: 'src/api/x', imports: '../../scripts/where.ts' },
  { rule: 'installed-at-run-time', from: 'src/main/x', imports: 'fast-check' },
  { rule: 'installed-at-run-time', from: 'src/main/x', imports: 'kleur' },
  { rule: 'no-cycles', from: 'src/main/x', imports: './x.ts' },
  { rule: 'everything-resolves', from: 'src/main/x', imports: './nowhere.ts' },
  { rule: 'everything-resolves', from: 'test/commands/x', imports: '#commands/nowhere.ts' },
]

/** What each layer may import: a check that reports everything proves as little as one that reports nothing. */
const INNOCENT: ReadonlyArray<Omit<Offence, 'rule'>> = [
  { from: 'src/values/x', imports: 'zod' },
  { from: 'src/print/x', imports: '#values/time.ts' },
  { from: 'src/print/x', imports: '#integrity/tlog/leaf-hash.ts' },
  { from: 'src/print/x', imports: 'node:crypto' },
  { from: 'src/values/x', imports: 'temporal-polyfill' },
  { from: 'src/values/x', imports: 'node:crypto' },
  { from: 'src/integrity/tlog/x', imports: 'node:crypto' },
  { from: 'src/events/x', imports: '#integrity/tlog/leaf-hash.ts' },
  { from: 'src/events/x', imports: '#values/time.ts' },
  { from: 'src/events/store/x', imports: 'kysely' },
  { from: 'src/commands/x', imports: '#events/store/event-store.ts' },
  { from: 'src/commands/roster/x', imports: '#events/registry.ts' },
  { from: 'src/commands/roster/x', imports: '../refusal.ts' },
  { from: 'src/commands/roster/x', imports: '../journal-page/state.ts' },
  { from: 'src/commands/journal-page/x', imports: './ground.ts' },
  { from: 'src/projections/x', imports: '#events/store/event-store.ts' },
  { from: 'src/projections/x', imports: 'kysely' },
  { from: 'src/relay/x', imports: '#events/store/event-store.ts' },
  { from: 'src/relay/x', imports: '#integrity/tlog/leaf-hash.ts' },
  { from: 'src/relay/x', imports: 'kysely' },
  { from: 'src/exchange/x', imports: '#commands/execute.ts' },
  { from: 'src/exchange/x', imports: 'csv-parse/sync' },
  { from: 'src/api/x', imports: '#exchange/import-list.ts' },
  { from: 'src/api/x', imports: '#relay/announcement.ts' },
  { from: 'src/main/x', imports: '#relay/nats-bus.ts' },
  { from: 'src/api/x', imports: '#projections/class-journal/queries.ts' },
  { from: 'src/api/x', imports: '#commands/execute.ts' },
  { from: 'src/api/x', imports: 'fastify' },
  { from: 'src/main/x', imports: 'pg' },
  { from: 'src/main/x', imports: '#events/store/postgres-log.ts' },
  { from: 'src/main/x', imports: '#api/app.ts' },
  { from: 'test/commands/x', imports: '#commands/roster/state.ts' },
  { from: 'test/commands/x', imports: 'fast-check' },
]

/** Files that the imports above lead to. */
const TARGETS = [
  'src/values/time.ts',
  'src/events/registry.ts',
  'src/events/store/event-store.ts',
  'src/events/store/postgres-log.ts',
  'src/events/store/eventstore-log.ts',
  'src/integrity/sealer.ts',
  'src/integrity/tlog/leaf-hash.ts',
  'src/exchange/import-list.ts',
  'src/relay/announcement.ts',
  'src/relay/nats-bus.ts',
  'src/commands/refusal.ts',
  'src/commands/execute.ts',
  'src/commands/roster/state.ts',
  'src/commands/journal-page/state.ts',
  'src/commands/journal-page/ground.ts',
  'src/commands/journal-page/record-marks.ts',
  'src/projections/class-journal/queries.ts',
  'src/api/app.ts',
  'src/main/config.ts',
  'test/support/spec.ts',
  'scripts/where.ts',
]

/** The ways in which one file may lean on another. */
const FORMS: ReadonlyArray<readonly [name: string, source: (specifier: string) => string]> = [
  ['import', (specifier) => `import { thing } from '${specifier}'\nexport const own = thing\n`],
  ['type', (specifier) => `import type { thing } from '${specifier}'\nexport type Own = typeof thing\n`],
  ['export', (specifier) => `export { thing } from '${specifier}'\n`],
  ['dynamic', (specifier) => `export const own = await import('${specifier}')\n`],
]

interface Violation {
  readonly from: string
  /** Every file of a cycle, which is reported once. */
  readonly cycle?: ReadonlyArray<{ readonly name: string }>
  readonly rule: { readonly name: string }
}

interface Cruised {
  readonly modules: ReadonlyArray<{ readonly source: string }>
  readonly summary: { readonly violations: readonly Violation[] }
}

async function cruise(folder: string, ...paths: string[]): Promise<Cruised> {
  const tool = join(ROOT, 'node_modules/.bin/depcruise')
  const command = [tool, ...paths, '--config', CONFIG, '--output-type', 'json']
  const options = { cwd: folder, maxBuffer: 256 * 1024 * 1024 }
  // The tool exits with the number of violations, and prints its report all the same.
  const { stdout } = await promisify(execFile)(process.execPath, command, options).catch(
    (error: { stdout?: string }) => {
      if (error.stdout?.startsWith('{')) return { stdout: error.stdout }
      throw error
    },
  )
  return JSON.parse(stdout) as Cruised
}

function write(file: string, source: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, source)
}

/** Writes one file for each import and form; returns which file is which. */
function plant<Import extends Omit<Offence, 'rule'>>(
  folder: string,
  imports: readonly Import[],
  mark: string,
) {
  return imports.flatMap((given, n) =>
    FORMS.map(([form, source]) => {
      const file = `${given.from}-${mark}-${n}-${form}.ts`
      // `./x.ts` is the file itself: the smallest cycle goes through a second file that leads back.
      const specifier = given.imports === './x.ts' ? `./back-${n}-${form}.ts` : given.imports
      if (specifier !== given.imports) {
        const back = join(dirname(file), specifier)
        write(join(folder, back), `export { thing } from './${file.slice(file.lastIndexOf('/') + 1)}'\n`)
      }
      write(join(folder, file), source(specifier))
      return { ...given, file, form }
    }),
  )
}

async function checkOffenders(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'boundary-canary-'))
  try {
    copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'))
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir')
    for (const target of TARGETS) write(join(folder, target), 'export const thing = 1\n')
    const offenders = plant(folder, OFFENCES, 'offends')
    const innocents = plant(folder, INNOCENT, 'innocent')
    const { summary } = await cruise(folder, 'src', 'test', 'scripts')

    const rulesOf = (file: string): string[] => {
      const about = summary.violations.filter(
        ({ from, cycle }) => from === file || cycle?.some(({ name }) => name === file),
      )
      return [...new Set(about.map(({ rule }) => rule.name))]
    }
    return [
      ...offenders
        .filter(({ file, rule }) => !rulesOf(file).includes(rule))
        .map(({ file, form, imports, rule }) => `${file}: ${form} of ${imports} is not reported as ${rule}`),
      ...innocents
        .filter(({ file }) => rulesOf(file).length > 0)
        .map(
          ({ file, form, imports }) =>
            `${file}: ${form} of ${imports} is reported as ${rulesOf(file).join(', ')}`,
        ),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function checkRules(): string[] {
  const { forbidden } = JSON.parse(readFileSync(CONFIG, 'utf8')) as {
    forbidden: ReadonlyArray<{ name: string }>
  }
  const proven = new Set(OFFENCES.map(({ rule }) => rule))
  return forbidden
    .filter(({ name }) => !proven.has(name))
    .map(({ name }) => `no offender here breaks the rule ${name}`)
}

async function checkCoverage(): Promise<string[]> {
  const { modules } = await cruise(ROOT, 'src')
  const read = new Set(modules.map(({ source }) => source).filter((source) => /^src\/.*\.ts$/.test(source)))
  const files = globSync('src/**/*.ts', { cwd: ROOT }).map((file) => file.replaceAll('\\', '/'))
  console.log(`boundaries: ${read.size} of ${files.length} files of src read`)
  return files.filter((file) => !read.has(file)).map((file) => `${file} was not read`)
}

const problems = [...checkRules(), ...(await checkCoverage()), ...(await checkOffenders())]
for (const problem of problems) console.error(`boundaries: ${problem}`)
if (problems.length === 0) {
  const offenders = OFFENCES.length * FORMS.length
  console.log(`boundaries: all ${offenders} offending files are reported, none of the innocent ones is`)
}
process.exitCode = problems.length === 0 ? 0 : 1
