import { describe, it } from 'vitest'
import { movePeriod } from '#commands/school-year/move-period.ts'
import { given, type Past } from '#support/spec.ts'
import { pageId } from '#values/school.ts'
import {
  ALGEBRA,
  CLASS_7A,
  CLASS_7B,
  date,
  deputy,
  id,
  lessonRecorded,
  onPage,
  pageOpened,
  past,
  Q1,
  school,
  YEAR,
} from '#support/class-7a.ts'

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
          units: [],
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

  it('moves neighbours together, so that a lesson comes from one into the other', () => {
    const first = { period: 'q1', from: '2026-09-01', until: '2026-11-13' }
    const border = { ...move, from: '2026-11-16', until: '2026-12-29', also: [first] }
    given(school, pageOpened, lessonRecorded)
      .when(movePeriod, border, { as, now })
      .records(
        { type: 'PeriodMoved', data: { period: 'q2', from: '2026-11-16' } },
        {
          type: 'PeriodMoved',
          data: { ...first, previous: { from: '2026-09-01', until: '2026-10-23' } },
        },
      )
    // Closed is either of both: a closed page neither gets a lesson nor loses one.
    const page = pageId(ALGEBRA, Q1)
    const onFirst = (event: Past['event']): Past => ({ ...pageOpened, id: page, event })
    const closed = [
      onFirst({ type: 'PageOpened', data: { journal: ALGEBRA, year: YEAR, period: Q1, grading: 'g5' } }),
      onFirst({ type: 'PageClosed', data: { postponed: [], excused: [], carried: [], into: null } }),
    ]
    given(school, pageOpened, lessonRecorded, closed)
      .when(movePeriod, border, { as, now })
      .refuses('period-locked', { journal: ALGEBRA, period: 'q1' })
    given(school)
      .when(movePeriod, { ...border, also: [first, first] }, { as, now })
      .refuses('period-exists', { period: 'q1' })
    given(school)
      .when(movePeriod, { ...border, also: [{ ...first, period: 'q7' }] }, { as, now })
      .refuses('period-unknown', { period: 'q7' })
  })

  it('moves the periods of single units, and refuses both units and grades, or neither', () => {
    const own = { year: YEAR, period: 'm1', units: [CLASS_7B], from: '2026-09-01', until: '2026-12-30' }
    const planned = past('schoolYear', YEAR, {
      type: 'PeriodsPlanned',
      data: {
        structure: 'modules',
        grades: [7],
        units: [CLASS_7B],
        periods: [
          { period: 'm1' as never, name: 'Модуль 1', from: date('2026-09-01'), until: date('2026-12-29') },
        ],
      },
    })
    given(school, planned)
      .when(movePeriod, own, { as, now })
      .records({ type: 'PeriodMoved', data: { period: 'm1', grades: [7], units: [CLASS_7B] } })
    given(school, planned)
      .when(movePeriod, { ...own, units: [CLASS_7A] }, { as, now })
      .refuses('period-unknown')
    given(school, planned)
      .when(movePeriod, { ...own, units: [] }, { as, now })
      .refuses('grades-or-units')
    given(school, planned)
      .when(movePeriod, { ...own, grades: [7] }, { as, now })
      .refuses('grades-or-units')
    given(school, planned)
      .when(movePeriod, { ...own, units: [id('class/nobody')] }, { as, now })
      .refuses('class-unknown')
  })

  it('refuses a period that is closed in a journal, and takes it while it is open again', () => {
    const closed = onPage({
      type: 'PageClosed',
      data: { postponed: [], excused: [], carried: [], into: null },
    })
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
        units: [],
        periods: [
          { period: 'q1' as never, name: 'I', from: '2026-09-01' as never, until: '2026-10-23' as never },
        ],
      },
    })
    given(school, planned)
      .when(
        movePeriod,
        { ...move, period: 'q1', grades: [3, 2], units: [], from: '2026-09-01', until: '2026-10-24' },
        { as, now },
      )
      .records({ type: 'PeriodMoved', data: { grades: [2, 3], units: [] } })
  })
})
