import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Problem } from '#api/problems.ts'
import { lessonId, pageId } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import {
  type Answer,
  type Api,
  beforehand,
  expectProblem,
  type LogIn,
  openApi,
  OTHER_SCHOOL,
  PEOPLE,
} from '#support/api.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  CLUB,
  date,
  DINA,
  ENGLISH,
  GROUP_ENGLISH,
  id,
  LESSON,
  MATHEMATICIAN,
  mathematicianReleased,
  MONDAY,
  PAGE,
  past,
  Q2,
  YEAR,
} from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

/** A journal of 7Б, which nobody teaches and nobody here leads, with its page. */
const OTHER_JOURNAL = id('journal/7Б/algebra')
const OTHER_PAGE = pageId(OTHER_JOURNAL, Q2)
const ENGLISH_PAGE = pageId(ENGLISH, Q2)
const journal = (of: Uuid, period = Q2) => ({
  type: 'PageOpened' as const,
  data: { journal: of, year: YEAR, period, grading: 'g5' as const },
})

/** The mathematician teaches nothing else than algebra and a club. */
const clubReleased = past('teachingLoad', YEAR, {
  type: 'TeacherReleased',
  data: { journal: CLUB, staff: MATHEMATICIAN, from: date('2026-11-10') },
})

const engine = testEngine('pglite')
let api: Api
beforeAll(async () => {
  const history = [
    ...beforehand,
    past('teachingLoad', YEAR, {
      type: 'JournalOpened',
      data: {
        journal: OTHER_JOURNAL,
        subject: id('subject/algebra'),
        learners: { kind: 'class', class: CLASS_7B },
        type: 'lesson',
        grading: 'g5',
        name: 'Алгебра, 7Б',
      },
    }),
    past('journalPage', OTHER_PAGE, journal(OTHER_JOURNAL)),
    past('journalPage', ENGLISH_PAGE, journal(ENGLISH)),
  ]
  api = await openApi(engine, { schools: [SCHOOL, OTHER_SCHOOL], history })
  const teacher = await api.as('mathematician')
  const write = async (name: string, body: object) => {
    const answer = await teacher.post<Written>(`pages/${PAGE}/${name}`, body)
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201 })
    return answer.body
  }
  await write('record-lesson', { date: MONDAY, number: 3, topic: 'Степень с натуральным показателем' })
  const values = [ANNA, BORIS].map((pupil, i) => ({ pupil, value: 5 - i }))
  const { events } = await write('record-marks', { lesson: LESSON, kind: 'test', marks: values })
  const entry = events.find(({ data }) => data.pupil === ANNA)!.data.entry
  await write('add-comment', { lesson: LESSON, on: { kind: 'mark', entry }, text: REMARK })
  await api.shown()
})
afterAll(() => api.close())

interface Written {
  readonly events: ReadonlyArray<{ data: { entry: string; pupil: string } }>
}
const REMARK = 'Лучшая работа класса.'

const may = (login: LogIn, path: string, school = SCHOOL): Promise<Answer<unknown>> =>
  api.as(login, school).then((client) => client.get(path))
async function reads(login: LogIn, path: string): Promise<void> {
  const answer = await may(login, path)
  expect(answer, `${login} ${path} ${JSON.stringify(answer.body)}`).toMatchObject({ status: 200 })
}
async function isDenied(login: LogIn, path: string, reason: Problem): Promise<void> {
  const answer = await may(login, path)
  expect(answer, `${login} ${path}`).toMatchObject({ status: 403 })
  expectProblem(answer, reason)
}

const page = `pages/${PAGE}`
const history = `${page}/history`
const cell = `${page}/lessons/${LESSON}/pupils/${ANNA}/history`
const diaryOf = (pupil: Uuid): string => `pupils/${pupil}/diary`
const whole: readonly LogIn[] = ['head', 'deputy', 'auditor']

describe('a page of the journal, its history and the history of its cells', () => {
  it('are open to head, deputy and auditor, whatever the page', async () => {
    for (const login of whole)
      for (const path of [page, history, cell, `pages/${OTHER_PAGE}`, `pages/${ENGLISH_PAGE}`])
        await reads(login, path)
  })

  it('are open to the teacher of the journal, and to no other teacher (R-2.3)', async () => {
    for (const path of [page, history, cell]) await reads('mathematician', path)
    await isDenied('mathematician', `pages/${ENGLISH_PAGE}`, 'journal-not-taught')
    await isDenied('mathematician', `pages/${OTHER_PAGE}/history`, 'journal-not-taught')
    const stranger = await api.as('stranger')
    for (const path of [page, history, cell]) {
      const answer = await stranger.get(path, { 'letopis-role': 'teacher' })
      expect(answer.status).toBe(403)
      expectProblem(answer, 'journal-not-taught', { journal: ALGEBRA })
    }
  })

  it('are open to the class teacher for the own class, in all subjects, and for no other (R-2.4)', async () => {
    const leader = await api.as('english')
    const as = { 'letopis-role': 'class-teacher' }
    for (const path of [page, history, cell, `pages/${ENGLISH_PAGE}`])
      expect((await leader.get(path, as)).status, path).toBe(200)
    expectProblem(await leader.get(`pages/${OTHER_PAGE}`, as), 'class-not-led')
    expectProblem(await (await api.as('stranger')).get(page, as), 'class-not-led')
  })

  it('give a person of two roles the sum of their rights (DOMAIN.md B.2, rule 4)', async () => {
    // English by the one, algebra of the own class by the other.
    await reads('english', `pages/${ENGLISH_PAGE}`)
    await reads('english', page)
    await isDenied('stranger', page, 'class-not-led')
  })

  it('are closed to the system administrator and the archivist, who never read a mark (rules 2 and 3)', async () => {
    for (const login of ['administrator', 'archivist'] as const) {
      for (const path of [
        page,
        history,
        cell,
        diaryOf(ANNA),
        'audit-trail',
        'corrections',
        `years/${YEAR}/pages`,
      ])
        await isDenied(login, path, 'role-not-permitted')
    }
  })

  it('are closed to parents and pupils', async () => {
    for (const login of ['mother', 'anna'] as const) {
      for (const path of [page, history, cell, 'audit-trail', 'corrections', `years/${YEAR}/units`])
        await isDenied(login, path, 'role-not-permitted')
    }
  })
})

describe('a class teacher', () => {
  it('writes nothing on the pages of the own class (R-2.4)', async () => {
    const leader = await api.as('english')
    const lesson = { date: MONDAY, number: 4, topic: 'Многочлены. Закрепление' }
    const as = { 'letopis-role': 'class-teacher' }
    const asLeader = await leader.post(`${page}/record-lesson`, lesson, as)
    expect(asLeader.status).toBe(403)
    expectProblem(asLeader, 'role-not-permitted', { role: 'class-teacher' })
    expectProblem(await leader.post(`${page}/record-lesson`, lesson), 'journal-not-taught')
    const marks = { lesson: LESSON, kind: 'quiz', marks: [{ pupil: ANNA, value: 5 }] }
    expectProblem(await leader.post(`${page}/record-marks`, marks, as), 'role-not-permitted')
  })
})

describe('a diary', () => {
  it('is open to head, deputy and auditor', async () => {
    for (const login of whole) for (const pupil of [ANNA, DINA]) await reads(login, diaryOf(pupil))
  })

  it('is open to the pupil, and no other pupil’s is', async () => {
    await reads('anna', diaryOf(ANNA))
    await isDenied('anna', diaryOf(BORIS), 'diary-not-yours')
    await isDenied('boris', diaryOf(ANNA), 'diary-not-yours')
  })

  it('is open to the parent of the child, and of no other child', async () => {
    await reads('mother', diaryOf(ANNA))
    await isDenied('mother', diaryOf(BORIS), 'diary-not-yours')
  })

  it('does not tell a parent whether there is such a pupil', async () => {
    await isDenied('mother', diaryOf(id('pupil/nobody')), 'diary-not-yours')
    const head = await may('head', diaryOf(id('pupil/nobody')))
    expect(head.status).toBe(404)
    expectProblem(head, 'pupil-unknown')
  })

  it('is open to the teachers of the pupil', async () => {
    await reads('mathematician', diaryOf(BORIS))
    await isDenied('mathematician', diaryOf(DINA), 'diary-not-yours')
    const english = await api.as('english')
    const as = { 'letopis-role': 'teacher' }
    // Anna is in the English group, Boris is not.
    expect((await english.get(diaryOf(ANNA), as)).status).toBe(200)
    expectProblem(await english.get(diaryOf(BORIS), as), 'diary-not-yours')
  })

  it('is open to the class teacher of the pupil', async () => {
    const english = await api.as('english')
    const as = { 'letopis-role': 'class-teacher' }
    expect((await english.get(diaryOf(BORIS), as)).status).toBe(200)
    expectProblem(await english.get(diaryOf(DINA), as), 'diary-not-yours')
  })

  it('shows a comment on a mark to that pupil and to nobody else (R-F14)', async () => {
    expect(JSON.stringify((await may('anna', diaryOf(ANNA))).body)).toContain(REMARK)
    expect(JSON.stringify((await may('mother', diaryOf(ANNA))).body)).toContain(REMARK)
    const boris = JSON.stringify((await may('boris', diaryOf(BORIS))).body)
    expect(boris).toContain(LESSON)
    expect(boris).not.toContain(REMARK)
    expect(boris).not.toContain(ANNA)
  })
})

interface Pages {
  readonly pages: ReadonlyArray<{ page: string }>
}
const pagesOf = async (login: LogIn, role: string) => {
  const client = await api.as(login)
  const answer = await client.get<Pages>(`years/${YEAR}/pages`, { 'letopis-role': role })
  return answer.body.pages.map(({ page }) => page).toSorted((a, b) => a.localeCompare(b))
}
const sorted = (...ids: Uuid[]) => ids.toSorted((a, b) => a.localeCompare(b))

const listed = async (login: LogIn, role: string, list: 'units' | 'journals'): Promise<Uuid[]> => {
  const client = await api.as(login)
  const { body } = await client.get<Record<string, Array<{ unit: Uuid; journal: Uuid }>>>(
    `years/${YEAR}/${list}`,
    { 'letopis-role': role },
  )
  return sorted(...body[list]!.map((one) => (list === 'units' ? one.unit : one.journal)))
}

const lessons = async (login: LogIn, role: string, path = `lessons?from=${MONDAY}`) => {
  const client = await api.as(login)
  return client.get<{ lessons: Array<{ number: number }> }>(path, { 'letopis-role': role })
}
const lessonsOf = (unit: Uuid) => `lessons?from=${MONDAY}&class=${unit}`

describe('lists', () => {
  it('show a teacher the own pages, a class teacher those of the class, the deputy all', async () => {
    expect(await pagesOf('mathematician', 'teacher')).toEqual([PAGE])
    expect(await pagesOf('english', 'teacher')).toEqual([ENGLISH_PAGE])
    expect(await pagesOf('stranger', 'teacher')).toEqual([])
    expect(await pagesOf('deputy', 'deputy')).toEqual(sorted(PAGE, ENGLISH_PAGE, OTHER_PAGE))
    expect(await pagesOf('english', 'class-teacher')).toEqual(sorted(PAGE, ENGLISH_PAGE))
  })

  it('of classes and groups show a teacher those taught, a class teacher those of the class (R-2.3, R-2.4)', async () => {
    expect(await listed('mathematician', 'teacher', 'units')).toEqual([CLASS_7A])
    // A group is taught in the hours of its class, which is therefore named; its list is closed.
    expect(await listed('english', 'teacher', 'units')).toEqual(sorted(CLASS_7A, GROUP_ENGLISH))
    expect(await listed('english', 'class-teacher', 'units')).toEqual(sorted(CLASS_7A, GROUP_ENGLISH))
    expect(await listed('stranger', 'teacher', 'units')).toEqual([])
    expect(await listed('stranger', 'class-teacher', 'units')).toEqual([])
    for (const [login, role] of [
      ['head', 'head'],
      ['administrator', 'system-administrator'],
    ] as const)
      expect(await listed(login, role, 'units')).toEqual(sorted(CLASS_7A, CLASS_7B, GROUP_ENGLISH))
  })

  it('of journals show a teacher those taught, a class teacher those of the class', async () => {
    expect(await listed('mathematician', 'teacher', 'journals')).toEqual(sorted(ALGEBRA, CLUB))
    expect(await listed('english', 'teacher', 'journals')).toEqual([ENGLISH])
    expect(await listed('english', 'class-teacher', 'journals')).toEqual(sorted(ALGEBRA, CLUB, ENGLISH))
    expect(await listed('stranger', 'teacher', 'journals')).toEqual([])
    expect(await listed('deputy', 'deputy', 'journals')).toEqual(
      sorted(ALGEBRA, CLUB, ENGLISH, OTHER_JOURNAL),
    )
  })

  it('of lessons show a teacher the own ones, a class teacher those of the class, by the own class alone', async () => {
    const numbers = async (login: LogIn, role: string) =>
      (await lessons(login, role)).body.lessons.map(({ number }) => number)
    expect(await numbers('mathematician', 'teacher')).toEqual([3, 4, 7])
    expect(await numbers('english', 'teacher')).toEqual([5])
    expect(await numbers('english', 'class-teacher')).toEqual([3, 4, 5, 7])
    expect(await numbers('stranger', 'class-teacher')).toEqual([])
    expect(await numbers('stranger', 'teacher')).toEqual([])
    for (const login of ['mathematician', 'english'] as const) {
      expect((await lessons(login, 'teacher', lessonsOf(CLASS_7A))).status).toBe(200)
      expectProblem(await lessons(login, 'teacher', lessonsOf(CLASS_7B)), 'journal-not-taught')
    }
    expectProblem(await lessons('english', 'class-teacher', lessonsOf(CLASS_7B)), 'class-not-led')
    expectProblem(await lessons('stranger', 'class-teacher', lessonsOf(CLASS_7A)), 'class-not-led')
    expect((await lessons('deputy', 'deputy', lessonsOf(CLASS_7B))).status).toBe(200)
  })

  it('of the staff are closed to the archivist, whose are closed periods', async () => {
    for (const path of [`years/${YEAR}/units`, `years/${YEAR}/journals`, `years/${YEAR}`, 'people/staff'])
      await isDenied('archivist', path, 'role-not-permitted')
    await reads('archivist', 'movements?since=2026-09-01&until=2026-11-30')
  })

  it('of a class are open to its teachers and to the class teacher', async () => {
    await reads('mathematician', `units/${CLASS_7A}/members`)
    await reads('english', `units/${CLASS_7A}/members`)
    await reads('administrator', `units/${CLASS_7A}/members`)
    await isDenied('mathematician', `units/${CLASS_7B}/members`, 'journal-not-taught')
    const english = await api.as('english')
    const teaching = { 'letopis-role': 'teacher' }
    expect((await english.get(`units/${GROUP_ENGLISH}/members`, teaching)).status).toBe(200)
    expectProblem(await english.get(`units/${CLASS_7A}/members`, teaching), 'journal-not-taught')
    await isDenied('mother', `units/${CLASS_7A}/members`, 'role-not-permitted')
  })

  it('show a parent the own children', async () => {
    expect(await may('mother', 'me')).toMatchObject({
      status: 200,
      body: { person: PEOPLE.mother[0], roles: ['parent'], children: [{ pupil: ANNA }] },
    })
  })
})

describe('a right with a term', () => {
  it('is not held on the day after its last, nor before its first', async () => {
    for (const login of ['retired', 'coming'] as const) {
      const client = await api.as(login)
      expect(await client.get('me')).toMatchObject({ status: 403, body: { reason: 'role-not-permitted' } })
      expectProblem(await client.get('audit-trail'), 'role-not-permitted', { held: [] })
      expectProblem(await client.get('audit-trail', { 'letopis-role': 'deputy' }), 'role-not-held')
      const year = { year: 2027, from: '2027-09-01', until: '2028-05-26', zone: 'Asia/Tomsk' }
      expectProblem(await client.post('years/2027/open-school-year', year), 'malformed-request')
    }
  })

  it('begins and ends at midnight by the clock on the school’s wall, with one and the same token', async () => {
    const before = api.now()
    // 23:59:59 on 8 November and 00:00 on 9 November in Tomsk.
    api.at('2026-11-08T16:59:59.000Z')
    const retired = await api.as('retired')
    expect((await retired.get('audit-trail')).status).toBe(200)
    api.at('2026-11-08T17:00:00.000Z')
    expect((await retired.get('audit-trail')).status).toBe(403)
    api.at('2026-11-09T16:59:59.000Z')
    const coming = await api.as('coming')
    expect((await coming.get('audit-trail')).status).toBe(403)
    api.at('2026-11-09T17:00:00.000Z')
    expect((await coming.get('audit-trail')).status).toBe(200)
    api.at(before)
  })

  it('of a teacher ends with the load: reading and writing, while the entries stay (rule 5)', async () => {
    const released = await openApi(engine, {
      people: ['mathematician', 'deputy'],
      history: [...beforehand, mathematicianReleased('2026-11-10'), clubReleased],
    })
    const teacher = await released.as('mathematician')
    const lesson = { date: MONDAY, number: 3, topic: 'Степень с натуральным показателем' }
    const written = await teacher.post<{ position: string }>(`${page}/record-lesson`, lesson)
    expect(written.status).toBe(201)
    const seen = { 'min-position': written.body.position }
    expect((await teacher.get(page, seen)).status).toBe(200)
    released.at('2026-11-09T17:00:00.000Z')
    const later = await released.as('mathematician')
    expectProblem(await later.get(page), 'journal-not-taught')
    expectProblem(await later.get(diaryOf(ANNA)), 'diary-not-yours')
    expectProblem(await later.post(`${page}/record-lesson`, { ...lesson, number: 4 }), 'journal-not-taught')
    const deputy = await released.as('deputy')
    expect((await deputy.get(page, seen)).body).toMatchObject({
      lessons: [{ lesson: LESSON, teacher: PEOPLE.mathematician[0] }],
    })
    await released.close()
  })
})

describe('the service’s own registers', () => {
  it('requests: head, auditor and system administrator only', async () => {
    for (const login of ['head', 'auditor', 'administrator'] as const) await reads(login, 'requests')
    for (const login of ['deputy', 'mathematician', 'archivist', 'mother', 'anna'] as const)
      await isDenied(login, 'requests', 'role-not-permitted')
  })

  it('audit trail and corrections: head, deputy and auditor only', async () => {
    for (const path of ['audit-trail', 'corrections']) {
      for (const login of whole) await reads(login, path)
      for (const login of ['mathematician', 'english'] as const)
        await isDenied(login, path, 'role-not-permitted')
    }
  })

  it('rebuilds: started by the system administrator only, seen by the auditor too', async () => {
    for (const login of ['head', 'deputy', 'auditor', 'mathematician', 'archivist', 'anna'] as const) {
      const answer = await (await api.as(login)).post('read-models/audit-trail/rebuild')
      expect(answer.status, login).toBe(403)
      expectProblem(answer, 'role-not-permitted')
    }
    for (const path of ['read-models', 'read-models/audit-trail/rebuilds']) {
      for (const login of ['administrator', 'auditor'] as const) await reads(login, path)
      await isDenied('head', path, 'role-not-permitted')
    }
  })
})

describe('another school of the same installation, with the same people and ids', () => {
  const everything = [
    page,
    history,
    cell,
    diaryOf(ANNA),
    'audit-trail',
    'corrections',
    'requests',
    `years/${YEAR}/pages`,
    `years/${YEAR}/journals`,
    `lessons?from=${MONDAY}`,
  ]

  it('sees nothing of the first', async () => {
    const head = await api.as('head', OTHER_SCHOOL)
    for (const path of everything) {
      const { status, body } = await head.get(path)
      const text = JSON.stringify(body)
      expect(status, `${path} ${text}`).toBe(200)
      expect(text, path).not.toContain(REMARK)
      expect(text, path).not.toContain('Степень с натуральным показателем')
      expect(text, path).not.toContain(`${SCHOOL}.`)
      expect(text, path).not.toContain(`/v1/schools/${SCHOOL}`)
    }
    expect(await head.get(page)).toMatchObject({ body: { page: { revision: 0 }, lessons: [], cells: [] } })
  })

  it('is closed to the first, for everybody and everything', async () => {
    const { token } = await api.as('head-and-deputy')
    const there = api.withToken(token, OTHER_SCHOOL)
    for (const path of [...everything, 'read-models']) {
      const answer = await there.get(path)
      expect(answer.status).toBe(404)
      expectProblem(answer, 'school-unknown')
    }
  })

  it('keeps a lesson of its own, by the same command, apart', async () => {
    const teacher = await api.as('mathematician', OTHER_SCHOOL)
    const lesson = { date: MONDAY, number: 4, topic: 'Многочлены. Закрепление' }
    const written = await teacher.post<{ position: string }>(`${page}/record-lesson`, lesson)
    expect(written).toMatchObject({ status: 201, body: { stream: `${OTHER_SCHOOL}.journalPage-${PAGE}` } })
    const seen = { 'min-position': written.body.position }
    expect((await teacher.get(page, seen)).body).toMatchObject({
      lessons: [{ lesson: lessonId(ALGEBRA, MONDAY, 4) }],
    })
    expect((await (await api.as('mathematician')).get(page, seen)).body).toMatchObject({
      lessons: [{ lesson: LESSON }],
    })
  })
})
