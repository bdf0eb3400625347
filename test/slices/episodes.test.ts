import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessFold, owesRules } from '#commands/access/state.ts'
import { incidentFold } from '#commands/incident/state.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import { printoutFold } from '#commands/printout/state.ts'
import { incidentsOf } from '#commands/references.ts'
import { decode, type Decoded } from '#events/registry.ts'
import { streamName } from '#events/stream-name.ts'
import { DEMO_PASSWORD, DEMO_SCHOOL, seedDemo } from '#main/demo.ts'
import { extractPrinter } from '#main/demo-extract.ts'
import { catchUp, type Installation, install } from '#main/installation.ts'
import { seed } from '#main/seed.ts'
import { schoolOf } from '#main/synthetic/school.ts'
import type { SchoolCommand } from '#main/synthetic/school-command.ts'
import { synthesize } from '#main/synthetic/synthesize.ts'
import { ACCESS_RULES } from '#values/access-rules.ts'
import { pageId } from '#values/school.ts'
import { type Instant, LocalDate, systemClock } from '#values/time.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { testKeys } from '#support/person-keys.ts'

/** DOMAIN.md G.9 in a log: what needs more of an installation than its rules. */
const engine = testEngine('pglite')
const silent = pino({ level: 'silent' })
const opened = async () => install(await engine.open(), systemClock, silent, testKeys)

async function eventsOf({ execution }: Installation): Promise<Decoded[]> {
  const found: Decoded[] = []
  for await (const event of execution.store.readAll()) found.push(decode(event)!)
  return found
}

describe('episode 1, recorded', () => {
  const options = { seed: 'letopis', preset: '9А/10', year: 2025, password: DEMO_PASSWORD }
  const school = schoolOf(options.seed, options.year, options.preset)
  const { journal } = school.breached!
  const all = [...synthesize({ ...options, until: LocalDate.parse('2025-10-10') }).commands()]
  let open: Installation
  beforeAll(async () => {
    open = await opened()
    await seed(open.execution, DEMO_SCHOOL, all, () => {})
  }, 240_000)
  afterAll(() => open.close())

  it('settles eleven suspect and six void operations by the ids that this installation gave them', async () => {
    const { state } = await open.execution.streams.load(incidentFold, incidentsOf(DEMO_SCHOOL))
    const [incident] = state.incidents.values()
    const states = [...incident!.suspects.values()].map((of) => of.state)
    expect(states.toSorted()).toEqual([
      ...Array.from({ length: 7 }, () => 'annulled'),
      ...Array.from({ length: 4 }, () => 'confirmed'),
    ])
    expect(incident!.voided).toHaveLength(6)
    expect(incident!.restored).not.toBeNull()
  })

  it('leaves the teacher with new credentials and the rules accepted, so that he can go on writing', async () => {
    const { account } = school.accountOf(journal.teacher.person)
    const stream = streamName(DEMO_SCHOOL, 'access', account)
    const { state } = await open.execution.streams.load(accessFold, stream)
    expect(state).toMatchObject({ cred: 2, activated: true, rules: ACCESS_RULES.version, blocked: null })
    expect(owesRules(state)).toBe(false)
  })

  it('leaves the marks as they were before, and the lessons of the teacher as they were entered on Thursday', async () => {
    const stream = streamName(DEMO_SCHOOL, 'journalPage', pageId(journal.id, 'q1' as never))
    const { state } = await open.execution.streams.load(journalPageFold, stream)
    const events = (await eventsOf(open)).filter((event) => event.stream === stream)
    const intruded = events.flatMap((event) =>
      event.type === 'MarkCorrected' &&
      '2025-10-06T14:00' < event.meta.at &&
      event.meta.at < '2025-10-08T02:00'
        ? event.data
        : [],
    )
    expect(intruded).toHaveLength(11)
    for (const { entry, value } of intruded) expect(state.marks.get(entry)!.value).not.toBe(value)
  })

  it('goes on from any place of it, with the same log', async () => {
    const breach = all.findIndex(({ command }) => command.name === 'annul-suspect-operations')
    const again: SchoolCommand[] = all.slice(0, breach + 3)
    const before = (await eventsOf(open)).length
    await seed(open.execution, DEMO_SCHOOL, again, () => {})
    expect(await eventsOf(open)).toHaveLength(before)
  })
})

describe('episode 6, recorded', () => {
  const folder = temporaryFolder()
  afterAll(() => folder.remove())

  it('gives out an extract that is the file of what the journal says, and can be made again', async () => {
    const open = await opened()
    try {
      const [preset, until] = ['6А/4', LocalDate.parse('2026-03-10')]
      const wanted = { seed: 'letopis', preset, year: 2025, until }
      await seedDemo(open, folder.path, '2026-07-01T05:00:00.000Z' as Instant, () => {}, wanted)
      const school = schoolOf('letopis', 2025, preset)
      const printed = (await eventsOf(open)).filter((event) => event.type === 'PrintoutIssued')
      expect(printed).toHaveLength(1)
      const [{ data, meta }] = printed as [(typeof printed)[0]]
      expect(data.of).toEqual({ kind: 'pupil', pupil: school.leaver!.pupil.id })
      const { state } = await open.execution.streams.load(
        printoutFold,
        streamName(DEMO_SCHOOL, 'printout', data.printout),
      )
      expect(state.issued).toEqual(data)

      await catchUp(open)
      const { life } = synthesize({ ...wanted, password: DEMO_PASSWORD })
      const one = life.find(({ lacks }) => lacks?.kind === 'extract')!
      const then = { ...open.execution, clock: () => meta.at }
      const { template, snapshot, content, digest, bytes } = data
      expect(await extractPrinter(open, DEMO_SCHOOL)(then, one)).toMatchObject({
        template,
        snapshot,
        content,
        digest,
        bytes,
      })
      expect(bytes).toBeGreaterThan(10_000)
    } finally {
      await open.close()
    }
  }, 240_000)

  it('is not seeded where nothing prints', async () => {
    const open = await opened()
    try {
      const options = { seed: 'letopis', preset: '6А/4', year: 2025, password: DEMO_PASSWORD }
      const { life } = synthesize({ ...options, until: LocalDate.parse('2026-03-10') })
      const one = life.filter(({ lacks }) => lacks?.kind === 'extract')
      await expect(seed(open.execution, DEMO_SCHOOL, one, () => {})).rejects.toThrow(/nothing here prints/)
    } finally {
      await open.close()
    }
  }, 60_000)
})
