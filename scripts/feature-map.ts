import { globSync } from 'node:fs'
import { join } from 'node:path'
import { COMMANDS } from '#commands/catalogue.ts'
import type { Command } from '#commands/command.ts'
import type { EventDefinition, EventDefinitions } from '#events/define.ts'
import { registry } from '#events/registry.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { tablesOf } from '#projections/read-model.ts'
import { mayAct } from '#values/rights.ts'
import { ROOT, type RuleSource, ruleSource, saidBy } from './rule-sources.ts'

/** The feature map, `docs/FEATURES.md`: every command and every event, as the code has them. */
export async function featureMap(): Promise<string> {
  const rules = COMMANDS.map((command): Rule => ({ command, source: ruleSource(command.name) }))
  const definitions = await definitionFiles()
  return [
    HEAD,
    '## Commands\n',
    `${rules.length} commands. Each is posted to its address below \`/v1/schools/{school}/\`, and lives in one file with its rule.\n`,
    `Any of them may also be refused with ${codes(saidBy('src/commands/execute.ts', 'execute').reasons)}.\n`,
    ...[...Map.groupBy(rules, ({ source }) => source.file.split('/')[2]!)].flatMap(subDomain),
    '## Events\n',
    `${Object.keys(registry).length} types. The version is the one that is written today; every earlier one is read for ever.\n`,
    ...table(
      ['Event', 'Version', 'Recorded by', 'Shown by', 'Defined in'],
      Object.entries<EventDefinition>(registry).map(([type, { v }]) => [
        `\`${type}\``,
        String(v),
        codes(rules.filter(({ source }) => source.events.some((of) => of === type)).map(nameOf)),
        codes(READ_MODELS.filter((model) => eventsOf(model).has(type)).map(({ name }) => name)),
        link(definitions.get(type)!),
      ]),
    ),
    '## Read models\n',
    ...table(
      ['Read model', 'Version', 'Tables'],
      READ_MODELS.map((model) => [
        `\`${model.name}\``,
        String(model.version),
        codes(tablesOf(model).map(({ name }) => name)),
      ]),
    ),
  ].join('\n')
}

interface Rule {
  readonly command: Command
  readonly source: RuleSource
}

const HEAD = `# Features

Made from the code by \`npm run docs:write\`; \`npm run docs:check\` fails when it is out of date. Do not edit.

What a command may record and why it may refuse is read from the source of its rule and of what that calls.
\`npm run where <word>\` lists the files of any command, event or reason.
`

function subDomain([folder, rules]: [string, Rule[]]): string[] {
  return [`### ${folder}\n`, ...rules.flatMap(section)]
}

function section({ command, source }: Rule): string[] {
  const address = `${command.path}/${command.name}`.replaceAll(/:(\w+)/g, '{$1}')
  const aside = command.asideFields ?? []
  return [
    `#### ${command.name}\n`,
    `${command.summary}.\n`,
    `- address: \`POST ${address}\``,
    `- roles: ${mayAct(command.operation).join(', ')} (row ${command.operation} of the matrix of rights)`,
    ...(command.exchange === undefined ? [] : [`- external systems: by the set \`${command.exchange}\``]),
    `- looks at: ${[command.fold.category, ...command.needs].join(', ')}`,
    ...(aside.length === 0 ? [] : [`- kept outside the log: ${codes(aside)}`]),
    `- records: ${codes(source.events)}`,
    `- refuses: ${codes(source.reasons)}`,
    `- rule: ${link(source.file)}`,
    '',
  ]
}

function nameOf({ command }: Rule): string {
  return command.name
}

function eventsOf(model: (typeof READ_MODELS)[number]): Set<string> {
  return new Set(tablesOf(model).flatMap(({ on }) => Object.keys(on)))
}

/** The file that defines each type, found by the definitions that it exports. */
async function definitionFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const file of globSync('src/events/*.ts', { cwd: ROOT }).toSorted()) {
    if (file.endsWith('/registry.ts')) continue
    const module = (await import(join(ROOT, file))) as Readonly<Record<string, unknown>>
    for (const [name, value] of Object.entries(module)) {
      if (name.endsWith('Events'))
        for (const type of Object.keys(value as EventDefinitions)) files.set(type, file)
    }
  }
  return files
}

function codes(words: readonly string[]): string {
  return words.length === 0 ? '—' : words.map((word) => `\`${word}\``).join(', ')
}

function link(file: string): string {
  return `[${file}](../${file})`
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
  return [line(head), line(head.map(() => '---')), ...rows.map(line), '']
}
