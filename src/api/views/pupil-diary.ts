import { z } from 'zod'
import { disputesOfPupil } from '#projections/mark-disputes/queries.ts'
import {
  acknowledgementsOf,
  assessmentsOfDiary,
  lessonsOfDiary,
  remarksOfDiary,
} from '#projections/pupil-diary/queries.ts'
import { together } from '#projections/rows.ts'
import { addDays, LocalDate, mondayOf } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { shownDisputes } from './disputes.ts'
import {
  type Acknowledgements,
  acknowledgementsSeen,
  DiaryWeekReply,
  weeksBetween,
  weeksOfDiary,
} from './diary-weeks.ts'
import { forecastQuestions, ForecastReply, forecastsOf } from './forecast.ts'
import { namesOf } from './names.ts'
import { pagesOfPupil } from './past-pages.ts'
import { learnerOn, type Plan, planOfNobody, planOfPupil, planQuestions, pupilPlan } from './pupil-plan.ts'
import { DiaryReply } from './replies.ts'
import { mayReadDiary, mustKnowPupil } from './rights.ts'
import { type Asked, defineView } from './view.ts'

/**
 * A week of one pupil, as the paper diary shows it; another span on request. One answer holds all eight kinds that a
 * family has a right to see (R-5.2b), so that they are of one moment, and the forecast with the marks it rests on.
 */
export const pupilDiaryWeek = defineView({
  name: 'pupil-diary-week',
  path: 'pupils/:pupil/diary',
  summary:
    'Дневник ученика за неделю: результаты, расписание, замены и переносы, контрольные работы, учителя, каникулы, задания, рекомендации, прогноз',
  tag: 'Дневник',
  operation: '10',
  exchange: 'diary',
  input: z.strictObject({
    pupil: Uuid,
    from: LocalDate.optional().describe('По умолчанию — понедельник этой недели'),
    until: LocalDate.optional().describe('По умолчанию — неделя от from; не больше 62 дней'),
    only: z
      .literal('entries')
      .optional()
      .describe('entries — только записанное: уроки, отметки, задания, рекомендации; для частых вопросов'),
  }),
  reply: z.strictObject({
    ...DiaryReply.shape,
    ...z
      .strictObject({ ...pupilPlan, forecasts: z.array(ForecastReply), weeks: z.array(DiaryWeekReply) })
      .partial().shape,
  }),
  past: pagesOfPupil,
  may: (asked) => mayReadDiary(asked, asked.input.pupil),
  async answer(asked) {
    const { input, today } = asked
    const { pupil } = input
    const known = mustKnowPupil(asked, pupil)
    const from = input.from ?? mondayOf(today)
    const until = input.until ?? addDays(from, 6)
    if (until < from || until > addDays(from, 61)) {
      await known
      throw new ProblemError('malformed-request', {
        fields: [{ field: '/until', problem: 'от from и не больше 62 дней' }],
      })
    }
    const days = { from, until }
    const within = ({ date }: { readonly date: LocalDate }) => from <= date && date <= until
    const { beside, ...found } = await (input.only === undefined
      ? wholeDiary(asked, days, known)
      : entriesAlone(asked, days, known))
    const lessons = found.lessons.filter(within)
    const name = await namesOf(asked, [
      pupil,
      ...lessons.map(({ teacher }) => teacher),
      ...(beside?.persons ?? []),
    ])
    const disputed = Map.groupBy(await shownDisputes(asked, found.disputes), ({ lesson }) => lesson)
    const shown = lessons.map((lesson) => ({
      ...lesson,
      teacher_name: name(lesson.teacher),
      disputes: disputed.get(lesson.lesson) ?? [],
    }))
    return {
      body: {
        pupil,
        name: name(pupil),
        from,
        until,
        lessons: shown,
        assessments: found.assessments.filter(within),
        remarks: found.remarks.filter(within),
        ...beside?.shown(name),
      },
    }
  },
})

interface Days {
  readonly from: LocalDate
  readonly until: LocalDate
}
type AskedOfPupil = Asked<{ readonly pupil: Uuid }>

type Recorded = Pick<Parameters<typeof weeksOfDiary>[1], 'lessons' | 'assessments' | 'remarks'>

/** What was recorded between the first two dates; disputes about marks of the second two. */
function entryQuestions({ school, input: { pupil } }: AskedOfPupil, of: Days, { from, until }: Days) {
  return {
    lessons: lessonsOfDiary(school, pupil, of.from, of.until),
    assessments: assessmentsOfDiary(school, pupil, of.from, of.until),
    remarks: remarksOfDiary(school, pupil, of.from, of.until),
    disputes: disputesOfPupil(school, pupil, from, until),
  }
}

async function entriesAlone(asked: AskedOfPupil, days: Days, known: Promise<void>) {
  const [found] = await Promise.all([
    together(asked.parts.database, entryQuestions(asked, days, days)),
    known,
  ])
  return { ...found, beside: null }
}

/**
 * The entries with what the diary shows beside them, in two turns: where the pupil learns, and what is there of it. The
 * versions are of whole weeks, so whole weeks are looked at.
 */
async function wholeDiary(asked: AskedOfPupil, days: Days, known: Promise<void>) {
  const { school, parts, input } = asked
  const weeks = weeksBetween(days.from, days.until)
  const whole = { from: weeks[0]!, until: addDays(weeks.at(-1)!, 6) }
  const [learner] = await Promise.all([learnerOn(asked, input.pupil, whole), known])
  const recorded = {
    ...entryQuestions(asked, whole, days),
    acknowledgements: acknowledgementsOf(school, [input.pupil], weeks[0]!, weeks.at(-1)!),
  }
  if (learner === undefined) {
    const found = await together(parts.database, recorded)
    const seen = await acknowledgementsSeen(asked, input.pupil, found.acknowledgements)
    return { ...found, beside: besideEntries(days, found, planOfNobody(days), [], seen) }
  }
  const now = { ...learner, ...days }
  const found = await together(parts.database, {
    ...recorded,
    ...planQuestions(school, learner, days),
    ...forecastQuestions(school, now),
  })
  const plan = planOfPupil(learner, found, days)
  const seen = await acknowledgementsSeen(asked, input.pupil, found.acknowledgements)
  return { ...found, beside: besideEntries(days, found, plan, forecastsOf(now, found), seen) }
}

/** What the diary shows beside what was recorded: whose names it needs, and what it says with them. */
function besideEntries(
  { from, until }: Days,
  recorded: Recorded,
  { staff, plan, tests }: Plan,
  forecasts: ReturnType<typeof forecastsOf>,
  seen: Acknowledgements,
) {
  const within = ({ date }: { readonly date: LocalDate }) => from <= date && date <= until
  return {
    persons: [...staff, ...seen.rows.map(({ representative }) => representative)],
    shown(name: (person: Uuid) => string) {
      const all = plan(name)
      return {
        ...all,
        timetable: all.timetable.filter(within),
        changes: all.changes.filter((one) => within(one) || (one.to !== null && within(one.to))),
        forecasts,
        weeks: weeksOfDiary(weeksBetween(from, until), { ...recorded, ...all, tests }, seen, name),
      }
    },
  }
}
