import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { acknowledgeDiary } from '#commands/diary/acknowledge-diary.ts'
import { endRepresentation } from '#commands/family/end-representation.ts'
import { refuseConsent } from '#commands/family/refuse-consent.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { withdrawConsent } from '#commands/family/withdraw-consent.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { approveServiceToken } from '#commands/service-token/approve-service-token.ts'
import { issueServiceToken } from '#commands/service-token/issue-service-token.ts'
import { revokeServiceToken } from '#commands/service-token/revoke-service-token.ts'
import { streamName } from '#events/stream-name.ts'
import type { ExchangeSet } from '#values/exchange-set.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Client, commandId, expectProblem, MORNING, MOTHER } from '#support/api.ts'
import { type Recorded, type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, CLASS_7A, id, LESSON, MONDAY, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(4, ['mathematician', 'english', 'deputy', 'head', 'administrator', 'mother'])

const SYSTEM = 'Дневник «Парта»'
const FATHER = id('person/father-of-anna')
const ACKNOWLEDGE = `pupils/${ANNA}/diary/acknowledge-diary`

interface Acknowledged {
  readonly representative: Uuid
  readonly seen: string
  readonly changed_since: boolean
  readonly through: string | null
}
interface Diary {
  readonly weeks: ReadonlyArray<{ readonly version: string; readonly acknowledged: readonly Acknowledged[] }>
}

/** The token of a diary elsewhere, and a client that has it. */
async function diaryOf(
  school: SchoolAtWork,
  sets: readonly ExchangeSet[] = ['diary', 'acknowledgements'],
  name = 'token of the diary',
): Promise<{ token: Uuid; system: Client }> {
  const token = id(`service-token/${school.name}/${name}`)
  const input = { token, system: SYSTEM, sets, days: 30 }
  const { told } = (await school.done('administrator', issueServiceToken, input)) as unknown as {
    told: { serviceToken: string }
  }
  return { token, system: school.api.withToken(told.serviceToken, school.name) }
}

const weekSeen = async (system: Client): Promise<Diary['weeks'][number]> =>
  (await system.get<Diary>(`pupils/${ANNA}/diary?from=${MONDAY}`)).body.weeks[0]!

const acknowledgements = async (school: SchoolAtWork) =>
  (await school.log()).filter(({ type }) => type === 'DiaryAcknowledged')

it('R-7A.18b: a diary elsewhere reads a week and says that a representative got acquainted with it; that it came through this system is told', async () => {
  const school = await schools.next().recordLesson()
  const { token, system } = await diaryOf(school)
  await school.done('head', approveServiceToken, { token })
  const { version: seen, acknowledged } = await weekSeen(system)
  expect(acknowledged).toEqual([])

  const body = { week: MONDAY, seen, representative: MOTHER }
  const retry = { 'idempotency-key': commandId('of the diary') }
  const written = await system.post<Recorded>(ACKNOWLEDGE, body, retry)
  expect(written).toMatchObject({ status: 201, body: { repeated: false, events: [{ data: { seen } }] } })
  const [event] = await acknowledgements(school)
  const tokens = streamName(school.name, 'serviceToken', token)
  expect(event).toMatchObject({
    data: { pupil: ANNA, representative: MOTHER, week: MONDAY, item: null, seen },
    meta: { by: token, role: 'external-system', basis: { [tokens]: 1 } },
  })
  // Sent again it is recorded once, and so is the same fact under another id.
  expect(await system.post(ACKNOWLEDGE, body, retry)).toMatchObject({ status: 200, body: { repeated: true } })
  expect(await system.post(ACKNOWLEDGE, body)).toMatchObject({ status: 200, body: { events: [] } })
  expectProblem(await system.post(ACKNOWLEDGE, { ...body, item: LESSON }, retry), 'command-id-reused')
  expect(await acknowledgements(school)).toHaveLength(1)

  await school.api.shown()
  const said = {
    representative: MOTHER,
    at: MORNING,
    item: null,
    seen,
    changed_since: false,
    through: SYSTEM,
  }
  const shown = async (login: 'mother' | 'head') =>
    (await school.seen<Diary>(login, `pupils/${ANNA}/diary?from=${MONDAY}`)).weeks[0]!.acknowledged
  expect(await shown('mother')).toMatchObject([said])
  expect(await shown('head')).toMatchObject([said])
  expect((await weekSeen(system)).acknowledged).toMatchObject([said])
  const report = `reports/acknowledgement`
  const byClass = `?from=${MONDAY}&until=2026-11-15&class=${CLASS_7A}`
  const { classes } = await school.seen<{
    classes: Array<{
      weeks: object[]
      pupils: Array<{ pupil: string; weeks: Array<{ acknowledged: object[] }> }>
    }>
  }>('head', `${report}${byClass}`)
  expect(classes[0]!.weeks).toMatchObject([{ acknowledged: { part: 1 } }])
  expect(classes[0]!.pupils.find(({ pupil }) => pupil === ANNA)!.weeks[0]!.acknowledged).toMatchObject([
    { representative: MOTHER, at: MORNING, through: SYSTEM },
  ])
  const table = await school.ask<string>('head', `${report}/table${byClass}&format=csv`)
  expect(table.body).toContain(`через ${SYSTEM.replaceAll('"', '""')}`)
  expect(await school.lines('audit-trail?type=DiaryAcknowledged', 'head')).toMatchObject([
    { account: token, author_name: SYSTEM },
  ])
  expect(
    (await school.seen<{ requests: object[] }>('administrator', `requests?account=${token}`)).requests,
  ).toContainEqual(
    expect.objectContaining({ operation: 'acknowledge-diary', role: 'external-system', status: 201 }),
  )

  // What changed since shows; the mother says herself what she saw in the cabinet.
  const marks = [{ pupil: ANNA, value: 4 }]
  await school.done('mathematician', recordMarks, { page: PAGE, lesson: LESSON, kind: 'homework', marks })
  await school.api.shown()
  const changed = await weekSeen(system)
  expect(changed).toMatchObject({ acknowledged: [{ seen, changed_since: true }] })
  await school.done('mother', acknowledgeDiary, { pupil: ANNA, week: MONDAY, seen: changed.version })
  expect(await shown('mother')).toMatchObject([
    { ...said, changed_since: true },
    { seen: changed.version, through: null },
  ])
  // Also after the token has ended.
  await school.done('administrator', revokeServiceToken, { token, reason: 'agreement-ended' })
  expect((await shown('mother'))[0]).toMatchObject({ through: SYSTEM })
})

it('R-7A.18b: it is by the rules that hold for the representative: of this child, not ended, with consent, in a week that began', async () => {
  const school = schools.next()
  const { system } = await diaryOf(school)
  const { version: seen } = await weekSeen(system)
  const body = { week: MONDAY, seen, representative: MOTHER }
  const given = (change: object) => system.post(ACKNOWLEDGE, { ...body, ...change })
  expectProblem(await system.post(ACKNOWLEDGE, { week: MONDAY, seen }), 'representative-missing')
  expectProblem(await given({ representative: FATHER }), 'representative-unknown')
  // Of another child she is none.
  const ofBoris = `pupils/${BORIS}/diary/acknowledge-diary`
  expectProblem(await system.post(ofBoris, body), 'representative-unknown')
  expectProblem(await given({ week: '2026-11-10' }), 'week-not-from-monday')
  expectProblem(await given({ week: '2026-11-16' }), 'week-not-begun')
  expectProblem(await given({ seen: 'A5' }), 'malformed-request')
  await school.done('deputy', registerRepresentative, {
    pupil: ANNA,
    representative: FATHER,
    kinship: 'father',
    from: MONDAY,
    name: { family: 'Алексеев', given: 'Пётр', patronymic: null },
  })
  // Whose acknowledgement it is, is not said by another parent.
  const forHim = { pupil: ANNA, week: MONDAY, seen, representative: FATHER }
  expect(await school.give('mother', acknowledgeDiary, forHim)).toMatchObject({
    status: 403,
    body: { reason: 'diary-not-yours' },
  })
  expect(await given({})).toMatchObject({ status: 201 })
  await school.api.shown()
  expect((await weekSeen(system)).acknowledged).toHaveLength(1)
  // Nothing is said for whoever withdrew consent, and nothing of him is told outside.
  await school.done('mother', withdrawConsent, { pupil: ANNA, representative: MOTHER })
  expectProblem(await given({ item: LESSON }), 'consent-missing')
  expect((await weekSeen(system)).acknowledged).toEqual([])
  const onPaper = { pupil: ANNA, representative: FATHER, signedOn: MONDAY }
  await school.done('english', refuseConsent, onPaper, { 'letopis-role': 'class-teacher' })
  expectProblem(await given({ representative: FATHER }), 'consent-missing')
  await school.done('deputy', endRepresentation, {
    pupil: ANNA,
    representative: MOTHER,
    from: MONDAY,
  })
  expectProblem(await given({ item: LESSON }), 'representative-unknown')
  expect(await acknowledgements(school)).toHaveLength(1)
})

it('R-7A.18b: a token without this right writes nothing, and is not told who acknowledged', async () => {
  const school = schools.next()
  const { system } = await diaryOf(school)
  const reading = (await diaryOf(school, ['diary', 'rosters'], 'that reads')).system
  const body = { week: MONDAY, seen: (await weekSeen(system)).version, representative: MOTHER }
  expectProblem(await reading.post(ACKNOWLEDGE, body), 'set-not-agreed', { sets: ['rosters', 'diary'] })
  expect(await system.post(ACKNOWLEDGE, body)).toMatchObject({ status: 201 })
  await school.api.shown()
  expect((await weekSeen(system)).acknowledged).toHaveLength(1)
  expect((await weekSeen(reading)).acknowledged).toEqual([])
  const alone = {
    token: id(`service-token/${school.name}/alone`),
    system: SYSTEM,
    sets: ['acknowledgements'],
  }
  expect(await school.give('administrator', issueServiceToken, alone)).toMatchObject({
    status: 422,
    body: { reason: 'acknowledgements-without-diary' },
  })
  // Where exchange waits for the head, so does this.
  const policy = { ...STARTING_POLICY, exchangeApproved: true }
  await school.done('administrator', adoptPolicy, { effectiveFrom: '2026-11-10', policy })
  school.at('2026-11-10T03:50:00.000Z')
  const { token, system: waiting } = await diaryOf(school, undefined, 'that waits')
  expectProblem(await waiting.post(ACKNOWLEDGE, body), 'service-token-unapproved')
  await school.done('head', approveServiceToken, { token })
  expect(await waiting.post(ACKNOWLEDGE, { ...body, item: LESSON })).toMatchObject({ status: 201 })
  school.at(MORNING)
})

it('R-7A.18b: a token that was revoked writes nothing, not even by a request that was on its way', async () => {
  const school = schools.next()
  const { token, system } = await diaryOf(school)
  const said = { week: MONDAY, seen: (await weekSeen(system)).version, representative: MOTHER }
  let revoked: Recorded | null = null
  // The body is read after the token was found good.
  async function* body(): AsyncGenerator<string> {
    revoked = await school.done('administrator', revokeServiceToken, { token, reason: 'exposed' })
    yield JSON.stringify(said)
  }
  const onItsWay = Readable.from(body(), { objectMode: false })
  const answer = await system.post(ACKNOWLEDGE, onItsWay, { 'content-type': 'application/json' })
  expect(revoked).toMatchObject({ events: [{ type: 'ServiceTokenRevoked' }] })
  expectProblem(answer, 'stream-busy')
  expectProblem(await system.post(ACKNOWLEDGE, said), 'service-token-ended')
  expect(await acknowledgements(school)).toEqual([])
})
