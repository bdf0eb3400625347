import { z } from 'zod'
import { AssessmentName, type JournalPageEvent } from '#events/journal-page.ts'
import { KindId, Weight } from '#values/policy.ts'
import { workId } from '#values/school.ts'
import { endOfDay, Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { assessmentGround, resultsDue } from './assessment-ground.ts'
import { columnOfMarks, MarksOfColumn } from './column-of-marks.ts'
import { dateOfMarks } from './date-of-marks.ts'
import { checkMembers, mayWriteOnPage, onPage, pageCommand, zoneOf } from './ground.ts'

const RecordAssessment = z.strictObject({
  ...onPage,
  assessment: Uuid.optional(),
  date: LocalDate,
  kind: KindId.describe('Вид работы из справочника школы'),
  name: AssessmentName,
  weight: Weight.optional().describe('По умолчанию — из справочника видов работ'),
  resultsReceivedAt: Instant.optional().describe('Когда школа получила результаты, если их присылают'),
  marks: MarksOfColumn,
})

/**
 * Records an exam, a project or a final test that was no lesson of the timetable, with its results (R-F15). It stands
 * on the page of the period, or of the year, as a column of its own.
 */
export const recordAssessment = pageCommand({
  name: 'record-assessment',
  summary: 'Записать испытание вне урока (экзамен, проект, итоговая работа) с результатами',
  operation: '4b',
  input: RecordAssessment,
  touches: ({ input }) => ({ pupils: input.marks.map(({ pupil }) => pupil), postponed: 'mark' }),
  may: mayWriteOnPage,
  decide(given) {
    const { input, newId } = given
    const { assessment = newId('assessment'), date, kind, name, marks, resultsReceivedAt = null } = input
    if (resultsReceivedAt !== null && given.now < resultsReceivedAt)
      return refuse('assessment-in-future', { resultsReceivedAt })
    const ground = assessmentGround(given, { assessment, date, kind, name })
    if (isRefusal(ground)) return ground
    const { policy, known } = ground
    const pupils = marks.map(({ pupil }) => pupil)
    const stranger = checkMembers(given, date, pupils)
    if (stranger !== null) return stranger

    const work = workId(assessment, kind)
    // Results that were sent to the school are for everybody within 24 hours, whatever their kind of work allows.
    const dueAt =
      resultsReceivedAt === null
        ? endOfDay(dateOfMarks(given, date, known), zoneOf(given))
        : resultsDue(resultsReceivedAt)
    const column = { work, lesson: assessment, dueOf: () => dueAt, codeOf: () => null }
    const recorded = columnOfMarks(given, column, policy, marks)
    if (isRefusal(recorded)) return recorded
    const weight = input.weight ?? known.weight
    const held: JournalPageEvent[] = [
      { type: 'AssessmentHeld', data: { assessment, date, kind, name, resultsReceivedAt } },
      { type: 'WorkHeld', data: { work, lesson: assessment, kind, weight, test: null, dueAt } },
    ]
    return [...held, ...recorded]
  },
})
