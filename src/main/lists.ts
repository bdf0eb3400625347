import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { LIST_NAMES } from '#exchange/lists/catalogue.ts'
import { ONEROSTER } from '#exchange/oneroster/import-bundle.ts'
import type { Report } from './cli/call.ts'
import { Obstacle } from './explain.ts'
import { stagedProgress } from './progress.ts'
import { type Caller, expectGood, saidWith, ServiceClient } from './service-client.ts'

/** Milliseconds between two questions how far an import is. */
const PACE = 500

export interface ImportState {
  readonly state: 'running' | 'finished' | 'refused' | 'failed' | 'interrupted'
  readonly progress: {
    readonly phase: 'deciding' | 'recording'
    readonly done: number
    readonly total: number
  }
  readonly problem: { readonly title: string; readonly facts: Readonly<Record<string, unknown>> } | null
  readonly report: {
    readonly dryRun: boolean
    readonly recorded: boolean
    readonly counts: Readonly<Record<string, number>>
    readonly errors: ReadonlyArray<{
      readonly line: number
      readonly column: number | null
      readonly heading: string | null
      readonly message: string
      readonly file: string | null
    }>
    readonly errorsLeftOff: number
  } | null
}

export interface ImportOptions {
  readonly dryRun?: true
  readonly partial?: true
  readonly encoding?: string
}

/** Sends a file to `imports/{what}` of a running service and waits for the end, showing how far it is. */
export async function importFile(
  caller: Caller,
  what: string,
  file: string,
  options: ImportOptions & { readonly type: string },
): Promise<Report & { readonly errors: number }> {
  const content = contentOf(file)
  const client = await ServiceClient.logIn(caller)
  const state = await sendImport(client, what, content, options)
  const { errors } = state.report!
  return { lines: [...errorsOf(state), ...saidOf(state)], json: state, errors: errors.length }
}

/** Sends what is to be imported, and waits for the report. @throws {Obstacle} there is none */
export async function sendImport(
  client: ServiceClient,
  what: string,
  content: Buffer,
  { type, dryRun, partial, encoding }: ImportOptions & { readonly type: string },
): Promise<ImportState> {
  const body = new Uint8Array(content)
  const query = new URLSearchParams({
    ...(dryRun === true ? { dryRun: 'true' } : {}),
    ...(partial === true ? { partial: 'true' } : {}),
    ...(encoding === undefined ? {} : { encoding }),
  })
  const headers = { 'content-type': type, prefer: 'respond-async' }
  const begun = await client.send('POST', `imports/${what}?${query.toString()}`, { body, headers })
  if (begun.location === null) expectGood(begun)
  const state = await ended(client, begun.location!)
  const { problem, report } = state
  if (problem !== null) throw new Obstacle(saidWith(problem.title, problem.facts))
  if (report === null) throw new Obstacle('Импорт прервался: повторите его, записанное не запишется дважды.')
  return state
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new Obstacle(`Файл ${file} не читается.`, { cause: error })
  }
}

async function ended(client: ServiceClient, location: string): Promise<ImportState> {
  const bar = stagedProgress({ deciding: 'Проверка', recording: 'Запись' })
  try {
    for (;;) {
      const { body } = expectGood(await client.send('GET', location))
      const state = body as ImportState
      if (state.state !== 'running') return state
      const { phase, done, total } = state.progress
      if (total > 0) bar.to(phase, done, total)
      await setTimeout(PACE)
    }
  } finally {
    bar.end()
  }
}

const COUNTS: Readonly<Record<string, string>> = {
  created: 'записано',
  changed: 'изменено',
  there: 'уже было',
  partly: 'записано частично',
  refused: 'отклонено',
}

/** What was wrong, line by line. */
function errorsOf({ report }: ImportState): string[] {
  const { errors, errorsLeftOff } = report!
  return [
    ...errors.map(({ line, column, heading, message, file }) => {
      const place = column === null ? '' : `, столбец ${column}`
      const named = heading === null ? '' : ` «${heading}»`
      return `${file === null ? '' : `${file}, `}строка ${line}${place}${named}: ${message}`
    }),
    ...(errorsLeftOff > 0 ? [`…и ещё ошибок: ${errorsLeftOff}`] : []),
  ]
}

/** What became of the rows. */
export function saidOf({ report }: ImportState): string[] {
  const { dryRun, recorded, counts } = report!
  const told = Object.entries(COUNTS).flatMap(([name, word]) =>
    counts[name] ? [`${word} ${counts[name]}`] : [],
  )
  const summary = `Строк: ${counts['rows']}${told.length === 0 ? '' : `, ${told.join(', ')}`}.`
  const nothing = dryRun ? ['Это была проверка: ничего не записано.'] : ['Ничего не записано.']
  return [summary, ...(recorded ? [] : nothing)]
}

export interface ExportOptions {
  readonly format: 'csv' | 'json'
  readonly on?: string
}

/** Writes one list, or every one, into a folder. */
export async function exportLists(
  caller: Caller,
  list: string | undefined,
  folder: string,
  { format, on }: ExportOptions,
): Promise<Report> {
  const client = await ServiceClient.logIn(caller)
  const query = new URLSearchParams({ format, ...(on === undefined ? {} : { on }) }).toString()
  const written: string[] = []
  mkdirSync(folder, { recursive: true })
  for (const name of list === undefined ? LIST_NAMES : [list]) {
    const isBundle = name === ONEROSTER
    const dated = on === undefined ? '' : `?on=${on}`
    const { body } = expectGood(await client.send('GET', `exports/${name}${isBundle ? dated : `?${query}`}`))
    const path = join(folder, `${name}.${isBundle ? 'zip' : format}`)
    writeFileSync(path, Buffer.isBuffer(body) ? body : `${JSON.stringify(body, null, 2)}\n`, { mode: 0o600 })
    written.push(path)
  }
  return { lines: written, json: { files: written } }
}
