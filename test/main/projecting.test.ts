import { randomUUID } from 'node:crypto'
import { expect, it, vi } from 'vitest'
import { readConfig } from '#main/config.ts'
import { install } from '#main/installation.ts'
import { startProjecting } from '#main/projecting.ts'
import { rebuilds, runningRebuilds } from '#projections/rebuild-record.ts'
import { query } from '#events/store/sql.ts'
import { catchUp } from '#main/installation.ts'
import { classJournal } from '#projections/class-journal/projection.ts'
import { RELEASE } from '#projections/release.ts'
import { lessonRecorded, pageOpened, school } from '#support/class-7a.ts'
import { eachEngine } from '#support/databases.ts'
import { recordPast } from '#support/past-in-log.ts'
import { testKeys } from '#support/person-keys.ts'
import { SCHOOL } from '#support/spec.ts'
import { systemClock } from '#values/time.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }

eachEngine((engine) => {
  it('R-D3: whoever keeps the read models goes on with a rebuild that a killed process has left', async () => {
    const database = await engine.open()
    const before = await install(database, systemClock, log, testKeys)
    await recordPast(before.execution.store, [...school, pageOpened, lessonRecorded])
    await catchUp(before)
    for (const projector of before.projectors) await projector.stop()
    // As it is left: begun, without an end, with a sign of life that a folder of one process need not believe.
    const id = randomUUID()
    const alive = database.engine === 'pglite' ? '30 seconds' : '-1 seconds'
    await query(
      database.kysely,
      `insert into projection.rebuild (id, read_model, version, release, school, started, alive_until)
       values ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7::interval)`,
      [id, classJournal.name, classJournal.version, RELEASE, SCHOOL, systemClock(), alive],
    )
    const installation = { ...before, projectors: before.newProjectors() }
    const config = readConfig(database.at === null ? {} : { DATABASE_URL: database.at })
    const projecting = await startProjecting(installation, config, true, log)
    try {
      await vi.waitFor(
        async () => {
          const [found] = await rebuilds(database.kysely, classJournal.name, SCHOOL)
          expect(found).toMatchObject({ id, running: false, problem: null })
          expect(found!.report?.tables.every(({ differing }) => differing === 0)).toBe(true)
        },
        { timeout: 25_000, interval: 50 },
      )
      expect(await runningRebuilds(database.kysely)).toEqual([])
    } finally {
      await projecting.stop()
      for (const projector of installation.projectors) await projector.stop()
      await before.close()
    }
  })
})
