import { type NameCorrection, nameCorrection } from '#values/name-correction.ts'
import { dateAt, type Instant, type LocalDate } from '#values/time.ts'
import { type Refusal, refuse } from './refusal.ts'
import { DEFAULT_ZONE } from './school-year/state.ts'
import { TypedName } from './typed-name.ts'

/** What a correction of a name says, whosever it is. */
export const correctingName = {
  name: TypedName,
  reason: nameCorrection.reason.describe('Имя сменилось по документу или было внесено с ошибкой'),
  document: nameCorrection.document.default(null).describe('Обязателен, когда имя сменилось'),
}

/** Refuses a change without its document, and one of a day to come. */
export function checkNameCorrection({ reason, document }: NameCorrection, now: Instant): Refusal | null {
  if (document === null) return reason === 'changed' ? refuse('document-required', { reason }) : null
  const today = dateAt(now, DEFAULT_ZONE)
  return document.date > today ? refuse('document-of-future', { date: document.date, today }) : null
}

/** Until which day the former name was right; null is never. */
export function rightUntil({ reason, document }: NameCorrection): LocalDate | null {
  return reason === 'changed' ? document!.date : null
}
