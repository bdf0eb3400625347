import { z } from 'zod'
import { Document } from '#events/journal-page.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { refuse } from '../refusal.ts'
import { learningOf } from '../roster/state.ts'
import { spanOfPage } from '../school-year/state.ts'
import { checkMembers, journalOf, mayWriteOnPageOrLeads, onPage, pageCommand } from './ground.ts'

const ExemptFromPractice = z.strictObject({
  ...onPage,
  pupil: Uuid,
  from: LocalDate,
  until: LocalDate.describe('Последний день; в пределах периода страницы'),
  document: Document.describe('Справка: номер, если есть, и дата'),
})

/**
 * Exempts a pupil from practice between two dates, by a document (осв, C.2). Lessons of these days show it; the pupil
 * is at them, and may be marked for what is no practice.
 */
export const exemptFromPractice = pageCommand({
  name: 'exempt-from-practice',
  summary: 'Освободить обучающегося от практических занятий на срок, по документу',
  operation: '3',
  input: ExemptFromPractice,
  touches: ({ input: { pupil } }) => ({ pupils: [pupil], postponed: null }),
  may: mayWriteOnPageOrLeads,
  decide(given) {
    const { input, state, references, newId } = given
    const { pupil, from, until, document } = input
    if (until < from) return refuse('bounds-reversed', { from, until })
    const { period } = state.page!
    const span = spanOfPage(
      references.schoolYear,
      period,
      learningOf(references.roster, journalOf(given).learners),
    )
    if (span === undefined || from < span.from || span.until < until)
      return refuse('date-outside-period', { period, from: span?.from, until: span?.until })
    const stranger = checkMembers(given, from, [pupil])
    if (stranger !== null) return stranger
    for (const [exemption, standing] of state.exemptions) {
      if (standing.pupil === pupil && standing.from <= until && from <= standing.until)
        return refuse('exemption-exists', { exemption, from: standing.from, until: standing.until })
    }
    const data = { exemption: newId('exemption'), pupil, from, until, document }
    return [{ type: 'PracticeExempted', data }]
  },
})
