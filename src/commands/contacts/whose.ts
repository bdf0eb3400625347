import { z } from 'zod'
import type { DomainEvent } from '#events/registry.ts'
import { dateAt, type Instant, type LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { mayActForRepresentative, saidOn } from '../acts-for-representative.ts'
import type { Actor, Given } from '../command.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { contactsFold, type ContactsState } from './state.ts'

/** The representative, and a pupil of his by whom he is known to whoever acts. */
export const whose = { pupil: Uuid, representative: Uuid }

type OfContacts = Given<{ pupil: Uuid; representative: Uuid }, ContactsState, 'family' | 'roster'>

/** What commands about contacts have alike. */
export const onContacts = {
  path: 'family/:pupil/contacts/:representative',
  fold: contactsFold,
  stream: ({ representative }: { representative: Uuid }) => representative,
  needs: ['family', 'roster'] as const,
  pupil: ({ pupil }: { pupil: Uuid }) => pupil,
}

/** A parent keeps the own contacts; a class teacher, from paper, those of the families of the own class (row 26). */
export function mayKeepContacts({ actor, input, references, now }: OfContacts): Refusal | null {
  return mayActForRepresentative(
    actor,
    input,
    references.family,
    references.roster,
    dateAt(now, DEFAULT_ZONE),
  )
}

/** How a parent asked for something, and when. */
export function askedFor(
  date: LocalDate | undefined,
  actor: Pick<Actor, 'role'>,
  now: Instant,
): { readonly source: 'written' | 'electronic'; readonly date: LocalDate } | Refusal {
  const missing = refuse('document-required', { field: 'date' })
  const said = saidOn(actor, date, missing, dateAt(now, DEFAULT_ZONE))
  return isRefusal(said) ? said : { source: said.form, date: said.date }
}

/** The confirmation of a contact; the one of the same channel that stood until then ends with it. */
export function confirmation(
  state: Readonly<ContactsState>,
  { representative, contact }: { readonly representative: Uuid; readonly contact: Uuid },
  by: 'document' | 'code',
): readonly DomainEvent[] | Refusal {
  const known = state.contacts.get(contact)
  if (known === undefined) return refuse('contact-unknown', { contact })
  if (known.confirmed) return []
  const replaced = [...state.contacts.values()].filter(
    (one) => one.contact !== contact && one.channel === known.channel,
  )
  return [
    { type: 'ContactConfirmed', data: { contact, representative, by } },
    ...replaced.map((one) => ({
      type: 'ContactWithdrawn' as const,
      data: { contact: one.contact, representative, reason: 'replaced' as const },
    })),
  ]
}

export const ofContact = z.strictObject({ ...whose, contact: Uuid })
