import { z } from 'zod'
import { GradingSystem } from '#values/grading.ts'
import { pageId, PeriodId, SchoolYear } from '#values/school.ts'
import { dateAt } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { gradesOf, learningOf } from '../roster/state.ts'
import { periodOf, spanOfPage } from '../school-year/state.ts'
import { teaches } from '../teaching-load/state.ts'
import { givesByOrder } from '../timetable/state.ts'
import { matterOf, PAGE_NEEDS } from './ground.ts'
import { journalPageFold } from './state.ts'

const OpenPage = z.strictObject({
  year: SchoolYear,
  journal: Uuid,
  period: PeriodId,
  grading: GradingSystem.optional().describe('Система оценивания периода; по умолчанию — та, что у журнала'),
})

/** Opens the page of a journal for a study period. Its id follows from both, so there is never a second one. */
export const openPage = defineCommand({
  name: 'open-page',
  path: 'years/:year/journals/:journal',
  summary: 'Открыть страницу журнала на учебный период',
  operation: '1a',
  input: OpenPage,
  fold: journalPageFold,
  stream: ({ journal, period }) => pageId(journal, period),
  needs: PAGE_NEEDS,
  year: ({ year }) => year,
  concerns: (given) => matterOf(given, given.input.journal),
  may({ actor, input, references, now }) {
    const zone = references.schoolYear.year?.zone
    if (actor.role !== 'teacher' || zone === undefined) return null
    const journal = references.teachingLoad.journals.get(input.journal)
    if (journal === undefined || teaches(journal, actor.person, dateAt(now, zone))) return null
    const period = periodOf(
      references.schoolYear,
      input.period,
      learningOf(references.roster, journal.learners),
    )
    // Whoever is to give a lesson in the place of another needs the page on which to record it.
    if (
      period !== undefined &&
      givesByOrder(references.timetable, input.journal, actor.person, period.from, period.until)
    )
      return null
    return refuse('journal-not-taught', { journal: input.journal })
  },
  decide({ input, state, references }) {
    if (references.schoolYear.year === null) return refuse('school-year-unknown', { year: input.year })
    const journal = references.teachingLoad.journals.get(input.journal)
    if (journal === undefined) return refuse('journal-unknown', { journal: input.journal })
    const learning = learningOf(references.roster, journal.learners)
    if (spanOfPage(references.schoolYear, input.period, learning) === undefined) {
      const grades = gradesOf(references.roster, journal.learners)
      return refuse('period-unknown', { period: input.period, grades })
    }
    if (references.policy.versions.length === 0) return refuse('policy-missing')
    if (state.page !== null) return refuse('page-exists', { page: pageId(input.journal, input.period) })
    return [{ type: 'PageOpened', data: { ...input, grading: input.grading ?? journal.grading } }]
  },
})
