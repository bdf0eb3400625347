import { z } from 'zod'
import { Material, Topic } from '#events/journal-page.ts'
import { lessonId } from '#values/school.ts'
import { KindId } from '#values/policy.ts'
import { LocalDate } from '#values/time.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { classesOf } from '../roster/state.ts'
import { isSchoolDay, periodOf } from '../school-year/state.ts'
import { teaches } from '../teaching-load/state.ts'
import { slotsOn } from '../timetable/state.ts'
import {
  dueSameDay,
  gradesOfPage,
  journalOf,
  mayWriteOnPage,
  onPage,
  pageCommand,
  policyFor,
  todayOf,
} from './ground.ts'

const RecordLesson = z.strictObject({
  ...onPage,
  date: LocalDate,
  number: z.int().min(0).max(14).describe('Номер урока по расписанию'),
  topic: Topic,
  material: Material.optional(),
  type: KindId.default(KindId.parse('lesson')),
})

/** Records a conducted lesson: date, topic, material, type (R-F12), given by the teacher who records it. */
export const recordLesson = pageCommand({
  name: 'record-lesson',
  summary: 'Записать проведённый урок: дата, тема, пройденный материал, тип',
  operation: '1',
  input: RecordLesson,
  may(given) {
    const { actor, input } = given
    if (!teaches(journalOf(given), actor.person, input.date)) {
      return refuse('journal-not-taught', { journal: given.state.page?.journal, date: input.date })
    }
    return mayWriteOnPage(given)
  },
  decide(given) {
    const { input, state, references, actor } = given
    const { date, number, topic, material, type } = input
    const { learners } = journalOf(given)
    const { journal, period } = state.page!

    const bounds = periodOf(references.schoolYear, period, gradesOfPage(given))
    if (bounds === undefined || date < bounds.from || bounds.until < date) {
      return refuse('date-outside-period', { date, period, from: bounds?.from, until: bounds?.until })
    }
    if (!isSchoolDay(references.schoolYear, date, gradesOfPage(given)))
      return refuse('date-in-holidays', { date })
    if (date > todayOf(given)) return refuse('lesson-in-future', { date, today: todayOf(given) })

    const slots = classesOf(references.roster, learners).flatMap((id) =>
      slotsOn(references.timetable, id, date),
    )
    const own = slots.filter((slot) => slot.journal === journal)
    if (!own.some((slot) => slot.number === number)) {
      return refuse('lesson-not-in-timetable', {
        date,
        number,
        numbers: [...new Set(own.map((slot) => slot.number))],
      })
    }
    const policy = policyFor(given, date)
    if (isRefusal(policy)) return policy
    if (!policy.lessonTypes.some((known) => known.type === type)) {
      return refuse('lesson-type-unknown', { type, types: policy.lessonTypes })
    }
    const lesson = lessonId(journal, date, number)
    if (state.lessons.has(lesson)) return refuse('lesson-exists', { lesson })

    const data = { lesson, date, number, type, topic, material: material ?? null, teacher: actor.person }
    return [{ type: 'LessonRecorded', data: { ...data, dueAt: dueSameDay(given, date) } }]
  },
})
