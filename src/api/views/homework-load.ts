import { z } from 'zod'
import { classesOf, isMember, membershipsOf } from '#commands/roster/state.ts'
import { HomeworkAspect, HomeworkVerdict } from '#events/journal-page.ts'
import { type HomeworkOfLesson, homeworkOfLessons } from '#projections/class-journal/queries.ts'
import { journals, units, yearOf } from '#projections/school-directory/queries.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type DutyGround, dutyGround } from './duties/duty.ts'
import { authorsOf, namesOf } from './names.ts'
import { erased } from './replies.ts'
import { REPORTS, reportDays } from './report-parts.ts'
import { mayAskForNamedClass, ownJournals, ownUnits } from './rights.ts'
import { type Asked, defineView } from './view.ts'

/** The longest span of one listing. */
const DAYS = 31

const ReviewReply = z
  .strictObject({
    verdict: HomeworkVerdict,
    aspects: z.array(HomeworkAspect).describe('В чём не соответствует'),
    text: z.string().nullable(),
    ...erased,
    reviewer: z.string().nullable(),
    at: Instant,
    stale: z.boolean().describe('Задание с тех пор исправлено'),
  })
  .meta({ id: 'HomeworkReview', description: 'Заключение о домашнем задании' })

const counts = {
  items: z.int().describe('Заданий'),
  minutes: z.int().describe('Сумма объявленных минут'),
  undeclared: z.int().describe('Заданий, о которых минут не сказано'),
  most: z
    .int()
    .describe(
      'Наибольшая сумма минут у одного обучающегося: по журналам, где он учится, и его собственным заданиям',
    ),
  declined: z.int().describe('Сказано: не задано'),
  not_filled: z.int(),
  reviewed: z.int().describe('Заданий с заключением'),
  unsuitable: z.int().describe('Из них не соответствуют'),
}

const Question = z.strictObject({
  from: LocalDate.optional().describe('По умолчанию — сегодня'),
  until: LocalDate.optional().describe(`По умолчанию — сегодня; не больше ${DAYS} дней`),
  class: Uuid.optional(),
  by: z
    .enum(['set', 'due'])
    .default('set')
    .describe('По дням, когда задано, или по дням, к которым задано; во втором случае незаполненного нет'),
})
type Input = z.output<typeof Question>

/** Homework by class and day, with its volume and what reviewers found of it (R-7A.10g). */
export const homeworkLoadReport = defineView({
  name: 'homework-load-report',
  path: 'reports/homework-load',
  summary:
    'Домашние задания по классам и дням: сколько задано, сколько минут объявлено, заключения проверяющих; сама служба ничего не оценивает',
  tag: REPORTS,
  operation: '29',
  input: Question,
  reply: z.strictObject({
    from: LocalDate,
    until: LocalDate,
    days: z.array(
      z.strictObject({
        class: Uuid,
        name: z.string(),
        date: LocalDate,
        ...counts,
        lessons: z.array(
          z.strictObject({
            lesson: Uuid,
            page: Uuid,
            journal: Uuid,
            journal_name: z.string().nullable(),
            date: LocalDate,
            number: z.int(),
            teacher: Uuid,
            teacher_name: z.string(),
            state: z.enum(['set', 'declined', 'not-filled']),
            text: z.string().nullable(),
            due: LocalDate.nullable(),
            manner: z.string().nullable(),
            minutes: z.int().nullable(),
            version: z.int().nullable().describe('Её называет review-homework'),
            individual: z.int().describe('Скольким обучающимся задано отдельно'),
            review: ReviewReply.nullable(),
          }),
        ),
      }),
    ),
  }),
  may: mayAskForNamedClass,
  async answer(asked) {
    const { school, parts, input } = asked
    const { from, until } = reportDays(asked, DAYS)
    const year = await yearOf(parts.database, school, from)
    if (year === undefined) return { body: { from, until, days: [] } }
    const own = await ownJournals(asked, year)
    const ground = await dutyGround(asked, year, own)
    const found = (await homeworkOfLessons(parts.database, school, input.by, from, until)).filter(
      ({ journal }) => own?.has(journal) ?? true,
    )
    const days = await byClassAndDay(asked, ground, found)
    const teacher = await namesOf(
      asked,
      found.map((one) => one.teacher),
    )
    const author = await authorsOf(
      asked,
      found.flatMap(({ review }) => (review === null ? [] : [review.account])),
    )
    const called = new Map(
      (await journals(parts.database, school, year)).map((one) => [one.journal, one.name]),
    )
    const shown = (one: HomeworkOfLesson) => {
      const { homework, review, individual } = one
      const { text = null, due = null, manner = null, minutes = null } = homework?.content ?? {}
      return {
        lesson: one.lesson,
        page: one.page,
        journal: one.journal,
        date: one.date,
        number: one.number,
        journal_name: called.get(one.journal) ?? null,
        teacher: one.teacher,
        teacher_name: teacher(one.teacher),
        state: stateOf(one),
        text,
        due,
        manner,
        minutes,
        version: homework?.version ?? null,
        individual: individual.length,
        review: review && {
          verdict: review.verdict,
          aspects: review.aspects,
          text: review.text,
          reviewer: author(review.account),
          at: review.at,
          stale: review.reviewed !== homework?.version,
        },
      }
    }
    return {
      body: {
        from,
        until,
        days: days.map(({ lessons, ...day }) => ({ ...day, lessons: lessons.map(shown) })),
      },
    }
  },
})

const stateOf = ({ homework }: HomeworkOfLesson): 'set' | 'declined' | 'not-filled' =>
  homework === null ? 'not-filled' : homework.content === null ? 'declined' : 'set'

/** What was set to each class on each day, or for it; a journal of several classes stands under each of them. */
async function byClassAndDay(asked: Asked<Input>, ground: DutyGround, found: readonly HomeworkOfLesson[]) {
  const { school, parts, input } = asked
  const { roster, teachingLoad } = ground.references
  const led = asked.actor.role === 'class-teacher' ? (await ownUnits(asked, ground.year))?.classes : undefined
  const classes = (await units(parts.database, school, ground.year)).filter(
    ({ kind, unit }) =>
      kind === 'class' && (led?.has(unit) ?? true) && (input.class === undefined || input.class === unit),
  )
  const { from, until } = reportDays(asked, DAYS)
  return classes.flatMap((of) => {
    const ofClass = found.filter(({ journal }) => {
      const known = teachingLoad.journals.get(journal)
      return known !== undefined && classesOf(roster, known.learners).includes(of.unit)
    })
    const byDay = Map.groupBy(ofClass, (one) => dayOf(one, input.by))
    return [...byDay]
      .flatMap(([date, lessons]) =>
        date === null || date < from || until < date
          ? []
          : [
              {
                class: of.unit,
                name: of.name,
                date,
                ...countsOf(lessons),
                most: mostOf(ground, { class: of.unit, date, lessons }, input.by),
                lessons,
              },
            ],
      )
      .toSorted((a, b) => a.date.localeCompare(b.date))
  })
}

/** The day under which homework stands; null where it has none. */
const dayOf = ({ date, homework }: HomeworkOfLesson, by: Input['by']): LocalDate | null =>
  by === 'set' ? date : (homework?.content?.due ?? null)

function countsOf(lessons: readonly HomeworkOfLesson[]) {
  const set = lessons.filter((one) => stateOf(one) === 'set')
  const declared = set.map(({ homework }) => homework?.content?.minutes ?? null)
  return {
    items: set.length,
    minutes: declared.reduce<number>((sum, minutes) => sum + (minutes ?? 0), 0),
    undeclared: declared.filter((minutes) => minutes === null).length,
    declined: lessons.filter((one) => stateOf(one) === 'declined').length,
    not_filled: lessons.filter((one) => stateOf(one) === 'not-filled').length,
    reviewed: set.filter(({ review }) => review !== null).length,
    unsuitable: set.filter(({ review }) => review?.verdict === 'unsuitable').length,
  }
}

/** The most minutes that one pupil of a class has of some lessons: groups of a class learn at the same time. */
function mostOf(
  { references: { roster, teachingLoad } }: DutyGround,
  {
    class: classId,
    date,
    lessons,
  }: { readonly class: Uuid; readonly date: LocalDate; readonly lessons: readonly HomeworkOfLesson[] },
  by: Input['by'],
): number {
  const pupils = membershipsOf(roster, { kind: 'class', class: classId }).filter(
    ({ pupil }, at, all) => isMember(all, pupil, date) && all.findIndex((one) => one.pupil === pupil) === at,
  )
  const sums = pupils.map(({ pupil }) =>
    lessons.reduce((sum, { journal, date: on, homework, individual }) => {
      const known = teachingLoad.journals.get(journal)
      const learns = known !== undefined && isMember(membershipsOf(roster, known.learners), pupil, on)
      const own = individual.find((one) => one.pupil === pupil && (by === 'set' || one.due === date))
      return sum + (learns ? (homework?.content?.minutes ?? 0) : 0) + (own?.minutes ?? 0)
    }, 0),
  )
  return Math.max(0, ...sums)
}
