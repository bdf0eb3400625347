/** Why a file as a whole cannot be read; the last part of the problem type. */
export const FILE_PROBLEMS = [
  'csv-empty',
  'csv-windows-1251',
  'csv-encoding-unknown',
  'csv-malformed',
  'csv-column-unknown',
  'csv-column-missing',
  'csv-column-repeated',
  'csv-too-many-rows',
  'zip-malformed',
  'zip-too-large',
  'oneroster-manifest-missing',
  'oneroster-version-unknown',
  'oneroster-delta',
  'oneroster-file-missing',
] as const
export type FileProblem = (typeof FILE_PROBLEMS)[number]

/** A file that is no list: nothing of it was looked at as rows. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused'
  readonly problem: FileProblem
  /** Lines and columns count from 1. */
  readonly facts: Readonly<Record<string, unknown>>

  constructor(problem: FileProblem, facts: Readonly<Record<string, unknown>> = {}) {
    super(problem)
    this.problem = problem
    this.facts = facts
  }
}
