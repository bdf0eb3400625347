import { describe, expect, it } from 'vitest'
import type { LoggedRequest } from '#api/request-log.ts'
import { disableAccount } from '#commands/access/disable-account.ts'
import { grantRole } from '#commands/access/grant-role.ts'
import { openAccount } from '#commands/access/open-account.ts'
import { COMMANDS } from '#commands/catalogue.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { disputeMark } from '#commands/journal-page/dispute-mark.ts'
import { exemptFromPractice } from '#commands/journal-page/exempt-from-practice.ts'
import { withdrawExemption } from '#commands/journal-page/withdraw-exemption.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { mayAct } from '#values/rights.ts'
import type { Role } from '#values/role.ts'
import { pageId } from '#values/school.ts'
import { accountOf, type LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLUB,
  ENGLISH_TEACHER,
  LESSON,
  MATHEMATICIAN,
  MONDAY,
  PAGE,
  Q2,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'
import { bothRecorded, correctEnglish, ENGLISH_MARK, ENGLISH_PAGE, FIFTH } from '#support/two-journals.ts'
import { IN_ANOTHER_LIFE, WHOLE_LIFE } from '#support/whole-life.ts'

const schools = schoolsAtWork(12, [
  'mathematician',
  'english',
  'stranger',
  'deputy',
  'mother',
  'anna',
  'auditor',
  'archivist',
  'head',
  'administrator',
])
/** What a teacher writes in {@link WHOLE_LIFE}, here on the page of algebra: each passes its schema. */
const ON_PAGE = WHOLE_LIFE.filter(
  ({ command: { path, operation } }) => path === 'pages/:page' && mayAct(operation).includes('teacher'),
).map((step) => ({ ...step, input: { ...step.input, page: PAGE } }))

const BY_PAPER: ReadonlySet<unknown> = new Set([
  changeAbsenceCode,
  exemptFromPractice,
  withdrawExemption,
  disputeMark,
])

const denied = (school: SchoolAtWork, login: LogIn) =>
  school
    .seen<{ requests: LoggedRequest[] }>('auditor', `requests?account=${accountOf(login)}&limit=500`)
    .then(({ requests }) => requests.filter(({ status }) => status === 403))

describe('R-A3.4a: journal data are written by staff only, by role', () => {
  const outsiders = ['mother', 'anna', 'auditor', 'archivist'] as const

  it('there is no write for parent, pupil, auditor and archivist, whatever the command', async () => {
    const school = await schools.next().recordLesson()
    const before = await school.log()
    expect(new Set([...WHOLE_LIFE.map(({ command }) => command), ...IN_ANOTHER_LIFE])).toEqual(
      new Set(COMMANDS),
    )
    for (const login of outsiders) {
      for (const { command, input } of WHOLE_LIFE) {
        // Packages of the archive, and what is to be erased after its term, are no journal data, and the archivist's.
        if (login === 'archivist' && ['35a', '37'].includes(command.operation)) continue
        // A dispute says something about a mark, and changes nothing of it (R-A1.p1).
        if (command === disputeMark && ['mother', 'anna'].includes(login)) continue
        // Where a parent is reached, that he has read, and whether he consents is his to say, and no journal data (R-5.7,
        // R-7V.m, R-7A.15, R-5.1).
        if (login === 'mother' && ['8a', '24', '25', '26', '26b'].includes(command.operation)) continue
        // Nobody's record is changed by asking the support service.
        if (command.operation === '38a') continue
        // What everybody may do to the own account, nobody may do to that of another.
        const reason = 'asOneself' in command ? 'account-not-own' : 'role-not-permitted'
        expect(await school.give(login, command, input), `${command.name} by ${login}`).toMatchObject({
          status: 403,
          body: { reason },
        })
      }
    }
    expect(await school.log()).toEqual(before)
  })

  it('nor can they take a role that they do not hold', async () => {
    const school = await schools.next().recordLesson()
    const before = await school.log()
    for (const login of outsiders) {
      for (const role of ['teacher', 'deputy', 'class-teacher', 'system-administrator', 'operator']) {
        const [{ command, input }] = ON_PAGE as [(typeof ON_PAGE)[0]]
        const answer = await school.give(login, command, input, { 'letopis-role': role })
        expect(answer).toMatchObject({ status: 403, body: { reason: 'role-not-held' } })
      }
    }
    expect(await school.log()).toEqual(before)
  })
})

/** What is asked of each of the twenty rights: by whom, in which role, what, and what comes of it. */
type Right = readonly [
  says: string,
  login: LogIn,
  role: Role,
  does: (school: SchoolAtWork, as: { 'letopis-role': Role }) => Promise<{ status: number }>,
  status: 200 | 201 | 403,
]

const MARKS = { page: PAGE, lesson: LESSON, kind: 'quiz', marks: [{ pupil: BORIS, value: 5 }] }
const sees =
  (login: LogIn, path: string): Right[3] =>
  (school, as) =>
    school.ask(login, path, as)
const gives =
  (login: LogIn, command: Parameters<SchoolAtWork['give']>[1], input: object): Right[3] =>
  (school, as) =>
    school.give(login, command, input as Readonly<Record<string, unknown>>, as)

const corrects =
  (login: LogIn, reason?: string): Right[3] =>
  (school, as) =>
    correctEnglish(school, login, reason, as)

/**
 * The twenty rights that matter most, written by hand and carried out: the generated tests follow the table in the code,
 * and would follow it into an error.
 */
const TWENTY: readonly Right[] = [
  [
    'a teacher marks in the own journal',
    'english',
    'teacher',
    gives('english', recordMarks, ENGLISH_MARK),
    201,
  ],
  ['a teacher marks in no other journal', 'english', 'teacher', gives('english', recordMarks, MARKS), 403],
  [
    'a teacher reads no other journal',
    'mathematician',
    'teacher',
    sees('mathematician', `pages/${ENGLISH_PAGE}`),
    403,
  ],
  [
    'a teacher sees no audit of the school',
    'mathematician',
    'teacher',
    sees('mathematician', 'audit-trail'),
    403,
  ],
  [
    'a class teacher reads the class in every subject',
    'english',
    'class-teacher',
    sees('english', `pages/${PAGE}`),
    200,
  ],
  [
    'a class teacher reads no other class',
    'stranger',
    'class-teacher',
    sees('stranger', `pages/${PAGE}`),
    403,
  ],
  [
    'a class teacher gives no mark in the own class',
    'english',
    'class-teacher',
    gives('english', recordMarks, MARKS),
    403,
  ],
  ['a deputy gives no mark', 'deputy', 'deputy', gives('deputy', recordMarks, MARKS), 403],
  ['a deputy corrects a mark with a reason', 'deputy', 'deputy', corrects('deputy', 'typing-error'), 201],
  ['the head reads every page', 'head', 'head', sees('head', `pages/${ENGLISH_PAGE}`), 200],
  ['the head gives no mark', 'head', 'head', gives('head', recordMarks, MARKS), 403],
  ['the head corrects no mark', 'head', 'head', corrects('head', 'typing-error'), 403],
  [
    'an administrator reads no page',
    'administrator',
    'system-administrator',
    sees('administrator', `pages/${PAGE}`),
    403,
  ],
  [
    'an administrator reads no diary',
    'administrator',
    'system-administrator',
    sees('administrator', `pupils/${ANNA}/diary`),
    403,
  ],
  [
    'an administrator gives no mark',
    'administrator',
    'system-administrator',
    gives('administrator', recordMarks, MARKS),
    403,
  ],
  [
    'a parent reads the diary of the own child',
    'mother',
    'parent',
    sees('mother', `pupils/${ANNA}/diary`),
    200,
  ],
  [
    'a parent reads the diary of no other child',
    'mother',
    'parent',
    sees('mother', `pupils/${BORIS}/diary`),
    403,
  ],
  ['a pupil reads no other diary', 'anna', 'pupil', sees('anna', `pupils/${BORIS}/diary`), 403],
  ['an auditor corrects nothing', 'auditor', 'auditor', corrects('auditor', 'typing-error'), 403],
  [
    'a deputy gives nobody a role',
    'deputy',
    'deputy',
    gives('deputy', grantRole, { account: accountOf('deputy'), role: 'head', from: MONDAY }),
    403,
  ],
]

describe('R-2.1: separate roles with rights of their own', () => {
  it('the twenty rights that matter most are held and denied as the regulation says', async () => {
    const school = await bothRecorded(schools.next())
    expect(TWENTY).toHaveLength(20)
    for (const [says, , role, does, status] of TWENTY) {
      const answer = await does(school, { 'letopis-role': role })
      expect(answer.status, `${says}: ${JSON.stringify(answer)}`).toBe(status)
    }
  })

  it('R-7A.16b: what the administration edits is a correction with a reason, and stands there as its own', async () => {
    const school = await bothRecorded(schools.next())
    await school.done('english', recordMarks, ENGLISH_MARK, { 'letopis-role': 'teacher' })
    const without = await corrects('deputy')(school, { 'letopis-role': 'deputy' })
    expect(without).toMatchObject({ status: 422, body: { reason: 'reason-required' } })
    await corrects('deputy', 'typing-error')(school, { 'letopis-role': 'deputy' })
    const [line] = await school.lines('corrections')
    expect(line).toMatchObject({ account: accountOf('deputy'), role: 'deputy', reason: 'typing-error' })
    for (const login of ['head', 'deputy'] as const) {
      for (const path of [`pages/${PAGE}`, `pages/${ENGLISH_PAGE}`, `pupils/${ANNA}/diary`, 'audit-trail'])
        expect(await school.ask(login, path), `${login} ${path}`).toMatchObject({ status: 200 })
    }
  })
})

describe('R-7G.2: the account of somebody who has left', () => {
  it('is disabled and never deleted: what was entered with it stays, and stays that person’s', async () => {
    const school = await schools.next().recordLesson()
    const marks = [{ pupil: ANNA, value: 5 }]
    await school.done('mathematician', recordMarks, { page: PAGE, lesson: LESSON, kind: 'test', marks })
    const path = `pages/${PAGE}/lessons/${LESSON}/pupils/${ANNA}/history`
    const before = await school.lines(path, 'deputy')
    expect(before).toMatchObject([{ account: accountOf('mathematician'), after: { value: 5 } }])
    const account = accountOf('mathematician')
    await school.done('administrator', disableAccount, { account, reason: 'left-school' })
    expect(await school.lines(path, 'deputy')).toEqual(before)
    expect((await school.grid()).cells).toMatchObject([{ pupil: ANNA, marks: [{ value: 5 }] }])
    // No command of accounts takes one away; and nobody else comes by the id of one.
    expect(COMMANDS.filter(({ name }) => /^(delete|remove|erase|destroy)-account/.test(name))).toEqual([])
    const still = await school.give('administrator', openAccount, {
      account,
      person: STRANGER,
      login: 'somebody.else',
    })
    expect(still.status).toBe(409)
  })
})

describe('R-7G.2: the system administrator', () => {
  it('writes nothing on a page: no mark, absence, topic or homework, in whatever words', async () => {
    const school = await schools.next().recordLesson()
    const before = await school.log()
    const given = new Set<string>()
    for (const { command, input } of ON_PAGE) {
      const answer = await school.give('administrator', command, input)
      expect(answer, command.name).toMatchObject({ status: 403, body: { reason: 'role-not-permitted' } })
      given.add(command.name)
    }
    for (const name of ['record-lesson', 'take-attendance', 'record-marks', 'set-homework', 'record-finals'])
      expect(given).toContain(name)
    expect(await school.log()).toEqual(before)
  })
})

const as = (role: Role) => ({ 'letopis-role': role })

describe('R-2.1: one person with several roles in one school', () => {
  it('teacher, class teacher and mother: each act is in the role that was named, with the rights of it alone', async () => {
    const school = await bothRecorded(schools.next())
    const child = { pupil: BORIS, representative: ENGLISH_TEACHER, kinship: 'mother', from: '2026-09-01' }
    await school.done('deputy', registerRepresentative, {
      ...child,
      name: { family: 'Лобачевская', given: 'Софья' },
    })
    const account = accountOf('english')
    await school.done('administrator', grantRole, { account, role: 'parent', from: MONDAY })
    const reads = (path: string, role: Role) => school.ask('english', path, as(role))

    // As a teacher: the own journal; as the class teacher: every journal of the class, to read.
    await school.done('english', recordMarks, ENGLISH_MARK, as('teacher'))
    expect(await school.give('english', recordMarks, ENGLISH_MARK, as('class-teacher'))).toMatchObject({
      status: 403,
    })
    expect(await school.give('english', recordMarks, ENGLISH_MARK, as('parent'))).toMatchObject({
      status: 403,
    })
    expect((await reads(`pages/${PAGE}`, 'class-teacher')).status).toBe(200)
    expect((await reads(`pages/${PAGE}`, 'teacher')).status).toBe(403)
    expect((await reads(`pages/${PAGE}`, 'parent')).status).toBe(403)
    // As a mother: the diary of the own child, and of no other, though the class teacher reads all of them.
    expect((await reads(`pupils/${BORIS}/diary`, 'parent')).status).toBe(200)
    expect((await reads(`pupils/${ANNA}/diary`, 'parent')).status).toBe(403)
    expect((await reads(`pupils/${ANNA}/diary`, 'class-teacher')).status).toBe(200)
    // A sum of rights where no role is named; what the roles would make another thing of, has to be named.
    expect((await school.ask('english', `pages/${PAGE}`)).status).toBe(200)
    const { roles } = await school.seen<{ roles: Array<{ role: Role }> }>('english', 'rights')
    expect(roles.map(({ role }) => role).toSorted()).toEqual(['class-teacher', 'parent', 'teacher'])
    const last = (await school.log()).at(-1)!
    expect(last).toMatchObject({ type: 'MarkRecorded', meta: { by: account, role: 'teacher' } })
  })
})

describe('R-2.4: the class teacher', () => {
  const leading = { 'letopis-role': 'class-teacher' }

  it('reads every page of the own class, in all subjects and groups, and finds them in the list', async () => {
    const school = await bothRecorded(schools.next())
    await school.done('mathematician', openPage, { year: YEAR, journal: CLUB, period: 'q2' })
    const pages = [PAGE, ENGLISH_PAGE, pageId(CLUB, Q2)]
    for (const page of pages) {
      expect(await school.ask('english', `pages/${page}`, leading)).toMatchObject({ status: 200 })
    }
    const listed = await school.seen<{ pages: Array<{ page: string }> }>(
      'english',
      `years/${YEAR}/pages`,
      leading,
    )
    expect(new Set(listed.pages.map(({ page }) => page))).toEqual(new Set(pages))
    // Who leads no class of it is shown nothing.
    for (const page of pages) {
      expect(await school.ask('stranger', `pages/${page}`, leading)).toMatchObject({
        status: 403,
        body: { reason: 'class-not-led' },
      })
    }
  })

  it('writes no mark, absence, topic or homework there', async () => {
    const school = await bothRecorded(schools.next())
    await school.done('mathematician', takeAttendance, { page: PAGE, lesson: LESSON, absentees: [] })
    const before = await school.log()
    for (const { command, input } of ON_PAGE) {
      // A paper that the class teacher was given tells why somebody was away or takes no part (row 3); and the class
      // teacher passes on what a family disputes (row 28).
      if (BY_PAPER.has(command)) continue
      const answer = await school.give('english', command, input, leading)
      expect(answer, command.name).toMatchObject({ status: 403, body: { reason: 'role-not-permitted' } })
    }
    const opening = { year: YEAR, journal: ALGEBRA, period: 'q1' }
    expect(await school.give('english', openPage, opening, leading)).toMatchObject({ status: 403 })
    // The fact of an absence is the teacher's; what the class teacher knows is the reason of one that was recorded.
    const version = (await school.grid()).lessons[0]!.attendance!.version
    const absent = {
      page: PAGE,
      lesson: LESSON,
      pupil: ANNA,
      expectedVersion: version,
      reason: 'typing-error',
    }
    expect(
      await school.give('english', changeAbsenceCode, { ...absent, code: 'Н/б' }, leading),
    ).toMatchObject({
      status: 403,
      body: { reason: 'reason-only' },
    })
    expect(await school.log()).toEqual(before)
  })

  it('who teaches the journal as well writes in it as its teacher, and in no other', async () => {
    const school = await bothRecorded(schools.next())
    const marks = { kind: 'test', marks: [{ pupil: ANNA, value: 5 }] }
    const english = { page: ENGLISH_PAGE, lesson: FIFTH, ...marks }
    expect(await school.give('english', recordMarks, english, leading)).toMatchObject({ status: 403 })
    const teaching = { 'letopis-role': 'teacher' }
    await school.done('english', recordMarks, english, teaching)
    const algebra = { page: PAGE, lesson: LESSON, ...marks }
    expect(await school.give('english', recordMarks, algebra, teaching)).toMatchObject({
      status: 403,
      body: { reason: 'journal-not-taught' },
    })
  })
})

describe('R-2.3: the teacher works on the pages of the journals that the load gives', () => {
  it('and on no other: reading and writing is denied, and the attempt is on record', async () => {
    const school = await bothRecorded(schools.next())
    const before = await school.log()
    for (const { command, input } of ON_PAGE) {
      const answer = await school.give('stranger', command, input, { 'letopis-role': 'teacher' })
      expect(answer, command.name).toMatchObject({ status: 403, body: { reason: 'journal-not-taught' } })
    }
    for (const path of [
      `pages/${PAGE}`,
      `pages/${PAGE}/history`,
      `pages/${PAGE}/lessons/${LESSON}/pupils/${ANNA}/history`,
      `pupils/${ANNA}/diary`,
    ]) {
      const answer = await school.ask('stranger', path, { 'letopis-role': 'teacher' })
      expect(answer, path).toMatchObject({ status: 403 })
    }
    expect(await school.ask('mathematician', `pages/${ENGLISH_PAGE}`)).toMatchObject({ status: 403 })
    expect(await school.ask('mathematician', `pages/${PAGE}`)).toMatchObject({ status: 200 })
    expect(await school.log()).toEqual(before)

    const attempts = await denied(school, 'stranger')
    expect(attempts).toHaveLength(ON_PAGE.length + 4)
    for (const { role, address, problem } of attempts) {
      expect(address).toBe('127.0.0.1')
      expect(['journal-not-taught', 'diary-not-yours']).toContain(problem)
      expect(['teacher', null]).toContain(role)
    }
  })

  it('from the day on which the load begins until the day on which it ends', async () => {
    const school = await schools.next().recordLesson()
    const load = { year: YEAR, journal: ALGEBRA }
    await school.done('deputy', assignTeacher, { ...load, staff: STRANGER, from: '2026-11-16' })
    await school.done('deputy', releaseTeacher, { ...load, staff: MATHEMATICIAN, from: '2026-11-16' })
    const write = (login: LogIn, kind: string, pupil = ANNA) => {
      const input = { page: PAGE, lesson: LESSON, kind, marks: [{ pupil, value: 4 }] }
      return school.give(login, recordMarks, input).then(({ status }) => status)
    }
    const read = (login: LogIn) => school.ask(login, `pages/${PAGE}`).then(({ status }) => status)

    // Sunday 15 November, 23:59:59 in Tomsk, and the second after it.
    school.at('2026-11-15T16:59:59.999Z')
    expect([await write('mathematician', 'test'), await read('mathematician')]).toEqual([201, 200])
    expect([await write('stranger', 'test', BORIS), await read('stranger')]).toEqual([403, 403])
    school.at('2026-11-15T17:00:00.000Z')
    expect([await write('mathematician', 'quiz'), await read('mathematician')]).toEqual([403, 403])
    expect([await write('stranger', 'quiz', BORIS), await read('stranger')]).toEqual([201, 200])
    // What was written stays, with its author.
    const lines = await school.lines('audit-trail?type=MarkRecorded')
    expect(lines.map(({ account }) => account)).toEqual([accountOf('stranger'), accountOf('mathematician')])
  })
})
