import { privacyFold, type DoneErasure, type ErasureStep } from '#commands/privacy/state.ts'
import { referenceStream, REFERENCES } from '#commands/references.ts'
import { streamName } from '#events/stream-name.ts'
import type { ErasureActContent } from '#print/erasure-act.ts'
import { personsOf } from '#projections/school-directory/queries.ts'
import { dateAt, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import type { Asked } from '../views/view.ts'
import type { Collected } from './page-contents.ts'

/**
 * The erasure of a person that was carried out on a date; without one the last.
 *
 * @throws {ProblemError} `erasure-unknown`
 */
export async function erasureOn(
  { school, parts }: Asked<unknown>,
  person: Uuid,
  on: LocalDate | null,
): Promise<{ readonly erasure: DoneErasure; readonly on: LocalDate }> {
  const { state } = await parts.execution.streams.load(privacyFold, streamName(school, 'privacy', person))
  const dated = state.done.map((erasure) => ({ erasure, on: dateAt(erasure.destroyed.at, parts.zone) }))
  const found = dated.findLast((one) => on === null || one.on === on)
  if (found === undefined) throw new ProblemError('erasure-unknown', { person })
  return found
}

/** The act of an erasure: who it was, is known by id alone where the name went with it. */
export async function erasureActForm(
  asked: Asked<unknown>,
  { person, on }: { readonly person: Uuid; readonly on: LocalDate },
): Promise<Collected> {
  const { school, parts } = asked
  const { erasure } = await erasureOn(asked, person, on)
  const { purposes, order, keys, requested, confirmed, destroyed } = erasure
  const accounts = [requested, confirmed].flatMap((step) => (step === null ? [] : [step.account]))
  const persons = await personsOf(parts.database, school, accounts)
  const stepOf = ({ event, at, account }: ErasureStep) => ({
    event,
    at,
    person: persons.get(account) ?? null,
  })
  const roster = await parts.execution.streams.load(
    REFERENCES.roster.fold,
    referenceStream(school, 'roster', null),
  )
  const content: ErasureActContent = {
    person,
    is: roster.state.pupils.has(person)
      ? 'pupil'
      : roster.state.staff.has(person)
        ? 'staff'
        : 'representative',
    zone: parts.zone,
    on,
    purposes: [...purposes],
    order,
    keys,
    requested: stepOf(requested),
    confirmed: confirmed === null ? null : stepOf(confirmed),
    destroyed: { ...stepOf(destroyed), person: null },
  }
  return { form: { template: 'erasure-act/1', content }, people: new Set([person, ...persons.values()]) }
}
