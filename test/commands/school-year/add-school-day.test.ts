import { describe, it } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { addSchoolDay } from '#commands/school-year/add-school-day.ts'
import { transferLesson } from '#commands/timetable/transfer-lesson.ts'
import { given } from '#support/spec.ts'
import { ALGEBRA, deputy, mathematician, PAGE, pageOpened, past, school, YEAR } from '#support/class-7a.ts'

const as = deputy
const now = '2026-11-06T03:00:00.000Z'
const saturday = { year: YEAR, date: '2026-11-14' }

describe('add-school-day', () => {
  it('makes a Saturday a day with school, on which transferred lessons can be given', () => {
    const added = given(school, pageOpened)
      .when(addSchoolDay, saturday, { as, now })
      .records({ type: 'SchoolDayAdded', data: { date: '2026-11-14', grades: null, units: [] } })
      .map((event) => past('schoolYear', YEAR, event))
    const transfer = {
      year: YEAR,
      journal: ALGEBRA,
      date: '2026-11-09',
      number: 3,
      to: { date: '2026-11-14', number: 1 },
    }
    given(school, pageOpened).when(transferLesson, transfer, { as, now }).refuses('date-in-holidays')
    const moved = given(school, pageOpened, added)
      .when(transferLesson, transfer, { as, now })
      .records('LessonTransferred')
      .map((event) => past('timetable', YEAR, event))
    given(school, pageOpened, added, moved)
      .when(
        recordLesson,
        { page: PAGE, date: '2026-11-14', number: 1, topic: 'Степень' },
        { as: mathematician, now: '2026-11-14T05:00:00.000Z' },
      )
      .records('LessonRecorded')
    given(school, added).when(addSchoolDay, saturday, { as, now }).records()
  })

  it('makes a day of rest a day with school for some grades alone', () => {
    const holiday = { year: YEAR, date: '2026-11-04', grades: [8] }
    const added = given(school)
      .when(addSchoolDay, holiday, { as, now })
      .records('SchoolDayAdded')
      .map((event) => past('schoolYear', YEAR, event))
    given(school, pageOpened, added)
      .when(
        recordLesson,
        { page: PAGE, date: '2026-11-04', number: 2, topic: 'Степень' },
        { as: mathematician, now },
      )
      .refuses('date-in-holidays')
    given(school, added)
      .when(addSchoolDay, { ...holiday, grades: [7, 8] }, { as, now })
      .records('SchoolDayAdded')
  })

  it('refuses a day outside the year, and a year that is not there', () => {
    given(school)
      .when(addSchoolDay, { ...saturday, date: '2027-06-05' }, { as, now })
      .refuses('date-outside-year')
    given(school)
      .when(addSchoolDay, { ...saturday, year: YEAR + 1 }, { as, now })
      .refuses('school-year-unknown')
  })
})
