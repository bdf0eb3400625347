import { z } from 'zod'
import { pages } from '#projections/class-journal/queries.ts'
import { type DiaryLesson, diary } from '#projections/pupil-diary/queries.ts'
import { policyOn, yearOf } from '#projections/school-directory/queries.ts'
import { GradingSystem, MarkValue } from '#values/grading.ts'
import { KindId, type Policy, successOf } from '#values/policy.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { namesOf } from './names.ts'
import { reportDays, REPORTS } from './report-parts.ts'
import { mayReadDiary, mustKnowPupil } from './rights.ts'
import { type Asked, defineView } from './view.ts'

/** The longest span of one report: a school year. */
const DAYS = 366

const input = z.strictObject({
  pupil: Uuid,
  from: LocalDate.optional().describe('По умолчанию — сегодня'),
  until: LocalDate.optional().describe(`По умолчанию — сегодня; не больше ${DAYS} дней`),
})
type Input = z.output<typeof input>

const about = { pupil: Uuid, name: z.string(), from: LocalDate, until: LocalDate }
const ofLesson = {
  lesson: Uuid,
  date: LocalDate,
  number: z.int(),
  journal: Uuid,
  subject: z.string().nullable(),
  topic: z.string(),
}

/** The lessons that a pupil missed, with what was taught (R-7A.13c). */
export const missedLessonsReport = defineView({
  name: 'missed-lessons-report',
  path: 'reports/missed-lessons',
  summary: 'Пропущенные уроки обучающегося с темами и кодами причин; семье — о своём ребёнке',
  tag: REPORTS,
  operation: '30',
  input,
  reply: z.strictObject({
    ...about,
    missed: z.array(
      z.strictObject({
        ...ofLesson,
        code: z.string(),
        made_up: z.boolean().describe('Пропущенная тема зачтена по протоколу'),
        valid: z.boolean().nullable().describe('Уважительная ли причина; null — не установлена'),
      }),
    ),
    totals: z.array(z.strictObject({ code: z.string(), lessons: z.int() })),
  }),
  may: (asked) => mayReadDiary(asked, asked.input.pupil),
  async answer(asked) {
    const { head, lessons, policies } = await lessonsOf(asked)
    const missed = lessons.flatMap((lesson) => {
      const code = lesson.absence?.code ?? null
      const known = policies.get(lesson.date)?.valueCodes.find((one) => one.code === code)
      // Whoever came late was there.
      if (code === null || known?.kind === 'lateness') return []
      const made_up = lesson.marks.some(({ credit }) => credit !== null)
      return [{ ...named(lesson), code, made_up, valid: known?.valid ?? null }]
    })
    const totals = [...Map.groupBy(missed, ({ code }) => code)].map(([code, all]) => ({
      code,
      lessons: all.length,
    }))
    return { body: { ...head, missed, totals } }
  },
})

/** The marks of a pupil that are no success in the grading system of their page, with what they were for (R-7A.13d). */
export const unsatisfactoryMarksReport = defineView({
  name: 'unsatisfactory-marks-report',
  path: 'reports/unsatisfactory-marks',
  summary: 'Неудовлетворительные отметки обучающегося с темами и видами работ; семье — о своём ребёнке',
  tag: REPORTS,
  operation: '30',
  input,
  reply: z.strictObject({
    ...about,
    marks: z.array(
      z.strictObject({
        ...ofLesson,
        entry: Uuid,
        kind: KindId,
        value: MarkValue,
        corrected: z.boolean().describe('Стоит после исправления'),
      }),
    ),
  }),
  may: (asked) => mayReadDiary(asked, asked.input.pupil),
  async answer(asked) {
    const { head, lessons, policies } = await lessonsOf(asked)
    const { school, parts } = asked
    const gradings = new Map<Uuid, GradingSystem>()
    const years = [
      await yearOf(parts.database, school, head.from),
      await yearOf(parts.database, school, head.until),
    ]
    for (const year of new Set(years)) {
      if (year === undefined) continue
      for (const { page, grading } of await pages(parts.database, school, { year })) {
        gradings.set(page, GradingSystem.parse(grading))
      }
    }
    const marks = lessons.flatMap((lesson) =>
      lesson.marks
        .filter(({ value }) => {
          const policy = policies.get(lesson.date)
          const system = gradings.get(lesson.page)
          return (
            policy !== undefined &&
            system !== undefined &&
            successOf(policy, system, value)?.success === false
          )
        })
        .map(({ entry, kind, value, corrected }) => ({ ...named(lesson), entry, kind, value, corrected })),
    )
    return { body: { ...head, marks } }
  },
})

/** The lessons of the pupil's diary in the span, and the rules of the school on the days that have an entry. */
async function lessonsOf(asked: Asked<Input>) {
  const { school, parts } = asked
  const { pupil } = asked.input
  await mustKnowPupil(asked, pupil)
  const { from, until } = reportDays(asked, DAYS)
  const all = await diary(parts.database, school, pupil, from, until)
  const lessons = all.filter(({ absence, marks }) => absence !== null || marks.length > 0)
  const policies = new Map<LocalDate, Policy>()
  for (const date of new Set(lessons.map((lesson) => lesson.date))) {
    const found = await policyOn(parts.database, school, date)
    if (found !== undefined) policies.set(date, found.policy)
  }
  const name = await namesOf(asked, [pupil])
  return { head: { pupil, name: name(pupil), from, until }, lessons, policies }
}

function named({ lesson, date, number, journal, subject, topic }: DiaryLesson) {
  return { lesson, date, number, journal, subject, topic }
}
