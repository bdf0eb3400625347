import { describe, expect, it } from 'vitest'
import { addSubject } from '#commands/curriculum/add-subject.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { addRoom } from '#commands/premises/add-room.ts'
import { appointClassTeacher } from '#commands/roster/appoint-class-teacher.ts'
import { formClass } from '#commands/roster/form-class.ts'
import { declareEmptySection } from '#commands/school-year/declare-empty-section.ts'
import { planHolidays } from '#commands/school-year/plan-holidays.ts'
import { planTest } from '#commands/test-schedule/plan-test.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, CLASS_7B, id, MATHEMATICIAN, PAGE, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(2, ['mathematician', 'deputy', 'head', 'auditor'])

interface Readiness {
  readonly due_at: string
  readonly ready: boolean
  readonly sections: ReadonlyArray<{
    readonly section: string
    readonly state: string
    readonly overdue: boolean
    readonly completed: { readonly type: string; readonly event: string; readonly late: boolean } | null
  }>
}

const path = `years/${YEAR}/readiness`
const readiness = (school: SchoolAtWork, login: 'deputy' | 'head' = 'deputy') =>
  school.seen<Readiness>(login, path)
const states = ({ sections }: Readiness) =>
  Object.fromEntries(sections.map((one) => [one.section, one.state]))

describe('R-2.2: the sections of the year are formed by 5 September', () => {
  it('shows eleven sections, each empty, partial or complete, with the event that completed it', async () => {
    const school = schools.next()
    const before = await readiness(school)
    expect(before.sections).toHaveLength(11)
    // 7Б has pupils and no class teacher; the second half of the year has no periods yet.
    expect(states(before)).toEqual({
      periods: 'partial',
      holidays: 'partial',
      'federal-subjects': 'complete',
      'school-subjects': 'empty',
      rooms: 'empty',
      staff: 'complete',
      classes: 'partial',
      groups: 'complete',
      'individual-plans': 'empty',
      timetable: 'partial',
      'internal-control': 'empty',
    })
    const done = [
      await school.done('deputy', appointClassTeacher, {
        class: CLASS_7B,
        staff: MATHEMATICIAN,
        from: '2026-11-09',
      }),
      await school.done('deputy', addSubject, { name: 'Экология Томской области', component: 'school' }),
      await school.done('deputy', declareEmptySection, { year: YEAR, section: 'individual-plans' }),
      await school.done('deputy', planTest, {
        year: YEAR,
        journal: ALGEBRA,
        date: '2026-11-16',
        form: 'test',
        internalControl: true,
      }),
      await school.done('deputy', scheduleWeek, {
        year: YEAR,
        class: CLASS_7B,
        effectiveFrom: '2026-11-09',
        slots: [],
      }),
      await school.done('deputy', planHolidays, {
        year: YEAR,
        holidays: [
          { name: 'Осенние каникулы', from: '2026-10-24', until: '2026-11-01', grades: null },
          { name: 'До конца года', from: '2026-12-30', until: '2027-05-26', grades: null },
        ],
      }),
      await school.done('deputy', addRoom, { room: '214' }),
    ]
    const after = await readiness(school)
    expect(after.ready).toBe(true)
    const completed = new Map(after.sections.map(({ section, completed: by }) => [section, by]))
    const events = done.map(({ events: [event] }) => event!.id)
    expect(completed.get('classes')).toMatchObject({ type: 'ClassTeacherAppointed', event: events[0] })
    expect(completed.get('school-subjects')).toMatchObject({ type: 'SubjectAdded', event: events[1] })
    expect(completed.get('individual-plans')).toMatchObject({ type: 'SectionDeclaredEmpty' })
    expect(completed.get('internal-control')).toMatchObject({ type: 'TestPlanned', event: events[3] })
    expect(completed.get('timetable')).toMatchObject({ type: 'WeekScheduled', event: events[4] })
    expect(completed.get('periods')).toMatchObject({ type: 'HolidaysPlanned', event: events[5] })
    expect(completed.get('rooms')).toMatchObject({ type: 'RoomAdded', event: events[6], late: true })

    // What is complete may become partial again.
    await school.done('deputy', formClass, { class: id('class/8А'), year: YEAR, grade: 8, name: '8А' })
    expect(states(await readiness(school))).toMatchObject({
      classes: 'partial',
      periods: 'partial',
      timetable: 'partial',
    })
  })

  it('is overdue for head and deputy from 6 September 00:00:00 of the school on, and keeps nobody from writing', async () => {
    const school = schools.next().at('2026-09-05T16:59:59.000Z')
    const inTime = await readiness(school, 'head')
    expect(inTime.due_at).toBe('2026-09-05T16:59:59.000Z')
    expect(inTime.sections.some(({ overdue }) => overdue)).toBe(false)
    school.at('2026-09-05T17:00:00.000Z')
    const late = await readiness(school, 'head')
    expect(late.sections.find(({ section }) => section === 'rooms')).toMatchObject({ overdue: true })
    expect(late.sections.find(({ section }) => section === 'staff')).toMatchObject({ overdue: false })
    school.at('2026-11-09T03:50:00.000Z')
    const lesson = { page: PAGE, date: '2026-11-09', number: 3, topic: 'Степень' }
    expect(await school.give('mathematician', recordLesson, lesson)).toMatchObject({ status: 201 })
    expect(await school.ask('mathematician', path)).toMatchObject({ status: 403 })
  })
})
