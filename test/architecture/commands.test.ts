import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  COMMANDS,
  COMMANDS_AT_THE_DOOR,
  COMMANDS_OF_THE_ARCHIVE,
  COMMANDS_OF_VIEWS,
  COMMANDS_OF_THE_OPERATOR,
} from '#commands/catalogue.ts'
import type { Command } from '#commands/command.ts'
import { mayAct } from '#values/rights.ts'
import { camelCase, ROOT, ruleSource } from '../../scripts/rule-sources.ts'

/** The commands that the files of a sub-domain export, with the file and the name of the export. */
async function exportedCommands() {
  const files = globSync('src/commands/*/*.ts', { cwd: ROOT }).toSorted()
  const modules = await Promise.all(
    files.map(async (file) => ({ file, exports: (await import(join(ROOT, file))) as object })),
  )
  return modules.flatMap(({ file, exports }) =>
    Object.entries(exports)
      .filter((entry): entry is [string, Command] => isCommand(entry[1]))
      .map(([name, command]) => ({ file, name, command })),
  )
}

function isCommand(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'decide' in value && 'fold' in value
}

const exported = await exportedCommands()
const commands: readonly Command[] = [
  ...COMMANDS,
  ...COMMANDS_AT_THE_DOOR,
  ...COMMANDS_OF_THE_ARCHIVE,
  ...COMMANDS_OF_VIEWS,
  ...COMMANDS_OF_THE_OPERATOR,
]

describe('a command', () => {
  it('stands in the catalogue, else nobody could give it', () => {
    const absent = exported.filter(({ command }) => !commands.includes(command)).map(({ file }) => file)
    expect(absent).toEqual([])
    expect(exported).toHaveLength(commands.length)
  })

  it('has a name that no other has', () => {
    const names = commands.map(({ name }) => name)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  })

  it.each(exported)('is found by its name: $file', ({ file, name, command }) => {
    expect(basename(file, '.ts')).toBe(command.name)
    expect(name).toBe(camelCase(command.name))
  })

  it.each(commands)('$name takes every parameter of its address as a field', ({ path, input }) => {
    const parameters = [...path.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter)
    expect(Object.keys(input.shape)).toEqual(expect.arrayContaining(parameters))
  })

  it.each(commands)('$name refuses a field that it does not know', ({ input }) => {
    const { error } = input.safeParse({ unheardOf: 1 })
    expect(error?.issues).toContainEqual(
      expect.objectContaining({ code: 'unrecognized_keys', keys: ['unheardOf'] }),
    )
  })

  it.each(commands)('$name keeps aside only what is asked for', (command) => {
    const fields = command.asideFields ?? []
    expect(Object.keys(command.input.shape)).toEqual(expect.arrayContaining([...fields]))
    if (fields.length > 0) expect('aside' in command).toBe(true)
  })

  it.each(commands)('$name is permitted to somebody by a row of the matrix of rights', (command) => {
    expect(mayAct(command.operation).length).toBeGreaterThan(0)
  })

  it.each(commands)('$name says in Russian what it does', ({ summary }) => {
    expect(summary).toMatch(/^[А-ЯЁ]/)
    expect(summary).not.toMatch(/\.$/)
  })

  it.each(commands)('$name may record something and may be refused', ({ name }) => {
    const { events, reasons } = ruleSource(name)
    expect(events).not.toEqual([])
    expect(reasons).not.toEqual([])
  })
})
