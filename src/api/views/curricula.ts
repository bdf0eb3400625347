import { z } from 'zod'
import {
  groupWeeks,
  holds,
  type JournalEntry,
  journals,
  members,
  subjects,
  unit,
  units,
  weeks,
} from '#projections/school-directory/queries.ts'
import { curricula, type Curriculum } from '#projections/school-plan/queries.ts'
import { Component, CurriculumFor, governing } from '#values/curriculum.ts'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { mayAskForClass, mayReadDiary } from './rights.ts'
import { type Asked, defineView } from './view.ts'

const tag = 'Учебный план'

const hours = z.number().describe('Часов в неделю')
const Sums = z.strictObject({ federal: hours, school: hours, total: hours })
const Between = z
  .strictObject({ least: hours, most: hours })
  .describe('По расписанию у обучающихся этого плана: меньше всего и больше всего')

const CurriculumReply = z
  .strictObject({
    curriculum: Uuid,
    name: z.string(),
    for: CurriculumFor,
    effective_from: LocalDate,
    until: LocalDate.nullable(),
    lines: z.array(z.strictObject({ subject: Uuid, name: z.string(), component: Component, hours })),
    hours: Sums,
  })
  .meta({ id: 'Curriculum' })

/** The curricula in force on a date, with the sums of their hours (R-7A.6p); to a teacher those of the own subjects. */
export const curriculumList = defineView({
  name: 'curriculum-list',
  path: 'years/:year/curricula',
  summary: 'Учебные планы, действующие на дату, с суммами часов; учителю — с его предметами',
  tag,
  operation: '18',
  input: z.strictObject({ year: SchoolYear, on: LocalDate.optional() }),
  reply: z.strictObject({ on: LocalDate, curricula: z.array(CurriculumReply) }),
  async answer(asked) {
    const { school, parts, input, today } = asked
    const on = input.on ?? today
    const found = await open(asked, await curricula(parts.database, school, input.year, on))
    const name = await namesOfSubjects(asked)
    return {
      body: {
        on,
        curricula: found.map(({ curriculum, name: title, for: of, effectiveFrom, until, lines }) => ({
          curriculum,
          name: title,
          for: of,
          effective_from: effectiveFrom,
          until,
          lines: lines.map(({ subject, component, weekly }) => ({
            subject,
            name: name(subject),
            component,
            hours: weekly / 100,
          })),
          hours: sumsOf(lines),
        })),
      },
    }
  },
})

/** What a class learns by its curricula and what its timetable gives: hour by hour, for each plan of its pupils. */
export const classCurriculum = defineView({
  name: 'class-curriculum',
  path: 'units/:unit/curriculum',
  summary: 'По каким планам учится класс на дату: часы по предметам, их сумма и сверка с расписанием',
  tag,
  operation: '18',
  input: z.strictObject({ unit: Uuid, on: LocalDate.optional() }),
  reply: z.strictObject({
    class: Uuid,
    name: z.string(),
    on: LocalDate,
    plans: z.array(
      z.strictObject({
        curricula: z
          .array(z.strictObject({ curriculum: Uuid, name: z.string() }))
          .describe('Пусто — на эту дату плана нет'),
        pupils: z.int().describe('Сколько обучающихся класса учатся по этим планам'),
        lines: z.array(
          z.strictObject({
            subject: Uuid,
            name: z.string(),
            planned: Sums,
            scheduled: Between,
            agrees: z.boolean(),
          }),
        ),
        planned: Sums,
        scheduled: Between,
      }),
    ),
  }),
  async may(asked) {
    const { unit: id, year } = await classOf(asked)
    return mayAskForClass(asked, id, year)
  },
  async answer(asked) {
    const { unit: id, name, year, grade } = await classOf(asked)
    const on = asked.input.on ?? asked.today
    const { school, parts } = asked
    const versions = await curricula(parts.database, school, year, on)
    const subject = await namesOfSubjects(asked)
    const { learners, slots } = await learningOf(asked, id, grade, year, on)
    const byPlan = Map.groupBy(learners, (learning) => JSON.stringify(idsOf(governing(versions, learning))))
    const plans = [...byPlan.values()].map((together) => {
      const own = governing(versions, together[0]!)
      const given = together.map(({ class: of, groups }) => hoursOf(slots, new Set([of, ...groups])))
      const lines = own.flatMap((version) => version.lines)
      const all = new Set([...lines.map((line) => line.subject), ...given.flatMap((of) => [...of.keys()])])
      const compared = [...all].map((one) => {
        const planned = sumsOf(lines.filter((line) => line.subject === one))
        const scheduled = between(given.map((of) => of.get(one) ?? 0))
        const agrees = scheduled.least === planned.total && scheduled.most === planned.total
        return { subject: one, name: subject(one), planned, scheduled, agrees }
      })
      return {
        curricula: own.map((version) => ({ curriculum: version.curriculum, name: version.name })),
        pupils: together.filter(({ pupil }) => pupil !== null).length,
        lines: compared.toSorted((a, b) => a.name.localeCompare(b.name, 'ru')),
        planned: sumsOf(lines),
        scheduled: between(given.map((of) => [...of.values()].reduce((sum, each) => sum + each, 0))),
      }
    })
    return { body: { class: id, name, on, plans: plans.toSorted((a, b) => b.pupils - a.pupils) } }
  },
})

/** An individual plan is shown to those teachers only who teach its pupil. */
async function open(asked: Asked<{ year: number }>, all: readonly Curriculum[]): Promise<Curriculum[]> {
  const { actor, school, parts, input, today } = asked
  if (actor.role !== 'teacher') return [...all]
  const taught = new Set(
    (await journals(parts.database, school, input.year))
      .filter(({ teachers }) =>
        holds(
          teachers.filter(({ staff }) => staff === actor.person),
          today,
        ),
      )
      .map(({ subject }) => subject),
  )
  const shown: Curriculum[] = []
  for (const one of all) {
    if (!one.lines.some(({ subject }) => taught.has(subject))) continue
    if (one.for.kind === 'pupil' && (await mayReadDiary(asked, one.for.pupil)) !== null) continue
    shown.push(one)
  }
  return shown
}

async function classOf({ school, parts, input }: Asked<{ unit: Uuid }>) {
  const found = await unit(parts.database, school, input.unit)
  if (found?.kind !== 'class') throw new ProblemError('class-unknown', { class: input.unit })
  return found
}

interface Slot {
  readonly weekday: number
  readonly number: number
  readonly journal: JournalEntry
}

/** Who learns in a class on a date, in which groups, and its lessons of the week; without pupils the class by itself. */
async function learningOf(
  { school, parts }: Asked<unknown>,
  id: Uuid,
  grade: number | null,
  year: number,
  on: LocalDate,
) {
  const { database } = parts
  const then = async (of: Uuid) =>
    (await members(database, school, of)).filter(({ spans }) => holds(spans, on)).map(({ pupil }) => pupil)
  const groups = (await units(database, school, year)).filter(({ classes }) => classes.includes(id))
  const inGroup = new Map<Uuid, ReadonlySet<Uuid>>()
  for (const group of groups) inGroup.set(group.unit, new Set(await then(group.unit)))
  const pupils: Array<Uuid | null> = await then(id)
  if (pupils.length === 0) pupils.push(null)
  const learners = pupils.map((pupil) => ({
    pupil,
    class: id,
    grade,
    groups: groups.map((group) => group.unit).filter((of) => pupil !== null && inGroup.get(of)!.has(pupil)),
  }))
  const known = new Map((await journals(database, school, year)).map((journal) => [journal.journal, journal]))
  const week = (await weeks(database, school, year)).findLast(
    (one) => one.class === id && one.effective_from <= on,
  )
  const apart = Map.groupBy(
    (await groupWeeks(database, school, year)).filter(
      (one) => one.classes.includes(id) && one.effective_from <= on,
    ),
    ({ group }) => group,
  )
  const ofGroups = [...apart.values()].flatMap((all) => all.at(-1)!.slots)
  const slots = [...(week?.slots ?? []), ...ofGroups].flatMap(({ weekday, number, journal }): Slot[] => {
    const of = known.get(journal)
    return of?.type === 'lesson' ? [{ weekday, number, journal: of }] : []
  })
  return { learners, slots }
}

/** The hours of a week by subject for somebody in these classes and groups. */
function hoursOf(slots: readonly Slot[], learnsIn: ReadonlySet<Uuid>): Map<Uuid, number> {
  const found = new Map<Uuid, number>()
  for (const { journal } of slots) {
    if (learnsIn.has(journal.unit)) found.set(journal.subject, (found.get(journal.subject) ?? 0) + 1)
  }
  return found
}

function between(numbers: readonly number[]): z.output<typeof Between> {
  return { least: Math.min(...numbers), most: Math.max(...numbers) }
}

/** Added up in hundredths: of those there is no fraction that a sum could lose. */
function sumsOf(lines: Curriculum['lines']): z.output<typeof Sums> {
  const of = (component: string) =>
    lines.filter((line) => line.component === component).reduce((sum, { weekly }) => sum + weekly, 0)
  const [federal, school] = [of('federal'), of('school')]
  return { federal: federal / 100, school: school / 100, total: (federal + school) / 100 }
}

const idsOf = (versions: readonly Curriculum[]): Uuid[] => versions.map(({ curriculum }) => curriculum)

async function namesOfSubjects({ school, parts }: Asked<unknown>): Promise<(subject: Uuid) => string> {
  const known = new Map((await subjects(parts.database, school)).map((one) => [one.subject, one.name]))
  return (subject) => known.get(subject) ?? subject
}
