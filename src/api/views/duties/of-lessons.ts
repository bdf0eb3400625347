import { homeworkDueOn } from '#commands/journal-page/deadlines.ts'
import { policyOn } from '#commands/policy/state.ts'
import { openEntries } from '#projections/class-journal/queries.ts'
import { lessonId } from '#values/school.ts'
import { endOfDay, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { type LessonOfClass, plannedLessons } from '../planned-lessons.ts'
import type { Asked } from '../view.ts'
import { type Duty, type DutyGround, NOTHING_MORE, stillResponsible } from './duty.ts'

/**
 * The lessons of the timetable, with all that departs from it, of which something is not entered: the lesson itself and
 * its attendance by the end of the day (R-2.5a, R-2.9), its homework some minutes after the last lesson of the class
 * (R-2.7b). A lesson that nobody recorded lacks all three.
 */
export async function dutiesOfLessons(
  asked: Asked<unknown>,
  ground: DutyGround,
  from: LocalDate,
  until: LocalDate,
  classes: ReadonlySet<Uuid> | undefined,
): Promise<Duty[]> {
  const { school, parts } = asked
  const { references, zone, pilot, journals, year } = ground
  const { recorded, open } = await openEntries(parts.database, school, from, until)
  const expected = new Map<Uuid, LessonOfClass>()
  for (const planned of await plannedLessons(asked, year, from, until, classes)) {
    const { journal, date, number } = planned
    if (journals?.has(journal) === false || pilot(planned.class.unit, date)) continue
    const lesson = lessonId(journal, date, number)
    if (!recorded.has(lesson) || open.has(lesson)) expected.set(lesson, planned)
  }
  return [...expected].flatMap(([lesson, { journal, date, number, teachers, period }]) => {
    const entered = open.get(lesson)
    const responsible = stillResponsible(
      ground,
      entered === undefined ? teachers : [entered.teacher],
      journal,
    )
    const of = { ...NOTHING_MORE, date, journal, lesson, number, period, responsible }
    const byNight = endOfDay(date, zone)
    const duties: Duty[] = []
    if (entered === undefined) duties.push({ ...of, duty: 'lesson', dueAt: byNight })
    if (entered?.attendance !== true) duties.push({ ...of, duty: 'attendance', dueAt: byNight })
    if (entered?.homework !== true) {
      const learners = references.teachingLoad.journals.get(journal)?.learners
      const policy = policyOn(references.policy, date)
      const due =
        learners === undefined || policy === undefined
          ? null
          : homeworkDueOn(references, learners, { date, number }, policy)
      duties.push({ ...of, duty: 'homework', dueAt: due ?? byNight })
    }
    return duties
  })
}
