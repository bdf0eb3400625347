import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCsv } from '#exchange/csv.ts'
import { LISTS } from '#exchange/lists/catalogue.ts'
import { DEMO_SCHOOL } from '#main/demo.ts'
import { seed } from '#main/seed.ts'
import { logInsOf } from '#main/synthetic/log-ins.ts'
import type { SchoolCommand } from '#main/synthetic/school-command.ts'
import { schoolOf } from '#main/synthetic/school.ts'
import { synthesize } from '#main/synthetic/synthesize.ts'
import { type Api, type Client, openApi, PASSWORD } from '#support/api.ts'
import { testEngine } from '#support/databases.ts'
import { ACCESS_RULES } from '#values/access-rules.ts'
import { ROLES } from '#values/role.ts'
import { dateAt, type LocalDate } from '#values/time.ts'
import { SchoolSlug } from '#values/school.ts'
import { ZONE } from '#main/synthetic/calendar.ts'

const FIRST_DAY = '2026-09-01' as LocalDate
const EMPTY = SchoolSlug.parse('tomsk99')
/** `SYNTHETIC_PRESETS=L npx vitest run test/slices/school-from-lists.test.ts` sets the large one up, in minutes. */
const presets = process.env['SYNTHETIC_PRESETS']?.split(',') ?? ['1А,6А,11А/12+6']

/** What no list has, in the order of a school's life; the last ones need their classes. */
const BEFORE_LISTS = [
  'open-school-year',
  'adopt-policy',
  'plan-periods',
  'plan-holidays',
  'declare-empty-section',
  'add-room',
]
const AFTER_CLASSES = 'adopt-curriculum'
const PLANS = ['adopt-topic-plan', 'approve-topic-plan', 'plan-test']

/** Sends a command as its author would. */
async function sent(client: Client, { command, input, id, actor }: SchoolCommand): Promise<void> {
  const inPath = new Set([...command.path.matchAll(/:(\w+)/g)].map(([, name]) => name!))
  const path = command.path.replaceAll(/:(\w+)/g, (_, name: string) => String(input[name]))
  const body = Object.fromEntries(Object.entries(input).filter(([name]) => !inPath.has(name)))
  const headers = { 'idempotency-key': id, 'letopis-role': actor.role }
  const answer = await client.post(`${path}/${command.name}`, body, headers)
  expect(answer.status, `${command.name}: ${JSON.stringify(answer.body)}`).toBe(201)
}

describe.each(presets)(
  'a school of the synthetic kind %s, set up from lists and calls of the API alone',
  (preset) => {
    const engine = testEngine('pglite')
    const options = { seed: 'lists', preset, year: 2026, until: FIRST_DAY, password: PASSWORD }
    const synthetic = synthesize(options)
    const logIns = logInsOf(schoolOf(options.seed, options.year, preset))
    const files = new Map<string, string>()
    const took: Record<string, number> = {}
    let api: Api
    let office: Client
    const tokens = new Map<string, Client>()

    /** How many seconds of the machine's clock a step takes, for those who ask. */
    async function timed(step: string, work: () => Promise<void>): Promise<void> {
      const begun = performance.now()
      await work()
      took[step] = Math.round((performance.now() - begun) / 100) / 10
    }
    /** The cells of a list under some of its headings. */
    const cellsOf = (list: string, ...headings: readonly string[]): string[][] => {
      const { header, rows } = readCsv(files.get(list)!.replace(/^\uFEFF/, ''))
      const at = headings.map((heading) => header.indexOf(heading))
      expect(at, list).not.toContain(-1)
      return rows.map(({ cells }) => at.map((column) => cells[column]!))
    }
    const called = (names: readonly string[]) =>
      synthetic.setUp.filter(({ command }) => names.includes(command.name))

    beforeAll(async () => {
      api = await openApi(engine, { schools: [EMPTY], people: ['head-and-deputy'], history: [] })
      await seed(api.installation.execution, DEMO_SCHOOL, synthetic.setUp, () => {})
      await api.shown()
      const payload = { school: DEMO_SCHOOL, login: 'admin', password: PASSWORD }
      const { body } = await api.send<{ token: string }>({ method: 'POST', url: '/v1/log-in', payload })
      const source = api.withToken(body.token, DEMO_SCHOOL)
      for (const { name } of LISTS) {
        const { status, body } = await source.get<string>(`exports/${name}?on=${FIRST_DAY}`)
        expect({ name, status }).toEqual({ name, status: 200 })
        files.set(name, body)
      }
      api.at('2026-08-28T03:00:00.000Z')
      office = await api.as('head-and-deputy', EMPTY)
    }, 600_000)
    afterAll(() => {
      if (process.env['SYNTHETIC_PRESETS'] !== undefined)
        process.stderr.write(`${preset}: ${JSON.stringify(took)}\n`)
      return api.close()
    })

    it('takes its year by calls, and every list without an error', async () => {
      await timed('calls before the lists', async () => {
        for (const command of called(BEFORE_LISTS)) await sent(office, command)
      })
      await timed('lists', async () => {
        for (const { name } of LISTS) {
          const headers = { 'content-type': 'text/csv', 'letopis-role': 'system-administrator' }
          // An import that takes longer goes on by itself; the deputy waits for it.
          let answer = await office.post<Told>(`imports/${name}`, files.get(name), headers)
          while (answer.status === 202 || answer.body.state === 'running')
            answer = await office.get<Told>(`imports/${name}/${answer.body.import}`)
          expect({ name, answer }).toMatchObject({
            answer: { status: 200, body: { report: { errors: [] } } },
          })
          if (name === 'classes') for (const command of called([AFTER_CLASSES])) await sent(office, command)
        }
      })
    }, 1_200_000)

    it('lets everybody in by a code of activation, who then accepts the rules of access', async () => {
      await timed('accounts', async () => {
        const papers = logIns.map(({ account }) => ({
          account,
          version: ACCESS_RULES.version,
          appliedOn: '2026-08-27',
        }))
        for (let from = 0; from < papers.length; from += 500) {
          const { status, body } = await office.post<{ applications: Array<{ outcome: string }> }>(
            'receive-access-applications',
            { applications: papers.slice(from, from + 500) },
            { 'letopis-role': 'system-administrator' },
          )
          expect(status).toBe(200)
          expect(new Set(body.applications.map(({ outcome }) => outcome))).toEqual(new Set(['recorded']))
        }
        for (const { account } of logIns) {
          const headers = { 'letopis-role': 'system-administrator' }
          const { body } = await office.post<{ told: { activationCode: string } }>(
            `accounts/${account}/issue-activation-code`,
            {},
            headers,
          )
          const payload = { school: EMPTY, code: body.told.activationCode, password: PASSWORD }
          const answer = await api.send<{ token: string }>({ method: 'POST', url: '/v1/activate', payload })
          expect(answer.status).toBe(200)
          const client = api.withToken(answer.body.token, EMPTY)
          const path = `accounts/${account}/accept-rules`
          expect((await client.post(path, { version: ACCESS_RULES.version })).status).toBe(201)
          tokens.set(account, client)
        }
      })
    }, 1_200_000)

    it('has its plans of topics and its tests from those who answer for them', async () => {
      await timed('plans and tests', async () => {
        for (const command of called(PLANS)) await sent(tokens.get(command.actor.account)!, command)
      })
    }, 1_200_000)

    it('records its first day, and shows it as the school from which the lists are', async () => {
      api.at('2026-09-01T09:30:00.000Z')
      for (const { login, account } of logIns) {
        const payload = { school: EMPTY, login, password: PASSWORD }
        const { body } = await api.send<{ token: string }>({ method: 'POST', url: '/v1/log-in', payload })
        tokens.set(account, api.withToken(body.token, EMPTY))
      }
      const day = synthetic.life.filter(({ at }) => dateAt(at, ZONE) === FIRST_DAY)
      const names = new Set(day.map(({ command }) => command.name))
      for (const name of ['open-page', 'record-lesson', 'take-attendance', 'record-marks', 'set-homework'])
        expect(names).toContain(name)
      await timed('first day', async () => {
        for (const command of day) await sent(tokens.get(command.actor.account)!, command)
      })
      await api.shown()
      const pupil = logIns.find(({ login }) => login === 'pupil')!
      const diary = await tokens.get(pupil.account)!.get<Diary>(`pupils/${pupil.id}/diary`)
      expect(diary.status).toBe(200)
      const told = day
        .filter(({ command }) => command.name === 'record-lesson')
        .map(({ input }) => input['topic'])
      expect(diary.body.lessons.length).toBeGreaterThan(4)
      for (const { topic, date } of diary.body.lessons) {
        expect(told).toContain(topic)
        expect(date).toBe(FIRST_DAY)
      }
    }, 1_200_000)

    it('R-1.7: has nobody by name or log-in in the clear in any of its events', async () => {
      const people = ['staff', 'pupils', 'representatives'].flatMap((list) =>
        cellsOf(list, 'Фамилия', 'Имя', 'Отчество'),
      )
      // A log-in that is the word of a role stands in every record of that role.
      const logIns = cellsOf('accounts', 'Имя для входа')
        .flat()
        .filter((login) => !(ROLES as readonly string[]).includes(login))
      expect(people.length).toBeGreaterThan(40)
      expect(logIns.length).toBeGreaterThan(5)
      // A topic may speak of somebody in a book who is called like a pupil: what is typed about lessons stands aside.
      const OF_LESSONS = new Set(['TopicPlanAdopted', 'LessonRecorded', 'HomeworkSet', 'TestPlanned'])
      const words = new Set<string>()
      let events = 0
      for await (const { type, canonical } of api.installation.execution.store.readAll({ school: EMPTY })) {
        events += 1
        for (const login of logIns) expect(canonical).not.toContain(`:"${login}"`)
        // Whoever is meant would stand in them by both names, in one order or the other.
        if (OF_LESSONS.has(type))
          for (const [family, given] of people)
            expect(
              [`${family} ${given}`, `${given} ${family}`].filter((of) => canonical.includes(of)),
            ).toEqual([])
        else for (const [word] of canonical.matchAll(/[\p{L}\d._-]+/gu)) words.add(word)
      }
      expect(events).toBeGreaterThan(500)
      const told = people.flat().filter((of) => of !== '' && words.has(of))
      expect(told).toEqual([])
    }, 600_000)
  },
)

interface Told {
  readonly import: string
  readonly state?: string
  readonly report?: { readonly errors: readonly object[] }
}
interface Diary {
  readonly lessons: ReadonlyArray<{ readonly date: string; readonly topic: string }>
}
