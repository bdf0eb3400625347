import pg from 'pg'
import { type PartOutcome, type Request, load } from '../http/job.ts'
import { letopis } from '../http/service.ts'
import { quantile } from '../measure.ts'
import type { Region, School, Shape } from '../region/plan.ts'
import { logIn } from '../region/log-ins.ts'
import { newPlace, type Place, prepare } from '../region/prepared.ts'
import { column, diaryWeek, grid } from '../region/requests.ts'
import { figure } from '../report.ts'
import { type Outcome, type Scenario, skipped } from '../scenario.ts'
import { addDays, mondayOf } from '#values/time.ts'

/** 5,000 pages. */
const SHAPE: Shape = {
  schools: 20,
  classes: 25,
  journals: 10,
  pupils: 25,
  lessons: 10,
  entries: false,
  teachers: 1,
  planned: true,
}

/** Events a second at the end of a quarter, in columns of seven marks and their work; reads a second in the evening. */
const EVENTS = 400
const MARKS = 7
const READS = 140

/**
 * Load before the one that is measured, in seconds: a service that has just started is compiling itself, which of the
 * twenty minutes of the target is half a percent and of a quick minute a tenth.
 */
const WARMING = 10

export const region: Scenario = {
  name: 'region',
  about: 'the load of a region: 400 events a second over 5,000 pages, 140 reads a second beside it',
  async run(run) {
    const { scratch, mode, say } = run
    const absence = await scratch.postgresAbsence()
    if (absence !== null) return skipped(absence)
    const seconds = mode === 'quick' ? 60 : 20 * 60
    say('preparing 20 schools')
    const place = await newPlace(run, 'PostgreSQL')
    const { region, events } = await prepare(run, place, SHAPE, { logIns: true })
    const service = await letopis(scratch, place)
    const tokens = new Map<string, string>()
    for (const { slug } of region.schools) {
      for (const login of ['teacher1', 'deputy'])
        tokens.set(`${slug}/${login}`, await logIn(service.address, slug, login))
    }
    const token = (school: School, login: string): string => tokens.get(`${school.slug}/${login}`)!
    const rate = EVENTS / (MARKS + 1)
    const writes = writesOf(region, Math.ceil((WARMING + seconds) * rate), token)
    const reads = readsOf(region, token)
    const loaded = (lasting: number, requests: readonly Request[]) =>
      load(scratch, service.address, [
        { name: 'writes', connections: 32, seconds: lasting, rate, repeat: false, requests },
        { name: 'reads', connections: 16, seconds: lasting, rate: READS, repeat: true, requests: reads },
      ])
    say(`${WARMING} s of load that is not measured, and ${seconds} s that is`)
    const before = await counted(place)
    const warm = await loaded(WARMING, writes.slice(0, WARMING * rate))
    const measured = await loaded(seconds, writes.slice(WARMING * rate))
    await settled(place, before.events)
    const after = await counted(place)
    await service.stop()
    const acknowledged = [warm, measured].reduce((sum, part) => sum + (part['writes']!.statuses[201] ?? 0), 0)
    return outcome(events, seconds, measured['writes']!, measured['reads']!, {
      acknowledged: acknowledged * (MARKS + 1),
      recorded: after.events - before.events,
      lines: after.lines - before.lines,
    })
  },
}

/** Pages in an order in which neighbours in time are far apart; every tenth write is followed until it shows. */
function writesOf(
  { schools }: Region,
  count: number,
  token: (school: School, login: string) => string,
): Request[] {
  const perSchool = schools[0]!.pages.length
  const pages = schools.length * perSchool
  return Array.from({ length: count }, (_, n) => {
    const place = (n * 1_999) % pages
    const school = schools[place % schools.length]!
    const page = school.pages[Math.floor(place / schools.length)]!
    const request = column(
      school,
      page,
      Math.floor(n / pages),
      page.class.pupils.slice(0, MARKS),
      token(school, 'teacher1'),
    )
    if (n % 10 > 0) return request
    return { ...request, followedBy: grid(school, page, token(school, 'deputy')) }
  })
}

function readsOf({ schools, today }: Region, token: (school: School, login: string) => string): Request[] {
  const from = mondayOf(addDays(today, -7))
  return Array.from({ length: 5_000 }, (_, n) => {
    const school = schools[n % schools.length]!
    const { pupils } = school.classes[(n * 7) % school.classes.length]!
    return diaryWeek(school, pupils[(n * 11) % pupils.length]!, from, token(school, 'deputy'))
  })
}

interface Counted {
  readonly events: number
  /** Lines of the audit trail that say of a mark or of its work that it was recorded. */
  readonly lines: number
}

async function counted({ url }: Place): Promise<Counted> {
  const client = new pg.Client({ connectionString: url! })
  await client.connect()
  const { rows } = await client.query<{ events: string; lines: string }>(
    `select (select count(*) from log.event) as events,
       (select count(*) from audit_trail_v2.line where type in ('MarkRecorded', 'WorkHeld')) as lines`,
  )
  await client.end()
  return { events: Number(rows[0]!.events), lines: Number(rows[0]!.lines) }
}

/** Waits until the audit trail has come to the end of the log, half a minute at most. */
async function settled(place: Place, before: number): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const { events, lines } = await counted(place)
    if (lines >= events - before) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

function row(name: string, latencies: readonly number[], rate: number) {
  const at = [0.5, 0.95, 0.99].map((q) => figure(quantile(latencies, q)))
  return [name, figure(rate), ...at] as const
}

function outcome(
  events: number,
  seconds: number,
  writes: PartOutcome,
  reads: PartOutcome,
  { acknowledged, recorded, lines }: { acknowledged: number; recorded: number; lines: number },
): Outcome {
  const written = (writes.statuses[201] ?? 0) * (MARKS + 1)
  const others = Object.entries({ ...writes.statuses, ...reads.statuses }).filter(
    ([status]) => Number(status) >= 400,
  )
  return {
    tables: [
      {
        title: `${seconds} s over ${figure(events)} events; milliseconds from the moment at which a request was due`,
        columns: ['', 'a second', 'p50', 'p95', 'p99'],
        rows: [
          row('events written (whole commands)', writes.latencies, written / writes.seconds),
          row('diaries of all kinds read', reads.latencies, reads.latencies.length / reads.seconds),
          row('lag until a grid shows the write', writes.lags, writes.lags.length / writes.seconds),
        ],
      },
    ],
    checks: [
      { what: 'a write, p95', value: quantile(writes.latencies, 0.95), unit: 'ms', target: { most: 50 } },
      {
        what: 'lag of the read models, p95',
        value: quantile(writes.lags, 0.95),
        unit: 'ms',
        target: { most: 1_000 },
      },
      {
        what: 'a diary of all kinds, p99',
        value: quantile(reads.latencies, 0.99),
        unit: 'ms',
        target: { most: 20 },
      },
      {
        what: 'events acknowledged and not in the log',
        value: acknowledged - recorded,
        unit: 'events',
        target: { most: 0 },
      },
      {
        what: 'events without a line in the audit trail',
        value: recorded - lines,
        unit: 'events',
        target: { most: 0 },
      },
    ],
    notes: others.map(
      ([status, count]) => `${count} answers were ${status}: ${writes.refusal ?? reads.refusal}`,
    ),
    samples: { writes, reads, acknowledged, recorded, lines },
  }
}
