import type { Uuid } from '#values/uuid.ts'
import type { FoldState } from './fold.ts'
import { byPupil, compare } from './in-order.ts'

/** What stands beside the finals of journals (R-F16): the same in a journal, a summary sheet and an extract. */
export interface BesideForm {
  /** In which form somebody learns, where the school said so. */
  readonly forms: ReadonlyArray<{
    readonly pupil: Uuid
    readonly form: string
    readonly from: string
    readonly order: OrderForm
  }>
  /** Finals with which pupils came from elsewhere. */
  readonly credited: ReadonlyArray<{
    readonly pupil: Uuid
    readonly subject: string
    readonly period: string
    readonly grading: string
    readonly value: string | number
    readonly issuedBy: string
    readonly document: OrderForm
  }>
  readonly attestations: ReadonlyArray<{
    readonly attestation: Uuid
    readonly pupil: Uuid
    readonly subject: string
    readonly stage: string
    readonly date: string
    readonly commission: readonly Uuid[]
    readonly protocol: OrderForm
    readonly grading: string
    readonly value: string | number
  }>
}

interface OrderForm {
  readonly number: string
  readonly date: string
}

/** Of the year of the package, and of some pupils or of everybody of whom the records speak. */
export function besideForm(
  { beside, subjects, year: ofYear }: FoldState,
  isShown: (pupil: Uuid) => boolean = () => true,
): BesideForm {
  const isOf = ({ pupil, year }: { readonly pupil: Uuid; readonly year: number }): boolean =>
    isShown(pupil) && year === ofYear?.year
  const named = (subject: Uuid): string => subjects.get(subject) ?? subject
  return {
    forms: [...beside.forms]
      .filter(([pupil]) => isShown(pupil))
      .flatMap(([pupil, forms]) => forms.map((form) => ({ pupil, ...form })))
      .toSorted((a, b) => byPupil(a, b) || compare(a.from, b.from)),
    credited: [...beside.credited.values()]
      .filter(isOf)
      .map(({ pupil, subject, period, grading, value, issuedBy, document }) => ({
        pupil,
        subject: named(subject),
        period,
        grading,
        value,
        issuedBy,
        document,
      }))
      .toSorted((a, b) => byPupil(a, b) || compare(a.subject, b.subject) || compare(a.period, b.period)),
    attestations: [...beside.attestations.values()]
      .filter(isOf)
      .map(({ attestation, pupil, subject, stage, date, commission, protocol, grading, value }) => ({
        attestation,
        pupil,
        subject: named(subject),
        stage,
        date,
        commission,
        protocol,
        grading,
        value,
      }))
      .toSorted((a, b) => byPupil(a, b) || compare(a.date, b.date) || compare(a.attestation, b.attestation)),
  }
}
