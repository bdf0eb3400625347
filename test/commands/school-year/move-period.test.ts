import { describe, it } from 'vitest'
import { movePeriod } from '#commands/school-year/move-period.ts'
import { given } from '#support/spec.ts'
import { ALGEBRA, deputy, lessonRecorded, onPage, pageOpened, past, school, YEAR } from '#support/class-7a.ts'

const as = deputy
const now = '2026-11-10T03:00:00.000Z'
const move = { year: YEAR, period: 'q2', grades: [7], from: '2026-11-02', until: '2026-12-30' }

const to = (from: string, until: string) => ({ ...move, from, until })

describe('move-period', () => {
  it('records the new bounds and those before', () => {
    given(school)
      .when(movePeriod, move, { as, now })
      .records({
        type: 'PeriodMoved',
        data: {
          period: 'q2',
          grades: [7],
          previous: { from: '2026-11-02', until: '2026-12-29' },
          from: '2026-11-02',
          until: '2026-12-30',
        },
      })
  })

  it('keeps what was recorded, as long as it stays within the bounds', () => {
    given(school, pageOpened, lessonRecorded)
      .when(movePeriod, { ...move, from: '2026-11-09' }, { as, now })
      .records('PeriodMoved')
    given(school, pageOpened, lessonRecorded)
      .when(movePeriod, { ...move, from: '2026-11-10' }, { as, now })
      .refuses('lesson-outside-period', { journal: ALGEBRA, date: '2026-11-09' })
  })

  it('refuses a period that is closed in a journal, and takes it while it is open again', () => {
    const closed = onPage({ type: 'PageClosed', data: { postponed: [], excused: [] } })
    given(school, pageOpened, closed)
      .when(movePeriod, move, { as, now })
      .refuses('period-locked', { journal: ALGEBRA })
  })

  it('refuses to overlap another period, to leave the year, and bounds that are reversed', () => {
    given(school)
      .when(movePeriod, to('2026-10-23', '2026-12-29'), { as, now })
      .refuses('period-overlap', { with: 'q1' })
    given(school).when(movePeriod, to('2026-11-02', '2027-06-01'), { as, now }).refuses('period-outside-year')
    given(school).when(movePeriod, to('2026-12-29', '2026-11-02'), { as, now }).refuses('bounds-reversed')
    given(school).when(movePeriod, to('2026-11-02', '2026-12-29'), { as, now }).refuses('same-value')
  })

  it('refuses a period or a year that is not there', () => {
    given(school)
      .when(movePeriod, { ...move, period: 'q3' }, { as, now })
      .refuses('period-unknown')
    given(school)
      .when(movePeriod, { ...move, grades: [8] }, { as, now })
      .refuses('period-unknown')
    given(school)
      .when(movePeriod, { ...move, year: YEAR + 1 }, { as, now })
      .refuses('school-year-unknown')
  })

  it('knows the grades in whatever order they are named', () => {
    const planned = past('schoolYear', YEAR, {
      type: 'PeriodsPlanned',
      data: {
        structure: 'quarters',
        grades: [2, 3],
        periods: [
          { period: 'q1' as never, name: 'I', from: '2026-09-01' as never, until: '2026-10-23' as never },
        ],
      },
    })
    given(school, planned)
      .when(
        movePeriod,
        { ...move, period: 'q1', grades: [3, 2], from: '2026-09-01', until: '2026-10-24' },
        { as, now },
      )
      .records({ type: 'PeriodMoved', data: { grades: [2, 3] } })
  })
})
