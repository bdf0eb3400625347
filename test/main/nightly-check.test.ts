import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { query } from '#events/store/sql.ts'
import { NightlyCheck } from '#main/nightly-check.ts'
import { StateFile } from '#integrity/signing-state.ts'
import { checksStanding } from '#projections/record-checks/queries.ts'
import { classJournal } from '#projections/class-journal/projection.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { schemaOf } from '#projections/read-model.ts'
import { streamName } from '#events/stream-name.ts'
import { TimeZone } from '#values/time.ts'
import { type Api, openApi, OTHER_SCHOOL } from '#support/api.ts'
import { ANNA, BORIS, LESSON, MONDAY, PAGE } from '#support/class-7a.ts'
import { eachEngine } from '#support/databases.ts'
import { sealing } from '#support/sealing.ts'
import { SCHOOL } from '#support/spec.ts'

const JOURNAL = schemaOf(classJournal)
const page = `pages/${PAGE}`
const PAGE_STREAM = streamName(SCHOOL, 'journalPage', PAGE)
/** 03:31 in Tomsk, a minute after the time. */
const NIGHT = '2026-11-09T20:31:00.000Z'
const DATE = '2026-11-10'

interface Checks {
  readonly checks: ReadonlyArray<{
    readonly date: string
    readonly differing: number
    readonly differences: readonly object[]
    readonly fault: object | null
    readonly whole_log: string
    readonly part: boolean
    readonly streams: number
    readonly rows: number
    readonly records: number
    readonly not_compared: readonly string[]
  }>
}

const keyOfCell = (pupil: string) => JSON.stringify({ lesson: LESSON, pupil })

describe('the nightly check', () => {
  eachEngine((engine) => {
    let api: Api
    let folder: string
    const said: Array<{ level: string; message: string; facts: object }> = []
    const telling = (level: string) => (facts: object, message: string) => {
      said.push({ level, message, facts })
    }
    const log = { info: telling('info'), warn: telling('warn'), error: telling('error') }

    beforeEach(async () => {
      said.length = 0
      folder = mkdtempSync(join(tmpdir(), 'letopis-check-'))
      api = await openApi(engine, {
        people: ['administrator', 'auditor', 'head', 'mathematician'],
        schools: [SCHOOL, OTHER_SCHOOL],
      })
      const teacher = await api.as('mathematician')
      const lesson = { date: MONDAY, number: 3, topic: 'Степень с натуральным показателем' }
      expect((await teacher.post(`${page}/record-lesson`, lesson)).status).toBe(201)
      const marks = [ANNA, BORIS].map((pupil) => ({ pupil, value: 5 }))
      expect(
        (await teacher.post(`${page}/record-marks`, { lesson: LESSON, kind: 'test', marks })).status,
      ).toBe(201)
      await api.shown()
    })
    afterEach(async () => {
      await api.close()
      rmSync(folder, { recursive: true })
    })

    const signed = () => {
      const last = new StateFile(join(folder, 'state.json')).read()
      return last === null ? null : { size: last.size, root: last.root, where: 'state.json' }
    }
    const check = (records = 1_000_000) =>
      new NightlyCheck({
        installation: api.installation,
        models: api.installation.projectors,
        daily: { at: '03:30', zone: TimeZone.parse('Asia/Tomsk'), records },
        signed,
        log,
      })
    const checks = async (): Promise<Checks['checks']> => {
      await api.shown()
      return (await (await api.as('auditor')).get<Checks>('record-checks')).body.checks
    }
    const tamper = (text: string) => query(api.installation.database.kysely, text)
    it('R-F10: once a day, at its time, every school is checked whole, and nothing differs', async () => {
      api.at('2026-11-09T20:29:00.000Z')
      // The time of the day before has come, and nobody has checked since.
      await check().look()
      expect((await checks()).map(({ date }) => date)).toEqual(['2026-11-09'])
      api.at(NIGHT)
      await Promise.all([check().look(), check().look()])
      await check().look()
      const found = await checks()
      expect(found.map(({ date }) => date)).toEqual([DATE, '2026-11-09'])
      expect(found[0]).toMatchObject({
        differing: 0,
        differences: [],
        fault: null,
        part: false,
        not_compared: [],
      })
      expect(found[0]!.rows).toBeGreaterThan(30)
      expect(found[0]!.streams).toBeGreaterThan(8)
      const standing = await checksStanding(api.installation.database.kysely)
      expect(standing).toMatchObject({ schools: 2, differing: 0 })
    })

    it('R-F10: a row that was changed, taken out or put in by SQL is found and named by table and key', async () => {
      const [cell] = (await query(
        api.installation.database.kysely,
        `select * from ${JOURNAL}.cell where pupil = '${ANNA}' limit 1`,
      )) as [object]
      expect(cell).toBeDefined()
      await tamper(`update ${JOURNAL}.cell set marks = '[]'::jsonb where pupil = '${ANNA}'`)
      await tamper(`delete from ${JOURNAL}.cell where pupil = '${BORIS}'`)
      await tamper(
        `insert into ${JOURNAL}.lesson select (jsonb_populate_record(l, '{"stream":"${SCHOOL}.journalPage-nobody"}')).* from ${JOURNAL}.lesson l where school = '${SCHOOL}' limit 1`,
      )
      api.at(NIGHT)
      await check().look()
      const [found] = await checks()
      const differing = { readModel: 'class-journal', table: 'cell', stream: PAGE_STREAM }
      expect(found).toMatchObject({ date: DATE, differing: 3 })
      expect(found!.differences).toEqual(
        expect.arrayContaining([
          { ...differing, key: keyOfCell(ANNA), how: 'changed' },
          { ...differing, key: keyOfCell(BORIS), how: 'missing' },
          {
            readModel: 'class-journal',
            table: 'lesson',
            stream: `${SCHOOL}.journalPage-nobody`,
            key: null,
            how: 'extra',
          },
        ]),
      )
      expect(said.filter(({ level }) => level === 'error')).toMatchObject([
        {
          message: 'read models are not what follows from the record',
          facts: { school: SCHOOL, differing: 3 },
        },
      ])
      expect(await checksStanding(api.installation.database.kysely)).toMatchObject({
        schools: 2,
        differing: 1,
      })
    })

    it('goes on where one that was killed had come, and checks no school twice', async () => {
      api.at(NIGHT)
      const killed = new AbortController()
      const first = new NightlyCheck({
        installation: api.installation,
        models: api.installation.projectors,
        daily: { at: '03:30', zone: TimeZone.parse('Asia/Tomsk'), records: 1_000_000 },
        signed,
        // It dies behind the first school.
        log: { ...log, info: () => killed.abort() },
      })
      await expect(first.look(killed.signal)).rejects.toThrow()
      await api.shown()
      expect(await checksStanding(api.installation.database.kysely)).toMatchObject({ schools: 1 })
      await check().look()
      await api.shown()
      expect(await checksStanding(api.installation.database.kysely)).toMatchObject({ schools: 2 })
      expect(said).toHaveLength(1)
    })

    it('R-F10: of a large installation the schools come in turn, and of a large school its parts', async () => {
      const compared = { [SCHOOL]: 0, [OTHER_SCHOOL]: 0 } as Record<string, number>
      const whole = await (async () => {
        api.at(NIGHT)
        await check().look()
        return (await checks())[0]!
      })()
      const budget = Math.ceil(whole.records / 2) + 3
      const nights = 2
      for (let night = 1; night <= 2 * nights; night++) {
        api.at(new Date(Date.parse(NIGHT) + night * 86_400_000).toISOString())
        // One school a night: it takes more than the night has, and its part of the streams.
        await check(budget).look()
        await check(budget).look()
      }
      for (const school of [SCHOOL, OTHER_SCHOOL]) {
        const { body } = await (await api.as('auditor', school)).get<Checks>('record-checks?until=2026-12-31')
        const parts = body.checks.filter(({ part }) => part)
        expect(parts).toHaveLength(nights)
        expect(parts.every(({ differing }) => differing === 0)).toBe(true)
        compared[school] = parts.reduce((sum, { streams }) => sum + streams, 0)
      }
      // Every stream was among them once, and the one in which the first check stands.
      expect(compared[SCHOOL]).toBe(whole.streams + 1)
    })

    it('R-F10: a record that was changed in the database is named, with its stream and revision', async () => {
      const { database, execution } = api.installation
      const head = Number((await execution.store.head())!.commit)
      const told = sealing(database, execution.store, folder)
      await told.upTo(head)
      api.at(NIGHT)
      await check().look()
      expect((await checks())[0]).toMatchObject({ fault: null, whole_log: 'as-sealed', differing: 0 })

      await tamper('alter table log.event disable trigger append_only')
      const changed = `update log.event set canonical = replace(canonical, 'натуральным', 'отрицательным') where stream = '${PAGE_STREAM}'`
      await tamper(changed)
      await tamper('alter table log.event enable trigger append_only')
      api.at('2026-11-10T20:31:00.000Z')
      await check().look()
      expect((await checks())[0]).toMatchObject({
        fault: { kind: expect.stringMatching(/leaf-differs|chain-broken/) as string, stream: PAGE_STREAM },
        whole_log: 'differs',
      })
      expect(said.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
        'the log is not as it was sealed',
        'the record of a school is not as it was written',
      ])
    })

    it('says nothing of the other school to anybody', async () => {
      api.at(NIGHT)
      await check().look()
      await api.shown()
      expect((await (await api.as('head')).get<Checks>('record-checks')).body.checks).toHaveLength(1)
      expect((await (await api.as('mathematician')).get('record-checks')).status).toBe(403)
      expect(READ_MODELS.map(({ name }) => name)).toContain('record-checks')
    })
  })
})
