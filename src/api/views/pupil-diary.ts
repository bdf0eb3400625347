import { z } from 'zod'
import { diary, diaryAssessments, diaryRemarks } from '#projections/pupil-diary/queries.ts'
import { disputesOfPupil } from '#projections/mark-disputes/queries.ts'
import { addDays, LocalDate, mondayOf } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { shownDisputes } from './disputes.ts'
import { DiaryWeekReply, weeksOfDiary } from './diary-weeks.ts'
import { ForecastReply, forecastsOf } from './forecast.ts'
import { namesOf } from './names.ts'
import { pagesOfPupil } from './past-pages.ts'
import { learnerOn, planOfPupil, pupilPlan } from './pupil-plan.ts'
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
    const { school, parts, input, today } = asked
    await mustKnowPupil(asked, input.pupil)
    const from = input.from ?? mondayOf(today)
    const until = input.until ?? addDays(from, 6)
    if (until < from || until > addDays(from, 61)) {
      throw new ProblemError('malformed-request', {
        fields: [{ field: '/until', problem: 'от from и не больше 62 дней' }],
      })
    }
    // The versions are of whole weeks, so whole weeks are looked at.
    const whole =
      input.only === undefined
        ? ([mondayOf(from), addDays(mondayOf(until), 6)] as const)
        : ([from, until] as const)
    const inWeeks = {
      lessons: await diary(parts.database, school, input.pupil, ...whole),
      assessments: await diaryAssessments(parts.database, school, input.pupil, ...whole),
      remarks: await diaryRemarks(parts.database, school, input.pupil, ...whole),
    }
    const beside = input.only === undefined ? await besideEntries(asked, inWeeks, { from, until }, whole) : {}
    const within = ({ date }: { readonly date: LocalDate }) => from <= date && date <= until
    const lessons = inWeeks.lessons.filter(within)
    const name = await namesOf(asked, [input.pupil, ...lessons.map(({ teacher }) => teacher)])
    const disputed = Map.groupBy(
      await shownDisputes(asked, await disputesOfPupil(parts.database, school, input.pupil, from, until)),
      ({ lesson }) => lesson,
    )
    const shown = lessons.map((lesson) => ({
      ...lesson,
      teacher_name: name(lesson.teacher),
      disputes: disputed.get(lesson.lesson) ?? [],
    }))
    return {
      body: {
        pupil: input.pupil,
        name: name(input.pupil),
        from,
        until,
        lessons: shown,
        assessments: inWeeks.assessments.filter(within),
        remarks: inWeeks.remarks.filter(within),
        ...beside,
      },
    }
  },
})

/** What the diary shows beside what was recorded: it takes several times as long, and changes seldom. */
async function besideEntries(
  asked: Asked<{ pupil: Uuid }>,
  inWeeks: Pick<Parameters<typeof weeksOfDiary>[3], 'lessons' | 'assessments' | 'remarks'>,
  { from, until }: { readonly from: LocalDate; readonly until: LocalDate },
  whole: readonly [LocalDate, LocalDate],
) {
  const { pupil } = asked.input
  const asWeeks = await learnerOn(asked, pupil, { from: whole[0], until: whole[1] })
  const { plan, tests } = await planOfPupil(asked, asWeeks, { from, until })
  const within = ({ date }: { readonly date: LocalDate }) => from <= date && date <= until
  return {
    ...plan,
    timetable: plan.timetable.filter(within),
    changes: plan.changes.filter((one) => within(one) || (one.to !== null && within(one.to))),
    forecasts: asWeeks === undefined ? [] : await forecastsOf(asked, { ...asWeeks, from, until }),
    weeks: await weeksOfDiary(asked, pupil, { from, until }, { ...inWeeks, ...plan, tests }),
  }
}
