import { afterAll, describe, expect, it } from 'vitest'
import { giveConsent } from '#commands/family/give-consent.ts'
import { refuseConsent } from '#commands/family/refuse-consent.ts'
import { withdrawConsent } from '#commands/family/withdraw-consent.ts'
import { disputeMark } from '#commands/journal-page/dispute-mark.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { sendMessage } from '#commands/message/send-message.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { comparePositions, parsePosition } from '#events/store/position.ts'
import { POSTED, VIEWS } from '#api/views/catalogue.ts'
import { viewers } from '#api/views/view.ts'
import { type Api, beforehand, expectProblem, type LogIn, MOTHER, openApi } from '#support/api.ts'
import { SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, CLASS_7A, CLASS_7B, id, LESSON, MONDAY, PAGE, without } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { EventListener } from '#support/event-stream.ts'
import { SCHOOL } from '#support/spec.ts'
import { until } from '#support/until.ts'
import { addressOf } from '#support/view-addresses.ts'
import { processingNotice } from '#values/consent.ts'
import { STARTING_POLICY } from '#values/policy.ts'

const people = [
  'head',
  'deputy',
  'auditor',
  'english',
  'stranger',
  'mathematician',
  'mother',
  'anna',
] as const
const schools = schoolsAtWork(8, people)
const LEADING = { 'letopis-role': 'class-teacher' }
const whose = { pupil: ANNA, representative: MOTHER }
const NOTICE = processingNotice(null).version
const DIARY = `pupils/${ANNA}/diary?from=${MONDAY}`

interface Register {
  readonly rule: string
  readonly totals: { pupils: number; given: number; refused: number; undecided: number }
  readonly rows: ReadonlyArray<{
    pupil: string
    representative: string | null
    undecided: boolean
    electronic: boolean
    consent: { decision: string; form: string; date: string; notice: object | null } | null
  }>
}
const register = (school: SchoolAtWork, query = '', login: LogIn = 'deputy', headers = {}) =>
  school.seen<Register>(login, `reports/consents${query}`, headers)

const opened: Api[] = []
afterAll(async () => {
  for (const api of opened) await api.close()
})

/** Views of one child that a parent may ask for at all. */
const OF_A_CHILD = VIEWS.filter(
  (view) => viewers(view).includes('parent') && 'pupil' in view.input.shape && view.posted !== true,
)
/** What a family arranges with the school, and no result of the child. */
const ARRANGED = new Set(['family-contacts'])

describe('R-5.1: without consent nothing of a child is delivered to a parent in electronic form', () => {
  it('every view of the child is open to a parent who consents and closed to one who does not', async () => {
    const at = await schools.next().recordLesson()
    expect(OF_A_CHILD.length).toBeGreaterThan(7)
    expect((await at.ask('mother', DIARY)).status).toBe(200)
    await at.done('mother', withdrawConsent, whose)
    for (const view of OF_A_CHILD) {
      const query = view.path.includes(':pupil') || addressOf(view).includes('pupil=') ? '' : `?pupil=${ANNA}`
      const answer = await at.ask<{ reason: string }>('mother', addressOf(view) + query)
      if (ARRANGED.has(view.name)) expect(answer.status, view.name).toBe(200)
      else expect([answer.status, answer.body.reason], view.name).toEqual([403, 'consent-missing'])
    }
    expect((await at.ask('anna', DIARY)).status).toBe(200)
    expect((await at.ask('english', DIARY, LEADING)).status).toBe(200)
    await at.done('mother', giveConsent, { ...whose, notice: NOTICE })
    for (const view of OF_A_CHILD) {
      const query = view.path.includes(':pupil') || addressOf(view).includes('pupil=') ? '' : `?pupil=${ANNA}`
      const answer = await at.ask<{ reason?: string }>('mother', addressOf(view) + query)
      expect(answer.body.reason, view.name).not.toBe('consent-missing')
    }
  })

  it('the problem says so in Russian and offers the extract on paper, which the class teacher issues', async () => {
    const school = await schools.next().recordLesson()
    await school.done('mother', refuseConsent, whose)
    const answer = await school.ask<{ title: string; facts: { onPaper: string; decision: string } }>(
      'mother',
      DIARY,
    )
    expectProblem(answer, 'consent-missing')
    expect(answer.body.title).toMatch(/Согласия.*выписку на бумаге/)
    const { onPaper, decision } = answer.body.facts
    expect(decision).toBe('refused')
    expect(viewers(POSTED.find(({ name }) => name === onPaper)!)).toContain('class-teacher')
  })

  it('lists that are of no single child leave it out, messages and disputes alike, and a mark is not disputed', async () => {
    const school = await schools.next().recordLesson()
    const { events } = await school.done('mathematician', recordMarks, {
      page: PAGE,
      lesson: LESSON,
      kind: 'lesson-answer',
      marks: [{ pupil: ANNA, value: 4 }],
    })
    const { entry } = events.find(({ type }) => type === 'MarkRecorded')!.data as { entry: string }
    await school.done('mother', disputeMark, { page: PAGE, pupil: ANNA, entry, text: 'Там пятёрка' })
    const sent = { message: id('m/1'), to: { kind: 'class', class: CLASS_7A }, text: 'Собрание в четверг' }
    await school.done('english', sendMessage, sent, LEADING)
    const listed = async () => [
      (await school.seen<{ messages: object[] }>('mother', 'messages')).messages.length,
      (await school.seen<{ disputes: object[] }>('mother', 'disputes')).disputes.length,
    ]
    expect(await listed()).toEqual([1, 1])
    await school.done('mother', withdrawConsent, whose)
    expect(await listed()).toEqual([0, 0])
    expectProblem(
      await school.give('mother', disputeMark, { page: PAGE, pupil: ANNA, entry, text: 'Там пятёрка' }),
      'consent-missing',
    )
    const me = await school.seen<{ children: object[] }>('mother', 'me')
    expect(me.children).toMatchObject([
      { pupil: ANNA, electronic: false, consent: { decision: 'withdrawn', form: 'electronic' } },
    ])
  })

  it('of whom nobody knows a decision is closed by the rules of a new school, and open where refusals alone close', async () => {
    const undecided = without(beforehand, 'ConsentGiven')
    const api = await openApi(testEngine('pglite'), { people: ['deputy', 'mother'], history: undecided })
    opened.push(api)
    const school = new SchoolAtWork(SCHOOL, api)
    const rules = (effectiveFrom: string, consents: 'required' | 'refusals') =>
      school.done('deputy', adoptPolicy, { effectiveFrom, policy: { ...STARTING_POLICY, consents } })
    expect(STARTING_POLICY.consents).toBe('required')
    // The rules of an older release: nobody's access is taken away by an upgrade.
    expect((await register(school)).rule).toBe('refusals')
    expect((await school.ask('mother', DIARY)).status).toBe(200)
    await rules('2026-11-02', 'required')
    expectProblem(await school.ask('mother', DIARY), 'consent-missing')
    const row = (await register(school)).rows.find(({ representative }) => representative === MOTHER)
    expect(row).toMatchObject({ electronic: false, undecided: true, consent: null })
    await rules('2026-11-03', 'refusals')
    expect((await school.ask('mother', DIARY)).status).toBe(200)
    await school.done('mother', refuseConsent, whose)
    expectProblem(await school.ask('mother', DIARY), 'consent-missing')
  })
})

describe('R-5.1: the register', () => {
  it('tells the pupils with no decision, for the class teacher those of the own class', async () => {
    const school = schools.next()
    const { totals, rows } = await register(school, `?class=${CLASS_7A}`)
    // Anna's mother has consented; Boris and Gleb are of nobody that the school knows.
    expect(totals).toEqual({ pupils: 3, given: 1, refused: 0, undecided: 2 })
    expect(rows).toHaveLength(3)
    const undecided = await register(school, `?class=${CLASS_7A}&state=undecided`)
    expect(undecided.rows.map(({ representative, undecided: nobody }) => [representative, nobody])).toEqual([
      [null, true],
      [null, true],
    ])
    expect(undecided.totals).toEqual(totals)
    const own = await register(school, '', 'english', LEADING)
    expect(own.totals).toEqual(totals)
    expectProblem(await school.ask('english', `reports/consents?class=${CLASS_7B}`, LEADING), 'class-not-led')
    expect((await register(school, '', 'stranger', LEADING)).rows).toEqual([])
    expect((await register(school, '', 'head')).totals.pupils).toBe(4)
    expectProblem(await school.ask('mother', 'reports/consents'), 'role-not-permitted')
    expectProblem(await school.ask('mathematician', 'reports/consents'), 'role-not-permitted')
  })

  it('R-A3.3b: shows each decision with its form, its date and the notice, and is a sheet', async () => {
    const school = schools.next()
    const notice = await school.seen<{ version: string; text: string[] }>('mother', 'processing-notice')
    expect(notice).toMatchObject({ version: NOTICE, agreement: null })
    expect(notice.text.join(' ')).toContain('обрабатывает')
    await school.done('mother', giveConsent, { ...whose, scope: ['diary'], notice: notice.version })
    const { rows } = await register(school, '?state=given')
    expect(rows).toMatchObject([
      {
        pupil: ANNA,
        representative: MOTHER,
        electronic: true,
        consent: {
          decision: 'given',
          scope: ['diary'],
          form: 'electronic',
          notice: { version: NOTICE, date: MONDAY },
        },
      },
    ])
    const csv = await school.ask<string>('english', 'reports/consents/sheet?format=csv', LEADING)
    expect(csv.body).toContain('согласие;дневник;в кабинете')
    expect(csv.body).toContain('решения нет')
  })
})

describe('R-5.1: the stream of events', () => {
  it('falls silent for a parent at the moment when the consent is withdrawn', async () => {
    const api = await openApi(testEngine('pglite'), { people: [...people] })
    opened.push(api)
    const school = new SchoolAtWork(SCHOOL, api)
    const address = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const listen = async (login: LogIn) => EventListener.open(address, (await api.as(login)).token)
    const [mother, anna] = [await listen('mother'), await listen('anna')]
    const caughtUp = async () => {
      const head = await api.installation.execution.store.head()
      await until(() =>
        [mother, anna].every(({ lastId }) => comparePositions(parsePosition(lastId!), head) >= 0),
      )
    }
    await school.recordLesson()
    await caughtUp()
    const heard = mother.heard.length
    expect(heard).toBeGreaterThan(0)
    await school.done('mother', withdrawConsent, whose)
    const before = anna.heard.length
    await school.done('mathematician', setHomework, {
      page: PAGE,
      lesson: LESSON,
      text: '§ 12, № 340 (письменно)',
    })
    await caughtUp()
    expect(anna.heard.length).toBeGreaterThan(before)
    expect(mother.heard.length).toBe(heard)
  })
})
