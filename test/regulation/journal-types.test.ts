import { describe, expect, it } from 'vitest'
import { addSubject } from '#commands/curriculum/add-subject.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  CLASS_7A,
  id,
  LAST_AFTERNOON,
  MATHEMATICIAN,
  MONDAY,
  YEAR,
} from '#support/class-7a.ts'
import { type Policy, STARTING_POLICY } from '#values/policy.ts'
import { JournalType, lessonId, pageId, PeriodId } from '#values/school.ts'

const schools = schoolsAtWork(2, ['mathematician', 'deputy', 'mother'])
const TYPES = JournalType.options
const journalOf = (type: string) => (type === 'lesson' ? ALGEBRA : id(`journal/${type} of types`))
const pageOf = (type: string) => pageId(journalOf(type), PeriodId.parse('q2'))
const numberOf = (type: string) => TYPES.indexOf(type as JournalType) + 1
const lessonOf = (type: string) => lessonId(journalOf(type), MONDAY, numberOf(type))
const ofTypes = (...journalTypes: Policy['journalTypes']): Policy => ({ ...STARTING_POLICY, journalTypes })

/** Class 7А with a journal of each type, which the mathematician teaches on Mondays one after another. */
async function allTypes(): Promise<SchoolAtWork> {
  const school = schools.next()
  const subject = id('subject/robots')
  await school.done('deputy', addSubject, { subject, name: 'Робототехника' })
  for (const type of TYPES.filter((one) => one !== 'lesson')) {
    const journal = { year: YEAR, journal: journalOf(type) }
    const learners = { kind: 'class', class: CLASS_7A }
    await school.done('deputy', openJournal, {
      ...journal,
      subject,
      learners,
      type,
      name: `Робототехника: ${type}`,
    })
    await school.done('deputy', assignTeacher, { ...journal, staff: MATHEMATICIAN, from: '2026-09-01' })
  }
  const slots = TYPES.map((type) => ({
    weekday: 1,
    number: numberOf(type),
    journal: journalOf(type),
    room: null,
  }))
  await school.done('deputy', scheduleWeek, { year: YEAR, class: CLASS_7A, effectiveFrom: MONDAY, slots })
  for (const type of TYPES) {
    if (type !== 'lesson')
      await school.done('mathematician', openPage, { year: YEAR, journal: journalOf(type), period: 'q2' })
    const lesson = { page: pageOf(type), date: MONDAY, number: numberOf(type), topic: `Занятие ${type}` }
    await school.done('mathematician', recordLesson, lesson)
    const absentees = [{ pupil: ANNA, code: 'Опз' }]
    await school.done('mathematician', takeAttendance, {
      page: pageOf(type),
      lesson: lessonOf(type),
      absentees,
    })
  }
  return school
}

const mark = (school: SchoolAtWork, type: string) =>
  school.give('mathematician', recordMarks, {
    page: pageOf(type),
    lesson: lessonOf(type),
    kind: 'lesson-answer',
    marks: [{ pupil: ANNA, value: 5 }],
  })
const sheet = async (school: SchoolAtWork) => {
  const { journals, finals } = await school.seen<{
    journals: ReadonlyArray<{ type: string }>
    finals: ReadonlyArray<{ journal: string }>
  }>('deputy', `summaries/${CLASS_7A}`)
  return { types: journals.map(({ type }) => type).toSorted(), finals: finals.map(({ journal }) => journal) }
}

describe('R-A4.3: journals of all kinds of classes', () => {
  it('take lesson, topic and attendance whatever their type, and marks where the school has not switched them off', async () => {
    const school = await allTypes()
    const shown = await school.diary(ANNA, MONDAY, 'mother')
    expect(shown.map(({ journal, topic, absence }) => [journal, topic, absence?.code])).toEqual(
      TYPES.map((type) => [journalOf(type), `Занятие ${type}`, 'Опз']),
    )
    await school.done('deputy', adoptPolicy, {
      effectiveFrom: MONDAY,
      policy: ofTypes(
        { type: 'club', marks: false, summary: false },
        { type: 'after-school', marks: false, summary: false },
      ),
    })
    for (const type of TYPES) {
      const off = type === 'club' || type === 'after-school'
      const { status, body } = await mark(school, type)
      expect([type, status, body.reason], type).toEqual(
        off ? [type, 422, 'marks-switched-off'] : [type, 201, undefined],
      )
    }
  })

  it('are not in the summary sheet unless they are lessons, or the school has said so from a date on', async () => {
    const school = (await allTypes()).at(LAST_AFTERNOON)
    for (const type of ['lesson', 'elective', 'club'])
      await school.done('mathematician', recordFinals, {
        page: pageOf(type),
        finals: [{ pupil: ANNA, value: 5 }],
      })
    const lessonsAlone = await sheet(school)
    expect(new Set(lessonsAlone.types)).toEqual(new Set(['lesson']))
    expect(lessonsAlone.finals).toEqual([ALGEBRA])
    await school.done('deputy', adoptPolicy, {
      effectiveFrom: '2026-12-29',
      policy: ofTypes({ type: 'elective', marks: true, summary: true }),
    })
    const withElectives = await sheet(school)
    expect(new Set(withElectives.types)).toEqual(new Set(['lesson', 'elective']))
    expect(withElectives.finals.toSorted()).toEqual([ALGEBRA, journalOf('elective')].toSorted())
  })
})
