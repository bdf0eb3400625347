import type { PersonalText } from '#values/personal-text.ts'
import { beforeAll, describe, expect, it } from 'vitest'
import { evolve, type Fold } from '#commands/fold.ts'
import { finalKey, type JournalPageState, journalPageFold } from '#commands/journal-page/state.ts'
import { REFERENCES, referenceStream } from '#commands/references.ts'
import { isRefusal } from '#commands/refusal.ts'
import { type Decoded, registry } from '#events/registry.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import { lastSchoolDay, schoolYearFold, spanOfPage, WHOLE_YEAR } from '#commands/school-year/state.ts'
import type { SchoolCommand } from '#main/synthetic/school-command.ts'
import { membersOn, schoolOf } from '#main/synthetic/school.ts'
import { DEMO_TEACHER } from '#main/synthetic/staff.ts'
import { synthesize } from '#main/synthetic/synthesize.ts'
import { pageId, SchoolSlug } from '#values/school.ts'
import type { LocalDate } from '#values/time.ts'
import { uuidV5 } from '#values/uuid.ts'

const SCHOOL = SchoolSlug.parse('village')
const options = { seed: 'letopis', preset: 'S', year: 2025, password: 'correct horse' } as const

/** A school in memory: each command is decided by its rule on what the commands before it came to. */
class Lived {
  readonly #streams = new Map<StreamName, { readonly state: unknown; revision: bigint }>()

  give({ at, id, command, input, actor }: SchoolCommand): void {
    const name = streamName(SCHOOL, command.fold.category, command.stream(input))
    const stream = this.#stream(command.fold, name)
    const year = command.year?.(input, stream.state as object) ?? null
    if (isRefusal(year)) return expect.fail(`${at} ${command.name}: ${year.refused}`)
    const references = command.needs.map((need) => [
      need,
      this.#stream<unknown>(REFERENCES[need].fold, referenceStream(SCHOOL, need, year)).state,
    ])
    const given = {
      school: SCHOOL,
      actor,
      input,
      state: stream.state,
      references: Object.fromEntries(references),
      pages: new Map(),
      now: at,
      text: (of: PersonalText) => (typeof of === 'string' ? of : null),
      newId: (of: string) => uuidV5(id, of),
    } as Parameters<typeof command.decide>[0]
    const decision = command.may?.(given) ?? command.decide(given)
    if (isRefusal(decision)) {
      return expect.fail(`${at} ${command.name}: ${decision.refused} ${JSON.stringify(decision.detail)}`)
    }
    for (const { type, data } of decision) {
      stream.revision += 1n
      const meta = { v: registry[type].v, at, by: actor.account, role: actor.role }
      const event = { type, data, id, stream: name, revision: stream.revision, meta } as unknown as Decoded
      evolve(command.fold, stream.state, event)
    }
  }

  state<State>(fold: Fold<State>, name: StreamName): State {
    return this.#stream(fold, name).state
  }

  #stream<State>(fold: Fold<State>, name: StreamName): { readonly state: State; revision: bigint } {
    const known = this.#streams.get(name) ?? { state: fold.initial(), revision: -1n }
    this.#streams.set(name, known)
    return known as { readonly state: State; revision: bigint }
  }
}

describe('a year of the synthetic school, decided command by command', () => {
  const school = schoolOf(options.seed, options.year)
  const lived = new Lived()
  const { calendar } = school
  const page = (journal: string, period: string): JournalPageState =>
    lived.state(journalPageFold, streamName(SCHOOL, 'journalPage', pageId(journal as never, period as never)))

  beforeAll(() => {
    const until = '2026-06-30' as LocalDate
    for (const command of synthesize({ ...options, until }).commands()) lived.give(command)
  }, 240_000)

  it('ends every period of every journal: everybody has a final, a code or a postponement, and the page is closed', () => {
    const days = lived.state(schoolYearFold, streamName(SCHOOL, 'schoolYear', options.year))
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
      .filter(({ teacher }) => teacher.post.number === DEMO_TEACHER)
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

  it('lives episode 3: one final of the second quarter is set on 19 January, after the closing', () => {
    const { pupil, journal } = school.postponed
    const { closing, finals, postponements } = page(journal.id, 'q2')
    expect(postponements).toEqual(new Map([[pupil.id, '2026-01-23']]))
    const final = finals.get(finalKey(pupil.id, 'period'))!
    expect(final.at.slice(0, 10)).toBe('2026-01-19')
    expect(final.version).toBeGreaterThan(closing!.version)
  })

  it('lives episode 4: a page of the first quarter is opened in December, and two finals are corrected', () => {
    const { closing, finals } = page(school.reopened.journal.id, 'q1')
    expect(closing!.reopenings).toHaveLength(1)
    const after = [...finals.values()].filter(({ version }) => version > closing!.version)
    expect(after.map(({ at }) => at.slice(0, 10))).toEqual(['2025-12-10', '2025-12-10'])
  })
})
