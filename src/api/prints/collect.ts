import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { pupilsOfClasses } from '../views/rights.ts'
import type { Asked } from '../views/view.ts'
import { blankPageForm, type Collected, journalPageForm } from './page-contents.ts'
import { diaryForm, pupilExtractForm } from './pupil-forms.ts'
import { erasureActForm } from './erasure-act.ts'
import { attendanceForm, substitutionForm } from './school-forms.ts'
import type { PrintAddress } from './snapshot.ts'
import { summaryForm } from './summary-form.ts'

/**
 * The content of an address as the journal says it now, cut to the part that is written in the address: whoever asks,
 * the same address comes to the same. Whether he may see it is asked before.
 *
 * @throws {ProblemError} where the page, class or pupil is not known
 */
export async function collect(asked: Asked<unknown>, address: PrintAddress): Promise<Collected> {
  const { template, part } = address
  const seen = part?.kind === 'classes' ? await pupilsOfClasses(asked, part.ids) : null
  switch (template) {
    case 'journal-page/1':
    case 'journal-page/2':
      return journalPageForm({ ...asked, input: { page: subject(address) } }, seen, template)
    case 'blank-page/1':
      return blankPageForm({ ...asked, input: { page: subject(address) } }, day(address.from), seen)
    case 'summary-sheet/1': {
      const only = part?.kind === 'journals' ? part.ids : null
      return summaryForm({ ...asked, input: { unit: subject(address) } }, only, seen)
    }
    case 'pupil-extract/1':
      return pupilExtractForm(asked, { pupil: subject(address), ...days(address) })
    case 'diary-week/1':
      return diaryForm(asked, { pupil: subject(address), ...days(address) })
    case 'erasure-act/1':
      return erasureActForm(asked, { person: subject(address), on: day(address.from) })
    case 'attendance-sheet/1':
      return attendanceForm(asked, { unit: subject(address), ...days(address) }, seen)
    default:
      return substitutionForm(asked, days(address))
  }
}

/** Whether an address names everything that its form is about. */
export function isComplete({ template, of, from, until }: PrintAddress): boolean {
  const named = template === 'substitution-log/1' ? of === null : of !== null
  if (template.startsWith('journal-page/') || template === 'summary-sheet/1') return named
  return named && from !== null && until !== null && from <= until
}

function subject({ of, template }: PrintAddress): Uuid {
  if (of === null) throw new Error(`${template} is of nothing`)
  return of
}

function day(date: LocalDate | null): LocalDate {
  if (date === null) throw new Error('a day is missing')
  return date
}

function days({ from, until }: PrintAddress): { from: LocalDate; until: LocalDate } {
  return { from: day(from), until: day(until) }
}
