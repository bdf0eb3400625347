import { describe, expect, it } from 'vitest'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { formClass } from '#commands/roster/form-class.ts'
import { formGroup } from '#commands/roster/form-group.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { leaveGroup } from '#commands/roster/leave-group.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { adoptCurriculum } from '#commands/curriculum/adopt-curriculum.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { scheduleGroupWeek } from '#commands/timetable/schedule-group-week.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { lessonId, pageId } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ANNA,
  BORIS,
  CLASS_7A,
  date,
  id,
  MATHEMATICIAN,
  MONDAY,
  Q2,
  STRANGER,
  VERA,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(5, ['mathematician', 'deputy', 'auditor', 'stranger', 'head'])

/** A journal of the mathematician for a group of some classes, at the first lesson of each Monday, and its page. */
async function groupJournal(
  school: SchoolAtWork,
  name: string,
  classes: readonly Uuid[],
  kind = 'subgroup',
): Promise<{ group: Uuid; page: Uuid; journal: Uuid }> {
  const [group, journal] = [id(`group/${name}`), id(`journal/${name}`)]
  const learners = { kind: 'group', group }
  await school.done('deputy', formGroup, { group, year: YEAR, name, kind, classes })
  const subject = id('subject/algebra')
  await school.done('deputy', openJournal, { year: YEAR, journal, subject, learners, name })
  const load = { year: YEAR, journal, staff: MATHEMATICIAN, from: '2026-09-01' }
  await school.done('deputy', assignTeacher, load)
  for (const of of classes) {
    const slots = [{ weekday: 1, number: 1, journal }]
    const week = { year: YEAR, class: of, effectiveFrom: '2026-09-01', slots }
    await school.done('deputy', scheduleWeek, week)
  }
  await school.done('mathematician', openPage, { year: YEAR, journal, period: 'q2' })
  return { group, journal, page: pageId(journal, Q2) }
}

const members = async (school: SchoolAtWork, unit: Uuid, on: string): Promise<Uuid[]> => {
  const path = `units/${unit}/members?on=${on}`
  const answer = await school.seen<{ members: Array<{ pupil: Uuid }> }>('deputy', path)
  return answer.members.map(({ pupil }) => pupil)
}

describe('groups of a class (п. 1, 7А.5-6)', () => {
  it('R-F5: hold a pupil in several at once, each from the first day until the day of leaving', async () => {
    const school = schools.next()
    const first = await groupJournal(school, 'Профиль 1', [CLASS_7A])
    const second = id('group/Профиль 2')
    const formed = { group: second, year: YEAR, name: 'Профиль 2', classes: [CLASS_7A] }
    await school.done('deputy', formGroup, { ...formed, kind: 'profile' })
    await school.done('deputy', joinGroup, { group: first.group, pupils: [ANNA, BORIS], from: '2026-09-01' })
    await school.done('deputy', joinGroup, { group: second, pupils: [ANNA], from: '2026-10-05' })
    await school.done('deputy', leaveGroup, { group: first.group, pupil: BORIS, from: '2026-11-10' })

    expect(await members(school, second, '2026-10-04')).toEqual([])
    expect(await members(school, second, '2026-10-05')).toEqual([ANNA])
    expect(new Set(await members(school, first.group, '2026-11-09'))).toEqual(new Set([ANNA, BORIS]))
    expect(await members(school, first.group, '2026-11-10')).toEqual([ANNA])
  })

  it('R-F5: keep the marks of whoever left; from that day on nothing is entered for that pupil', async () => {
    const school = schools.next()
    const { group, journal, page } = await groupJournal(school, 'Профиль', [CLASS_7A])
    await school.done('deputy', joinGroup, { group, pupils: [ANNA, BORIS], from: '2026-09-01' })
    await school.done('deputy', leaveGroup, { group, pupil: BORIS, from: '2026-11-16' })
    const entered = async (day: string, pupil: Uuid) => {
      school.at(`${day}T03:00:00.000Z`)
      const held = { page, date: day, number: 1, topic: 'Линии чертежа' }
      await school.give('mathematician', recordLesson, held)
      const lesson = lessonId(journal, date(day), 1)
      const column = { page, lesson, kind: 'test', marks: [{ pupil, value: 5 }] }
      return school.give('mathematician', recordMarks, column)
    }
    expect(await entered(MONDAY, BORIS)).toMatchObject({ status: 201 })
    const left = await entered('2026-11-16', BORIS)
    expect(left).toMatchObject({ status: 422, body: { reason: 'pupil-not-member' } })
    expect(await entered('2026-11-16', VERA)).toMatchObject({ body: { reason: 'pupil-not-member' } })
    expect(await entered('2026-11-16', ANNA)).toMatchObject({ status: 201 })

    const { pupils, cells } = await school.grid(page)
    expect(new Map(pupils.map(({ pupil, now }) => [pupil, now]))).toEqual(
      new Map([
        [ANNA, true],
        [BORIS, false],
      ]),
    )
    expect(cells.find(({ pupil }) => pupil === BORIS)?.marks).toMatchObject([{ value: 5 }])
    const path = `pages/${page}/lessons/${lessonId(journal, MONDAY, 1)}/pupils/${BORIS}/history`
    expect(await school.lines(path, 'auditor')).toMatchObject([{ after: { value: 5 } }])
    expect(await school.diary(BORIS, MONDAY)).toMatchObject([{ marks: [{ value: 5 }] }])
  })
})

describe('a stream of 120 from several classes (п. 7А.6)', () => {
  it('R-7A.6h: is enrolled, has its attendance and marks entered at once, and its grid and its print show everybody', async () => {
    const school = schools.next()
    const from = '2026-09-01'
    const classes = ['7В', '7Г', '7Д', '7Е'].map((name) => ({ class: id(`class/${name}`), name }))
    const pupils: Uuid[] = []
    for (const { class: of, name } of classes) {
      await school.done('deputy', formClass, { class: of, year: YEAR, grade: 7, name })
      const own = Array.from({ length: 30 }, (_, i) => id(`pupil/${name}/${i}`))
      for (const [i, pupil] of own.entries()) {
        const called = { family: `Потоков ${name}`, given: `Номер ${i + 1}` }
        await school.done('deputy', enrolPupil, { pupil, name: called, from })
      }
      await school.done('deputy', placeInClass, { class: of, pupils: own, from })
      pupils.push(...own)
    }
    const all = classes.map((one) => one.class)
    const { group, journal, page } = await groupJournal(school, 'Поток', all)
    const joined = await school.done('deputy', joinGroup, { group, pupils, from })
    expect(joined.events).toHaveLength(120)

    await school.done('mathematician', recordLesson, { page, date: MONDAY, number: 1, topic: 'Лекция' })
    const lesson = lessonId(journal, MONDAY, 1)
    const absent = pupils.slice(0, 40)
    const absentees = absent.map((pupil) => ({ pupil, code: 'Н' }))
    await school.done('mathematician', takeAttendance, { page, lesson, absentees })
    const marked = pupils.slice(40)
    const column = { page, lesson, kind: 'test', marks: marked.map((pupil) => ({ pupil, value: 4 })) }
    expect((await school.done('mathematician', recordMarks, column)).events).toHaveLength(81)

    const grid = await school.grid(page)
    expect(grid.pupils).toHaveLength(120)
    expect(grid.cells).toHaveLength(120)
    expect(new Set(grid.cells.flatMap(({ pupil, absence }) => (absence === null ? [] : [pupil])))).toEqual(
      new Set(absent),
    )
    expect(new Set(grid.cells.flatMap(({ pupil, marks }) => (marks.length === 1 ? [pupil] : [])))).toEqual(
      new Set(marked),
    )
    const html = await school.seen<string>('deputy', `pages/${page}/print?format=html`)
    const rows = [...html.matchAll(/<tr>(?:(?!<\/tr>).)*Потоков (?:(?!<\/tr>).)*<\/tr>/gs)].map(
      ([row]) => row,
    )
    expect(rows).toHaveLength(120)
    expect(rows.filter((row) => row.includes('>Н<'))).toHaveLength(40)
    expect(
      rows.filter((row) =>
        row
          .split('</td>')
          .slice(2)
          .some((cell) => cell.endsWith('>4')),
      ),
    ).toHaveLength(80)
    const pdf = await school.ask<string>('deputy', `pages/${page}/print`)
    expect(pdf.body.startsWith('%PDF-1.4')).toBe(true)
  })
})

describe('an individual study plan (п. 7А.5-6)', () => {
  it('R-7A.6i (part: the lists and journals): has one pupil, alone in a journal, with marks of his own', async () => {
    const school = schools.next()
    const { group, journal, page } = await groupJournal(school, 'ИУП', [CLASS_7A], 'individual-plan')
    await school.done('deputy', joinGroup, { group, pupils: [ANNA], from: '2026-09-01' })
    const second = await school.give('deputy', joinGroup, { group, pupils: [BORIS], from: '2026-10-01' })
    expect(second).toMatchObject({ status: 409, body: { reason: 'individual-plan-taken' } })
    await school.done('mathematician', recordLesson, { page, date: MONDAY, number: 1, topic: 'Плоскость' })
    const lesson = lessonId(journal, MONDAY, 1)
    const column = { page, lesson, kind: 'test', marks: [{ pupil: ANNA, value: 5 }] }
    await school.done('mathematician', recordMarks, column)
    const grid = await school.grid(page)
    expect(grid.pupils.map(({ pupil }) => pupil)).toEqual([ANNA])
    expect(await school.diary(ANNA, MONDAY)).toContainEqual(
      expect.objectContaining({ journal, marks: [expect.objectContaining({ value: 5 })] }),
    )
    const units = `years/${YEAR}/units`
    const seen = await school.seen<{ units: unknown[] }>('deputy', units)
    expect(seen.units).toContainEqual(
      expect.objectContaining({ unit: group, kind: 'group', group_kind: 'individual-plan' }),
    )
  })

  it('R-7A.6i, R-7A.6d, R-7A.6b: has subjects, timetable lines, teacher and summary sheet of its own, apart from the class', async () => {
    const school = schools.next()
    const [group, journal] = [id('group/ИУП Анны'), id('journal/ИУП Анны')]
    const subject = id('subject/algebra')
    await school.done('deputy', formGroup, {
      group,
      year: YEAR,
      name: 'ИУП',
      kind: 'individual-plan',
      classes: [CLASS_7A],
    })
    await school.done('deputy', joinGroup, { group, pupils: [ANNA], from: '2026-09-01' })
    await school.done('deputy', adoptCurriculum, {
      year: YEAR,
      name: 'ИУП',
      for: { kind: 'pupil', pupil: ANNA },
      lines: [{ subject, hours: 2 }],
      effectiveFrom: '2026-09-01',
    })
    const learners = { kind: 'group', group }
    await school.done('deputy', openJournal, { year: YEAR, journal, subject, learners, name: 'Алгебра, ИУП' })
    await school.done('deputy', assignTeacher, { year: YEAR, journal, staff: STRANGER, from: '2026-09-01' })
    const week = { year: YEAR, group, effectiveFrom: '2026-09-01' }
    // While her class has algebra on Monday, and after its lessons on Thursday.
    const slots = [
      { weekday: 1, number: 3, journal, room: '401' },
      { weekday: 4, number: 8, journal, room: '401' },
    ]
    await school.done('deputy', scheduleGroupWeek, { ...week, slots })
    const lessons = `lessons?from=${MONDAY}&until=2026-11-15`
    const own = await school.seen<{ lessons: Array<{ date: string; number: number }> }>('stranger', lessons)
    expect(own.lessons.map(({ date, number }) => [date, number])).toEqual([
      [MONDAY, 3],
      ['2026-11-12', 8],
    ])
    const conflicts = await school.seen<{ conflicts: unknown[] }>(
      'deputy',
      `timetable/conflicts?from=${MONDAY}&until=2026-11-15`,
    )
    expect(conflicts.conflicts).toEqual([])

    school.at('2026-11-12T10:00:00.000Z')
    const page = pageId(journal, Q2)
    await school.done('stranger', openPage, { year: YEAR, journal, period: 'q2' })
    await school.done('stranger', recordLesson, { page, date: '2026-11-12', number: 8, topic: 'Степень' })
    const hours = await school.seen<{ teachers: Array<{ staff: string; planned: number; given: number }> }>(
      'head',
      `teaching-hours?from=${MONDAY}&until=2026-11-15`,
    )
    expect(hours.teachers.find(({ staff }) => staff === STRANGER)).toMatchObject({ planned: 2, given: 1 })

    await school.done('stranger', recordFinals, { page, finals: [{ pupil: ANNA, value: 5 }] })
    const sheet = await school.seen<{ journals: unknown[]; pupils: unknown[]; finals: unknown[] }>(
      'deputy',
      `summaries/${group}`,
    )
    expect(sheet.pupils).toMatchObject([{ pupil: ANNA }])
    expect(sheet.journals).toContainEqual(expect.objectContaining({ journal, subject }))
    expect(sheet.finals).toMatchObject([{ journal, pupil: ANNA, value: 5 }])
  })
})
