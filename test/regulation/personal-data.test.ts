import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { comparePositions } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import { serviceLog } from '#main/service-log.ts'
import { Relay } from '#relay/relay.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, MATHEMATICIAN, PAGE } from '#support/class-7a.ts'
import { backUp, folders, silent } from '#support/copies.ts'
import { natsAbsence, testStream } from '#support/nats.ts'
import { until } from '#support/until.ts'
import { BEFORE_LIFE, CREDENTIALS, NAMES, WHOLE_LIFE } from '#support/whole-life.ts'
import { TABLES } from '../../scripts/processing-record.ts'

let said = ''
const log = serviceLog(
  { level: 'trace', roles: ['api', 'projector'] },
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      said += chunk.toString()
      done()
    },
  }),
)

const schools = schoolsAtWork(
  1,
  [
    'administrator',
    'deputy',
    'head',
    'mathematician',
    'english',
    'auditor',
    'archivist',
    'mother',
    'stranger',
  ],
  BEFORE_LIFE,
  undefined,
  log,
)
const place = folders()
const NAMED = Object.values(NAMES).flatMap((name) => Object.values(name))
/** What people typed about somebody in the course of that life. */
const TYPED = WHOLE_LIFE.flatMap(({ command, input }) =>
  Object.entries(input as Record<string, unknown>).flatMap(([field, value]) =>
    typeof value === 'string' &&
    (field === 'note' ||
      (field === 'text' && command.name.endsWith('-comment')) ||
      (field === 'reason' && /[а-я]/i.test(value)))
      ? [value]
      : [],
  ),
)
const WORDS = [...NAMED, ...Object.values(CREDENTIALS), ...TYPED]

/** What holds log-in names, by which people come in; names and texts are in clear nowhere. */
const PLACES = new Set(['access.credential'])

/** What is found in the files of a copy, unpacked where they are. */
function wordsIn(folder: string): Set<string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  expect(files.length).toBeGreaterThan(2)
  const text = files
    .map(({ name, parentPath }) => {
      const bytes = readFileSync(join(parentPath, name))
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    })
    .join('\n')
  return new Set(WORDS.filter((word) => text.includes(word)))
}

describe('names, log-ins and what is typed about people (п. 1.7, 152-ФЗ)', () => {
  let school: SchoolAtWork
  beforeAll(async () => {
    school = schools.next()
    for (const { login, command, input, headers } of WHOLE_LIFE) {
      await school.done(login, command, input, headers)
      // Asked again, refused and denied: what is noted of these holds no name either.
      await school.give(login, command, input, headers)
      await school.give(login, command, input, { 'if-match': '"99999"' })
      await school.give('stranger', command, input, { 'if-match': '"99999"' })
    }
  })

  it('R-D8, R-1.7 (at rest): stand in clear in no record, no table and no line of the request log, though people read them everywhere', async () => {
    expect(TYPED.length).toBeGreaterThan(2)
    const { family, given, patronymic } = NAMES.anna
    const { pupils } = await school.grid()
    expect(pupils.find(({ pupil }) => pupil === ANNA)?.name).toBe(`${family} ${given} ${patronymic}`)
    expect(JSON.stringify(await school.seen('deputy', `pages/${PAGE}/history`))).toContain(family)
    const trail = JSON.stringify(await school.seen('deputy', 'audit-trail?limit=500'))
    for (const text of TYPED) expect(trail).toContain(text)

    for (const { canonical } of await school.log())
      for (const word of WORDS) expect(canonical).not.toContain(word)

    const database = school.api.installation.database.kysely
    const tables = await query<{ name: string }>(
      database,
      `select schemaname || '.' || tablename as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
    )
    const holding = new Set<string>()
    for (const { name } of tables) {
      const [text] = await query<{ all: string; rows: number }>(
        database,
        `select coalesce(string_agg(to_jsonb(t)::text, ' '), '') as all, count(*)::integer as rows from ${name} t`,
      )
      for (const word of WORDS) if (text!.all.includes(word)) holding.add(name)
      // What the record of processing says of a table is so.
      if (TABLES[name]?.[0] === 'nothing')
        for (const person of [ANNA, BORIS, MATHEMATICIAN]) expect(text!.all, name).not.toContain(person)
      if (name.startsWith('log.') || name === 'access.request')
        expect(text!.rows, name).toBeGreaterThan(WHOLE_LIFE.length)
    }
    expect(holding).toEqual(PLACES)
    const [kept] = await query<{ all: string }>(
      database,
      `select string_agg(to_jsonb(t)::text, ' ') as all from access.credential t`,
    )
    expect(kept!.all).not.toContain(CREDENTIALS.password)
  })
  it('R-1.7 (the log of the service): stand in no line of it, whatever was accepted, refused or denied', () => {
    expect(said.split('\n').length).toBeGreaterThan(3 * WHOLE_LIFE.length)
    for (const word of WORDS) expect(said).not.toContain(word)
  })

  it('R-1.7, R-A3.4b (backups): stand in clear in no file of a copy, but for log-in names in one that nobody encrypted', async () => {
    const { installation } = school.api
    const [encrypted, open] = [place.folder(), place.folder()]
    await backUp(encrypted, installation)
    expect(wordsIn(encrypted)).toEqual(new Set())
    await backUp(open, installation, { key: null })
    expect(wordsIn(open)).toEqual(new Set([CREDENTIALS.login]))
  })

  it.skipIf(natsAbsence !== null)(
    `R-1.7 (messages): stand in no message of the bus${natsAbsence === null ? '' : `: ${natsAbsence}`}`,
    async () => {
      const stream = await testStream()
      const { execution, database } = school.api.installation
      const relay = new Relay({
        store: execution.store,
        database: database.kysely,
        openBus: () => stream.open(),
        bus: stream.settings.stream,
        clock: execution.clock,
        log: silent,
      })
      const stop = new AbortController()
      const running = relay.run(stop.signal)
      const head = await execution.store.head()
      await until(async () => comparePositions(relay.position, head) === 0)
      stop.abort()
      await running
      const messages = await stream.messages()
      expect(messages.length).toBeGreaterThan(50)
      for (const word of WORDS) expect(JSON.stringify(messages)).not.toContain(word)
    },
  )
})
