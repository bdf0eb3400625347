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
    const samples = new Map<Engine, readonly Sample[]>()
    for (const engine of engines) samples.set(engine, await measured(run, engine))
    return outcome(samples, absence)
  },
}

async function measured(run: Run, engine: Engine): Promise<Sample[]> {
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
      return column(school, page, n, MARKS, tokens.get(page.class.teacher.login)!)
    })
  const round = async (length: number): Promise<Sample> => {
    const one = { name: 'columns', connections: CLIENTS, seconds: length, rate: null, repeat: false }
    // More than can be done: those that are left over are given up.
    const { columns } = await load(scratch, service.address, [
      { ...one, requests: requests(Math.ceil(length * 400)) },
    ])
    return sampleOfPart(columns!, 201)
  }
  await round(2)
  const samples: Sample[] = []
  for (let i = 0; i < rounds; i++) {
    say(`${engine}, round ${i + 1} of ${rounds}`)
    samples.push(await round(seconds))
  }
  await service.stop()
  return samples
}

const p = (of: readonly Sample[], which: 'p50' | 'p95' | 'p99'): number =>
  median(of.map((sample) => sample[which]))

function outcome(samples: ReadonlyMap<Engine, readonly Sample[]>, absence: string | null): Outcome {
  const embedded = samples.get('embedded')!
  return {
    tables: [
      {
        title: `Columns of ${MARKS} marks, ${CLIENTS} clients, all read models running; medians`,
        columns: ['', 'commands/s', 'marks/s', 'p50 ms', 'p95 ms', 'p99 ms'],
        rows: [...samples].map(([engine, of]) => [
          `Letopis, ${engine}`,
          figure(medianRate(of)),
          figure(medianRate(of) * MARKS),
          ...(['p50', 'p95', 'p99'] as const).map((which) => figure(p(of, which))),
        ]),
      },
    ],
    checks: [
      {
        what: 'embedded, commands a second',
        value: medianRate(embedded),
        unit: 'commands/s',
        target: { least: 150 },
      },
      { what: 'embedded, p99 of a command', value: p(embedded, 'p99'), unit: 'ms', target: { most: 60 } },
    ],
    notes: absence === null ? [] : [`not on PostgreSQL: ${absence}`],
    samples: Object.fromEntries(samples),
  }
}
