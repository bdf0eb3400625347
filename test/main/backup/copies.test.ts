import { testKeys } from '#support/person-keys.ts'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { isRefusal } from '#commands/refusal.ts'
import { openAccount } from '#commands/access/open-account.ts'
import { execute } from '#commands/execute.ts'
import { query } from '#events/store/sql.ts'
import type { StreamName } from '#events/stream-name.ts'
import { headsDigest } from '#integrity/heads.ts'
import { commitCopy, copiesIn, readManifest } from '#main/backup/copy-folder.ts'
import { rehearse } from '#main/backup/drill.ts'
import { lastDrill } from '#main/backup/drills.ts'
import { exportSchool } from '#main/backup/export-school.ts'
import { listCopies } from '#main/backup/list-copies.ts'
import { sourceOf } from '#main/backup/source.ts'
import { restoreCopy, restorePeriods } from '#main/backup/restore-copy.ts'
import { eventsOf, openCopy, verifyCopy } from '#main/backup/verify-copy.ts'
import { catchUp, type Installation } from '#main/installation.ts'
import { checkLog } from '#main/log-copy/check-log.ts'
import { paged, PEOPLE_KINDS, peopleLines } from '#main/people.ts'
import { schemaOf } from '#projections/read-model.ts'
import { schoolDirectory } from '#projections/school-directory/projection.ts'
import { addDays, dateAt, Instant, plusMinutes, systemClock } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { CHAINED_SCHOOLS, ChainedLog } from '#support/chained-log.ts'
import { backUp, folders, installed, KEY, OTHER_KEY, silent, ZONE } from '#support/copies.ts'
import { eachEngine, postgresAbsence, testEngine } from '#support/databases.ts'
import { beforehand } from '#support/api.ts'
import { recordPast } from '#support/past-in-log.ts'
import { SCHOOL } from '#support/spec.ts'
import { classJournal } from '#projections/class-journal/projection.ts'

const JOURNAL = schemaOf(classJournal)

const place = folders()

/** What an installation holds: the text of every event, and every row of names and log-ins. */
async function contentOf(installation: Installation): Promise<{ events: string[]; people: string[] }> {
  const events: string[] = []
  for await (const { canonical } of installation.execution.store.readAll()) events.push(canonical)
  const people: string[] = []
  for (const kind of PEOPLE_KINDS) {
    for await (const some of paged(peopleLines(installation.database.kysely, kind, null)))
      people.push(...some)
  }
  return { events, people }
}

const targetOf = ({ execution, database, keys, persons }: Installation) => ({
  store: execution.store,
  database: database.kysely,
  keys,
  persons,
  lists: [],
})

/** Somebody with a name and a log-in. */
async function letIn({ execution, persons }: Installation, n: number, school = SCHOOL): Promise<void> {
  const id = (what: string) => Uuid.parse(`00000000-0000-4000-8000-${what}${String(n).padStart(11, '0')}`)
  const by = { account: id('a'), person: id('b'), role: 'operator', cred: 1 } as const
  const name = { family: `Иванова-${n}`, given: 'Анна', patronymic: n % 2 === 0 ? null : 'Сергеевна' }
  await persons.keep(school, id('b'), name, by.account, Instant.parse('2026-09-01T03:00:00.000Z'))
  const input = { account: id('a'), person: id('b'), login: `ivanova-${n}`, password: 'pen-and-paper-7A' }
  const opened = await execute(execution, openAccount, { school, actor: by, id: id('c'), input })
  if (isRefusal(opened)) expect.fail(opened.refused)
}

/** A school with class 7А and two people. */
async function ofSchool(installation: Installation): Promise<void> {
  await recordPast(installation.execution.store, beforehand)
  await letIn(installation, 1)
  await letIn(installation, 2)
}

eachEngine((engine) => {
  let source: Installation
  const more = new ChainedLog()
  beforeAll(async () => {
    source = await installed(await engine.openStarted())
    await ofSchool(source)
    await more.write(source.execution.store, 1_500)
  })

  it('R-A3.4b: a copy is restored to an empty installation with the same events, people, count and heads', async () => {
    const folder = place.folder()
    const { manifest } = await backUp(folder, source)
    const before = await contentOf(source)
    expect(manifest.events).toBe(before.events.length)
    const copy = openCopy(folder, null, KEY)
    expect((await verifyCopy(copy)).manifest).toEqual(manifest)

    const target = await installed(await engine.openStarted())
    const restored = await restoreCopy(copy, targetOf(target))
    expect(restored).toMatchObject({
      events: manifest.events,
      streams: manifest.streams,
      recorded: manifest.events,
      headsDigest: manifest.headsDigest,
      people: { names: 2, credentials: 2 },
    })
    expect(await contentOf(target)).toEqual(before)
    const password = 'pen-and-paper-7A'
    expect(await target.credentials.verify(SCHOOL, 'Ivanova-1', password)).not.toBeNull()
    await catchUp(target)
    expect(target.projectors.map(({ failure }) => failure)).toEqual(target.projectors.map(() => null))

    // Again: everything stands, and nobody's name is touched.
    await query(target.database.kysely, `update person.name set sealed = 'touched'`)
    expect(await restoreCopy(copy, targetOf(target))).toMatchObject({ recorded: 0, people: null })
    expect((await contentOf(target)).people[0]).toContain('touched')
  })

  it('is refused into an installation that holds something else, before anything is written', async () => {
    const folder = place.folder()
    await backUp(folder, source)
    const copy = openCopy(folder, null, KEY)
    const others = {
      'another log': (target: Installation) => new ChainedLog([SCHOOL]).write(target.execution.store, 5),
      'one event more': async (target: Installation) => {
        await restoreCopy(copy, targetOf(target))
        await letIn(target, 3)
      },
      'names alone': (target: Installation) =>
        target.persons.keep(
          SCHOOL,
          Uuid.parse('00000000-0000-4000-8000-b00000000001'),
          FULL_NAME,
          ANYBODY,
          NOW,
        ),
    }
    for (const [what, occupy] of Object.entries(others)) {
      const target = await installed(await engine.openStarted())
      await occupy(target)
      const before = await contentOf(target)
      await expect(restoreCopy(copy, targetOf(target)), what).rejects.toThrow(/Ничего не записано/)
      expect(await contentOf(target), what).toEqual(before)
    }
  })

  it('goes on where a restore was cut short', async () => {
    const folder = place.folder()
    const { manifest } = await backUp(folder, source)
    const target = await installed(await engine.openStarted())
    let copied = 0
    for await (const { canonical, stream, revision, ...event } of source.execution.store.readAll({
      limit: 700,
    })) {
      const expected = revision === 0n ? 'no-stream' : revision - 1n
      await target.execution.store.append(stream, expected, [{ ...event, canonical }])
      copied++
    }
    const restored = await restoreCopy(openCopy(folder, null, KEY), targetOf(target))
    expect(restored).toMatchObject({ events: manifest.events, recorded: manifest.events - copied })
    expect(await contentOf(target)).toEqual(await contentOf(source))
  })

  it('is made while others write, holds a beginning of the log, and the next one the rest', async () => {
    const folder = place.folder()
    const enough = new AbortController()
    const write = async (): Promise<void> => {
      while (!enough.signal.aborted) await more.write(source.execution.store, 20)
    }
    const writer = write()
    for (let n = 0; n < 4; n++) await backUp(folder, source)
    enough.abort()
    await writer
    const { manifest, added } = await backUp(folder, source)
    expect(added).toBeGreaterThan(0)
    const whole = (await contentOf(source)).events
    const counts: number[] = []
    for (const copy of copiesIn(folder)) {
      const readable = openCopy(folder, copy, KEY)
      await verifyCopy(readable)
      const events: string[] = []
      for await (const { event } of eventsOf(readable)) events.push(event.canonical)
      expect(events).toEqual(whole.slice(0, events.length))
      counts.push(events.length)
    }
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    expect(counts.at(-1)).toBe(manifest.events)
    expect(manifest.events).toBe(whole.length)
    const { heads } = await checkLog(source.execution.store, await source.execution.store.head())
    expect(manifest.headsDigest).toBe(headsDigest(heads))
  })

  /** Journal, directory and audit of the school are as in the installation from which it was exported. */
  async function sameReadModels(target: Installation): Promise<void> {
    await catchUp(source)
    await catchUp(target)
    for (const table of [`${JOURNAL}.page`, `${schemaOf(schoolDirectory)}.member`, 'audit_trail_v2.line']) {
      const rows = (of: Installation) =>
        query(of.database.kysely, `select * from ${table} t where stream like $1 order by t::text`, [
          `${SCHOOL}.%`,
        ])
      expect((await rows(source)).length, table).toBeGreaterThan(0)
      expect(await rows(target), table).toEqual(await rows(source))
    }
  }

  it('R-A3.4c (events): adjacent exports of a school sum to the whole without gap or repetition', async () => {
    const school = CHAINED_SCHOOLS[1]!
    const making = { source: sourceOf(source), clock: systemClock, software: 'test', key: KEY }
    const periods = [null, '2026-09-01T05:00:00.000Z', '2026-09-01T09:30:00.000Z', null]
    const whole = place.folder()
    await exportSchool(whole, making, { school, since: null, until: null })
    const ids: string[] = []
    for (let n = 0; n < 3; n++) {
      const folder = place.folder()
      const [since, until] = [periods[n]!, periods[n + 1]!].map((at) =>
        at === null ? null : Instant.parse(at),
      )
      await exportSchool(folder, making, { school, since: since!, until: until! })
      const copy = openCopy(folder, null, KEY)
      expect((await verifyCopy(copy)).manifest.events).toBeGreaterThan(0)
      for await (const { event } of eventsOf(copy)) ids.push(event.id)
      const target = await installed(await engine.openStarted())
      await expect(restoreCopy(copy, targetOf(target))).rejects.toThrow(/выгрузка за часть времени/)
    }
    const expected: string[] = []
    for await (const { id } of source.execution.store.readAll({ school })) expected.push(id)
    expect(ids).toEqual(expected)

    // And all of it goes into an empty installation.
    const target = await installed(await engine.openStarted())
    await restoreCopy(openCopy(whole, null, KEY), targetOf(target))
    expect((await contentOf(target)).events).toHaveLength(expected.length)
  })

  it('R-A3.4c (periods together): whatever the order in which they are named; without one of them, nothing', async () => {
    const school = CHAINED_SCHOOLS[1]!
    const making = { source: sourceOf(source), clock: systemClock, software: 'test', key: null }
    const [one, two] = ['2026-09-01T05:00:00.000Z', '2026-09-01T09:30:00.000Z'].map((at) => Instant.parse(at))
    const copies = []
    for (const [since, until] of [
      [null, one!],
      [one!, two!],
      [two!, null],
    ] as const) {
      const folder = place.folder()
      await exportSchool(folder, making, { school, since, until })
      copies.push(openCopy(folder, null, null))
    }
    const [first, second, third] = copies
    const target = await installed(await engine.openStarted())
    await expect(restorePeriods([first!, third!], targetOf(target))).rejects.toThrow(/не смыкаются/)
    await expect(restorePeriods([second!, third!], targetOf(target))).rejects.toThrow(
      /не хватает выгрузки за более раннее время/,
    )
    expect((await contentOf(target)).events).toHaveLength(0)
    const expected: string[] = []
    for await (const { id } of source.execution.store.readAll({ school })) expected.push(id)
    const restored = await restorePeriods([third!, first!, second!], targetOf(target))
    expect(restored).toMatchObject({ events: expected.length, recorded: expected.length })
    const ids: string[] = []
    for await (const { id } of target.execution.store.readAll({ school })) ids.push(id)
    expect(ids.toSorted()).toEqual(expected.toSorted())
    // Once more it is known as done.
    expect(await restorePeriods(copies, targetOf(target))).toMatchObject({ recorded: 0 })
  })

  it('R-A3.4c (grid): adjacent exports of a school give the same read models in an empty installation', async () => {
    const making = { source: sourceOf(source), clock: systemClock, software: 'test', key: null }
    const middle = Instant.parse('2026-10-01T00:00:00.000Z')
    const copies = []
    for (const [since, until] of [
      [null, middle],
      [middle, null],
    ] as const) {
      const folder = place.folder()
      const manifest = await exportSchool(folder, making, { school: SCHOOL, since, until })
      expect(manifest.events).toBeGreaterThan(0)
      copies.push(openCopy(folder, null, null))
    }
    const target = await installed(await engine.openStarted())
    expect((await restorePeriods(copies, targetOf(target))).people).toEqual({ names: 2, credentials: 2 })
    await sameReadModels(target)
  })

  it('R-A3.4c (grid): the export of a school gives the same read models in an empty installation', async () => {
    const making = { source: sourceOf(source), clock: systemClock, software: 'test', key: null }
    const folder = place.folder()
    await exportSchool(folder, making, { school: SCHOOL, since: null, until: null })
    await expect(exportSchool(folder, making, { school: SCHOOL, since: null, until: null })).rejects.toThrow(
      /укажите пустую/,
    )
    const target = await installed(await engine.openStarted())
    const { people } = await restoreCopy(openCopy(folder, null, null), targetOf(target))
    expect(people).toEqual({ names: 2, credentials: 2 })
    await sameReadModels(target)
  })
})

const NOW = Instant.parse('2026-11-24T19:30:00.000Z')
const ANYBODY = Uuid.parse('00000000-0000-4000-8000-a00000000009')
const FULL_NAME = { family: 'Абрамова', given: 'Анна', patronymic: null }

const at = (day: number, minutes = 0): string => plusMinutes(NOW, day * 24 * 60 + minutes)

describe('copies of many days', () => {
  const engine = testEngine('pglite')
  let source: Installation
  const log = new ChainedLog()
  beforeAll(async () => {
    source = await installed(await engine.openStarted())
    await log.write(source.execution.store, 50)
  })

  it('R-A3.4b: after 40 days 30 daily copies are there, each restorable, and no file but theirs', async () => {
    const folder = place.folder()
    const counts = new Map<number, number>()
    for (let day = 0; day < 40; day++) {
      await log.write(source.execution.store, 20)
      // On the tenth day somebody asks for three more.
      for (const extra of day === 10 ? [-60, -40, -20, 0] : [0]) {
        const { manifest } = await backUp(folder, source, { at: at(day, extra) })
        counts.set(manifest.copy, manifest.events)
      }
      const dates = new Set(listCopies(folder).map((copy) => dateAt(copy.at!, ZONE)))
      expect(dates.size).toBe(Math.min(day + 1, 30))
    }
    const copies = listCopies(folder)
    expect(copies.map(({ problem }) => problem)).toEqual(copies.map(() => null))
    const last = dateAt(Instant.parse(at(39)), ZONE)
    const dates = new Set(copies.map((copy) => dateAt(copy.at!, ZONE)))
    expect([...dates].toSorted()).toEqual(Array.from({ length: 30 }, (_, n) => addDays(last, n - 29)))
    const listed = copies.flatMap(({ copy }) => readManifest(folder, copy).files.map(({ name }) => name))
    const stored = readdirSync(folder).filter((name) => name.includes('.gz'))
    expect(stored.toSorted()).toEqual([...new Set(listed)].toSorted())
    for (const { copy } of [copies[0]!, copies[15]!, copies.at(-1)!]) {
      const target = await installed(await engine.openStarted())
      const { events } = await restoreCopy(openCopy(folder, copy, KEY), targetOf(target))
      expect(events).toBe(counts.get(copy))
    }
  })

  it('keep the old ones after a long silence, until there are 30 new days', async () => {
    const folder = place.folder()
    for (let day = 0; day < 3; day++) await backUp(folder, source, { at: plusMinutes(NOW, day * 24 * 60) })
    await backUp(folder, source, { at: plusMinutes(NOW, 100 * 24 * 60) })
    expect(copiesIn(folder)).toEqual([1, 2, 3, 4])
    await backUp(folder, source, { at: plusMinutes(NOW, 100 * 24 * 60 + 5), days: 1 })
    expect(copiesIn(folder)).toEqual([4, 5])
  })

  it('sum up: full files are listed again, and what is not full is merged, so that days do not make files', async () => {
    const folder = place.folder()
    const busy = await installed(await engine.openStarted())
    const pages = new ChainedLog()
    const files = (copy: number) => readManifest(folder, copy).files.filter(({ kind }) => kind === 'events')
    const full = 60_000
    for (let day = 1; day <= 25; day++) {
      await pages.write(busy.execution.store, 40)
      const { manifest, added } = await backUp(folder, busy, { full })
      expect(added).toBeGreaterThanOrEqual(40)
      const [now, before] = [files(day), day === 1 ? [] : files(day - 1)]
      const kept = before.filter(({ text }) => text >= full)
      expect(now.slice(0, kept.length)).toEqual(kept)
      for (const { text } of now.slice(0, -1)) expect(text).toBeGreaterThanOrEqual(full)
      expect(now.reduce((sum, { lines }) => sum + lines, 0)).toBe(manifest.events)
    }
    const { text } = files(25).reduce((sum, file) => ({ ...sum, text: sum.text + file.text }))
    expect(files(25).length).toBeGreaterThan(5)
    expect(files(25).length).toBeLessThanOrEqual(Math.ceil(text / full))
    const whole = (await contentOf(busy)).events
    for (const copy of [1, 13, 25]) {
      const readable = openCopy(folder, copy, KEY)
      const { manifest } = await verifyCopy(readable)
      const events: string[] = []
      for await (const { event } of eventsOf(readable)) events.push(event.canonical)
      expect(events).toEqual(whole.slice(0, manifest.events))
    }
  })

  it('are made anew when a file of the copy before has changed, and say so', async () => {
    const folder = place.folder()
    const { manifest } = await backUp(folder, source)
    const [events] = manifest.files
    const bytes = readFileSync(join(folder, events!.name))
    bytes[100]! ^= 1
    writeFileSync(join(folder, events!.name), bytes)
    const { begunAnew, manifest: next } = await backUp(folder, source)
    expect(begunAnew).toContain(events!.name)
    expect(next.files.map(({ name }) => name)).not.toContain(events!.name)
    await verifyCopy(openCopy(folder, null, KEY))
  })

  it('are made anew with another key; the old ones need the old one', async () => {
    const folder = place.folder()
    await backUp(folder, source)
    expect((await backUp(folder, source, { key: OTHER_KEY })).begunAnew).toMatch(/ключ/)
    await verifyCopy(openCopy(folder, 2, OTHER_KEY))
    await verifyCopy(openCopy(folder, 1, KEY))
    expect(() => openCopy(folder, 1, OTHER_KEY)).toThrow(/Ключ не тот/)
    expect(() => openCopy(folder, 1, null)).toThrow(/Копия зашифрована/)
  })

  it('are refused when the log does not go on from the copy before, and nothing is lost', async () => {
    const folder = place.folder()
    await backUp(folder, source)
    const other = await installed(await engine.openStarted())
    await recordPast(other.execution.store, beforehand)
    for (const log of [other, await installed(await engine.openStarted())]) {
      await expect(backUp(folder, log)).rejects.toThrow(/не продолжает копию 1/)
    }
    expect(copiesIn(folder)).toEqual([1])
    expect(await backUp(folder, other, { anew: true })).toMatchObject({ begunAnew: 'так велено' })
    await verifyCopy(openCopy(folder, 1, KEY))
  })

  it('are refused so although the newest of them is damaged', async () => {
    const folder = place.folder()
    await backUp(folder, source)
    await backUp(folder, source)
    const other = await installed(await engine.openStarted())
    rmSync(join(folder, readManifest(folder, 2).files[0]!.name))
    await expect(backUp(folder, other)).rejects.toThrow(/не продолжает копию 1/)
    expect((await backUp(folder, source)).begunAnew).toMatch(/Копия повреждена: events-000002/)
  })

  it('take nothing over from a manifest that somebody without the key has written', async () => {
    const folder = place.folder()
    await backUp(folder, source)
    const { mac: _, ...body } = readManifest(folder, 1)
    await commitCopy(folder, { ...body, at: Instant.parse('2026-11-24T20:00:00.000Z') }, null)
    const { begunAnew, manifest } = await backUp(folder, source)
    expect(begunAnew).toMatch(/манифест составлен не тем, у кого ключ/)
    expect(manifest.files.every(({ name }) => name.includes('-000002'))).toBe(true)
    await verifyCopy(openCopy(folder, 2, KEY))
  })

  it('are refused when a record of the log was changed, which is named', async () => {
    const folder = place.folder()
    const tampered = await installed(await engine.openStarted())
    await new ChainedLog().write(tampered.execution.store, 40)
    const { kysely } = tampered.database
    await query(kysely, 'alter table log.event disable trigger append_only')
    await query(
      kysely,
      `update log.event set canonical = replace(canonical, 'натуральным', 'целым') where position = 17`,
    )
    const [row] = await query<{ stream: StreamName; revision: string }>(
      kysely,
      'select stream, revision from log.event where position > 17 and stream = (select stream from log.event where position = 17) order by position limit 1',
    )
    await expect(backUp(folder, tampered)).rejects.toThrow(
      new RegExp(`поток ${row!.stream}, ревизия ${row!.revision}: цепочка прервана`),
    )
    expect(readdirSync(folder).filter((name) => name.includes('.gz') || name.startsWith('copy'))).toEqual([])
  })

  it('of an empty log are whole too, and go on when there is something', async () => {
    const folder = place.folder()
    const empty = await installed(await engine.openStarted())
    expect((await backUp(folder, empty)).manifest.events).toBe(0)
    await verifyCopy(openCopy(folder, null, KEY))
    await new ChainedLog().write(empty.execution.store, 5)
    expect((await backUp(folder, empty)).added).toBeGreaterThanOrEqual(5)
    await verifyCopy(openCopy(folder, null, KEY))
  })

  it('are made by one process at a time', async () => {
    const folder = place.folder()
    const [one, two] = await Promise.allSettled([backUp(folder, source), backUp(folder, source)])
    expect([one.status, two.status].toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(copiesIn(folder)).toEqual([1])
  })

  it('R-A1.s1 (copies): without the key nothing in an encrypted copy can be read, and with it everything', async () => {
    const folder = place.folder()
    const named = await installed(await engine.openStarted())
    await ofSchool(named)
    await backUp(folder, named)
    const { gunzipSync } = await import('node:zlib')
    for (const name of readdirSync(folder).filter((name) => name.includes('.gz'))) {
      const bytes = readFileSync(join(folder, name))
      expect(() => gunzipSync(bytes), name).toThrow()
      expect(bytes.includes('Иванова'), name).toBe(false)
    }
    const open = place.folder()
    await backUp(open, named, { key: null })
    const names = readManifest(open, 1).files.find(({ kind }) => kind === 'names')!
    expect(gunzipSync(readFileSync(join(open, names.name))).toString()).not.toContain('Иванова-1')
  })
})

/** Takes the tables away that a database of a test has from its beginning. */
async function emptied(database: Kysely<unknown>): Promise<void> {
  const made = await query<{ name: string }>(
    database,
    `select nspname as name from pg_namespace where nspname !~ '^(pg_|public$|information_schema$)'`,
  )
  for (const { name } of made) await query(database, `drop schema ${name} cascade`)
}

/** A drill of the newest copy. */
const of = (folder: string) => ({
  folder,
  copy: null,
  key: KEY,
  into: null,
  encryption: testKeys,
  clock: () => NOW,
  log: silent,
})

describe('a drill', () => {
  const engine = testEngine('pglite')
  const server = testEngine('postgres')
  let source: Installation
  beforeAll(async () => {
    source = await installed(await engine.openStarted())
    await ofSchool(source)
  })

  it('R-A3.4b, R-7A.18: restores the newest copy aside, and its date and result are kept beside the copies', async () => {
    const folder = place.folder()
    const { manifest } = await backUp(folder, source)
    const drill = await rehearse(of(folder))
    expect(drill).toMatchObject({ at: NOW, copy: 1, ok: true, events: manifest.events, problem: null })
    expect(drill.seconds).toBeGreaterThan(0)
    expect(lastDrill(folder)).toEqual(drill)
    expect((await backUp(folder, source)).removed).toEqual([])
    expect(lastDrill(folder)).toEqual(drill)
  })

  it('of a damaged copy fails, says what is damaged, and is kept', async () => {
    const folder = place.folder()
    const { manifest } = await backUp(folder, source)
    const { name } = manifest.files.find(({ kind }) => kind === 'events')!
    const bytes = readFileSync(join(folder, name))
    bytes[200]! ^= 64
    writeFileSync(join(folder, name), bytes)
    expect(await rehearse(of(folder))).toMatchObject({ copy: 1, ok: false, events: 0 })
    expect(lastDrill(folder)!.problem).toContain(name)
    expect(await rehearse({ ...of(folder), key: OTHER_KEY })).toMatchObject({ ok: false })
    // A line that a killed process left half is passed over.
    writeFileSync(join(folder, 'drills.ndjson'), '{"at":"2026', { flag: 'a' })
    expect(lastDrill(folder)!.problem).toMatch(/Ключ не тот/)
    expect(await rehearse({ ...of(folder), copy: 7 })).toMatchObject({ copy: 7, ok: false })
    expect(lastDrill(folder)!.problem).toMatch(/нет копии 7/)
  })

  it('goes into a database of a server as well, and leaves it as empty as it was', async ({ skip }) => {
    if (postgresAbsence !== null) skip(postgresAbsence)
    const folder = place.folder()
    await backUp(folder, source)
    const scratch = await server.open()
    await emptied(scratch.kysely)
    for (let n = 0; n < 2; n++) {
      expect(await rehearse({ ...of(folder), into: scratch.at })).toMatchObject({
        ok: true,
        engine: 'postgres',
      })
    }
    await query(scratch.kysely, 'create schema somebodys')
    const refused = await rehearse({ ...of(folder), into: scratch.at })
    expect(refused.problem).toMatch(/не пуста \(схемы: somebodys\)/)
  })
})
