import { z } from 'zod'
import { answered } from '#projections/rows.ts'
import type { TestRow } from '#projections/school-plan/projection.ts'
import { tests } from '#projections/school-plan/queries.ts'
import { journals, policyOn, subjects, units } from '#projections/school-directory/queries.ts'
import { SchoolYear } from '#values/school.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { calendarOf } from './directory.ts'
import { learnerOn, pupilTest, reportingPeriod, testQuestion, testsOfPupil } from './pupil-plan.ts'
import { erased } from './replies.ts'
import { mayReadDiary, mustKnowPupil, ownUnits } from './rights.ts'
import { type Asked, defineView } from './view.ts'

const tag = 'График контрольных работ'

const PlannedTestReply = z
  .strictObject({
    ...pupilTest,
    classes: z.array(z.strictObject({ class: Uuid, name: z.string() })),
    internal_control: z.boolean().describe('Работа внутришкольного контроля (ВШК)'),
    moves: z.array(z.strictObject({ from: LocalDate, at: Instant, note: z.string().nullable(), ...erased })),
  })
  .meta({ id: 'PlannedTest' })

/** The consolidated schedule, with the days that are too full; teachers see that of the classes which they teach. */
export const testSchedule = defineView({
  name: 'test-schedule',
  path: 'years/:year/tests',
  summary: 'Сводный график контрольных работ и дни, когда их в классе больше принятого в школе',
  tag,
  operation: '17c',
  input: z.strictObject({
    year: SchoolYear,
    class: Uuid.optional(),
    since: LocalDate.optional().describe('По умолчанию — с начала учебного года'),
    until: LocalDate.optional().describe('По умолчанию — до его конца'),
  }),
  reply: z.strictObject({
    since: LocalDate,
    until: LocalDate,
    tests: z.array(PlannedTestReply),
    overloads: z.array(
      z.strictObject({ date: LocalDate, class: Uuid, name: z.string(), tests: z.int(), limit: z.int() }),
    ),
  }),
  async answer(asked) {
    const { school, parts, input } = asked
    const { year } = await calendarOf(asked, input.year)
    const { since = year.from, until = year.until } = input
    const found = await tests(parts.database, school, input.year, since, until)
    const isOpen = await openClasses(asked, new Set(found.flatMap(({ classes }) => classes)))
    const shown = found.filter(({ classes }) => classes.some(isOpen))
    const named = await namesOf(asked, input.year)
    return {
      body: {
        since,
        until,
        tests: shown.map((one) => ({
          ...named.test(one),
          classes: one.classes.map((id) => ({ class: id, name: named.unit(id) })),
          internal_control: one.internal_control,
          moves: one.moves,
        })),
        overloads: await overloads(asked, shown, isOpen, named.unit),
      },
    }
  },
})

/** The tests that a pupil is going to write, for the family: those of the reporting period, unless days are named. */
export const pupilTests = defineView({
  name: 'pupil-tests',
  path: 'pupils/:pupil/tests',
  summary: 'Контрольные работы обучающегося: за отчётный период или названные дни',
  tag,
  operation: '10',
  exchange: 'diary',
  input: z.strictObject({
    pupil: Uuid,
    since: LocalDate.optional().describe(
      'По умолчанию — начало учебного периода, в который попадает сегодня',
    ),
    until: LocalDate.optional().describe('По умолчанию — его конец'),
  }),
  reply: z.strictObject({
    pupil: Uuid,
    since: LocalDate,
    until: LocalDate,
    tests: z.array(z.strictObject(pupilTest)),
  }),
  may: (asked) => mayReadDiary(asked, asked.input.pupil),
  async answer(asked) {
    const { school, parts, input, today } = asked
    const { pupil } = input
    await mustKnowPupil(asked, pupil)
    const now = await learnerOn(asked, pupil, { from: today, until: today })
    const period = now === undefined ? undefined : reportingPeriod(now)
    const { since = period?.from ?? today, until = period?.until ?? since } = input
    const learner = await learnerOn(asked, pupil, { from: since, until: since })
    const tests =
      learner === undefined
        ? []
        : testsOfPupil(
            learner,
            await answered(parts.database, testQuestion(school, learner, { from: since, until })),
          )
    return { body: { pupil, since, until, tests } }
  },
})

async function openClasses(
  asked: Asked<{ year: number; class?: Uuid | undefined }>,
  classes: ReadonlySet<Uuid>,
): Promise<(of: Uuid) => boolean> {
  const { input } = asked
  const own = await ownUnits(asked, input.year)
  const wanted = [...classes].filter((id) => input.class === undefined || input.class === id)
  const open = new Set(wanted.filter((id) => own === null || own.classes.has(id)))
  return (of) => open.has(of)
}

/** Counted are the subjects of a class on a day: two groups with one test are one for each pupil. */
async function overloads(
  { school, parts }: Asked<unknown>,
  shown: readonly TestRow[],
  isOpen: (of: Uuid) => boolean,
  name: (unit: Uuid) => string,
) {
  const found: Array<{ date: LocalDate; class: Uuid; name: string; tests: number; limit: number }> = []
  for (const [date, ofDay] of Map.groupBy(shown, (one) => one.date)) {
    const policy = await policyOn(parts.database, school, date)
    const limit = policy?.policy.testsPerDay ?? 1
    for (const id of new Set(ofDay.flatMap(({ classes }) => classes)).values()) {
      const written = new Set(
        ofDay.filter(({ classes }) => classes.includes(id)).map(({ subject }) => subject),
      )
      if (isOpen(id) && written.size > limit) {
        found.push({ date, class: id, name: name(id), tests: written.size, limit })
      }
    }
  }
  return found
}

async function namesOf({ school, parts }: Asked<unknown>, year: number) {
  const { database } = parts
  const journal = new Map((await journals(database, school, year)).map((one) => [one.journal, one.name]))
  const subject = new Map((await subjects(database, school)).map((one) => [one.subject, one.name]))
  const unit = new Map((await units(database, school, year)).map((one) => [one.unit, one.name]))
  return {
    unit: (id: Uuid) => unit.get(id) ?? id,
    test: ({ test: id, date, journal: of, subject: about, form, topic }: TestRow) => ({
      test: id,
      date,
      journal: of,
      name: journal.get(of) ?? of,
      subject_name: subject.get(about) ?? about,
      form,
      topic,
    }),
  }
}
