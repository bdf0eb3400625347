import type { Uuid } from '#values/uuid.ts'
import type { AssessmentState, Homework, MarkState, PageState } from './fold-page.ts'
import { byPupil, compare } from './in-order.ts'

/** A column of marks, at a lesson or of an assessment. */
export interface WorkForm {
  readonly work: Uuid
  readonly kind: string
  readonly weight: number
  /** The test of internal control whose column it is. */
  readonly test: Uuid | null
  readonly marks: ReadonlyArray<{
    readonly entry: Uuid
    readonly pupil: Uuid
    readonly value: string | number
    readonly criteria: ReadonlyArray<{
      readonly criterion: string
      readonly score: number
      readonly max: number
    }> | null
    readonly credit: MarkState['credit']
    readonly recordedAt: string
    readonly corrected: boolean
  }>
}

export interface AssessmentForm extends AssessmentState {
  readonly works: readonly WorkForm[]
}

/** What stands on a page beside its lessons. */
export interface EntriesForm {
  readonly assessments: readonly AssessmentForm[]
  readonly remarks: ReadonlyArray<{
    readonly remark: Uuid
    readonly kind: string
    readonly pupil: Uuid | null
    readonly lesson: Uuid | null
    readonly date: string
    readonly text: string
    readonly author: Uuid
    readonly at: string
  }>
  readonly exemptions: ReadonlyArray<{
    readonly exemption: Uuid
    readonly pupil: Uuid
    readonly from: string
    readonly until: string
    readonly document: { readonly number: string | null; readonly date: string }
  }>
  readonly disputes: ReadonlyArray<{
    readonly dispute: Uuid
    readonly entry: Uuid
    readonly lesson: Uuid
    readonly pupil: Uuid
    readonly value: string | number
    readonly text: string
    readonly at: string
    readonly answer: { readonly by: string; readonly text: string | null; readonly at: string } | null
  }>
  /** Where the paper page said something else, and what came of it. */
  readonly differences: ReadonlyArray<{
    readonly difference: Uuid
    readonly what: string
    readonly lesson: Uuid | null
    readonly pupil: Uuid | null
    readonly paper: string | null
    readonly electronic: string | null
    readonly foundOn: string
    readonly at: string
    readonly settled: { readonly by: string; readonly text: string | null; readonly at: string } | null
  }>
  /** Of the page as it stood: the signatures themselves are in the records. */
  readonly signatures: ReadonlyArray<{
    readonly digest: string
    readonly method: string
    readonly checked: string
    readonly certificate: string | null
    readonly by: Uuid
    readonly role: string
    readonly at: string
  }>
}

/** The columns of a lesson or of an assessment. */
export function worksAt(page: PageState, occasion: Uuid): WorkForm[] {
  return [...page.works.values()]
    .filter((work) => work.lesson === occasion)
    .toSorted((a, b) => compare(a.kind, b.kind) || compare(a.work, b.work))
    .map(({ work, kind, weight, test }) => ({
      work,
      kind,
      weight,
      test,
      marks: [...page.marks.values()]
        .filter((mark) => mark.work === work)
        .map(({ entry, pupil, value, criteria, credit, recordedAt, corrected }) => ({
          entry,
          pupil,
          value,
          criteria,
          credit,
          recordedAt,
          corrected,
        }))
        .toSorted((a, b) => byPupil(a, b) || compare(a.entry, b.entry)),
    }))
}

/** The assessments of a page in order of dates. */
export function assessmentsOn(page: PageState): AssessmentForm[] {
  return [...page.assessments.values()]
    .toSorted((a, b) => compare(a.date, b.date) || compare(a.assessment, b.assessment))
    .map((one) => ({ ...one, works: worksAt(page, one.assessment) }))
}

export function entriesOf(page: PageState): EntriesForm {
  return {
    assessments: assessmentsOn(page),
    remarks: [...page.remarks.values()].toSorted(
      (a, b) => compare(a.date, b.date) || compare(a.at, b.at) || compare(a.remark, b.remark),
    ),
    exemptions: [...page.exemptions.values()].toSorted(
      (a, b) => byPupil(a, b) || compare(a.from, b.from) || compare(a.exemption, b.exemption),
    ),
    disputes: [...page.disputes.values()]
      .map(({ work: _work, ...dispute }) => dispute)
      .toSorted((a, b) => compare(a.at, b.at) || compare(a.dispute, b.dispute)),
    differences: [...page.differences.values()].toSorted(
      (a, b) => compare(a.at, b.at) || compare(a.difference, b.difference),
    ),
    signatures: page.signatures,
  }
}

/** Homework of single pupils, of one lesson. */
export function individualOf(
  individual: ReadonlyMap<Uuid, Homework>,
): Array<{ readonly pupil: Uuid; readonly homework: Homework }> {
  return [...individual].map(([pupil, homework]) => ({ pupil, homework })).toSorted(byPupil)
}
