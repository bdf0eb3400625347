import pg from 'pg'
import { openPostgres } from '#main/database.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { inTurns, medianRate, ratio, type Sample, sampleOf } from '../measure.ts'
import type { Shape } from '../region/plan.ts'
import { newPlace, prepare } from '../region/prepared.ts'
import { figure } from '../report.ts'
import { type Scenario, skipped } from '../scenario.ts'

const PAGE = 1_000

const SHAPES: Readonly<Record<'quick' | 'full', Shape>> = {
  quick: { schools: 1, classes: 20, journals: 10, pupils: 25, lessons: 30, entries: true, teachers: 4 },
  full: { schools: 5, classes: 20, journals: 10, pupils: 25, lessons: 80, entries: true, teachers: 4 },
}

/** The log read from its beginning, a page after the other, as a rebuild does. */
export const logRead: Scenario = {
  name: 'log-read',
  about: 'the log read from its beginning: against bare pages of text, of jsonb, and JSON.parse alone',
  async run(run) {
    const absence = await run.scratch.postgresAbsence()
    if (absence !== null) return skipped(absence)
    run.say('writing a log')
    const place = await newPlace(run, 'PostgreSQL')
    const { events } = await prepare(run, place, SHAPES[run.mode], { logIns: false })
    const database = openPostgres(place.url!)
    const log = await PostgresLog.open(database.kysely)
    const client = new pg.Client({ connectionString: place.url! })
    await client.connect()
    const texts: string[] = []
    const pages = async (columns: string, each: (row: { canonical: unknown }) => void): Promise<void> => {
      const text = `select position, ${columns} as canonical from log.event where position > $1 order by position limit ${PAGE}`
      for (let last = 0, more = true; more; ) {
        const asked = { name: columns, text, values: [last] }
        const { rows } = await client.query<{ position: string; canonical: unknown }>(asked)
        for (const row of rows) each(row)
        last = Number(rows.at(-1)?.position)
        more = rows.length === PAGE
      }
    }
    const contestants = [
      {
        name: 'Letopis, readAll',
        run: async () => {
          let read = 0
          for await (const event of log.readAll()) read += event.data === null ? 0 : 1
          return read
        },
      },
      {
        name: 'raw, as text',
        run: () => pages('canonical', ({ canonical }) => void texts.push(canonical as string)),
      },
      {
        name: 'raw, text and JSON.parse',
        run: () => pages('canonical', ({ canonical }) => void JSON.parse(canonical as string)),
      },
      { name: 'raw, as jsonb', run: () => pages('canonical::jsonb', () => {}) },
      { name: 'JSON.parse alone', run: async () => texts.forEach((text) => JSON.parse(text)) },
    ]
    const measure = async (contestant: (typeof contestants)[number]): Promise<Sample> => {
      if (contestant.name === 'raw, as text') texts.length = 0
      const began = performance.now()
      await contestant.run()
      const seconds = (performance.now() - began) / 1_000
      return sampleOf([seconds * 1_000], events, seconds)
    }
    for (const contestant of contestants) await measure(contestant)
    const samples = await inTurns(contestants, run.mode === 'quick' ? 3 : 5, measure)
    await client.end()
    await log.close()
    await database.close()
    const ours = samples.get('Letopis, readAll')!
    return {
      tables: [
        {
          title: `${figure(events)} events, pages of ${figure(PAGE)}; medians`,
          columns: ['', 'events/s', 'Letopis to it'],
          rows: contestants.map(({ name }) => [
            name,
            figure(medianRate(samples.get(name)!)),
            figure(ratio(ours, samples.get(name)!)),
          ]),
        },
      ],
      checks: [],
      notes: ['no target of its own: it bounds every rebuild'],
      samples: Object.fromEntries(samples),
    }
  },
}
