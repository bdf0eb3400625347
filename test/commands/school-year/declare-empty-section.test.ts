import { describe, it } from 'vitest'
import { declareEmptySection } from '#commands/school-year/declare-empty-section.ts'
import { given } from '#support/spec.ts'
import { deputy, past, school, YEAR } from '#support/class-7a.ts'

const as = deputy
const now = '2026-08-25T03:00:00.000Z'
const none = { year: YEAR, section: 'individual-plans' } as const

describe('declare-empty-section', () => {
  it('says once that there is none of it this year', () => {
    const declared = given(school)
      .when(declareEmptySection, none, { as, now })
      .records({ type: 'SectionDeclaredEmpty', data: { section: 'individual-plans' } })
    given(
      school,
      declared.map((event) => past('schoolYear', YEAR, event)),
    )
      .when(declareEmptySection, none, { as, now })
      .records()
  })

  it('refuses a year that was never opened', () => {
    given(school)
      .when(declareEmptySection, { ...none, year: YEAR + 1 }, { as, now })
      .refuses('school-year-unknown')
  })
})
