import { z } from 'zod'
import { classesOf, learningOf } from '#commands/roster/state.ts'
import { periodOf } from '#commands/school-year/state.ts'
import { cancelledBetween } from '#commands/timetable/state.ts'
import { lessonsByType, marksByValue, openEntries } from '#projections/class-journal/queries.ts'
import { MarkValue } from '#values/grading.ts'
import { KindId } from '#values/policy.ts'
import { lessonId, PeriodId, SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { dutyGround } from './duties/duty.ts'
import { plannedLessons } from './planned-lessons.ts'
import { REPORTS } from './report-parts.ts'
import { ownJournals } from './rights.ts'
import { defineView } from './view.ts'
import { YearMeant, yearMeant } from './year-meant.ts'

/** What was taught in a period, by journal: against the timetable, by type of lesson, and by results (R-5.5a). */
export const conductedLessonsReport = defineView({
  name: 'conducted-lessons-report',
  path: 'reports/conducted-lessons',
  summary:
    'Проведённые уроки периода по журналам: план, проведено, отменено, с заменой; по типам уроков и распределение отметок',
  tag: REPORTS,
  operation: '29',
  input: z.strictObject({
    period: PeriodId,
    year: YearMeant,
    journal: Uuid.optional(),
  }),
  reply: z.strictObject({
    year: SchoolYear,
    period: PeriodId,
    rows: z.array(
      z.strictObject({
        journal: Uuid,
        name: z.string(),
        from: LocalDate,
        until: LocalDate,
        planned: z.int().describe('По расписанию за весь период, с отменёнными: cancelled + given + left'),
        cancelled: z.int(),
        conducted: z.int().describe('Записей уроков: given + beyond, сумма по типам'),
        given: z.int().describe('Из них стоят в расписании'),
        beyond: z.int().describe('Записаны, а в расписании их больше нет'),
        left: z.int().describe('Стоят в расписании и не записаны'),
        substituted: z.int().describe('Из проведённых: дал не тот, кому они даны по нагрузке'),
        by_type: z.array(z.strictObject({ type: KindId, lessons: z.int() })),
        marks: z.int(),
        by_value: z.array(z.strictObject({ value: MarkValue, count: z.int() })),
      }),
    ),
  }),
  async answer(asked) {
    const { school, parts, input, today } = asked
    const { database } = parts
    const { period } = input
    const year = await yearMeant(asked)
    if (year === undefined) throw new ProblemError('school-year-unknown', { date: today })
    const own = await ownJournals(asked, year)
    const wanted = (journal: Uuid): boolean =>
      (own?.has(journal) ?? true) && (input.journal === undefined || input.journal === journal)
    const ground = await dutyGround(asked, year, own)
    const { teachingLoad, roster, schoolYear, timetable } = ground.references
    const journals = [...teachingLoad.journals].flatMap(([journal, known]) => {
      const span = periodOf(schoolYear, period, learningOf(roster, known.learners))
      const classes = classesOf(roster, known.learners)
      if (span === undefined || classes.length === 0 || !wanted(journal)) return []
      // A journal of pilot classes is left out whole, so that its sums stay those of its records.
      const on = today < span.until ? today : span.until
      return classes.every((id) => ground.pilot(id, on)) ? [] : [{ journal, known, span }]
    })
    const first = journals.map(({ span }) => span.from).toSorted()[0]
    const last = journals
      .map(({ span }) => span.until)
      .toSorted()
      .at(-1)
    if (first === undefined || last === undefined) return { body: { year, period, rows: [] } }

    const { recorded } = await openEntries(database, school, first, last)
    const standing = new Map<Uuid, Set<Uuid>>()
    for (const one of await plannedLessons(asked, year, first, last)) {
      if (one.period !== period) continue
      const lessons = standing.get(one.journal) ?? new Set()
      standing.set(one.journal, lessons.add(lessonId(one.journal, one.date, one.number)))
    }
    const cancelledOnes = cancelledBetween(timetable, first, last)
    const types = Map.groupBy(await lessonsByType(database, school, year, period), (one) => one.journal)
    const values = Map.groupBy(await marksByValue(database, school, year, period), (one) => one.journal)
    const rows = journals.map(({ journal, known, span: { from, until } }) => {
      const lessons = [...(standing.get(journal) ?? [])]
      const given = lessons.filter((lesson) => recorded.has(lesson)).length
      const cancelled = cancelledOnes.filter(
        (one) => one.journal === journal && from <= one.date && one.date <= until,
      ).length
      const byType = types.get(journal) ?? []
      const conducted = byType.reduce((sum, one) => sum + one.lessons, 0)
      const byValue = values.get(journal) ?? []
      return {
        journal,
        name: known.name,
        from,
        until,
        planned: lessons.length + cancelled,
        cancelled,
        conducted,
        given,
        beyond: conducted - given,
        left: lessons.length - given,
        substituted: byType.reduce((sum, one) => sum + one.substituted, 0),
        by_type: byType.map(({ type, lessons: count }) => ({ type, lessons: count })),
        marks: byValue.reduce((sum, { count }) => sum + count, 0),
        by_value: byValue.map(({ value, count }) => ({ value, count })),
      }
    })
    return { body: { year, period, rows: rows.toSorted((a, b) => a.name.localeCompare(b.name, 'ru')) } }
  },
})
