import { z } from 'zod'
import { journals as journalsOf } from '#projections/school-directory/queries.ts'
import { PeriodId } from '#values/school.ts'
import { Instant, LocalDate, secondsLate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import {
  type Duty,
  DUTIES,
  type DutyGround,
  dutyGround,
  type DutyState,
  STATES,
  stateOf,
} from './duties/duty.ts'
import { dutiesOfAssessments } from './duties/of-assessments.ts'
import { dutiesOfFindings } from './duties/of-findings.ts'
import { dutiesOfFinals } from './duties/of-finals.ts'
import { dutiesOfLessons } from './duties/of-lessons.ts'
import { dutiesOfNotices } from './duties/of-notices.ts'
import { dutiesOfPrintSet } from './duties/of-print-set.ts'
import { dutiesOfSections } from './duties/of-sections.ts'
import { dutiesOfTickets } from './duties/of-tickets.ts'
import { dutiesOfWorks } from './duties/of-works.ts'
import { namesOf } from './names.ts'
import { REPORTS } from './report-parts.ts'
import { mayAskForClass, ownJournals, ownUnits, pupilsSeenOn, seesWholeSchool } from './rights.ts'
import { type Asked, defineView } from './view.ts'
import { YearMeant, yearMeant } from './year-meant.ts'

const MOST = 500
const Cursor = z
  .string()
  .regex(/^[0-9a-zA-Z:.|-]{20,160}$/)
  .optional()
  .describe('Из поля next предыдущего ответа')

const counts = { overdue: z.int(), due: z.int(), excused: z.int(), waiting: z.int() }

const input = z.strictObject({
  year: YearMeant,
  from: LocalDate.optional().describe('День, к которому относится запись; по умолчанию — с начала года'),
  until: LocalDate.optional().describe('По умолчанию — сегодня'),
  duty: z.enum(DUTIES).optional(),
  state: z.enum(STATES).optional().describe('По умолчанию — все'),
  teacher: Uuid.optional().describe('Учитель видит только своё'),
  journal: Uuid.optional(),
  class: Uuid.optional(),
  limit: z.coerce.number<string>().int().min(1).max(MOST).default(100),
  after: Cursor,
})
type Input = z.output<typeof input>

/** What is due and overdue, for whoever has to do it and for whoever controls that it is done (R-D10). */
export const overdueList = defineView({
  name: 'overdue-list',
  path: 'overdue',
  summary:
    'Что нужно внести и что просрочено: уроки, посещаемость, домашние задания, отметки, результаты экзаменов, итоговые, разделы готовности, печатный комплект, замечания проверок, извещения о нарушении, обращения в поддержку; учителю и администратору — своё',
  tag: REPORTS,
  operation: '29a',
  input,
  reply: z.strictObject({
    at: Instant.describe('На какое мгновение'),
    from: LocalDate,
    until: LocalDate,
    counts: z
      .strictObject({ ...counts, by_duty: z.array(z.strictObject({ duty: z.enum(DUTIES), ...counts })) })
      .describe('По всему перечню с этими отборами, кроме state'),
    items: z.array(
      z.strictObject({
        duty: z.enum(DUTIES),
        state: z
          .enum(STATES)
          .describe(
            'excused — просрочено из-за зарегистрированного перерыва; waiting — срока нет: результатов экзамена ещё ждут, или страницу можно закрыть',
          ),
        due_at: Instant.nullable().describe('null — срок начнётся с получения результатов'),
        overdue_by: z.int().describe('Секунд после срока'),
        date: LocalDate,
        journal: Uuid.nullable(),
        journal_name: z.string().nullable(),
        lesson: Uuid.nullable(),
        number: z.int().nullable(),
        period: PeriodId.nullable(),
        kind: z
          .string()
          .nullable()
          .describe(
            'Вид работы, отметок за которую нет; в извещении — кто не подтвердил: head, support; вид обращения',
          ),
        assessment: z.strictObject({ id: Uuid, name: z.string() }).nullable().describe('Испытание вне урока'),
        pupils: z.array(Uuid).describe('У кого нет итоговой или не записан полученный результат'),
        section: z.string().nullable().describe('Раздел готовности к году'),
        incident: Uuid.nullable().describe('Нарушение доступа, о котором не подтверждено извещение'),
        ticket: Uuid.nullable().describe('Обращение в поддержку, на которое не ответили'),
        finding: Uuid.nullable().describe('Замечание проверки журнала или дневников, которое не исправлено'),
        responsible: z
          .array(z.strictObject({ staff: Uuid, name: z.string() }))
          .describe('Пусто — администрация школы'),
      }),
    ),
    next: z.string().nullable(),
  }),
  async may(asked) {
    const year = await yearMeant(asked)
    return asked.input.class === undefined || year === undefined
      ? null
      : mayAskForClass(asked, asked.input.class, year)
  },
  async answer(asked) {
    const { input } = asked
    const year = await yearMeant(asked)
    if (year === undefined) throw new ProblemError('school-year-unknown', { date: asked.today })
    const ground = await groundOf(asked, year)
    const bounds = ground.references.schoolYear.year
    if (bounds === null) throw new ProblemError('school-year-unknown', { year })
    const from = input.from ?? bounds.from
    const until = input.until ?? (ground.today < bounds.until ? ground.today : bounds.until)
    const found = (await dutiesOf(asked, ground, from, until))
      .map((duty) => ({ ...duty, state: stateOf(ground, duty) }))
      .toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
    const wanted = found.filter(
      (one) =>
        (input.state === undefined || one.state === input.state) &&
        (input.after === undefined || placeOf(one) > input.after),
    )
    const shown = wanted.slice(0, input.limit)
    const last = wanted.length > shown.length ? shown.at(-1) : undefined
    return {
      body: {
        at: ground.now,
        from,
        until,
        counts: {
          ...countsOf(found),
          by_duty: DUTIES.map((duty) => ({ duty, ...countsOf(found.filter((one) => one.duty === duty)) })),
        },
        items: await itemsOf(asked, ground, shown),
        next: last === undefined ? null : placeOf(last),
      },
    }
  },
})

type StandingDuty = Duty & { readonly state: DutyState }

/** The ground of the question, with the journals of which this person may hear. */
async function groundOf(asked: Asked<Input>, year: number): Promise<DutyGround> {
  const { actor, input } = asked
  // A teacher has lessons in the place of others, in whatever journal: his are told apart by who has to enter them.
  const own = actor.role === 'teacher' ? null : await ownJournals(asked, year)
  if (input.journal === undefined) return dutyGround(asked, year, own)
  return dutyGround(asked, year, new Set(own?.has(input.journal) === false ? [] : [input.journal]))
}

async function dutiesOf(
  asked: Asked<Input>,
  ground: DutyGround,
  from: LocalDate,
  until: LocalDate,
): Promise<Duty[]> {
  const { input, actor } = asked
  // Records of lessons are none of an administrator's matters.
  if (actor.role === 'system-administrator')
    return (await dutiesOfTickets(asked, ground)).filter(isAskedFor(input))
  const wants = (...duties: readonly Duty['duty'][]) =>
    input.duty === undefined || duties.includes(input.duty)
  const own = actor.role === 'teacher' ? undefined : (await ownUnits(asked, ground.year))?.classes
  const classes = input.class === undefined ? own : new Set([input.class])
  const ofSchool = seesWholeSchool(actor) && input.class === undefined && input.journal === undefined
  const found = [
    ...(wants('lesson', 'attendance', 'homework')
      ? await dutiesOfLessons(asked, ground, from, until, classes)
      : []),
    ...(wants('marks') ? await dutiesOfWorks(asked, ground, from, until) : []),
    ...(wants('marks', 'results') ? await dutiesOfAssessments(asked, ground) : []),
    ...(wants('notice') && ofSchool ? await dutiesOfNotices(asked, ground) : []),
    ...(wants('ticket') && ofSchool ? await dutiesOfTickets(asked, ground) : []),
    ...(wants('finals', 'closing') ? await dutiesOfFinals(asked, ground) : []),
    ...(wants('finding')
      ? await dutiesOfFindings(asked, ground, input.journal === undefined ? classes : new Set())
      : []),
    ...(wants('print-set') && ofSchool ? await dutiesOfPrintSet(asked, ground) : []),
    // In August the sections of the year to come are due already.
    ...(wants('section') && ofSchool
      ? [...(await dutiesOfSections(asked, ground.year)), ...(await dutiesOfSections(asked, ground.year + 1))]
      : []),
  ]
  const teacher = actor.role === 'teacher' ? actor.person : undefined
  return (await Promise.all(found.map((duty) => seenOf(asked, ground, duty)))).filter(
    (duty) =>
      isAskedFor(input)(duty) &&
      (teacher === undefined || duty.responsible.includes(teacher)) &&
      (input.class === undefined || duty.journal === null || ofClass(ground, duty.journal, input.class)),
  )
}

/** Named bounds hold for everything; the usual ones are those of lessons, and finals come due on days to come. */
function isAskedFor(input: Input): (duty: Duty) => boolean {
  return ({ duty, date, responsible }) =>
    (input.duty === undefined || input.duty === duty) &&
    (input.from === undefined || input.from <= date) &&
    (input.until === undefined || date <= input.until) &&
    (input.teacher === undefined || responsible.includes(input.teacher))
}

/** A class teacher hears of the finals of the own pupils alone, also in a group that several classes share. */
async function seenOf(asked: Asked<unknown>, { year }: DutyGround, duty: Duty): Promise<Duty> {
  if (asked.actor.role !== 'class-teacher' || duty.journal === null || duty.pupils.length === 0) return duty
  const seen = await pupilsSeenOn(asked, duty.journal, year)
  return seen === null ? duty : { ...duty, pupils: duty.pupils.filter((pupil) => seen.has(pupil)) }
}

function ofClass({ references: { teachingLoad, roster } }: DutyGround, journal: Uuid, of: Uuid): boolean {
  const learners = teachingLoad.journals.get(journal)?.learners
  if (learners === undefined) return false
  return learners.kind === 'class'
    ? learners.class === of
    : (roster.groups.get(learners.group)?.classes.includes(of) ?? false)
}

/** Where a duty stands in the list: by deadline, and within one always alike. */
function placeOf(of: Duty): string {
  const { dueAt, duty, journal, lesson, assessment, period, kind, section, incident, ticket, finding } = of
  const what = [
    journal ?? incident ?? ticket ?? '',
    finding ?? lesson ?? assessment?.id ?? '',
    period ?? '',
    kind ?? section ?? '',
  ]
  // What has no deadline stands behind what has one.
  return [dueAt ?? 'waiting', duty, ...what].join('|')
}

function countsOf(found: readonly StandingDuty[]) {
  const count = (state: DutyState) => found.filter((one) => one.state === state).length
  return {
    overdue: count('overdue'),
    due: count('due'),
    excused: count('excused'),
    waiting: count('waiting'),
  }
}

async function itemsOf(asked: Asked<unknown>, { year, now }: DutyGround, shown: readonly StandingDuty[]) {
  const { school, parts } = asked
  const name = await namesOf(
    asked,
    shown.flatMap(({ responsible }) => responsible),
  )
  const named = new Map(
    (await journalsOf(parts.database, school, year)).map((one) => [one.journal, one.name]),
  )
  return shown.map(({ dueAt, responsible, ...item }) => ({
    ...item,
    due_at: dueAt,
    overdue_by: dueAt === null ? 0 : secondsLate(now, dueAt),
    journal_name: item.journal === null ? null : (named.get(item.journal) ?? null),
    responsible: responsible.map((staff) => ({ staff, name: name(staff) })),
  }))
}
