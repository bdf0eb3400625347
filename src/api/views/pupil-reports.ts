import { z } from 'zod'
import { pages } from '#projections/class-journal/queries.ts'
import { type DiaryLesson, diary, diaryAssessments } from '#projections/pupil-diary/queries.ts'
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
  exchange: 'diary',
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
    const { head, lessons } = await lessonsOf(asked)
    const policies = await policiesOf(asked, lessons)
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
  exchange: 'diary',
  input,
  reply: z.strictObject({
    ...about,
    marks: z.array(
      z.strictObject({
        ...ofLesson,
        lesson: Uuid.describe('Урок или испытание вне урока'),
        number: z.int().nullable().describe('null — испытание вне урока'),
        topic: z.string().describe('Тема урока; у испытания вне урока — его название'),
        entry: Uuid,
        kind: KindId,
        value: MarkValue,
        corrected: z.boolean().describe('Стоит после исправления'),
      }),
    ),
  }),
  may: (asked) => mayReadDiary(asked, asked.input.pupil),
  async answer(asked) {
    const { head, lessons } = await lessonsOf(asked)
    const { school, parts } = asked
    const held = [
      ...lessons.map((lesson) => ({ ...named(lesson), page: lesson.page, marks: lesson.marks })),
      ...(await assessmentsOf(asked, head)),
    ].toSorted((a, b) => a.date.localeCompare(b.date))
    const policies = await policiesOf(asked, held)
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
    const marks = held.flatMap(({ page, marks: all, ...occasion }) =>
      all
        .filter(({ value }) => {
          const policy = policies.get(occasion.date)
          const system = gradings.get(page)
          return (
            policy !== undefined &&
            system !== undefined &&
            successOf(policy, system, value)?.success === false
          )
        })
        .map(({ entry, kind, value, corrected }) => ({ ...occasion, entry, kind, value, corrected })),
    )
    return { body: { ...head, marks } }
  },
})

/** The lessons of the pupil's diary in the span that have an entry. */
async function lessonsOf(asked: Asked<Input>) {
  const { school, parts } = asked
  const { pupil } = asked.input
  await mustKnowPupil(asked, pupil)
  const { from, until } = reportDays(asked, DAYS)
  const all = await diary(parts.database, school, pupil, from, until)
  const lessons = all.filter(({ absence, marks }) => absence !== null || marks.length > 0)
  const name = await namesOf(asked, [pupil])
  return { head: { pupil, name: name(pupil), from, until }, lessons }
}

/** Exams, projects and final tests outside the lessons: their name stands where a lesson has its topic (R-F15). */
async function assessmentsOf(
  { school, parts }: Asked<Input>,
  { pupil, from, until }: { readonly pupil: Uuid; readonly from: LocalDate; readonly until: LocalDate },
) {
  const found = await diaryAssessments(parts.database, school, pupil, from, until)
  return found.map(({ assessment, date, name, page, journal, subject, marks }) => ({
    lesson: assessment,
    date,
    number: null,
    journal,
    subject,
    topic: name,
    page,
    marks,
  }))
}

/** The rules of the school on the days of these entries. */
async function policiesOf(
  { school, parts }: Asked<Input>,
  entries: readonly { readonly date: LocalDate }[],
): Promise<Map<LocalDate, Policy>> {
  const policies = new Map<LocalDate, Policy>()
  for (const date of new Set(entries.map((entry) => entry.date))) {
    const found = await policyOn(parts.database, school, date)
    if (found !== undefined) policies.set(date, found.policy)
  }
  return policies
}

function named({ lesson, date, number, journal, subject, topic }: DiaryLesson) {
  return { lesson, date, number, journal, subject, topic }
}
