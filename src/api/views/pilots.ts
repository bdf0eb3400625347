import { z } from 'zod'
import { policyOn } from '#commands/policy/state.ts'
import { isPilot } from '#commands/roster/state.ts'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ownUnits } from './rights.ts'
import { referenceOf } from './reference-of.ts'
import { type Asked, defineView } from './view.ts'

/** The classes that try the electronic journal, with the times (R-T4). */
export const pilotList = defineView({
  name: 'pilot-list',
  path: 'years/:year/pilots',
  summary: 'Классы с пилотным ведением журнала и сроки; учитываются ли они в отчётах',
  tag: 'Школа',
  operation: '47a',
  input: z.strictObject({ year: SchoolYear }),
  reply: z.strictObject({
    counted: z.boolean().describe('По правилам школы на сегодня пилотные журналы входят в отчёты'),
    pilots: z.array(
      z.strictObject({
        class: Uuid,
        name: z.string(),
        from: LocalDate,
        until: LocalDate.nullable().describe('Первый день без пилотного ведения'),
        now: z.boolean(),
      }),
    ),
  }),
  async answer(asked) {
    const { input, today } = asked
    const roster = await referenceOf(asked, 'roster')
    const own = (await ownUnits(asked, input.year))?.classes
    const pilots = [...roster.classes].flatMap(([id, { year, name, pilots: times }]) =>
      year === input.year && (own?.has(id) ?? true)
        ? times.map(({ from, until }) => ({
            class: id,
            name,
            from,
            until,
            now: from <= today && (until === null || today < until),
          }))
        : [],
    )
    const counted = (await policyState(asked))(today)?.pilotsCounted ?? true
    return {
      body: { counted, pilots: pilots.toSorted((a, b) => (a.from + a.name < b.from + b.name ? -1 : 1)) },
    }
  },
})

/** Whether what a class did on a date is left out of the statutory reports, by the rules of the school on that date (R-T4). */
export async function leftOut(asked: Asked<unknown>): Promise<(of: Uuid, date: LocalDate) => boolean> {
  const roster = await referenceOf(asked, 'roster')
  if ([...roster.classes.values()].every(({ pilots }) => pilots.length === 0)) return () => false
  const policy = await policyState(asked)
  return (of, date) => isPilot(roster, of, date) && policy(date)?.pilotsCounted === false
}

async function policyState(asked: Asked<unknown>) {
  const state = await referenceOf(asked, 'policy')
  return (date: LocalDate) => policyOn(state, date)
}
