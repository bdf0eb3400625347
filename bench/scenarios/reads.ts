import { catchUp } from '#main/installation.ts'
import { tidy } from '#main/housekeeping.ts'
import { streamName } from '#events/stream-name.ts'
import { auditLines, cellHistory } from '#projections/audit-trail/queries.ts'
import { grid } from '#projections/class-journal/queries.ts'
import { diary } from '#projections/pupil-diary/queries.ts'
import { query } from '#events/store/sql.ts'
import { addDays, mondayOf } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { load, sampleOfPart } from '../http/job.ts'
import { letopis } from '../http/service.ts'
import { oneByOne, quantile } from '../measure.ts'
import { logIn } from '../region/log-ins.ts'
import type { Page, Region, School, Shape } from '../region/plan.ts'
import { type Engine, installed, newPlace, prepare } from '../region/prepared.ts'
import { diaryWeek } from '../region/requests.ts'
import { figure } from '../report.ts'
import type { Check, Mode, Run, Scenario } from '../scenario.ts'
import { classJournal } from '#projections/class-journal/projection.ts'
import { schemaOf } from '#projections/read-model.ts'

const JOURNAL = schemaOf(classJournal)

/** Pages of 25 pupils and 20 lessons: 500 cells. */
const school = {
  classes: 20,
  journals: 10,
  pupils: 25,
  lessons: 20,
  entries: true,
  teachers: 4,
  planned: true,
} as const
const SHAPES: Readonly<Record<Mode, Readonly<Record<Engine, Shape>>>> = {
  quick: { PostgreSQL: { ...school, schools: 2 }, embedded: { ...school, schools: 1 } },
  full: { PostgreSQL: { ...school, schools: 100 }, embedded: { ...school, schools: 100 } },
}

/** The targets of one client on PostgreSQL at five million events, p99 in milliseconds; embedded within twice of it. */
const ENTRIES = 'over HTTP: entries of the diary of a week'
const WHOLE = 'over HTTP: diary of a week, all eight kinds and forecasts'
const TARGETS = {
  'grid of a class and a quarter': 10,
  'entries of the diary of a week': 5,
  'history of a cell': 2,
  [WHOLE]: 20,
} as const

type Reads = Readonly<Record<string, (n: number) => Promise<unknown>>>

export const reads: Scenario = {
  name: 'reads',
  about:
    'grids, diaries, histories and registers, one client: against the bare statement for the same cells; whole diaries over HTTP',
  async run(run) {
    const absence = await run.scratch.postgresAbsence()
    const engines: readonly Engine[] = absence === null ? ['PostgreSQL', 'embedded'] : ['embedded']
    const measured = new Map<Engine, Measured>()
    for (const engine of engines) measured.set(engine, await readsOn(run, engine))
    return {
      tables: engines.map((engine) => {
        const { events, latencies } = measured.get(engine)!
        return {
          title: `${engine}, ${figure(events)} events; milliseconds`,
          columns: ['', 'p50', 'p95', 'p99'],
          rows: Object.entries(latencies).map(([name, taken]) => [
            name,
            ...[0.5, 0.95, 0.99].map((q) => figure(quantile(taken, q))),
          ]),
        }
      }),
      checks: engines.flatMap((engine) =>
        Object.entries(TARGETS).map(([name, target]): Check => {
          const most = engine === 'PostgreSQL' ? target : 2 * target
          const value = quantile(measured.get(engine)!.latencies[name]!, 0.99)
          return { what: `${engine}, ${name}, p99`, value, unit: 'ms', target: { most } }
        }),
      ),
      notes: [
        ...(run.mode === 'quick' ? ['the targets are for five million events: --full'] : []),
        ...(absence === null ? [] : [`not on PostgreSQL: ${absence}`]),
      ],
      samples: Object.fromEntries(measured),
    }
  },
}

interface Measured {
  readonly events: number
  readonly latencies: Readonly<Record<string, readonly number[]>>
}

async function readsOn(run: Run, engine: Engine): Promise<Measured> {
  const rounds = run.mode === 'quick' ? 300 : 2_000
  run.say(`writing a log, ${engine}`)
  const place = await newPlace(run, engine)
  const { region, events } = await prepare(run, place, SHAPES[run.mode][engine], { logIns: true })
  const latencies: Record<string, readonly number[]> = {}
  const installation = await installed(place)
  try {
    run.say(`projecting ${events} events`)
    await catchUp(installation)
    // As a service does before it listens; a server does it by itself, in its time.
    await tidy(installation.database)
    if (engine === 'PostgreSQL') await query(installation.database.kysely, 'analyze')
    const of = readsOf(installation.database.kysely, region)
    for (const [name, read] of Object.entries(of)) {
      run.say(name)
      latencies[name] = await oneByOne(rounds, read, 20)
    }
  } finally {
    await installation.close()
  }
  const service = await letopis(run.scratch, place)
  try {
    for (const [name, only] of [[ENTRIES, 'entries'] as const, [WHOLE, undefined] as const]) {
      run.say(name)
      latencies[name] = await diariesOverHttp(run, service.address, region, rounds, only)
    }
  } finally {
    await service.stop()
  }
  return { events, latencies }
}

/** The diaries of pupils of the first schools, one after another, as their deputies ask for them. */
async function diariesOverHttp(
  { scratch }: Run,
  address: string,
  { schools, today }: Region,
  rounds: number,
  only: 'entries' | undefined,
): Promise<readonly number[]> {
  const some = schools.slice(0, 10)
  const tokens = await Promise.all(some.map(({ slug }) => logIn(address, slug, 'deputy')))
  const from = addDays(mondayOf(today), -7)
  const requests = Array.from({ length: rounds }, (_, n) => {
    const of = some[n % some.length]!
    return diaryWeek(of, pupil(of.pages[(n * 7) % of.pages.length]!, n), from, tokens[n % some.length]!, only)
  })
  const part = { name: 'diaries', connections: 1, seconds: 600, rate: null, repeat: false }
  // What connections keep prepared and schools keep at hand is there when it is measured.
  await load(scratch, address, [{ ...part, requests: requests.slice(0, 100) }])
  const { diaries } = await load(scratch, address, [{ ...part, requests }])
  // Every one was answered.
  sampleOfPart(diaries!, 200)
  return diaries!.latencies
}

const pupil = (page: Page, n: number): Uuid => page.class.pupils[(n * 11) % page.class.pupils.length]!

function readsOf(database: Parameters<typeof grid>[0], { schools, today }: Region): Reads {
  /** Another school and another page each time. */
  const at = (n: number): { of: School; page: Page; stream: string } => {
    const of = schools[n % schools.length]!
    const page = of.pages[(n * 7) % of.pages.length]!
    return { of, page, stream: streamName(of.slug, 'journalPage', page.page) }
  }
  const cells = `select lesson, pupil, absence, marks from ${JOURNAL}.cell where stream = $1`
  return {
    'raw: the cells of the grid alone': (n) => query(database, cells, [at(n).stream]),
    'grid of a class and a quarter': (n) => grid(database, at(n).stream),
    'entries of the diary of a week': (n) => {
      const { of, page } = at(n)
      const from = addDays(mondayOf(today), -7)
      return diary(database, of.slug, pupil(page, n), from, addDays(from, 6))
    },
    'history of a cell': (n) => {
      const { page, stream } = at(n)
      const { lesson } = page.lessons[(n * 3) % page.lessons.length]!
      return cellHistory(database, stream, lesson, pupil(page, n))
    },
    'corrections of a journal, 100': (n) => {
      const { of, page } = at(n)
      return auditLines(database, of.slug, { journal: page.journal, corrections: true }, null, 100)
    },
    'audit of an author, 100': (n) => {
      const { of, page } = at(n)
      return auditLines(database, of.slug, { account: page.class.teacher.account }, null, 100)
    },
  }
}
