import { describe, expect, it } from 'vitest'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { lessonId, pageId } from '#values/school.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, ENGLISH, LESSON, MONDAY, PAGE, Q2, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(4, ['mathematician', 'english', 'deputy'])
const here = { page: PAGE, lesson: LESSON }

describe('R-2.9: the attendance of a lesson', () => {
  it('is taken when the teacher saves it, even with nobody absent', async () => {
    const school = await schools.next().recordLesson()
    const attendance = async () => (await school.grid()).lessons[0]?.attendance
    expect(await attendance()).toBeNull()
    await school.done('mathematician', takeAttendance, { ...here, absentees: [] })
    expect(await attendance()).toMatchObject({ takenAt: '2026-11-09T03:50:00.000Z', lateBy: 0 })
    expect((await school.grid()).cells).toEqual([])
    const { lessons } = await school.seen<{ lessons: object[] }>(
      'deputy',
      'lessons?from=2026-11-09&recorded=true',
    )
    expect(lessons).toMatchObject([{ lesson: LESSON, attendance: true }])
  })

  it('is due on the day of the lesson until 23:59:59', async () => {
    const school = await schools.next().recordLesson()
    await school.recordLesson('2026-11-09', 4)
    school.at('2026-11-09T16:59:59.999Z')
    await school.done('mathematician', takeAttendance, { ...here, absentees: [] })
    school.at('2026-11-09T17:00:00.000Z')
    const lesson = lessonId(ALGEBRA, MONDAY, 4)
    const late = [{ pupil: ANNA, code: 'Н' }]
    await school.done('mathematician', takeAttendance, { page: PAGE, lesson, absentees: late })
    const { lessons } = await school.grid()
    expect(lessons.map(({ number, attendance }) => [number, attendance?.lateBy])).toEqual([
      [3, 0],
      [4, 1],
    ])
    const taken = (await school.log()).filter(({ type }) => type === 'AttendanceTaken')
    expect(taken.map(({ data }) => data['dueAt'])).toEqual([
      '2026-11-09T16:59:59.000Z',
      '2026-11-09T16:59:59.000Z',
    ])
  })

  it('gives each absentee a code that the school has', async () => {
    const school = await schools.next().recordLesson()
    const given = (...absentees: object[]) =>
      school.give('mathematician', takeAttendance, { ...here, absentees })
    expect(await given({ pupil: ANNA })).toMatchObject({ status: 400 })
    expect(await given({ pupil: ANNA, code: '' })).toMatchObject({ status: 400 })
    expect(await given({ pupil: ANNA, code: 'нет' })).toMatchObject({ body: { reason: 'code-unknown' } })
    expect(await given({ pupil: ANNA, code: 'Зач' })).toMatchObject({
      body: { reason: 'code-not-attendance' },
    })
    expect((await school.grid()).lessons[0]?.attendance).toBeNull()

    expect(await given({ pupil: ANNA, code: 'Н/б' }, { pupil: BORIS, code: 'Н' })).toMatchObject({
      status: 201,
    })
    const { cells } = await school.grid()
    expect(new Map(cells.map(({ pupil, absence }) => [pupil, absence?.code]))).toEqual(
      new Map([
        [ANNA, 'Н/б'],
        [BORIS, 'Н'],
      ]),
    )
  })

  it('says nothing of any other lesson: each is taken by its own teacher', async () => {
    const school = await schools.next().recordLesson()
    await school.recordLesson('2026-11-09', 4)
    const english = { page: pageId(ENGLISH, Q2), lesson: lessonId(ENGLISH, MONDAY, 5) }
    await school.done('english', openPage, { year: YEAR, journal: ENGLISH, period: 'q2' })
    const fifth = { page: english.page, date: MONDAY, number: 5, topic: 'Present Perfect' }
    await school.done('english', recordLesson, fifth)

    const absentees = [{ pupil: ANNA, code: 'Н/б' }]
    await school.done('mathematician', takeAttendance, { ...here, absentees })
    const algebra = await school.grid()
    expect(algebra.lessons.map(({ number, attendance }) => [number, attendance !== null])).toEqual([
      [3, true],
      [4, false],
    ])
    expect(algebra.cells.map(({ lesson }) => lesson)).toEqual([LESSON])
    expect(await school.grid(english.page)).toMatchObject({ lessons: [{ attendance: null }], cells: [] })
    expect((await school.diary(ANNA, MONDAY)).map(({ number, absence }) => [number, absence?.code])).toEqual([
      [3, 'Н/б'],
      [4, undefined],
      [5, undefined],
    ])

    const foreign = await school.give('mathematician', takeAttendance, { ...english, absentees })
    expect(foreign).toMatchObject({ status: 403, body: { reason: 'journal-not-taught' } })
    await school.done('english', takeAttendance, { ...english, absentees: [] })
    expect(await school.grid(english.page)).toMatchObject({
      lessons: [{ attendance: { lateBy: 0 } }],
      cells: [],
    })
  })
})
