import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { PURPOSES, Purpose } from '#values/personal-text.ts'
import { dateAt, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { hasEnded } from '../family/state.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { privacyFold } from './state.ts'

/**
 * For how many years after somebody left what is known of them is kept: what was typed about them with the journal, five;
 * names with the summary sheets, which name everybody, twenty-five (R-A3.4b).
 */
const YEARS = { notes: 5, contacts: 5, identity: 25 } as const satisfies Record<Purpose, number>

const RequestKeyDestruction = z.strictObject({
  person: Uuid,
  purposes: z
    .array(Purpose)
    .min(1)
    .max(PURPOSES.length)
    .describe('Что стереть: notes — тексты, contacts — контакты, identity — имя'),
  pupil: Uuid.nullable().default(null).describe('Чей это представитель, если стирают данные представителя'),
  order: Order,
})

/** Asks for the destruction of somebody's keys: not before the term of keeping is over (R-D8, приказ № 179). */
export const requestKeyDestruction = defineCommand({
  name: 'request-key-destruction',
  path: 'persons/:person',
  summary: 'Запросить стирание данных человека, срок хранения которых истёк',
  operation: '37',
  input: RequestKeyDestruction,
  fold: privacyFold,
  stream: ({ person }) => person,
  needs: ['roster', 'family'],
  pupil: ({ pupil }) => pupil,
  decide({ input, state, references: { roster, family }, now }) {
    const { person, order } = input
    const purposes = PURPOSES.filter((purpose) => input.purposes.includes(purpose))
    const gone = purposes.filter((purpose) => state.destroyed.has(purpose))
    if (gone.length > 0) return refuse('person-erased', { person, purposes: gone })
    if (state.underWay !== null) return refuse('destruction-under-way', { person })
    const today = dateAt(now, DEFAULT_ZONE)
    const time = roster.pupils.get(person) ?? roster.staff.get(person)
    if (time === undefined) {
      if (!family.representatives.has(person)) return refuse('person-unknown', { person })
      // A representative stands in no journal: what is known of him goes with the representation.
      if (!hasEnded(family, person, today)) return refuse('person-at-school', { person })
    } else {
      if (time.until === null || time.until > today) return refuse('person-at-school', { person })
      const until = keptUntil(time.until, purposes)
      if (today < until) return refuse('retention-not-lapsed', { person, until })
    }
    return [{ type: 'PersonKeyDestructionRequested', data: { person, purposes, order } }]
  },
})

/** The first day on which nothing holds the keys any more: years are counted from the end of the school year of the leaving. */
function keptUntil(left: LocalDate, purposes: readonly Purpose[]): LocalDate {
  const [year, month] = [Number(left.slice(0, 4)), Number(left.slice(5, 7))]
  const endsIn = month < 9 ? year : year + 1
  return LocalDate.parse(`${endsIn + Math.max(...purposes.map((purpose) => YEARS[purpose]))}-09-01`)
}
