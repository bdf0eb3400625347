import { describe, expect, it } from 'vitest'
import { COMMANDS } from '#commands/catalogue.ts'
import { endRole } from '#commands/access/end-role.ts'
import { grantRole } from '#commands/access/grant-role.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { appointClassTeacher } from '#commands/roster/appoint-class-teacher.ts'
import { formClass } from '#commands/roster/form-class.ts'
import { formGroup } from '#commands/roster/form-group.ts'
import { hireStaff } from '#commands/roster/hire-staff.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { leaveGroup } from '#commands/roster/leave-group.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { releaseStaff } from '#commands/roster/release-staff.ts'
import { transferPupil } from '#commands/roster/transfer-pupil.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import type { AuditLine } from '#projections/audit-trail/queries.ts'
import { mayAct, RIGHTS } from '#values/rights.ts'
import type { Role } from '#values/role.ts'
import { lessonId, pageId } from '#values/school.ts'
import type { LoggedRequest } from '#api/request-log.ts'
import type { Uuid } from '#values/uuid.ts'
import { accountOf, type LogIn, PEOPLE } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  CLUB,
  DINA,
  id,
  ENGLISH,
  LESSON,
  MATHEMATICIAN,
  MONDAY,
  PAGE,
  Q2,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'
import { WHOLE_LIFE } from '#support/whole-life.ts'

const schools = schoolsAtWork(24, [
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
const ENGLISH_PAGE = pageId(ENGLISH, Q2)
const FIFTH = lessonId(ENGLISH, MONDAY, 5)

/** The writes of {@link WHOLE_LIFE} on the page of algebra: each passes its schema, and names what is there. */
const ON_PAGE = WHOLE_LIFE.filter(({ command }) => command.path === 'pages/:page')

/** Algebra and English are recorded for Monday. */
async function lessons(): Promise<SchoolAtWork> {
  const school = await schools.next().recordLesson()
  const journal = { year: YEAR, journal: ENGLISH, period: 'q2' }
  await school.done('english', openPage, journal)
  const fifth = { page: ENGLISH_PAGE, date: MONDAY, number: 5, topic: 'Present Perfect' }
  await school.done('english', recordLesson, fifth)
  return school
}

const denied = (school: SchoolAtWork, login: LogIn) =>
  school
    .seen<{ requests: LoggedRequest[] }>('auditor', `requests?account=${accountOf(login)}&limit=500`)
    .then(({ requests }) => requests.filter(({ status }) => status === 403))

describe('R-A3.4a: journal data are written by staff only, by role', () => {
  const outsiders = ['mother', 'anna', 'auditor', 'archivist'] as const

  it('there is no write for parent, pupil, auditor and archivist, whatever the command', async () => {
    const school = await schools.next().recordLesson()
    const before = await school.log()
    expect(new Set(WHOLE_LIFE.map(({ command }) => command))).toEqual(new Set(COMMANDS))
    for (const login of outsiders) {
      for (const { command, input } of WHOLE_LIFE) {
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
const ENTRY = { page: ENGLISH_PAGE, lesson: FIFTH, kind: 'quiz', marks: [{ pupil: ANNA, value: 4 }] }
const sees =
  (login: LogIn, path: string): Right[3] =>
  (school, as) =>
    school.ask(login, path, as)
const gives =
  (login: LogIn, command: Parameters<SchoolAtWork['give']>[1], input: object): Right[3] =>
  (school, as) =>
    school.give(login, command, input as Readonly<Record<string, unknown>>, as)

/** Corrects the mark that the teacher of English has given. */
const corrects =
  (login: LogIn, reason?: string): Right[3] =>
  async (school, as) => {
    const cell = (await school.grid(ENGLISH_PAGE)).cells.find(({ pupil }) => pupil === ANNA)!
    const { entry, version, value } = cell.marks[0]!
    const correction = { page: ENGLISH_PAGE, entry, value: value === 5 ? 4 : 5, expectedVersion: version }
    return school.give(login, correctMark, reason === undefined ? correction : { ...correction, reason }, as)
  }

/**
 * The twenty rights that matter most, written by hand and carried out: the generated tests follow the table in the code,
 * and would follow it into an error.
 */
const TWENTY: readonly Right[] = [
  ['a teacher marks in the own journal', 'english', 'teacher', gives('english', recordMarks, ENTRY), 201],
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
    const school = await lessons()
    expect(TWENTY).toHaveLength(20)
    for (const [says, , role, does, status] of TWENTY) {
      const answer = await does(school, { 'letopis-role': role })
      expect(answer.status, `${says}: ${JSON.stringify(answer)}`).toBe(status)
    }
  })

  it('R-7A.16b: what the administration edits is a correction with a reason, and stands there as its own', async () => {
    const school = await lessons()
    await school.done('english', recordMarks, ENTRY, { 'letopis-role': 'teacher' })
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

/** The deputy of this school answers for a part of it from now on. */
async function narrowed(school: SchoolAtWork, ...scopes: readonly object[]): Promise<SchoolAtWork> {
  const account = accountOf('deputy')
  await school.done('administrator', endRole, { account, role: 'deputy' })
  for (const scope of scopes)
    await school.done('administrator', grantRole, { account, role: 'deputy', from: '2026-09-01', scope })
  return school
}

describe('R-2.1: a role that ended', () => {
  it('at noon is held until noon, with one and the same token, and not after', async () => {
    const school = await lessons()
    const noon = '2026-11-09T05:00:00.000Z'
    const ending = { account: accountOf('deputy'), role: 'deputy', from: noon }
    await school.done('administrator', endRole, ending)
    school.at('2026-11-09T04:30:00.000Z')
    const { token } = await school.api.as('deputy', school.name)
    const client = school.api.withToken(token, school.name)
    expect(await client.get('audit-trail')).toMatchObject({ status: 200 })
    expect((await corrects('deputy', 'typing-error')(await withMark(school), {} as never)).status).toBe(201)
    school.at('2026-11-09T04:59:59.999Z')
    expect(await client.get('audit-trail')).toMatchObject({ status: 200 })
    school.at(noon)
    expect(await client.get('audit-trail')).toMatchObject({
      status: 403,
      body: { reason: 'role-not-permitted', facts: { held: [] } },
    })
    // What was done in it stands with its author.
    const [line] = await school.lines('corrections', 'auditor')
    expect(line).toMatchObject({ account: accountOf('deputy'), role: 'deputy' })
  })
})

async function withMark(school: SchoolAtWork): Promise<SchoolAtWork> {
  await school.done('english', recordMarks, ENTRY, { 'letopis-role': 'teacher' })
  return school
}

describe('R-7A.16b: a deputy within a competence reads what lies in it', () => {
  const everything = [
    `pages/${PAGE}`,
    `pages/${PAGE}/history`,
    `pages/${PAGE}/lessons/${LESSON}/pupils/${ANNA}/history`,
    `units/${CLASS_7A}/members`,
    `pupils/${ANNA}/diary`,
    `audit-trail?page=${PAGE}`,
    `corrections?page=${PAGE}`,
    `lessons?from=${MONDAY}&class=${CLASS_7A}`,
  ]
  const ofTheSchool = [
    'audit-trail',
    'corrections',
    'people/pupils',
    'movements?since=2026-09-01&until=2026-11-30',
  ]
  const open = ['people/staff', 'policy', `years/${YEAR}`, 'accountable', 'rights']
  const statuses = async (school: SchoolAtWork, paths: readonly string[]) => {
    const answers: Record<string, [status: number, reason: unknown]> = {}
    for (const path of paths) {
      const { status, body } = await school.ask('deputy', path)
      answers[path] = [status, body['reason']]
    }
    return answers
  }
  const each = (paths: readonly string[], status: number, reason?: string) =>
    Object.fromEntries(paths.map((path) => [path, [status, reason]]))

  it('by grade: all of the own grades, nothing of the others, no register of the whole school', async () => {
    const own = await narrowed(await lessons(), { grades: [7] })
    expect(await statuses(own, everything)).toEqual(each(everything, 200))
    expect(await statuses(own, ofTheSchool)).toEqual(each(ofTheSchool, 403, 'outside-competence'))
    expect(await statuses(own, open)).toEqual(each(open, 200))

    const other = await narrowed(await lessons(), { grades: [8] }, { grades: [9] })
    expect(await statuses(other, everything)).toEqual(each(everything, 403, 'outside-competence'))
    expect(await statuses(other, open)).toEqual(each(open, 200))
    for (const [path, list] of [
      [`years/${YEAR}/units`, 'units'],
      [`years/${YEAR}/journals`, 'journals'],
      [`years/${YEAR}/pages`, 'pages'],
      [`lessons?from=${MONDAY}`, 'lessons'],
    ] as const) {
      expect(await other.seen('deputy', path)).toEqual({ [list]: [] })
      expect((await own.seen<Record<string, unknown[]>>('deputy', path))[list]).not.toEqual([])
    }
  })

  it('by subject: the journals of it and the lists of classes, and no diary, which is of all subjects', async () => {
    const algebra = await narrowed(await lessons(), { subjects: [id('subject/algebra')] })
    const ofSubject = everything.filter((path) => !path.endsWith('diary'))
    expect(await statuses(algebra, ofSubject)).toEqual(each(ofSubject, 200))
    expect(await algebra.ask('deputy', `pupils/${ANNA}/diary`)).toMatchObject({ status: 403 })

    const other = await narrowed(await lessons(), { subjects: [id('subject/physics')] })
    expect(await statuses(other, [`pages/${PAGE}`, `units/${CLASS_7A}/members`])).toEqual({
      [`pages/${PAGE}`]: [403, 'outside-competence'],
      [`units/${CLASS_7A}/members`]: [200, undefined],
    })
    expect(await other.seen('deputy', `lessons?from=${MONDAY}`)).toEqual({ lessons: [] })
  })

  it('and is told it by the view of his rights', async () => {
    const school = await narrowed(await lessons(), { grades: [7] })
    const { roles } = await school.seen<{ roles: Array<{ competence: unknown }> }>('deputy', 'rights')
    expect(roles.map(({ competence }) => competence)).toEqual([[{ grades: [7], subjects: null }]])
  })
})

describe('R-1.2: the head answers for the records, a deputy within the competence', () => {
  interface Accountable {
    readonly on: string
    readonly accountable: ReadonlyArray<{ role: string; person: Uuid; competence: unknown; until: unknown }>
  }
  const whoAnswers = async (school: SchoolAtWork, on: string, login: LogIn = 'mother') => {
    const { accountable } = await school.seen<Accountable>(login, `accountable?on=${on}`)
    return accountable.map(({ role, person, competence }) => [role, person, competence])
  }
  const head = ['head', PEOPLE.head[0], null]
  const deputyOfAll = ['deputy', PEOPLE.deputy[0], null]

  it('at any date the journal shows the accountable head and deputies, to everybody of the school', async () => {
    const school = await lessons()
    const ofSeventh = { grades: [7], subjects: null }
    // From 16 November on, another person is deputy for the seventh grade, and the old one no longer.
    const account = accountOf('stranger')
    await school.done('administrator', grantRole, {
      account,
      role: 'deputy',
      from: '2026-11-16',
      scope: { grades: [7] },
    })
    await school.done('administrator', endRole, {
      account: accountOf('deputy'),
      role: 'deputy',
      from: '2026-11-16',
    })
    expect(await whoAnswers(school, '2026-08-01')).toEqual([])
    for (const login of ['mother', 'anna', 'mathematician', 'auditor', 'archivist', 'head'] as const)
      expect(await whoAnswers(school, '2026-11-15', login), login).toEqual([head, deputyOfAll])
    expect(await whoAnswers(school, '2026-11-16')).toEqual([head, ['deputy', STRANGER, ofSeventh]])
  })

  it('a deputy whose role ends at noon answers for that day until noon, and for none after', async () => {
    const school = await lessons()
    const noon = '2026-11-09T05:00:00.000Z'
    await school.done('administrator', endRole, { account: accountOf('deputy'), role: 'deputy', from: noon })
    const { accountable } = await school.seen<Accountable>('head', 'accountable')
    expect(accountable).toMatchObject([
      { role: 'head', ends_at: null },
      { role: 'deputy', ends_at: noon },
    ])
    expect(await whoAnswers(school, '2026-11-10')).toEqual([head])
  })
})

describe('R-2.4: the class teacher', () => {
  const leading = { 'letopis-role': 'class-teacher' }

  it('reads every page of the own class, in all subjects and groups, and finds them in the list', async () => {
    const school = await lessons()
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
    const school = await lessons()
    await school.done('mathematician', takeAttendance, { page: PAGE, lesson: LESSON, absentees: [] })
    const before = await school.log()
    for (const { command, input } of ON_PAGE) {
      if (command === changeAbsenceCode) continue
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
    const school = await lessons()
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

describe('R-2.4: in a group of several classes the class teacher', () => {
  const leading = { 'letopis-role': 'class-teacher' }
  const CHOIR = id('group/choir')
  const JOURNAL = id('journal/choir')
  const CHOIR_PAGE = pageId(JOURNAL, Q2)
  const CHOIR_LESSON = lessonId(JOURNAL, MONDAY, 6)

  /** Anna of 7А and Dina of 7Б sing together; the class teacher of 7А is the teacher of English. */
  async function singing(): Promise<SchoolAtWork> {
    const school = schools.next()
    const classes = [CLASS_7A, CLASS_7B]
    const group = { group: CHOIR, year: YEAR, name: 'Хор', kind: 'elective', classes }
    await school.done('deputy', formGroup, group)
    await school.done('deputy', joinGroup, { group: CHOIR, pupils: [ANNA, DINA], from: '2026-09-01' })
    const learners = { kind: 'group', group: CHOIR }
    const journal = { year: YEAR, journal: JOURNAL, subject: id('subject/algebra'), learners, name: 'Хор' }
    await school.done('deputy', openJournal, { ...journal, type: 'elective' })
    const load = { year: YEAR, journal: JOURNAL, staff: MATHEMATICIAN, from: '2026-09-01' }
    await school.done('deputy', assignTeacher, load)
    for (const unit of classes) {
      const slots = [{ weekday: 1, number: 6, journal: JOURNAL, room: null }]
      const week = { year: YEAR, class: unit, effectiveFrom: '2026-09-01', slots }
      await school.done('deputy', scheduleWeek, unit === CLASS_7A ? { ...week, effectiveFrom: MONDAY } : week)
    }
    await school.done('mathematician', openPage, { year: YEAR, journal: JOURNAL, period: 'q2' })
    const here = { page: CHOIR_PAGE, lesson: CHOIR_LESSON }
    await school.done('mathematician', recordLesson, {
      page: CHOIR_PAGE,
      date: MONDAY,
      number: 6,
      topic: 'Канон',
    })
    const absentees = [{ pupil: DINA, code: 'Н' }]
    await school.done('mathematician', takeAttendance, { ...here, absentees })
    await school.done('mathematician', recordMarks, {
      ...here,
      kind: 'lesson-answer',
      marks: [{ pupil: ANNA, value: 5 }],
    })
    return school
  }

  it('sees the pupils of the own class: on the page, in its history, cell by cell and in the list', async () => {
    const school = await singing()
    const page = `pages/${CHOIR_PAGE}`
    const cell = (pupil: Uuid) => `${page}/lessons/${CHOIR_LESSON}/pupils/${pupil}/history`
    const list = `units/${CHOIR}/members`
    const texts: Record<string, string> = {}
    for (const path of [page, `${page}/history`, list]) {
      const mine = JSON.stringify(await school.seen('english', path, leading))
      const all = JSON.stringify(await school.seen('deputy', path))
      expect(mine, path).toContain(ANNA)
      expect(mine, path).not.toContain(DINA)
      expect(all, path).toContain(DINA)
      texts[path] = mine
    }
    // What is of nobody in particular is there.
    expect(texts[`${page}/history`]).toContain('LessonRecorded')
    expect(texts[page]).toContain('Канон')
    expect(await school.ask('english', cell(ANNA), leading)).toMatchObject({ status: 200 })
    expect(await school.ask('english', cell(DINA), leading)).toMatchObject({
      status: 403,
      body: { reason: 'class-not-led', facts: { pupil: DINA } },
    })
    // Its teacher sees everybody.
    expect(await school.ask('mathematician', cell(DINA))).toMatchObject({ status: 200 })
    expect(JSON.stringify(await school.seen('mathematician', page))).toContain(DINA)
  })

  it('is shown the history page by page without a line of others', async () => {
    const school = await singing()
    const path = `pages/${CHOIR_PAGE}/history?limit=2`
    const seen: AuditLine[] = []
    let cursor = ''
    do {
      const { lines, next } = await school.seen<{ lines: AuditLine[]; next: string | null }>(
        'english',
        `${path}${cursor}`,
        leading,
      )
      seen.push(...lines)
      cursor = next === null ? '' : `&cursor=${next}`
    } while (cursor !== '')
    const types = ['MarkRecorded', 'WorkHeld', 'AttendanceTaken', 'LessonRecorded', 'PageOpened']
    expect(seen.map(({ type }) => type)).toEqual(types)
    expect(seen.map(({ person }) => person)).toEqual([ANNA, null, null, null, null])
  })
})

describe('R-7B.8 (rights): the class teacher keeps the lists of the own class', () => {
  const leading = { 'letopis-role': 'class-teacher' }
  const from = '2026-11-16'
  const family = { name: { family: 'Новикова', given: 'Дарья', patronymic: null }, kinship: 'mother', from }

  it('its groups, members and representatives, each by an event with its date, and no other class', async () => {
    const school = schools.next()
    const own = { year: YEAR, name: 'Информатика, группа 1', classes: [CLASS_7A] }
    const { events } = await school.done('english', formGroup, own, leading)
    const { group } = events[0]!.data as { group: Uuid }
    await school.done('english', joinGroup, { group, pupils: [BORIS], from }, leading)
    await school.done('english', leaveGroup, { group, pupil: BORIS, from: '2026-12-01' }, leading)
    await school.done('english', registerRepresentative, { pupil: BORIS, ...family }, leading)
    const written = await school.log()
    const joined = written.findLast(({ type }) => type === 'PupilJoinedGroup')
    expect(joined).toMatchObject({ data: { group, pupil: BORIS, from }, meta: { role: 'class-teacher' } })

    for (const [command, input] of [
      [formGroup, { year: YEAR, name: 'Чужая группа', classes: [CLASS_7B] }],
      // One of both is not enough: the pupils of the other are led by somebody else.
      [formGroup, { year: YEAR, name: 'Смешанная группа', classes: [CLASS_7A, CLASS_7B] }],
      [placeInClass, { class: CLASS_7B, pupils: [ANNA], from }],
      [registerRepresentative, { pupil: DINA, ...family }],
    ] as const) {
      expect(await school.give('english', command, input, leading), command.name).toMatchObject({
        status: 403,
        body: { reason: 'class-not-led' },
      })
    }
    // What is of the school is the deputy's.
    for (const [command, input] of [
      [formClass, { year: YEAR, grade: 7, name: '7В' }],
      [
        transferPupil,
        { pupil: ANNA, class: CLASS_7A, to: CLASS_7B, from, order: { number: '1', date: from } },
      ],
      [appointClassTeacher, { class: CLASS_7A, staff: STRANGER, from }],
    ] as const) {
      expect(await school.give('english', command, input, leading), command.name).toMatchObject({
        status: 403,
        body: { reason: 'role-not-permitted' },
      })
    }
    expect(await school.log()).toEqual(written)
  })

  it('and the deputy sees the classes that have no groups yet', async () => {
    const school = schools.next()
    const names = async (grouped: string) => {
      const path = `years/${YEAR}/units?grouped=${grouped}`
      const { units } = await school.seen<{ units: Array<{ name: string }> }>('deputy', path)
      return units.map(({ name }) => name)
    }
    expect([await names('false'), await names('true')]).toEqual([['7Б'], ['7А']])
    await school.done('deputy', formGroup, { year: YEAR, name: '7Б, группа', classes: [CLASS_7B] })
    expect([await names('false'), await names('true')]).toEqual([[], ['7А', '7Б']])
  })
})

describe('R-7G.5: what is known of pupils is for staff who take part in teaching them', () => {
  const ofPupils = [
    `pages/${PAGE}`,
    `pages/${PAGE}/history`,
    `pages/${PAGE}/lessons/${LESSON}/pupils/${ANNA}/history`,
    `pupils/${ANNA}/diary`,
    `units/${CLASS_7A}/members`,
  ]
  const registers = [
    'people/pupils',
    'movements?since=2026-09-01&until=2026-11-30',
    'audit-trail',
    'corrections',
  ]
  const statuses = async (
    school: SchoolAtWork,
    login: LogIn,
    paths: readonly string[],
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const found: Array<readonly [path: string, status: number]> = []
    for (const path of paths) found.push([path, (await school.ask(login, path, headers)).status])
    return found
  }
  const all = (paths: readonly string[], status: number) => paths.map((path) => [path, status] as const)

  it('a teacher without a journal and a class teacher without a class are answered 403', async () => {
    const school = await schools.next().recordLesson()
    for (const role of ['teacher', 'class-teacher']) {
      const as = { 'letopis-role': role }
      const paths = [...ofPupils, ...registers]
      expect(await statuses(school, 'stranger', paths, as), role).toEqual(all(paths, 403))
    }
  })

  it('a deputy who has left the staff is answered 403 from that day on, though nobody ended the role', async () => {
    const school = await schools.next().recordLesson()
    const from = '2026-11-16'
    const staff = PEOPLE.deputy[0]
    const name = { family: 'Завучева', given: 'Ирина', patronymic: null }
    await school.done('administrator', hireStaff, { staff, name, from: '2026-09-01' })
    await school.done('administrator', releaseStaff, { staff, from })
    const paths = [...ofPupils, ...registers]
    school.at('2026-11-15T16:59:59.999Z')
    expect(await statuses(school, 'deputy', paths)).toEqual(all(paths, 200))
    school.at('2026-11-15T17:00:00.000Z')
    expect(await statuses(school, 'deputy', paths)).toEqual(all(paths, 403))
    const answer = await school.ask('deputy', `pages/${PAGE}`)
    expect(answer.body).toMatchObject({ reason: 'role-not-permitted', facts: { held: [] } })
    const order = { number: '1', date: from }
    const move = { pupil: ANNA, class: CLASS_7A, to: CLASS_7B, from, order }
    expect(await school.give('deputy', transferPupil, move)).toMatchObject({ status: 403 })
    // The head, who is not on the list of staff at all, goes on: only a leaving ends a role.
    expect(await statuses(school, 'head', paths)).toEqual(all(paths, 200))
  })

  it('the operator has no account, no role that could be granted, and no right to read', async () => {
    const school = await schools.next().recordLesson()
    const granting = { account: accountOf('administrator'), role: 'operator', from: '2026-09-01' }
    expect(await school.give('administrator', grantRole, granting)).toMatchObject({ status: 400 })
    for (const path of [...ofPupils, ...registers]) {
      const as = { 'letopis-role': 'operator' }
      expect(await school.ask('administrator', path, as)).toMatchObject({ status: 403 })
    }
    for (const { operation, cells } of RIGHTS) {
      // What it may is to set a school up: no cell of it only reads.
      expect(['·', 'W'], operation).toContain(cells.operator)
    }
  })
})

describe('R-2.3: the teacher works on the pages of the journals that the load gives', () => {
  it('and on no other: reading and writing is denied, and the attempt is on record', async () => {
    const school = await lessons()
    const before = await school.log()
    for (const { command, input } of ON_PAGE) {
      if (!mayAct(command.operation).includes('teacher')) continue
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
