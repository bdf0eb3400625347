import { processingNotice } from '#values/consent.ts'
import { dateAt, type Instant, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Actor, Given } from '../command.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { agreementOn, type SchoolState } from '../school/state.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { mayActForRepresentative, saidOn } from '../acts-for-representative.ts'
import { familyFold, type FamilyState } from './state.ts'

/** What commands about the consent of a representative have alike. */
export const onConsent = {
  path: 'family/:pupil/consents/:representative',
  fold: familyFold,
  stream: ({ pupil }: { pupil: Uuid }) => pupil,
}

type OfConsent = Given<{ pupil: Uuid; representative: Uuid }, FamilyState, 'roster'>

const todayOf = (now: Instant): LocalDate => dateAt(now, DEFAULT_ZONE)

/** A parent decides for himself; a class teacher enters what the family of a pupil of the own class signed (row 24). */
export function mayDecideConsent({ actor, input, state, references, now }: OfConsent): Refusal | null {
  return mayActForRepresentative(actor, input, state, references.roster, todayOf(now))
}

/** Of which day and in which form a decision is: of today in the cabinet; of its paper where the class teacher enters it. */
export function dated(
  actor: Pick<Actor, 'role'>,
  given: LocalDate | undefined,
  standing: LocalDate | undefined,
  now: Instant,
): { readonly form: 'written' | 'electronic'; readonly date: LocalDate } | Refusal {
  const said = saidOn(actor, given, refuse('paper-date-missing', { field: 'signedOn' }), todayOf(now))
  // A paper that was signed before what was decided later changes nothing of it.
  if (!isRefusal(said) && standing !== undefined && said.date < standing)
    return refuse('consent-out-of-order', { date: said.date, standing })
  return said
}

/** The notice that the school gives today. */
export function noticeOf(school: Readonly<SchoolState>, today: LocalDate) {
  return processingNotice(agreementOn(school, today)?.agreement ?? null)
}

/** The notice that a decision rests on: in the cabinet the standing one and of today; on paper as it stands there. */
export function noticeGiven(
  { version, date, form }: { version: string; date: LocalDate; form: 'written' | 'electronic' },
  school: Readonly<SchoolState>,
): { readonly version: string; readonly date: LocalDate } | Refusal {
  if (form === 'written') return { version, date }
  const standing = noticeOf(school, date).version
  return version === standing ? { version, date } : refuse('notice-outdated', { standing })
}
