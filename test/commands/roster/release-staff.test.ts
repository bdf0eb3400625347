import { describe, expect, it } from 'vitest'
import { appointClassTeacher } from '#commands/roster/appoint-class-teacher.ts'
import { hireStaff } from '#commands/roster/hire-staff.ts'
import { releaseStaff } from '#commands/roster/release-staff.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { given } from '#support/spec.ts'
import {
  ALGEBRA,
  CLASS_7A,
  CLASS_7B,
  date,
  deputy,
  ENGLISH_TEACHER,
  id,
  MATHEMATICIAN,
  past,
  school,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'

const from = date('2027-02-01')
const as = { as: deputy, now: '2027-01-29T03:00:00.000Z' }
const released = past('roster', 'main', { type: 'StaffReleased', data: { staff: STRANGER, from } })

describe('release-staff', () => {
  it('takes out of the lists whoever has nothing to hand over', () => {
    given(school)
      .when(releaseStaff, { staff: STRANGER, from }, as)
      .records({ type: 'StaffReleased', data: { staff: STRANGER, from } })
  })

  it('refuses whoever teaches or leads, and says what has to be handed over', () => {
    given(school)
      .when(releaseStaff, { staff: MATHEMATICIAN, from }, as)
      .refuses('staff-in-office', { classes: [], journals: expect.arrayContaining([ALGEBRA]) as never })
    given(school)
      .when(releaseStaff, { staff: ENGLISH_TEACHER, from }, as)
      .refuses('staff-in-office', { classes: [CLASS_7A] })
  })

  it('refuses whom the school does not know, a day before the hiring, and a second time', () => {
    given(school)
      .when(releaseStaff, { staff: id('staff/nobody'), from }, as)
      .refuses('staff-unknown')
    given(school)
      .when(releaseStaff, { staff: STRANGER, from: date('2020-01-01') }, as)
      .refuses('bounds-reversed')
    given(school, released)
      .when(releaseStaff, { staff: STRANGER, from }, as)
      .refuses('staff-released', { from })
  })

  it('gives nobody who has left a class or a journal, until hired again', () => {
    const gone = given(school, released)
    gone.when(appointClassTeacher, { class: CLASS_7B, staff: STRANGER, from }, as).refuses('staff-released')
    gone
      .when(assignTeacher, { year: YEAR, journal: ALGEBRA, staff: STRANGER, from }, as)
      .refuses('staff-released')
    const name = { family: 'Чужой', given: 'Пётр' }
    gone.when(hireStaff, { staff: STRANGER, name, from: date('2027-01-31') }, as).refuses('staff-exists')
    gone.when(hireStaff, { staff: STRANGER, name, from }, as).records('StaffHired')
  })
})
