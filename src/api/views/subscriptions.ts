import { z } from 'zod'
import { familyFold, represents } from '#commands/family/state.ts'
import { streamName } from '#events/stream-name.ts'
import { noticesOf, subscriptionsOf } from '#projections/messages/queries.ts'
import { holds, members, unit as unitById } from '#projections/school-directory/queries.ts'
import { Channel, DeliveryOutcome, SubscriptionChannel } from '#values/contact.ts'
import { addDays, Instant, LocalDate, mondayOf } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { namesOf } from './names.ts'
import { mayReadDiary, mayReadUnit, mustKnowPupil, yearOfUnit } from './rights.ts'
import { defineView } from './view.ts'

/** So many notices are shown with the subscriptions. */
const NOTICES = 20

/** By what the representatives of a pupil get the diary: a parent sees the own subscriptions. */
export const diarySubscriptions = defineView({
  name: 'diary-subscriptions',
  path: 'family/:pupil/subscriptions',
  summary: 'Подписки законных представителей на дневник ребёнка: SMS, почта, бумага; родителю — свои',
  tag: 'Семья',
  operation: '26',
  input: z.strictObject({ pupil: Uuid }),
  reply: z.strictObject({
    pupil: Uuid,
    name: z.string(),
    subscriptions: z.array(
      z
        .strictObject({
          representative: Uuid,
          representative_name: z.string(),
          channel: SubscriptionChannel,
          on: z.boolean(),
          source: z.enum(['written', 'electronic']),
          date: LocalDate,
          begun_at: Instant,
          ended_at: Instant.nullable(),
        })
        .meta({ id: 'DiarySubscription' }),
    ),
    notices: z
      .array(
        z.strictObject({
          representative: Uuid,
          representative_name: z.string(),
          channel: Channel,
          since: Instant,
          until: Instant,
          issued_at: Instant,
          open: z.boolean().describe('Доставка ещё не закончена'),
          deliveries: z.array(
            z.strictObject({
              outcome: DeliveryOutcome,
              code: z.int().nullable(),
              attempts: z.int(),
              at: Instant,
            }),
          ),
        }),
      )
      .describe(`Последние отправления и чем кончилась доставка, не больше ${NOTICES}`),
  }),
  may: (asked) => mayReadDiary(asked, asked.input.pupil),
  async answer(asked) {
    const { school, parts, input, actor, today } = asked
    await mustKnowPupil(asked, input.pupil)
    const family = await parts.execution.streams.load(familyFold, streamName(school, 'family', input.pupil))
    const seen = (await subscriptionsOf(parts.database, school, [input.pupil])).filter(
      ({ representative }) =>
        represents(family.state, representative, today) &&
        (actor.role !== 'parent' || representative === actor.person),
    )
    const who = [...new Set(seen.map(({ representative }) => representative))]
    const notices = await noticesOf(parts.database, school, input.pupil, who, NOTICES)
    const name = await namesOf(asked, [input.pupil, ...who])
    return {
      body: {
        pupil: input.pupil,
        name: name(input.pupil),
        subscriptions: seen.map(({ pupil: _pupil, ...one }) => ({
          ...one,
          representative_name: name(one.representative),
          on: one.ended_at === null,
        })),
        notices: notices.map(({ representative, channel, since, until, sent_at, open, deliveries }) => ({
          representative,
          representative_name: name(representative),
          channel,
          since,
          until,
          issued_at: sent_at,
          open,
          deliveries: deliveries.map(({ outcome, code, attempts, at }) => ({ outcome, code, attempts, at })),
        })),
      },
    }
  },
})

/** For whom the class teacher prints the week: the children of whom a parent gets the diary on paper. */
export const paperDiaries = defineView({
  name: 'paper-diaries',
  path: 'units/:unit/paper-diaries',
  summary: 'Кому в классе печатать дневник за неделю: чьи родители получают его на бумаге',
  tag: 'Печать',
  operation: '27',
  input: z.strictObject({
    unit: Uuid,
    week: LocalDate.optional().describe('Любой день недели; по умолчанию — эта неделя'),
  }),
  reply: z.strictObject({
    unit: Uuid,
    name: z.string(),
    from: LocalDate.describe('Понедельник'),
    until: LocalDate.describe('Воскресенье'),
    pupils: z.array(
      z.strictObject({
        pupil: Uuid,
        name: z.string(),
        representatives: z.array(z.strictObject({ representative: Uuid, name: z.string() })),
        print: z.string().describe('Адрес печати: PDF с понедельника по воскресенье'),
      }),
    ),
  }),
  async may(asked) {
    const { unit } = asked.input
    const year = await yearOfUnit(asked, unit)
    return year === undefined ? null : mayReadUnit(asked, unit, year)
  },
  async answer(asked) {
    const { school, parts, input, today } = asked
    const found = await unitById(parts.database, school, input.unit)
    if (found?.kind !== 'class') throw new ProblemError('class-unknown', { unit: input.unit })
    const from = mondayOf(input.week ?? today)
    const until = addDays(from, 6)
    // Those of today: whose diary this person may print.
    const here = (await members(parts.database, school, input.unit))
      .filter(({ spans }) => holds(spans, today))
      .map(({ pupil }) => pupil)
    const wanted = (await subscriptionsOf(parts.database, school, here)).filter(
      ({ channel, ended_at: ended }) => channel === 'paper' && ended === null,
    )
    const standing = await Promise.all(
      wanted.map(async (one) => {
        const family = await parts.execution.streams.load(familyFold, streamName(school, 'family', one.pupil))
        return represents(family.state, one.representative, today) ? [one] : []
      }),
    )
    const byPupil = Map.groupBy(standing.flat(), ({ pupil }) => pupil)
    const name = await namesOf(
      asked,
      standing.flat().flatMap((one) => [one.pupil, one.representative]),
    )
    return {
      body: {
        unit: found.unit,
        name: found.name,
        from,
        until,
        pupils: [...byPupil]
          .map(([pupil, some]) => ({
            pupil,
            name: name(pupil),
            representatives: some.map(({ representative }) => ({
              representative,
              name: name(representative),
            })),
            print: `/v1/schools/${school}/pupils/${pupil}/diary/print?from=${from}&until=${until}`,
          }))
          .toSorted((a, b) => a.name.localeCompare(b.name, 'ru')),
      },
    }
  },
})
