import { describe, expect, it } from 'vitest'
import { grantRole } from '#commands/access/grant-role.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
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
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import type { AuditLine } from '#projections/audit-trail/queries.ts'
import { RIGHTS } from '#values/rights.ts'
import { lessonId, pageId } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { accountOf, type LogIn, PEOPLE } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  DINA,
  id,
  LESSON,
  MATHEMATICIAN,
  MONDAY,
  PAGE,
  Q2,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(7, [
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
