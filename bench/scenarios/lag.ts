import { randomUUID } from 'node:crypto'
import { chain } from '#events/record.ts'
import { streamName } from '#events/stream-name.ts'
import { PERIOD, type Shape } from '../region/plan.ts'
import { catchUp } from '#main/installation.ts'
import { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { quantile } from '../measure.ts'
import { type Engine, installed, newPlace, prepare } from '../region/prepared.ts'
import { figure } from '../report.ts'
import type { Run, Scenario } from '../scenario.ts'

const SHAPE: Shape = {
  schools: 1,
  classes: 10,
  journals: 10,
  pupils: 25,
  lessons: 10,
  entries: true,
  teachers: 2,
}

export const lag: Scenario = {
  name: 'lag',
  about: 'from the answer to a single write until every read model shows it, an idle service',
  async run(run) {
    const absence = await run.scratch.postgresAbsence()
    const engines: readonly Engine[] = absence === null ? ['PostgreSQL', 'embedded'] : ['embedded']
    const samples = new Map<Engine, readonly number[]>()
    for (const engine of engines) samples.set(engine, await measured(run, engine))
    const at = (engine: Engine, q: number): number | null => {
      const taken = samples.get(engine)
      return taken === undefined ? null : quantile(taken, q)
    }
    return {
      tables: [
        {
          title: 'Milliseconds',
          columns: ['', 'p50', 'p95', 'p99'],
          rows: engines.map((engine) => [
            `Letopis, ${engine}`,
            ...[0.5, 0.95, 0.99].map((q) => figure(at(engine, q)!)),
          ]),
        },
      ],
      checks: [
        { what: 'PostgreSQL, p95', value: at('PostgreSQL', 0.95), unit: 'ms', target: { most: 50 } },
        { what: 'embedded, p95', value: at('embedded', 0.95), unit: 'ms', target: { most: 100 } },
      ],
      notes: absence === null ? [] : [`not on PostgreSQL: ${absence}`],
      samples: Object.fromEntries(samples),
    }
  },
}

const id = (): Uuid => randomUUID() as Uuid

async function measured(run: Run, engine: Engine): Promise<number[]> {
  run.say(engine)
  const place = await newPlace(run, engine)
  const { region } = await prepare(run, place, SHAPE, { logIns: false })
  const installation = await installed(place)
  try {
    await catchUp(installation)
    const { store } = installation.execution
    const { slug, year, deputy } = region.schools[0]!
    const lags: number[] = []
    for (let i = 0; i < (run.mode === 'quick' ? 300 : 2_000); i++) {
      const stream = streamName(slug, 'journalPage', id())
      const at = Instant.parse(`${region.today}T06:00:00.000Z`)
      const meta = { v: 1, school: slug, at, by: deputy.account, role: 'deputy', cred: 1, cmd: id() } as const
      const data = { journal: id(), year, period: PERIOD, grading: 'g5' }
      const rest = { cause: null, corr: null, basis: {} }
      const event = { id: id(), type: 'PageOpened', data, meta: { ...meta, ...rest } }
      const { records } = chain(stream, -1n, null, [event])
      const { position } = await store.append(stream, 'no-stream', records)
      const answered = performance.now()
      const shown = await Promise.all(
        installation.projectors.map((projector) => projector.reaches(position, 10_000)),
      )
      if (!shown.every(Boolean)) throw new Error('a read model did not come within ten seconds')
      lags.push(performance.now() - answered)
    }
    return lags
  } finally {
    await installation.close()
  }
}
