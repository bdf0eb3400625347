import { type Request, load, sampleOfPart } from '../http/job.ts'
import { letopis } from '../http/service.ts'
import { median, medianRate, type Sample } from '../measure.ts'
import type { Shape } from '../region/plan.ts'
import { logIn } from '../region/log-ins.ts'
import { type Engine, newPlace, prepare } from '../region/prepared.ts'
import { column } from '../region/requests.ts'
import { figure } from '../report.ts'
import type { Outcome, Run, Scenario } from '../scenario.ts'

const CLIENTS = 16
const MARKS = 25
/** Commands a second of the target. Latency is asked for at this rate: 16 clients who never rest wait for one another. */
const RATE = 150

/** Each client is a teacher with a class and pages of their own, as in a school. */
const SHAPE: Shape = {
  schools: 1,
  classes: CLIENTS,
  journals: 3,
  pupils: MARKS,
  lessons: 80,
  entries: false,
  teachers: CLIENTS,
}

export const command: Scenario = {
  name: 'command',
  about: 'whole commands over HTTP: columns of 25 marks, from the token to the receipt, 16 clients',
  async run(run) {
    const absence = await run.scratch.postgresAbsence()
    const engines: readonly Engine[] = absence === null ? ['embedded', 'PostgreSQL'] : ['embedded']
    const samples = new Map<Engine, Measured>()
    for (const engine of engines) samples.set(engine, await measured(run, engine))
    return outcome(samples, absence)
  },
}

interface Measured {
  /** As many as the clients can give. */
  readonly most: readonly Sample[]
  /** {@link RATE} a second. */
  readonly steady: readonly Sample[]
}

async function measured(run: Run, engine: Engine): Promise<Measured> {
  const { scratch, mode, say } = run
  const rounds = mode === 'quick' ? 3 : 7
  const seconds = mode === 'quick' ? 5 : 15
  say(`preparing a school, ${engine}`)
  const place = await newPlace(run, engine)
  const { region } = await prepare(run, place, SHAPE, { logIns: true })
  const service = await letopis(scratch, place)
  const school = region.schools[0]!
  const tokens = new Map<string, string>()
  for (const { login } of school.teachers) tokens.set(login, await logIn(service.address, school.slug, login))

  let next = 0
  const requests = (count: number): Request[] =>
    Array.from({ length: count }, () => {
      const page = school.pages[next % school.pages.length]!
      const n = Math.floor(next++ / school.pages.length)
      return column(school, page, n, page.class.pupils.slice(0, MARKS), tokens.get(page.class.teacher.login)!)
    })
  const round = async (length: number, rate: number | null): Promise<Sample> => {
    const one = { name: 'columns', connections: CLIENTS, seconds: length, rate, repeat: false }
    // Without a rate more than can be done: those that are left over are given up.
    const { columns } = await load(scratch, service.address, [
      { ...one, requests: requests(Math.ceil(length * (rate ?? 400))) },
    ])
    return sampleOfPart(columns!, 201)
  }
  await round(2, null)
  const most: Sample[] = []
  const steady: Sample[] = []
  for (let i = 0; i < rounds; i++) {
    say(`${engine}, round ${i + 1} of ${rounds}`)
    most.push(await round(seconds, null))
    steady.push(await round(seconds, RATE))
  }
  await service.stop()
  return { most, steady }
}

function rowOf(name: string, of: readonly Sample[]) {
  const times = (['p50', 'p95', 'p99'] as const).map((which) => median(of.map((sample) => sample[which])))
  return [name, figure(medianRate(of)), figure(medianRate(of) * MARKS), ...times.map(figure)] as const
}

function outcome(samples: ReadonlyMap<Engine, Measured>, absence: string | null): Outcome {
  const embedded = samples.get('embedded')!
  return {
    tables: [
      {
        title: `Columns of ${MARKS} marks, ${CLIENTS} clients, all read models running; medians`,
        columns: ['', 'commands/s', 'marks/s', 'p50 ms', 'p95 ms', 'p99 ms'],
        rows: [...samples].flatMap(([engine, { most, steady }]) => [
          rowOf(`Letopis, ${engine}, all that they can`, most),
          rowOf(`Letopis, ${engine}, ${RATE} a second`, steady),
        ]),
      },
    ],
    checks: [
      {
        what: 'embedded, commands a second',
        value: medianRate(embedded.most),
        unit: 'commands/s',
        target: { least: RATE },
      },
      {
        what: `embedded, p99 of a command at ${RATE} a second`,
        value: median(embedded.steady.map(({ p99 }) => p99)),
        unit: 'ms',
        target: { most: 60 },
      },
    ],
    notes: [
      `${CLIENTS} clients who never rest wait ${CLIENTS} / (commands a second) each, however fast a command is: at ${RATE} a second that is ${figure((CLIENTS * 1_000) / RATE)} ms`,
      ...(absence === null ? [] : [`not on PostgreSQL: ${absence}`]),
    ],
    samples: Object.fromEntries(samples),
  }
}
