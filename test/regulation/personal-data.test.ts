import { describe, expect, it } from 'vitest'
import { query } from '#events/store/sql.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, MATHEMATICIAN, PAGE } from '#support/class-7a.ts'
import { BEFORE_LIFE, CREDENTIALS, NAMES, WHOLE_LIFE } from '#support/whole-life.ts'
import { TABLES } from '../../scripts/processing-record.ts'

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
)
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

describe('names, log-ins and what is typed about people (п. 1.7, 152-ФЗ)', () => {
  it('R-D8, R-1.7 (at rest): stand in clear in no record, no table and no line of the request log, though people read them everywhere', async () => {
    const school = schools.next()
    for (const { login, command, input, headers } of WHOLE_LIFE) {
      await school.done(login, command, input, headers)
      // Asked again, refused and denied: what is noted of these holds no name either.
      await school.give(login, command, input, headers)
      await school.give(login, command, input, { 'if-match': '"99999"' })
      await school.give('stranger', command, input, { 'if-match': '"99999"' })
    }
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
})
