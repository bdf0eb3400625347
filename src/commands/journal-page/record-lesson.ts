import { z } from 'zod'
import { Material, Topic } from '#events/journal-page.ts'
import { lessonId } from '#values/school.ts'
import { KindId } from '#values/policy.ts'
import { LocalDate } from '#values/time.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { classesOf, hasLeft, learningOf } from '../roster/state.ts'
import { isSchoolDay, periodOf } from '../school-year/state.ts'
import { teachersOf, teaches } from '../teaching-load/state.ts'
import { planOn } from '../topic-plan/state.ts'
import { absenceOf, combinationOf, lessonsOn, substituteOf } from '../timetable/state.ts'
import { dueSameDay, journalOf, mayWriteOnPage, onPage, pageCommand, policyFor, todayOf } from './ground.ts'
import { otherStates } from '../pages-of-journal.ts'
import { otherPages, topicByPlan } from './topic-by-plan.ts'

const RecordLesson = z.strictObject({
  ...onPage,
  date: LocalDate,
  number: z.int().min(0).max(14).describe('Номер урока по расписанию'),
  topic: Topic.optional().describe('Без неё — следующая тема календарно-тематического плана'),
  material: Material.optional(),
  type: KindId.default(KindId.parse('lesson')),
  asSubstitute: z
    .boolean()
    .default(false)
    .describe('Урок проведён вместо учителя этого журнала, а замена заранее не назначена'),
})
type LessonGiven = Parameters<typeof journalOf>[0] & { readonly input: z.output<typeof RecordLesson> }

/**
 * Records a conducted lesson: date, topic, material, type (R-F12). Who records it gave it: a teacher of the journal, whoever
 * an order names in his place, or who says here that he was the substitute.
 */
export const recordLesson = pageCommand({
  name: 'record-lesson',
  summary: 'Записать проведённый урок: дата, тема, пройденный материал, тип',
  operation: '1',
  input: RecordLesson,
  also: ['topicPlan'],
  pages: (_input, state, references) => otherPages(state, references),
  may(given) {
    const basis = givenBy(given)
    if (isRefusal(basis)) return basis
    return basis === null ? mayWriteOnPage(given) : null
  },
  decide(given) {
    const { input, state, references, actor } = given
    const { date, number, material, type } = input
    const { learners } = journalOf(given)
    const { journal, period } = state.page!

    const learning = learningOf(references.roster, learners)
    const bounds = periodOf(references.schoolYear, period, learning)
    if (bounds === undefined || date < bounds.from || bounds.until < date) {
      return refuse('date-outside-period', { date, period, from: bounds?.from, until: bounds?.until })
    }
    if (!isSchoolDay(references.schoolYear, date, learning)) return refuse('date-in-holidays', { date })
    if (date > todayOf(given)) return refuse('lesson-in-future', { date, today: todayOf(given) })

    const planned = classesOf(references.roster, learners)
      .flatMap((id) => lessonsOn(references.timetable, id, date))
      .filter((lesson) => lesson.journal === journal)
    const here = planned.find((lesson) => lesson.number === number)
    if (here === undefined) {
      const absence = absenceOf(references.timetable, journal, date, number)
      if (absence?.kind === 'cancelled') return refuse('lesson-cancelled', { date, number })
      if (absence?.kind === 'transferred')
        return refuse('lesson-transferred', { date, number, to: absence.to })
      const numbers = [...new Set(planned.map((lesson) => lesson.number))]
      return refuse('lesson-not-in-timetable', { date, number, numbers })
    }
    const policy = policyFor(given, date)
    if (isRefusal(policy)) return policy
    if (!policy.lessonTypes.some((known) => known.type === type)) {
      return refuse('lesson-type-unknown', { type, types: policy.lessonTypes })
    }
    const lesson = lessonId(journal, date, number)
    const pages = [state, ...otherStates(state, given.pages)]
    if (pages.some(({ lessons }) => lessons.has(lesson))) return refuse('lesson-exists', { lesson })

    const substitution = givenBy(given)
    if (isRefusal(substitution)) return substitution
    const lessons = pages.flatMap((page) => [...page.lessons.values()])
    const byPlan = topicByPlan(planOn(references.topicPlan, date), lessons, input.topic)
    if (isRefusal(byPlan)) return byPlan
    const data = {
      lesson,
      date,
      number,
      type,
      ...byPlan,
      material: material ?? null,
      teacher: actor.person,
      scheduled: teachersOf(references.teachingLoad, journal, date),
      substitution,
      combination: combinationOf(references.timetable, journal, date, number)?.combination ?? null,
      transferredFrom: here.transferredFrom,
    }
    return [{ type: 'LessonRecorded', data: { ...data, dueAt: dueSameDay(given, date) } }]
  },
})

/**
 * On what it rests that this person gave the lesson: null is the load. Whoever the administration named gave it, and nobody
 * else: that the order was not carried out is for the administration to say, by withdrawing it.
 */
function givenBy(given: LessonGiven): 'ordered' | 'at-entry' | null | Refusal {
  const { actor, input, state, references } = given
  const { journal } = state.page!
  const { date, number } = input
  const assigned = teaches(journalOf(given), actor.person, date)
  const ordered =
    combinationOf(references.timetable, journal, date, number)?.teacher ??
    substituteOf(references.timetable, journal, date, number)
  // Who has left the school gives no lesson: it is with whoever teaches the journal again.
  const named = ordered !== undefined && hasLeft(references.roster.staff, ordered, date) ? undefined : ordered
  if (named !== undefined && named !== actor.person)
    return refuse('lesson-given-by-another', { journal, date, number, teacher: named })
  if (assigned)
    return input.asSubstitute ? refuse('teacher-assigned', { journal, staff: actor.person }) : null
  if (named !== undefined) return 'ordered'
  return input.asSubstitute ? 'at-entry' : refuse('journal-not-taught', { journal, date })
}
