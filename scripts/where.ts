/** `npm run where <word>`: every file of a command, an event type or a reason of refusal. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMMANDS } from '#commands/catalogue.ts'
import { REASONS, type Reason } from '#commands/refusal.ts'
import { type EventType, registry } from '#events/registry.ts'
import { camelCase, ROOT, ruleFile, ruleSource } from './rule-sources.ts'

const USAGE = `npm run where <word>...

Lists every file of a feature with the line on which to start reading. A word is
  a command         record-marks, recordMarks, RecordMarks
  an event type     MarkRecorded, mark-recorded
  a reason          mark-exists
in any spelling.`

/** One file of a feature, and why it is one. */
interface Place {
  readonly about: string
  readonly at: string
}

interface Line {
  readonly file: string
  readonly number: number
  readonly text: string
}

const TYPES = Object.keys(registry) as EventType[]
const LINES: readonly Line[] = globSync(['src/**/*', 'test/**/*'], { cwd: ROOT })
  .filter((file) => /\.(ts|json|html|css|js)$/.test(file))
  .toSorted()
  .flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .map((text, i) => ({ file, number: i + 1, text })),
  )

/** The first line of each file that matches, below the folders given. */
function find(about: string, pattern: RegExp, folders: RegExp): Place[] {
  const first = new Map<string, Line>()
  for (const line of LINES) {
    if (folders.test(line.file) && !first.has(line.file) && pattern.test(line.text))
      first.set(line.file, line)
  }
  return [...first.values()].map(({ file, number }) => ({ about, at: `${file}:${number}` }))
}

/** `RecordMarks`, `recordMarks`, `record_marks` → `record-marks` */
function kebabCase(word: string): string {
  return word
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll(/[_\s]+/g, '-')
    .toLowerCase()
}

function pascalCase(kebab: string): string {
  return camelCase(`-${kebab}`)
}

function ofCommand(name: string): Place[] {
  const { file, events, reasons } = ruleSource(name)
  const used = new RegExp(`\\b${camelCase(name)}\\b|['"\`/]${name}\\b`)
  return [
    ...find('rule', new RegExp(`export const ${camelCase(name)}\\b`), new RegExp(`^${file}$`)),
    ...find('listed', new RegExp(`^import .*\\b${camelCase(name)}\\b`), /^src\/commands\/catalogue\.ts$/),
    ...find('used', used, /^src\/(api|main|web)\//),
    ...find('spec', used, /^test\/.*\.test\.ts$/),
    ...events.flatMap(ofEvent),
    ...reasons.flatMap(statusOf),
  ]
}

function ofEvent(type: EventType): Place[] {
  const word = new RegExp(`\\b${type}\\b`)
  const key = new RegExp(`\\b${type}\\s*[:(]`)
  const kebab = kebabCase(type)
  return [
    ...find(`event ${type}`, key, /^src\/events\//),
    ...COMMANDS.filter(({ name }) => ruleSource(name).events.includes(type)).map(({ name }) => ({
      about: `records ${type}`,
      at: ruleFile(name)!,
    })),
    ...find(`folds ${type}`, key, /^src\/commands\/.*state\.ts$/),
    ...find(`shows ${type}`, word, /^src\/projections\//),
    ...find(`proves ${type}`, word, /^src\/integrity\//),
    ...find(`serves ${type}`, word, /^src\/(api|main|web)\//),
    ...find(`test of ${type}`, word, /^test\/(?!samples\/)/),
    ...find(`sample of ${type}`, new RegExp(`\\b(${type}|${kebab})\\b`), /^test\/samples\//),
    ...globSync(`test/samples/**/*{${type},${kebab}}*`, { cwd: ROOT }).map((at) => ({
      about: `sample of ${type}`,
      at,
    })),
  ]
}

function ofReason(reason: Reason): Place[] {
  const quoted = new RegExp(`['"\`]${reason}['"\`]`)
  return [
    ...find(`reason ${reason}`, quoted, /^src\/commands\/refusal\.ts$/),
    ...find('refuses', quoted, /^src\/commands\/(?!refusal\.ts)/),
    ...COMMANDS.filter(({ name }) => ruleSource(name).reasons.includes(reason)).map(({ name }) => ({
      about: 'rule that may refuse so',
      at: ruleFile(name)!,
    })),
    ...statusOf(reason),
    ...find('spec', quoted, /^test\/.*\.test\.ts$/),
  ]
}

function statusOf(reason: Reason): Place[] {
  return find(`status of ${reason}`, new RegExp(`['"\`]${reason}['"\`]`), /^src\/api\//)
}

function placesOf(word: string): Place[] {
  const name = kebabCase(word)
  const type = TYPES.find((known) => known === pascalCase(name))
  const reason = REASONS.find((known) => known === name)
  return [
    ...(COMMANDS.some((command) => command.name === name) ? ofCommand(name) : []),
    ...(type === undefined ? [] : ofEvent(type)),
    ...(reason === undefined ? [] : ofReason(reason)),
  ]
}

/** Known words that share a part with the one that is not known. */
function similar(word: string): string[] {
  const parts = kebabCase(word).split('-')
  const known = [...COMMANDS.map(({ name }) => name), ...TYPES, ...REASONS]
  return known.filter((name) =>
    kebabCase(name)
      .split('-')
      .some((part) => parts.includes(part)),
  )
}

/** The places, each file once, with everything that it is there for. */
function print(word: string, places: readonly Place[]): void {
  console.log(word)
  const files = Map.groupBy(places, ({ at }) => at.replace(/:\d+$/, ''))
  const shown = [...files.values()].map((same) => ({
    at: same.find(({ at }) => /:\d+$/.test(at))?.at ?? same[0]!.at,
    about: [...new Set(same.map(({ about }) => about))].join(', '),
  }))
  const width = Math.max(...shown.map(({ at }) => at.length))
  for (const { at, about } of shown) console.log(`  ${at.padEnd(width)}  ${about}`)
}

const words = process.argv.slice(2)
if (words.length === 0 || words.some((word) => word === '--help' || word === '-h')) {
  console.log(USAGE)
  process.exitCode = words.length === 0 ? 2 : 0
} else {
  for (const word of words) {
    const places = placesOf(word)
    if (places.length > 0) {
      print(word, places)
      continue
    }
    const near = similar(word)
    console.error(`no command, event type or reason is called ${word}`)
    if (near.length > 0) console.error(`similar: ${near.join(', ')}`)
    process.exitCode = 1
  }
}
