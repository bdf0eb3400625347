import { describe, expect, it } from 'vitest'
import { endRole } from '#commands/access/end-role.ts'
import { grantRole } from '#commands/access/grant-role.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import type { Uuid } from '#values/uuid.ts'
import { accountOf, type LogIn, PEOPLE } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, CLASS_7A, id, LESSON, MONDAY, PAGE, STRANGER, YEAR } from '#support/class-7a.ts'
import { narrowed } from '#support/narrowed.ts'
import { bothRecorded, correctEnglish, ENGLISH_MARK } from '#support/two-journals.ts'

const schools = schoolsAtWork(8, [
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

describe('R-2.1: a role that ended', () => {
  it('at noon is held until noon, with one and the same token, and not after', async () => {
    const school = await bothRecorded(schools.next())
    const noon = '2026-11-09T05:00:00.000Z'
    const ending = { account: accountOf('deputy'), role: 'deputy', from: noon }
    await school.done('administrator', endRole, ending)
    school.at('2026-11-09T04:30:00.000Z')
    const { token } = await school.api.as('deputy', school.name)
    const client = school.api.withToken(token, school.name)
    expect(await client.get('audit-trail')).toMatchObject({ status: 200 })
    expect((await correctEnglish(await withMark(school), 'deputy', 'typing-error')).status).toBe(201)
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
  await school.done('english', recordMarks, ENGLISH_MARK, { 'letopis-role': 'teacher' })
  return school
}

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
  const ofTheSchool = ['audit-trail', 'corrections']
  const open = ['people/staff', 'policy', `years/${YEAR}`, 'accountable', 'rights']

  it('by grade: all of the own grades, nothing of the others, no register of the whole school', async () => {
    const own = await narrowed(await bothRecorded(schools.next()), { grades: [7] })
    expect(await statuses(own, everything)).toEqual(each(everything, 200))
    expect(await statuses(own, ofTheSchool)).toEqual(each(ofTheSchool, 403, 'outside-competence'))
    expect(await statuses(own, open)).toEqual(each(open, 200))

    const other = await narrowed(await bothRecorded(schools.next()), { grades: [8] }, { grades: [9] })
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
    const algebra = await narrowed(await bothRecorded(schools.next()), { subjects: [id('subject/algebra')] })
    const ofSubject = everything.filter((path) => !path.endsWith('diary'))
    expect(await statuses(algebra, ofSubject)).toEqual(each(ofSubject, 200))
    expect(await algebra.ask('deputy', `pupils/${ANNA}/diary`)).toMatchObject({ status: 403 })

    const other = await narrowed(await bothRecorded(schools.next()), { subjects: [id('subject/physics')] })
    expect(await statuses(other, [`pages/${PAGE}`, `units/${CLASS_7A}/members`])).toEqual({
      [`pages/${PAGE}`]: [403, 'outside-competence'],
      [`units/${CLASS_7A}/members`]: [200, undefined],
    })
    expect(await other.seen('deputy', `lessons?from=${MONDAY}`)).toEqual({ lessons: [] })
  })

  it('and is told it by the view of his rights', async () => {
    const school = await narrowed(await bothRecorded(schools.next()), { grades: [7] })
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
    const school = await bothRecorded(schools.next())
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
    const school = await bothRecorded(schools.next())
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
