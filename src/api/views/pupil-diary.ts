import { z } from 'zod'
import { diary, diaryAssessments, diaryRemarks } from '#projections/pupil-diary/queries.ts'
import { disputesOfPupil } from '#projections/mark-disputes/queries.ts'
import { addDays, LocalDate, mondayOf } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { shownDisputes } from './disputes.ts'
import { namesOf } from './names.ts'
import { pagesOfPupil } from './past-pages.ts'
import { DiaryReply } from './replies.ts'
import { mayReadDiary, mustKnowPupil } from './rights.ts'
import { defineView } from './view.ts'

/** A week of one pupil, as the paper diary shows it; another span on request. */
export const pupilDiaryWeek = defineView({
  name: 'pupil-diary-week',
  path: 'pupils/:pupil/diary',
  summary: 'Дневник ученика за неделю: уроки, отметки, отсутствия, темы, домашние задания',
  tag: 'Дневник',
  operation: '10',
  exchange: 'diary',
  input: z.strictObject({
    pupil: Uuid,
    from: LocalDate.optional().describe('По умолчанию — понедельник этой недели'),
    until: LocalDate.optional().describe('По умолчанию — неделя от from; не больше 62 дней'),
  }),
  reply: DiaryReply,
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
    const lessons = await diary(parts.database, school, input.pupil, from, until)
    const assessments = await diaryAssessments(parts.database, school, input.pupil, from, until)
    const remarks = await diaryRemarks(parts.database, school, input.pupil, from, until)
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
        assessments,
        remarks,
      },
    }
  },
})
