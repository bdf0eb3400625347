import { randomUUID } from 'node:crypto'
import type { Actor, Command } from '#commands/command.ts'
import { type Accepted, execute } from '#commands/execute.ts'
import { declareCompromise } from '#commands/incident/declare-compromise.ts'
import { receiveBreachAsHead } from '#commands/incident/receive-breach-as-head.ts'
import { receiveBreachAsSupport } from '#commands/incident/receive-breach-as-support.ts'
import { reportBreach } from '#commands/incident/report-breach.ts'
import { isRefusal } from '#commands/refusal.ts'
import { catchUp, type Installation } from '#main/installation.ts'
import type { Role } from '#values/role.ts'
import { addDays, Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { median } from '../measure.ts'
import type { Region, School, Shape } from '../region/plan.ts'
import { type Engine, installed, newPlace, prepare } from '../region/prepared.ts'
import { figure } from '../report.ts'
import type { Run, Scenario } from '../scenario.ts'

/** A teacher with ten journals, each of a lesson a day. */
const SHAPE: Shape = {
  schools: 1,
  classes: 10,
  journals: 10,
  pupils: 25,
  lessons: 30,
  entries: true,
  teachers: 10,
}

/** Days of work of that teacher before anybody noticed: some four hundred operations. */
const UNNOTICED = 4

interface Measured {
  readonly operations: number
  /** Seconds until the report was recorded, which closes the account. */
  readonly closed: number
  /** Seconds until the operations were declared without effect. */
  readonly declared: number
  /** Seconds from then until every read model had left them out. */
  readonly shown: number
}

/** What п. 4.4 undoes, and how soon it is undone for everybody. */
export const breach: Scenario = {
  name: 'breach',
  about: 'some 400 operations of a compromised account declared without effect, in all read models',
  async run(run) {
    const absence = await run.scratch.postgresAbsence()
    const engines: readonly Engine[] = absence === null ? ['PostgreSQL', 'embedded'] : ['embedded']
    const rounds = run.mode === 'quick' ? 1 : 5
    const samples = new Map<Engine, readonly Measured[]>()
    for (const engine of engines) samples.set(engine, await measured(run, engine, rounds))
    const of = (engine: Engine, what: keyof Measured): number =>
      median(samples.get(engine)!.map((one) => one[what]))
    return {
      tables: [
        {
          title: 'Seconds; medians',
          columns: ['', 'operations', 'account closed', 'declared', 'then shown by all read models'],
          rows: engines.map((engine) => [
            engine,
            ...(['operations', 'closed', 'declared', 'shown'] as const).map((what) =>
              figure(of(engine, what)),
            ),
          ]),
        },
      ],
      checks: engines.flatMap((engine) => [
        { what: `${engine}, account closed`, value: of(engine, 'closed'), unit: 's', target: { most: 1 } },
        {
          what: `${engine}, declared and shown`,
          value: of(engine, 'declared') + of(engine, 'shown'),
          unit: 's',
          target: { most: 20 },
        },
      ]),
      notes: absence === null ? [] : [`not on PostgreSQL: ${absence}`],
      samples: Object.fromEntries(samples),
    }
  },
}

async function measured(run: Run, engine: Engine, rounds: number): Promise<Measured[]> {
  run.say(engine)
  const place = await newPlace(run, engine)
  const { region } = await prepare(run, place, SHAPE, { logIns: false })
  const installation = await installed(place)
  try {
    await catchUp(installation)
    const found: Measured[] = []
    // Each teacher is compromised once.
    for (let round = 0; round < rounds; round++) found.push(await undone(installation, region, round))
    return found
  } finally {
    await installation.close()
  }
}

async function undone(installation: Installation, region: Region, round: number): Promise<Measured> {
  const school = region.schools[0]!
  const { account } = school.teachers[round]!
  const learnedAt = Instant.parse(`${addDays(region.today, -UNNOTICED)}T00:00:00.000Z`)
  const give = giver(installation, school)
  const [reported, closed] = await timed(() => give('head', reportBreach, { account, learnedAt }))
  const { incident } = reported.events[0]!.data as { incident: Uuid }
  const receipt = { incident, receivedAt: learnedAt }
  await give('head', receiveBreachAsHead, receipt)
  await give('system-administrator', receiveBreachAsSupport, receipt)
  const [{ position, events }, declared] = await timed(() => give('head', declareCompromise, { incident }))
  const [, shown] = await timed(async () => {
    const reached = installation.projectors.map((projector) => projector.reaches(position!, 120_000))
    if (!(await Promise.all(reached)).every(Boolean))
      throw new Error('a read model did not come in two minutes')
  })
  const operations = events
    .filter(({ type }) => type === 'OperationsVoided')
    .reduce(
      (sum, { data }) =>
        sum +
        (data as { streams: Array<{ operations: unknown[] }> }).streams.flatMap((of) => of.operations).length,
      0,
    )
  return { operations, closed, declared, shown }
}

function giver({ execution }: Installation, { slug }: School) {
  const people = new Map<Role, Actor>()
  return async (role: Role, command: Command, input: object): Promise<Accepted> => {
    const actor = people.get(role) ?? {
      account: randomUUID() as Uuid,
      person: randomUUID() as Uuid,
      role,
      cred: 1,
    }
    people.set(role, actor)
    const id = randomUUID() as Uuid
    const asked = { school: slug, actor, id, input: command.input.parse(input) }
    const outcome = await execute(execution, command, asked)
    if (isRefusal(outcome)) throw new Error(`${command.name}: ${JSON.stringify(outcome)}`)
    return outcome
  }
}

async function timed<Result>(work: () => Promise<Result>): Promise<[result: Result, seconds: number]> {
  const began = performance.now()
  const result = await work()
  return [result, (performance.now() - began) / 1_000]
}
