import { describe, expect, it } from 'vitest'
import { replacePassword } from '#commands/access/replace-password.ts'
import { acceptRules } from '#commands/access/accept-rules.ts'
import { issueActivationCode } from '#commands/access/issue-activation-code.ts'
import { annulSuspectOperations } from '#commands/incident/annul-suspect-operations.ts'
import { confirmSuspectOperations } from '#commands/incident/confirm-suspect-operations.ts'
import { declareCompromise } from '#commands/incident/declare-compromise.ts'
import { receiveBreachAsHead } from '#commands/incident/receive-breach-as-head.ts'
import { receiveBreachAsSupport } from '#commands/incident/receive-breach-as-support.ts'
import { reportBreach } from '#commands/incident/report-breach.ts'
import { restoreAccess } from '#commands/incident/restore-access.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import { correctLesson } from '#commands/journal-page/correct-lesson.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { rebuild } from '#projections/rebuild.ts'
import { ACCESS_RULES } from '#values/access-rules.ts'
import { lessonId, workId } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { accountOf, expectProblem, PASSWORD } from '#support/api.ts'
import { type GridPage, type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, GLEB, LESSON, MONDAY, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(4, [
  'mathematician',
  'english',
  'stranger',
  'deputy',
  'auditor',
  'head',
  'administrator',
])
const FOURTH = lessonId(ALGEBRA, MONDAY, 4)
const account = accountOf('mathematician')
const reason = 'typing-error'

interface Listed {
  readonly operation: Uuid
  readonly type: string
  readonly state: string
}
interface Shown {
  readonly incident: {
    readonly state: string
    readonly noticeReceivedAt: string | null
    readonly overdue: boolean
    readonly receipts: Record<'head' | 'support', { lateBy: number; receivedAt: string; person: Uuid } | null>
    readonly counts: Record<'void' | 'suspect' | 'confirmed' | 'annulled' | 'open', number>
  }
  readonly void: readonly Listed[]
  readonly suspect: readonly Listed[]
  readonly review: ReadonlyArray<{ type: string; operation: Uuid }>
  readonly finals: readonly unknown[]
}

const MARKED = [
  [ANNA, 'test', 3],
  [ANNA, 'lesson-answer', 4],
  [ANNA, 'homework', 3],
  [BORIS, 'test', 3],
  [BORIS, 'homework', 4],
  [GLEB, 'test', 4],
  [GLEB, 'homework', 3],
] as const

/** What stands in the cells of Monday's lesson, by pupil and kind of work. */
async function marks(school: SchoolAtWork) {
  const { cells } = await school.grid()
  const entries = cells.flatMap(({ pupil, marks }) => marks.map((mark) => ({ pupil, ...mark })))
  return (pupil: Uuid, kind: string) =>
    entries.find((entry) => entry.pupil === pupil && entry.work === workId(LESSON, kind))
}

/** Monday's two lessons of algebra with their marks, by the teacher. */
async function monday(school: SchoolAtWork): Promise<void> {
  school.at('2026-11-09T05:05:00.000Z')
  await school.recordLesson()
  await school.recordLesson('2026-11-09', 4)
  for (const kind of ['test', 'lesson-answer', 'homework'] as const) {
    const given = MARKED.filter(([, of]) => of === kind).map(([pupil, , value]) => ({ pupil, value }))
    await school.done('mathematician', recordMarks, { page: PAGE, lesson: LESSON, kind, marks: given })
  }
}

async function raise(school: SchoolAtWork, pupil: Uuid, kind: string, value: number): Promise<void> {
  const { entry, version } = (await marks(school))(pupil, kind)!
  const input = { page: PAGE, entry, expectedVersion: version, value, reason }
  await school.done('mathematician', correctMark, input)
}

/** Episode 1 of DOMAIN.md G.9, up to the head's declaration on Wednesday. */
async function declared(school: SchoolAtWork): Promise<Uuid> {
  await monday(school)
  // Monday from 17:00 on: somebody has the password, and the teacher works as well.
  school.at('2026-11-09T10:00:00.000Z')
  for (const [pupil, kind] of MARKED) await raise(school, pupil, kind, 5)
  school.at('2026-11-10T02:00:00.000Z')
  await school.done('mathematician', setHomework, { page: PAGE, lesson: LESSON, text: 'Стр. 45, № 340' })
  const on = { kind: 'lesson' }
  await school.done('mathematician', addComment, { page: PAGE, lesson: LESSON, on, text: 'Кабинет 305' })
  const [lesson] = (await school.grid()).lessons
  const corrected = { page: PAGE, lesson: LESSON, reason }
  await school.done('mathematician', correctLesson, {
    ...corrected,
    expectedVersion: lesson!.version,
    topic: 'Степень числа',
  })
  await school.done('mathematician', correctHomework, {
    ...corrected,
    expectedVersion: lesson!.homework!.version,
    text: 'Стр. 45, № 341',
  })
  // Wednesday 08:30 to 09:02: two entries of the teacher among those of the other.
  school.at('2026-11-11T01:30:00.000Z')
  await raise(school, BORIS, 'homework', 4)
  await school.done('mathematician', setHomework, { page: PAGE, lesson: FOURTH, text: 'Повторить §12' })
  school.at('2026-11-11T01:50:00.000Z')
  const absentees = [{ pupil: GLEB, code: 'Н' }]
  await school.done('mathematician', takeAttendance, { page: PAGE, lesson: FOURTH, absentees })
  await raise(school, ANNA, 'test', 4)
  const { entry, version } = (await marks(school))(GLEB, 'homework')!
  await school.done('mathematician', withdrawMark, { page: PAGE, entry, expectedVersion: version, reason })
  await school.done('mathematician', addComment, { page: PAGE, lesson: FOURTH, on, text: 'Так и надо' })
  // The head was told at 08:05 and writes it down at 09:02; the support service was told at 08:30.
  school.at('2026-11-11T02:02:00.000Z')
  const reported = await school.done('head', reportBreach, {
    account,
    learnedAt: '2026-11-10T11:40:00.000Z',
    compromisedFrom: '2026-11-09T10:00:00.000Z',
  })
  const { incident } = reported.events[0]!.data as { readonly incident: Uuid }
  await school.done('head', receiveBreachAsHead, { incident, receivedAt: '2026-11-11T01:05:00.000Z' })
  await school.done('administrator', receiveBreachAsSupport, {
    incident,
    receivedAt: '2026-11-11T01:30:00.000Z',
  })
  school.at('2026-11-11T03:00:00.000Z')
  await school.done('head', declareCompromise, { incident })
  return incident
}

async function restored(school: SchoolAtWork, incident: Uuid): Promise<void> {
  await school.done('head', restoreAccess, { incident })
  const { told } = (await school.done('administrator', issueActivationCode, {
    account,
    reason: 'reset',
  })) as unknown as {
    told: { activationCode: string }
  }
  const NEW = `${PASSWORD}, и новее`
  const activated = (password: string) => {
    const payload = { school: school.name, code: told.activationCode, password }
    return school.api.send<{ token: string }>({ method: 'POST', url: '/v1/activate', payload })
  }
  // Whoever had the old password may still have it (R-D7).
  expectProblem(await activated(PASSWORD), 'password-same')
  const { status, body } = await activated(NEW)
  expect(status).toBe(200)
  const own = (command: string, payload: object) =>
    school.api.send({
      method: 'POST',
      url: `/v1/schools/${school.name}/accounts/${account}/${command}`,
      headers: { authorization: `Bearer ${body.token}` },
      payload,
    })
  const { version } = ACCESS_RULES
  expect((await own(acceptRules.name, { version })).status).toBe(201)
  // The school of the tests knows one password.
  expect((await own(replacePassword.name, { old: NEW, new: PASSWORD })).status).toBe(201)
}

describe('a breach of the confidentiality of an account', () => {
  it('R-4.4a, R-4.4b, R-4.4d: ends as episode 1 tells it: 6 void, of 11 suspect 7 annulled and 4 confirmed', async () => {
    const school = schools.next()
    const before = (await school.log()).length
    const incident = await declared(school)
    const events = (await school.log()).length
    expect(events).toBeGreaterThan(before)
    const seen = await school.seen<Shown>('head', `incidents/${incident}`)
    expect(seen.incident).toMatchObject({
      state: 'declared',
      noticeReceivedAt: '2026-11-11T01:30:00.000Z',
      receivedBy: 'support',
      counts: { void: 6, suspect: 11, confirmed: 0, annulled: 0, open: 11 },
    })
    // What stands: the suspect ones, until somebody decides; nothing of what is void, an instant equal to T0 included.
    let standing = await marks(school)
    expect(MARKED.map(([pupil, kind]) => standing(pupil, kind)?.value)).toEqual([5, 5, 5, 5, 5, 5, 5])
    let [, fourth] = (await school.grid()).lessons
    expect(fourth).toMatchObject({ homework: null, attendance: null })

    await restored(school, incident)
    const raised = seen.suspect.filter(({ type }) => type === 'MarkCorrected')
    const own = seen.suspect.filter(({ type }) => type !== 'MarkCorrected')
    expect([raised.length, own.length]).toEqual([7, 4])
    const order = { number: '132', date: '2026-11-11' }
    await school.done('mathematician', confirmSuspectOperations, {
      incident,
      operations: own.map(({ operation }) => operation),
    })
    await school.done('head', annulSuspectOperations, {
      incident,
      operations: raised.map(({ operation }) => operation),
      order,
      text: 'Отметки завышены посторонним',
    })
    standing = await marks(school)
    expect(MARKED.map(([pupil, kind]) => standing(pupil, kind)?.value)).toEqual(
      MARKED.map(([, , value]) => value),
    )

    // On Thursday the teacher enters again what was his.
    school.at('2026-11-12T02:00:00.000Z')
    await school.done('mathematician', setHomework, { page: PAGE, lesson: FOURTH, text: 'Повторить §12' })
    const absentees = [{ pupil: GLEB, code: 'Н' }]
    await school.done('mathematician', takeAttendance, { page: PAGE, lesson: FOURTH, absentees })
    ;[, fourth] = (await school.grid()).lessons
    expect(fourth).toMatchObject({ homework: { content: { text: 'Повторить §12' } } })
    const { counts } = (await school.seen<Shown>('head', `incidents/${incident}`)).incident
    expect(counts).toEqual({ void: 6, suspect: 11, confirmed: 4, annulled: 7, open: 0 })
    // Nothing left the record, and the audit says of each what became of it.
    expect((await school.log()).length).toBeGreaterThan(events)
    const lines = (await school.lines(
      `audit-trail?account=${account}&limit=500`,
      'auditor',
    )) as unknown as Array<{
      event: Uuid
      effect: { state: string; incident: Uuid } | null
    }>
    const states = new Map(lines.map(({ event, effect }) => [event, effect?.state ?? null]))
    const counted = (state: string) => [...states.values()].filter((known) => known === state).length
    expect(['void', 'annulled', 'confirmed'].map(counted)).toEqual([6, 7, 4])
    // R-D1: as it was, with what was without effect by then, and not more.
    const then = async (instant: string) => {
      const { cells, lessons } = await school.seen<GridPage>('auditor', `pages/${PAGE}?as_of=${instant}`)
      const test = cells
        .find(({ pupil }) => pupil === ANNA)!
        .marks.find(({ work }) => work === workId(LESSON, 'test'))
      return [test?.value, lessons[1]!.homework !== null]
    }
    expect(await then('2026-11-11T02:02:00.000Z')).toEqual([4, true])
    expect(await then('2026-11-11T03:00:00.000Z')).toEqual([3, false])
    expect(await then('2026-11-12T02:00:00.000Z')).toEqual([3, true])
    // Rebuilt from zero, every read model is the same.
    const { store } = school.api.installation.execution
    const { kysely } = school.api.installation.database
    for (const model of READ_MODELS) {
      const parts = { store, database: kysely, clock: () => school.api.now() }
      for (const { differing } of (await rebuild(model, school.name, parts)).tables) expect(differing).toBe(0)
    }
  })

  it('R-D7, R-4.3: is cut at the first notice, and both receipts stand with person, time and lateness to the second', async () => {
    const school = schools.next()
    await monday(school)
    const teacher = await school.api.as('mathematician', school.name)
    school.at('2026-11-11T17:00:00.000Z')
    const reported = await school.done('head', reportBreach, {
      account,
      learnedAt: '2026-11-10T11:40:00.000Z',
    })
    const { incident, dueAt } = reported.events[0]!.data as { incident: Uuid; dueAt: string }
    // Wednesday is the next working day; it ends at midnight in Tomsk.
    expect(dueAt).toBe('2026-11-11T16:59:59.000Z')
    school.at('2026-11-09T05:06:00.000Z')
    expectProblem(await teacher.get(`pages/${PAGE}`), 'account-blocked')
    const payload = { school: school.name, login: 'mathematician', password: PASSWORD }
    expectProblem(await school.api.send({ method: 'POST', url: '/v1/log-in', payload }), 'account-blocked')
    school.at('2026-11-11T17:00:00.000Z')
    expectProblem(await school.give('administrator', issueActivationCode, { account }), 'account-blocked')
    await school.done('head', receiveBreachAsHead, { incident, receivedAt: '2026-11-11T16:59:59.999Z' })
    await school.done('administrator', receiveBreachAsSupport, {
      incident,
      receivedAt: '2026-11-11T17:00:00.000Z',
    })
    const { receipts, overdue } = (await school.seen<Shown>('auditor', `incidents/${incident}`)).incident
    expect([receipts.head?.lateBy, receipts.support?.lateBy, overdue]).toEqual([0, 1, false])
    expect(receipts.head?.person).not.toBe(receipts.support?.person)
    // Restored by the head; the credentials of before stay worthless.
    await school.done('head', restoreAccess, { incident })
    expectProblem(
      await school.api.send({ method: 'POST', url: '/v1/log-in', payload }),
      'new-credentials-needed',
    )
  })

  it('R-4.4c: lists what others built on void marks: corrections to review', async () => {
    const school = schools.next()
    await monday(school)
    school.at('2026-11-11T01:40:00.000Z')
    await raise(school, ANNA, 'test', 5)
    const { entry, version } = (await marks(school))(ANNA, 'test')!
    const input = { page: PAGE, entry, expectedVersion: version, value: 4, reason }
    const honest = await school.done('deputy', correctMark, input)
    const learnedAt = '2026-11-11T01:30:00.000Z'
    const reported = await school.done('head', reportBreach, { account, learnedAt })
    const { incident } = reported.events[0]!.data as { readonly incident: Uuid }
    await school.done('head', receiveBreachAsHead, { incident, receivedAt: learnedAt })
    expectProblem(await school.give('head', declareCompromise, { incident }), 'receipt-missing', {
      missing: ['support'],
    })
    await school.done('administrator', receiveBreachAsSupport, { incident, receivedAt: learnedAt })
    await school.done('head', declareCompromise, { incident })
    const seen = await school.seen<Shown>('deputy', `incidents/${incident}`)
    expect(seen.void.map(({ type }) => type)).toEqual(['MarkCorrected'])
    expect(seen.review.map(({ operation }) => operation)).toEqual([honest.events[0]!.id])
    expect((await marks(school))(ANNA, 'test')?.value).toBe(4)
  })

  it('R-4.4a, R-4.4b (several at once): two accounts and one that never wrote, each with its own window, list and end', async () => {
    const school = schools.next()
    await monday(school)
    const here = { page: PAGE, lesson: FOURTH }
    const taken = await school.done('mathematician', takeAttendance, {
      ...here,
      absentees: [{ pupil: GLEB, code: 'Н' }],
    })
    const codeOf = async (): Promise<unknown> =>
      (await school.grid()).cells.find(({ pupil, lesson }) => pupil === GLEB && lesson === FOURTH)?.absence
    const absent = await codeOf()
    const asClassTeacher = { 'letopis-role': 'class-teacher' }
    // Of one account void from 08:30 on, of the other from 08:40: an operation between the two is of one of them alone.
    school.at('2026-11-11T01:35:00.000Z')
    const changed = { ...here, pupil: GLEB, expectedVersion: taken.revision, reason: 'absence-document' }
    const first = await school.done('english', changeAbsenceCode, { ...changed, code: 'Н/б' }, asClassTeacher)
    await raise(school, ANNA, 'test', 5)
    school.at('2026-11-11T01:45:00.000Z')
    await school.done(
      'english',
      changeAbsenceCode,
      { ...changed, expectedVersion: first.revision, code: 'Н/у' },
      asClassTeacher,
    )
    await raise(school, BORIS, 'test', 5)

    school.at('2026-11-11T02:00:00.000Z')
    const incidents: Uuid[] = []
    for (const [login, receivedAt] of [
      ['mathematician', '2026-11-11T01:30:00.000Z'],
      ['english', '2026-11-11T01:40:00.000Z'],
      ['stranger', '2026-11-11T01:30:00.000Z'],
    ] as const) {
      const reported = await school.done('head', reportBreach, {
        account: accountOf(login),
        learnedAt: '2026-11-11T01:30:00.000Z',
      })
      const { incident } = reported.events[0]!.data as { readonly incident: Uuid }
      await school.done('head', receiveBreachAsHead, { incident, receivedAt })
      await school.done('administrator', receiveBreachAsSupport, { incident, receivedAt })
      incidents.push(incident)
    }
    // Declared in another order than reported.
    for (const incident of incidents.toReversed()) await school.done('head', declareCompromise, { incident })

    const seen = await Promise.all(
      incidents.map((incident) => school.seen<Shown>('auditor', `incidents/${incident}`)),
    )
    expect(seen.map((one) => one.void.map(({ type }) => type))).toEqual([
      ['MarkCorrected', 'MarkCorrected'],
      ['AbsenceCodeCorrected'],
      [],
    ])
    expect(seen.map(({ incident }) => incident.noticeReceivedAt)).toEqual([
      '2026-11-11T01:30:00.000Z',
      '2026-11-11T01:40:00.000Z',
      '2026-11-11T01:30:00.000Z',
    ])
    // The first change of the code came before the notice of that account, though after that of the other.
    expect(await codeOf()).toMatchObject({ code: 'Н/б' })
    expect(absent).toMatchObject({ code: 'Н' })
    const standing = await marks(school)
    expect([standing(ANNA, 'test')?.value, standing(BORIS, 'test')?.value]).toEqual([3, 3])

    // One is let in again; the others stay out.
    await school.done('head', restoreAccess, { incident: incidents[1] })
    const entering = (login: string) =>
      school.api.send({
        method: 'POST',
        url: '/v1/log-in',
        payload: { school: school.name, login, password: PASSWORD },
      })
    expectProblem(await entering('mathematician'), 'account-blocked')
    expectProblem(await entering('stranger'), 'account-blocked')
    expectProblem(await entering('english'), 'new-credentials-needed')

    const { store } = school.api.installation.execution
    const { kysely } = school.api.installation.database
    for (const model of READ_MODELS) {
      const parts = { store, database: kysely, clock: () => school.api.now() }
      for (const { differing } of (await rebuild(model, school.name, parts)).tables) expect(differing).toBe(0)
    }
  })
})
