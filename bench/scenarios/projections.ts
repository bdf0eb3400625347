import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { catchUp } from '#main/installation.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { schemaOf } from '#projections/read-model.ts'
import { rebuildTogether } from '#projections/rebuild.ts'
import { systemClock } from '#values/time.ts'
import { median } from '../measure.ts'
import type { Shape } from '../region/plan.ts'
import { installed, newPlace, type Place, prepare } from '../region/prepared.ts'
import { figure } from '../report.ts'
import { type Mode, type Run, type Scenario, skipped } from '../scenario.ts'

const school = { schools: 1, classes: 20, journals: 10, pupils: 25, entries: true, teachers: 4 } as const

/** A small log and a larger one, to see whether an event costs the same in both; `full`: five million events. */
const SHAPES: Readonly<Record<Mode, readonly [Shape, Shape]>> = {
  quick: [
    { ...school, lessons: 16 },
    { ...school, lessons: 60 },
  ],
  full: [
    { ...school, lessons: 40 },
    { ...school, schools: 20, lessons: 104 },
  ],
}

interface Measured {
  readonly events: number
  readonly rows: number
  /** Seconds for all read models together. */
  readonly live: number
  readonly rebuild: number
  readonly copy: number
}

/** All read models from the log, as when a projector catches up and as a rebuild beside them makes them. */
export const projections: Scenario = {
  name: 'projections',
  about: 'all read models caught up live and rebuilt: against COPY of the same final rows',
  async run(run) {
    const absence = await run.scratch.postgresAbsence()
    if (absence !== null) return skipped(absence)
    const [smallShape, largeShape] = SHAPES[run.mode]
    const small = await measured(run, smallShape)
    const large = await measured(run, largeShape)
    const rows = [small, large].map(({ events, rows, live, rebuild, copy }) => {
      const rate = (seconds: number): string => figure(events / seconds)
      return [figure(events), figure(rows), rate(live), rate(rebuild), rate(copy)] as const
    })
    return {
      tables: [
        {
          title: `${READ_MODELS.length} read models together, events a second`,
          columns: [
            'events',
            'rows made',
            'live, one process',
            'rebuild',
            'raw COPY of the rows, with indexes',
          ],
          rows,
        },
      ],
      checks: [
        { what: 'live to raw COPY', value: large.copy / large.live, unit: '×', target: { least: 0.4 } },
        { what: 'rebuild to raw COPY', value: large.copy / large.rebuild, unit: '×', target: { least: 0.7 } },
        {
          what: 'cost of an event in the large rebuild to that in the small',
          value: large.rebuild / large.events / (small.rebuild / small.events),
          unit: '×',
          target: { most: 1.1 },
        },
        {
          what: 'a school year of 526,000 events rebuilt, at this rate',
          value: (526_000 * large.rebuild) / large.events,
          unit: 's',
          target: { most: 20 },
        },
      ],
      notes: [
        'COPY is given ready rows: it reads no log, folds nothing and compares nothing; a rebuild also compares the two models row by row before it puts the new one in place',
      ],
      samples: { small, large },
    }
  },
}

async function measured(run: Run, shape: Shape): Promise<Measured> {
  run.say('writing a log')
  const place = await newPlace(run, 'PostgreSQL')
  const { events } = await prepare(run, place, shape, { logIns: false })
  const installation = await installed(place)
  try {
    run.say(`${events} events: live`)
    const live = await seconds(() => catchUp(installation))
    const failed = installation.projectors.find(({ failure }) => failure !== null)
    if (failed !== undefined) throw new Error(`${failed.model.name} stopped: ${failed.failure!.problem}`)
    const tables = await modelTables(place)
    run.say('raw COPY')
    const copies = [await copied(place, tables)]
    run.say('rebuild')
    const { store } = installation.execution
    const parts = { store, database: installation.database.kysely, clock: systemClock }
    const rebuilt = await seconds(async () => {
      await rebuildTogether(READ_MODELS, null, parts)
    })
    run.say('raw COPY')
    copies.push(await copied(place, tables))
    const rows = await rowsOf(place, tables)
    return { events, rows, live, rebuild: rebuilt, copy: median(copies) }
  } finally {
    await installation.close()
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1_000
}

async function withClient<Result>(
  place: Place,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: place.url! })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function modelTables(place: Place): Promise<string[]> {
  return withClient(place, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select schemaname || '.' || tablename as name from pg_tables where schemaname = any($1) order by 1`,
      [READ_MODELS.map(schemaOf)],
    )
    return rows.map(({ name }) => name)
  })
}

function rowsOf(place: Place, tables: readonly string[]): Promise<number> {
  return withClient(place, async (client) => {
    const counts = tables.map((table) => `(select count(*) from ${table})`).join(' + ')
    const { rows } = await client.query<{ count: string }>(`select ${counts} as count`)
    return Number(rows[0]!.count)
  })
}

/** Seconds in which PostgreSQL takes the same rows by COPY into empty tables with the same keys and indexes. */
function copied(place: Place, tables: readonly string[]): Promise<number> {
  return withClient(place, async (client) => {
    let spent = 0
    for (const table of tables) {
      const chunks: Buffer[] = []
      const out = client.query(copyTo(`copy ${table} to stdout`))
      out.on('data', (chunk: Buffer) => chunks.push(chunk))
      await once(out, 'end')
      await client.query(`create table copied (like ${table} including all)`)
      spent += await seconds(() =>
        pipeline(Readable.from(chunks), client.query(copyFrom('copy copied from stdin'))),
      )
      await client.query('drop table copied')
    }
    return spent
  })
}
