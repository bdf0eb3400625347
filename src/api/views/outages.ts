import { z } from 'zod'
import { referenceStream, REFERENCES, WHOLE_SCHOOL } from '#commands/references.ts'
import { type RegisteredOutage, schoolFold, standingOutages } from '#commands/school/state.ts'
import { streamName } from '#events/stream-name.ts'
import { endOfDay, Instant, instantAt, LocalDate, type TimeZone } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { authorsOf } from './names.ts'
import { reportDays } from './report-parts.ts'
import { type Asked, defineView } from './view.ts'

/** The longest span of one question: a school year. */
const DAYS = 366

const author = { by: z.string().nullable().describe('Кто записал'), at: Instant }

/** The outages that the school registered, and beside them those that the service measured (R-A2.7). */
export const outageList = defineView({
  name: 'outage-list',
  path: 'outages',
  summary: 'Перерывы в работе журнала: зарегистрированные школой и измеренные самой службой',
  tag: 'Школа',
  operation: '46',
  input: z.strictObject({
    from: LocalDate.optional().describe('По умолчанию — сегодня'),
    until: LocalDate.optional().describe(`По умолчанию — сегодня; не больше ${DAYS} дней`),
  }),
  reply: z.strictObject({
    from: LocalDate,
    until: LocalDate,
    outages: z.array(
      z.strictObject({
        outage: Uuid,
        from: Instant,
        until: Instant,
        text: z.string(),
        order: z.strictObject({ number: z.string(), date: LocalDate }).nullable(),
        measured: z.boolean().describe('Школа ссылается на измерение службы'),
        confirmed: z
          .boolean()
          .nullable()
          .describe('Служба измерила перерыв в это время; null — измерений у неё нет'),
        enter_by: LocalDate.nullable(),
        ...author,
        withdrawn: z.strictObject({ text: z.string(), ...author }).nullable(),
      }),
    ),
    measured: z
      .array(
        z.strictObject({
          began: Instant,
          ended: Instant,
          kind: z.enum(['planned', 'emergency']),
          reason: z.string().nullable(),
          registered: z.boolean().describe('Есть зарегистрированный перерыв, в который он входит'),
        }),
      )
      .nullable()
      .describe('null — служба не ведёт измерений'),
  }),
  async answer(asked) {
    const { parts } = asked
    const { from, until } = reportDays(asked, DAYS)
    const begins = instantAt(from, '00:00', parts.zone)
    const ends = endOfDay(until, parts.zone)
    const { outages } = await schoolState(asked)
    const found = [...outages.values()]
      .filter((one) => one.from <= ends && begins < one.until)
      .toSorted((a, b) => (a.from < b.from ? -1 : 1))
    const measured = (await parts.measuredOutages?.(begins, ends)) ?? null
    const name = await authorsOf(
      asked,
      found.flatMap(({ by, withdrawn }) => [by, ...(withdrawn === null ? [] : [withdrawn.by])]),
    )
    const standing = found.filter(({ withdrawn }) => withdrawn === null)
    return {
      body: {
        from,
        until,
        outages: found.map(({ enterBy, by, withdrawn, ...one }) => ({
          ...one,
          enter_by: enterBy,
          by: name(by),
          withdrawn: withdrawn === null ? null : { ...withdrawn, by: name(withdrawn.by) },
          confirmed: measured?.some(({ began, ended }) => began < one.until && one.from < ended) ?? null,
        })),
        measured:
          measured?.map((one) => ({
            ...one,
            registered: standing.some((known) => known.from <= one.began && one.ended <= known.until),
          })) ?? null,
      },
    }
  },
})

async function schoolState({ school, parts }: Asked<unknown>) {
  const stream = streamName(school, 'school', WHOLE_SCHOOL)
  return (await parts.execution.streams.load(schoolFold, stream)).state
}

/** The outages that excuse what is late. They are looked up in the log, as rights are: one that is registered holds at once. */
export async function outagesOf(asked: Asked<unknown>): Promise<readonly RegisteredOutage[]> {
  return standingOutages(await schoolState(asked))
}

/** The zone by which a school year counts its days. */
export async function zoneOf({ school, parts }: Asked<unknown>, year: number): Promise<TimeZone> {
  const stream = referenceStream(school, 'schoolYear', year)
  const { state } = await parts.execution.streams.load(REFERENCES.schoolYear.fold, stream)
  return state.year?.zone ?? parts.zone
}
