import { describe, it } from 'vitest'
import { openPage } from '#commands/journal-page/open-page.ts'
import { pageId } from '#values/school.ts'
import {
  ALGEBRA,
  CLUB,
  classTeacher,
  deputy,
  englishTeacher,
  head,
  id,
  mathematician,
  mathematicianReleased,
  PAGE,
  pageOpened,
  past,
  school,
  strangerAssigned,
  stranger,
  without,
} from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

const page = { year: 2026, journal: ALGEBRA, period: 'q2' }
const as = mathematician
const now = '2026-11-09T03:00:00.000Z'

describe('open-page', () => {
  it('opens the page with the grading system of its journal', () => {
    given(school)
      .when(openPage, page, { as, now })
      .records({
        type: 'PageOpened',
        data: { journal: ALGEBRA, year: 2026, period: 'q2', grading: 'g5' },
      })
    given(school)
      .when(openPage, { ...page, journal: CLUB }, { as, now })
      .records({ type: 'PageOpened', data: { journal: CLUB, grading: 'none' } })
  })

  it('opens it for the deputy, who teaches nothing', () => {
    given(school).when(openPage, page, { as: deputy, now }).records('PageOpened')
  })

  it('refuses a page that is open', () => {
    given(school, pageOpened).when(openPage, page, { as, now }).refuses('page-exists', { page: PAGE })
  })

  it('opens another period of the same journal', () => {
    given(school, pageOpened)
      .when(openPage, { ...page, period: 'q1' }, { as, now })
      .records({ type: 'PageOpened', data: { period: 'q1' } })
  })

  it('refuses a school year that was never opened', () => {
    given(school)
      .when(openPage, { ...page, year: 2027 }, { as, now })
      .refuses('school-year-unknown', { year: 2027 })
  })

  it('refuses a journal that the load does not have', () => {
    const journal = id('journal/7А/astronomy')
    given(school)
      .when(openPage, { ...page, journal }, { as, now })
      .refuses('journal-unknown', { journal })
  })

  it('refuses a period that the class does not have', () => {
    given(school)
      .when(openPage, { ...page, period: 't1' }, { as, now })
      .refuses('period-unknown', { period: 't1', grades: [7] })
  })

  it('refuses a period that only other grades have', () => {
    const halfYears = past('schoolYear', 2026, {
      type: 'PeriodsPlanned',
      data: {
        structure: 'half-years',
        grades: [10, 11],
        units: [],
        periods: [
          {
            period: 'h1' as never,
            name: 'I полугодие',
            from: '2026-09-01' as never,
            until: '2026-12-29' as never,
          },
        ],
      },
    })
    given(school, halfYears)
      .when(openPage, { ...page, period: 'h1' }, { as, now })
      .refuses('period-unknown', { period: 'h1' })
  })

  it('refuses a school that has not adopted its rules', () => {
    given(without(school, 'PolicyAdopted')).when(openPage, page, { as, now }).refuses('policy-missing')
  })

  it('refuses a teacher who does not teach the journal', () => {
    given(school)
      .when(openPage, page, { as: englishTeacher, now })
      .refuses('journal-not-taught', { journal: ALGEBRA })
  })

  it('refuses a teacher whose assignment ended yesterday, and one whose assignment begins tomorrow', () => {
    given(school, mathematicianReleased('2026-11-09'))
      .when(openPage, page, { as, now })
      .refuses('journal-not-taught')
    given(school, mathematicianReleased('2026-11-10')).when(openPage, page, { as, now }).records('PageOpened')
    given(school, strangerAssigned('2026-11-10'))
      .when(openPage, page, { as: stranger, now })
      .refuses('journal-not-taught')
    given(school, strangerAssigned('2026-11-09'))
      .when(openPage, page, { as: stranger, now })
      .records('PageOpened')
  })

  it('refuses the class teacher and the head', () => {
    given(school).when(openPage, page, { as: classTeacher, now }).refuses('role-not-permitted')
    given(school).when(openPage, page, { as: head, now }).refuses('role-not-permitted')
  })

  it('opens on the stream that journal and period name', () => {
    given(school, past('journalPage', pageId(ALGEBRA, 'q1' as never), pageOpened.event))
      .when(openPage, page, { as, now })
      .records('PageOpened')
  })
})
