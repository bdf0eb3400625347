import { type Request, load, sampleOfPart } from '../http/job.ts'
import { bareFastify, letopis, type Service } from '../http/service.ts'
import { inTurns, median, medianRate, ratio, type Sample } from '../measure.ts'
import type { Shape } from '../region/plan.ts'
import { logIn } from '../region/log-ins.ts'
import { newPlace, prepare } from '../region/prepared.ts'
import { figure } from '../report.ts'
import type { Run, Scenario } from '../scenario.ts'

const CLIENTS = 16

const SHAPE: Shape = {
  schools: 1,
  classes: 1,
  journals: 1,
  pupils: 25,
  lessons: 1,
  entries: false,
  teachers: 1,
}

interface Contestant {
  readonly name: string
  readonly service: Service
  readonly request: Request
}

export const http: Scenario = {
  name: 'http',
  about: 'the trivial authenticated GET (token, role, schema): against bare Fastify',
  async run(run) {
    const contestants: Contestant[] = [await ours(run, 'embedded')]
    const [first] = contestants
    const absence = await run.scratch.postgresAbsence()
    if (absence === null) contestants.push(await ours(run, 'PostgreSQL'))
    const answer = await fetch(`${first!.service.address}${first!.request.path}`, {
      headers: { authorization: `Bearer ${first!.request.token}` },
    })
    const bare = await bareFastify(run.scratch, await answer.text())
    contestants.push({ name: 'bare Fastify', service: bare, request: { method: 'GET', path: '/' } })

    const seconds = run.mode === 'quick' ? 2 : 5
    const rounds = run.mode === 'quick' ? 5 : 9
    const measure = async ({ service, request }: Contestant): Promise<Sample> => {
      const part = { name: 'get', connections: CLIENTS, seconds, rate: null, repeat: true }
      const { get } = await load(run.scratch, service.address, [{ ...part, requests: [request] }])
      return sampleOfPart(get!, 200)
    }
    await inTurns(contestants, 1, measure)
    run.say('measuring')
    const samples = await inTurns(contestants, rounds, measure)
    for (const { service } of contestants) await service.stop()
    const of = (name: string) => samples.get(name)!
    return {
      tables: [
        {
          title: `Answers a second to ${CLIENTS} clients, the same body; medians`,
          columns: ['', 'answers/s', 'p99 ms', 'to bare'],
          rows: contestants.map(({ name }) => [
            name,
            figure(medianRate(of(name))),
            figure(median(of(name).map(({ p99 }) => p99))),
            figure(ratio(of(name), of('bare Fastify'))),
          ]),
        },
      ],
      checks: [
        {
          what: 'embedded to bare Fastify',
          value: ratio(of('Letopis, embedded'), of('bare Fastify')),
          unit: '×',
          target: { least: 0.6 },
        },
      ],
      notes: [
        'on PostgreSQL each answer asks the database twice, because another process may have taken the role away or recorded something; the embedded log has one writer and knows',
        ...(absence === null ? [] : [`not on PostgreSQL: ${absence}`]),
      ],
      samples: Object.fromEntries(samples),
    }
  },
}

async function ours(run: Run, engine: 'embedded' | 'PostgreSQL'): Promise<Contestant> {
  run.say(`preparing, ${engine}`)
  const place = await newPlace(run, engine)
  const { region } = await prepare(run, place, SHAPE, { logIns: true })
  const service = await letopis(run.scratch, place)
  const { slug } = region.schools[0]!
  const token = await logIn(service.address, slug, 'auditor')
  const request = { method: 'GET', path: `/v1/schools/${slug}/read-models`, token } as const
  return { name: `Letopis, ${engine}`, service, request }
}
