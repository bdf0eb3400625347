import { beforeAll, describe, expect, it } from 'vitest'
import { finalKey } from '#commands/journal-page/state.ts'
import { lastSchoolDay, schoolYearFold, spanOfPage, WHOLE_YEAR } from '#commands/school-year/state.ts'
import { membersOn, schoolOf } from '#main/synthetic/school.ts'
import { synthesize } from '#main/synthetic/synthesize.ts'
import { LivedSchool } from '#support/lived-school.ts'
import type { LocalDate } from '#values/time.ts'

const options = { seed: 'letopis', preset: 'S', year: 2025, password: 'correct horse' } as const

describe('a year of the synthetic school, decided command by command', () => {
  const school = schoolOf(options.seed, options.year)
  const lived = new LivedSchool()
  const { calendar } = school
  const page = (journal: string, period: string) => lived.page(journal as never, period as never)

  beforeAll(() => {
    const until = '2026-06-30' as LocalDate
    lived.live(synthesize({ ...options, until }).commands())
  }, 240_000)

  it('ends every period of every journal: everybody has a final, a code or a postponement, and the page is closed', () => {
    const days = lived.state(schoolYearFold, options.year)
    const left: string[] = []
    let closed = 0
    for (const journal of school.journals) {
      const grade = journal.class.grade
      for (const { period } of [...calendar.periodsOf(grade), { period: WHOLE_YEAR }]) {
        const { page: opened, finals, postponements, closing } = page(journal.id, period)
        if (opened === null) continue
        if (closing === null) {
          left.push(`${journal.name} ${period}`)
          continue
        }
        closed += 1
        const lastDay = lastSchoolDay(days, spanOfPage(days, period, [grade])!, [grade])
        for (const { id } of membersOn(school, journal, lastDay)) {
          const kind = period === WHOLE_YEAR ? 'year' : 'period'
          const settled = finals.has(finalKey(id, kind)) || postponements.has(id)
          expect(settled, `${journal.name} ${period} ${id}`).toBe(true)
        }
      }
    }
    // The demo teacher's pages of the last day are left to the visitor.
    const demo = school.journals
      .filter(({ teacher }) => teacher === school.demoTeacher)
      .map(({ name }) => name)
    expect(left.length).toBeGreaterThan(0)
    expect(left.filter((name) => !demo.some((own) => name.startsWith(own)))).toEqual([])
    expect(closed).toBeGreaterThan(600)
  })

  it('has finals as they are: few twos, half of them fours (DOMAIN.md G.6)', () => {
    const values = school.journals
      .filter(({ graded }) => graded)
      .flatMap(({ id, class: of }) =>
        calendar.periodsOf(of.grade).flatMap(({ period }) => [...page(id, period).finals.values()]),
      )
      .map(({ value }) => value)
    const share = (value: number | string) =>
      (100 * values.filter((one) => one === value).length) / values.length
    expect(values.length).toBeGreaterThan(3_000)
    expect(share(2)).toBeLessThan(2)
    expect(share('н/а')).toBeLessThan(3)
    expect(share(4)).toBeGreaterThan(40)
    expect(share(5)).toBeGreaterThan(10)
  })
})
