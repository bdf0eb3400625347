import { z } from 'zod'
import { AssessmentName, type JournalPageEvent } from '#events/journal-page.ts'
import { INTERNAL_CONTROL, KindId, Weight } from '#values/policy.ts'
import { schoolYearOf, workId } from '#values/school.ts'
import { endOfDay, Instant, LocalDate, plusMinutes } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { learningOf } from '../roster/state.ts'
import { periodOf, WHOLE_YEAR } from '../school-year/state.ts'
import { columnOfMarks, MarksOfColumn } from './column-of-marks.ts'
import { dateOfMarks } from './date-of-marks.ts'
import {
  checkMembers,
  journalOf,
  mayWriteOnPage,
  onPage,
  pageCommand,
  policyFor,
  todayOf,
  zoneOf,
} from './ground.ts'

/** Within which results must be available to pupils and parents. */
const RESULTS_MINUTES = 24 * 60

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
    const { input, state, newId } = given
    const { assessment = newId('assessment'), date, kind, name, marks, resultsReceivedAt = null } = input
    const misplaced = checkDate(given, date)
    if (misplaced !== null) return misplaced
    if (resultsReceivedAt !== null && given.now < resultsReceivedAt)
      return refuse('assessment-in-future', { resultsReceivedAt })
    const policy = policyFor(given, date)
    if (isRefusal(policy)) return policy
    const known = policy.kindsOfWork.find((of) => of.kind === kind)
    if (known === undefined) return refuse('kind-of-work-unknown', { kind, kinds: policy.kindsOfWork })
    // The schedule has tests of internal control for lessons alone (R-7A.11).
    if (kind === INTERNAL_CONTROL) return refuse('test-not-planned', { journal: state.page!.journal, date })
    const same = [...state.assessments].find(
      ([id, of]) => id === assessment || (of.date === date && of.kind === kind && of.name === name),
    )
    if (same !== undefined) return refuse('assessment-exists', { assessment: same[0] })
    const pupils = marks.map(({ pupil }) => pupil)
    const stranger = checkMembers(given, date, pupils)
    if (stranger !== null) return stranger

    const work = workId(assessment, kind)
    // Results that were sent to the school are for everybody within 24 hours, whatever their kind of work allows.
    const dueAt =
      resultsReceivedAt === null
        ? endOfDay(dateOfMarks(given, date, known), zoneOf(given))
        : plusMinutes(resultsReceivedAt, RESULTS_MINUTES)
    const column = { work, lesson: assessment, dueAt, codeOf: () => null }
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

/** The date lies in the period of the page, on the page of the year in the school year with its summer; and it has come. */
function checkDate(given: Parameters<typeof todayOf>[0], date: LocalDate): Refusal | null {
  const { year, period } = given.state.page!
  if (date > todayOf(given)) return refuse('assessment-in-future', { date, today: todayOf(given) })
  const bounds = periodOf(
    given.references.schoolYear,
    period,
    learningOf(given.references.roster, journalOf(given).learners),
  )
  const inside =
    period === WHOLE_YEAR
      ? schoolYearOf(date) === year
      : bounds !== undefined && bounds.from <= date && date <= bounds.until
  return inside
    ? null
    : refuse('date-outside-period', { date, period, from: bounds?.from, until: bounds?.until })
}
