import { z } from 'zod'
import { acknowledgementsOf } from '#projections/pupil-diary/queries.ts'
import { answered } from '#projections/rows.ts'
import { holds, members, units } from '#projections/school-directory/queries.ts'
import { share } from '#values/share.ts'
import { SchoolYear } from '#values/school.ts'
import { addDays, instantAt, Instant, LocalDate, mondayOf } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { Through, weeksBetween } from './diary-weeks.ts'
import { closedToAll } from './consents.ts'
import { namesOf, systemsOf } from './names.ts'
import { zoneOf } from './outages.ts'
import { pupilDiaryWeek } from './pupil-diary.ts'
import { REPORTS, ShareReply } from './report-parts.ts'
import { mayReadUnit, ownUnits } from './rights.ts'
import { defineView } from './view.ts'
import { YearMeant, yearMeant } from './year-meant.ts'

/** Weeks of one question: a school year. */
const MOST = 53
/** Those that are shown where no date is named. */
const USUAL = 4

/**
 * How many children have a parent who got acquainted with a week of the diary, by class (R-7A.15; DOMAIN.md C.5). Whoever
 * looked and did not say so is counted beside them, from the register of reads.
 */
export const acknowledgementReport = defineView({
  name: 'acknowledgement-report',
  path: 'reports/acknowledgement',
  summary:
    'Ознакомление родителей с дневником по неделям: доля детей по классам; с class — по каждому ребёнку',
  tag: REPORTS,
  operation: '25a',
  input: z.strictObject({
    year: YearMeant,
    from: LocalDate.optional().describe(`По умолчанию — ${USUAL} недели до until`),
    until: LocalDate.optional().describe('По умолчанию — сегодня'),
    class: Uuid.optional().describe('Один класс, по детям'),
  }),
  reply: z.strictObject({
    year: SchoolYear,
    from: LocalDate,
    until: LocalDate,
    classes: z.array(
      z.strictObject({
        class: Uuid,
        name: z.string(),
        weeks: z.array(
          z.strictObject({
            week: LocalDate,
            acknowledged: ShareReply.describe(
              'Дети, с дневником которых ознакомился хотя бы один родитель; без тех, чей дневник не открыт никому из родителей (R-5.1)',
            ),
            viewed_only: z
              .int()
              .describe(
                'Дети, чей дневник родитель на этой неделе открывал, но ознакомления за неё не подтвердил',
              ),
          }),
        ),
        pupils: z
          .array(
            z.strictObject({
              pupil: Uuid,
              name: z.string(),
              weeks: z.array(
                z.strictObject({
                  week: LocalDate,
                  acknowledged: z.array(
                    z.strictObject({
                      representative: Uuid,
                      name: z.string(),
                      at: Instant,
                      item: Uuid.nullable(),
                      through: Through,
                    }),
                  ),
                  viewed_at: Instant.nullable().describe(
                    'Когда родитель на этой неделе открывал дневник последний раз',
                  ),
                }),
              ),
            }),
          )
          .nullable()
          .describe('Только когда назван класс'),
      }),
    ),
  }),
  async may(asked) {
    const year = await yearMeant(asked)
    const { class: unit } = asked.input
    return unit === undefined || year === undefined ? null : mayReadUnit(asked, unit, year)
  },
  async answer(asked) {
    const { school, parts, input, today } = asked
    const { database } = parts
    const year = await yearMeant(asked)
    if (year === undefined) throw new ProblemError('school-year-unknown', { date: today })
    const until = input.until ?? today
    const from = input.from ?? addDays(mondayOf(until), -7 * (USUAL - 1))
    const weeks = weeksBetween(from, until)
    if (weeks.length === 0 || weeks.length > MOST) {
      throw new ProblemError('malformed-request', {
        fields: [{ field: '/until', problem: `от from и не больше ${MOST} недель` }],
      })
    }
    const own = await ownUnits(asked, year)
    const classes = (await units(database, school, year)).filter(
      ({ kind, unit }) =>
        kind === 'class' &&
        (own === null || own.classes.has(unit)) &&
        (input.class === undefined || input.class === unit),
    )
    if (input.class !== undefined && classes.length === 0)
      throw new ProblemError('class-unknown', { unit: input.class })
    const ofClass = await Promise.all(classes.map(async ({ unit }) => members(database, school, unit)))
    const closed = await closedToAll(
      asked,
      year,
      classes.map(({ unit }) => unit),
    )
    const pupils = [...new Set(ofClass.flat().map(({ pupil }) => pupil))]
    const said = Map.groupBy(
      await answered(database, acknowledgementsOf(school, pupils, weeks[0]!, weeks.at(-1)!)),
      ({ pupil, week }) => `${pupil} ${week}`,
    )
    // Those of this process; another one writes what it has within a moment.
    await parts.reads.flush()
    const zone = await zoneOf(asked, year)
    const looks = await parts.reads.findOfFamilies(
      school,
      pupilDiaryWeek.name,
      weeks.map((week) => ({
        week,
        since: instantAt(week, '00:00', zone),
        before: instantAt(addDays(week, 7), '00:00', zone),
      })),
    )
    const viewed = new Map(looks.map(({ pupil, week, at }) => [`${pupil} ${week}`, at]))
    const name = await namesOf(
      asked,
      input.class === undefined
        ? []
        : [...pupils, ...[...said.values()].flat().map((one) => one.representative)],
    )
    const system = await systemsOf(
      asked,
      input.class === undefined ? [] : [...said.values()].flat().map(({ through }) => through),
    )
    return {
      body: {
        year,
        from: weeks[0]!,
        until: addDays(weeks.at(-1)!, 6),
        classes: classes.map((of, i) => {
          // Whoever is in the class on the last day of the week; in a week that goes on, today.
          const inWeek = (week: LocalDate) => {
            const sunday = addDays(week, 6)
            const on = week <= today && today < sunday ? today : sunday
            return ofClass[i]!.filter(({ spans }) => holds(spans, on)).map(({ pupil }) => pupil)
          }
          const each = weeks.map((week) => ({ week, here: inWeek(week) }))
          const shown = each.map(({ week, here: all }) => {
            const isDone = (pupil: Uuid) => said.has(`${pupil} ${week}`)
            const here = all.filter((pupil) => !closed.has(pupil) || isDone(pupil))
            const done = here.filter(isDone)
            const only = here.filter((pupil) => viewed.has(`${pupil} ${week}`) && !isDone(pupil))
            return { week, acknowledged: share(done.length, here.length), viewed_only: only.length }
          })
          const named = () =>
            ofClass[i]!.map(({ pupil }) => ({
              pupil,
              name: name(pupil),
              weeks: each
                .filter(({ here }) => here.includes(pupil))
                .map(({ week }) => ({
                  week,
                  acknowledged: (said.get(`${pupil} ${week}`) ?? []).map(
                    ({ representative, at, item, through }) => ({
                      representative,
                      name: name(representative),
                      at,
                      item,
                      through: system(through),
                    }),
                  ),
                  viewed_at: viewed.get(`${pupil} ${week}`) ?? null,
                })),
            }))
              .filter((one) => one.weeks.length > 0)
              .toSorted((a, b) => a.name.localeCompare(b.name, 'ru'))
          return {
            class: of.unit,
            name: of.name,
            weeks: shown,
            pupils: input.class === undefined ? null : named(),
          }
        }),
      },
    }
  },
})
