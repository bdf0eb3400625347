/** A wording of the matrix of rights: its number, what it is known by, and what it changed in the one before. */
export interface RightsEdition {
  readonly edition: number
  readonly digest: string
  readonly changes: string
}

/**
 * The editions of the matrix of rights that releases had, the newest last. A matrix that differs has another
 * digest, and a test asks for the line of it here and in the changelog; the line of a release that is out stays as it is
 * (docs/decisions/0096).
 */
export const RIGHTS_EDITIONS: readonly RightsEdition[] = [
  {
    edition: 1,
    digest: '2f0745221d4916bb48b7f58a3c822acd4cc7830e3d62629c3ba45bdbb523ee85',
    changes: 'первая редакция: 47 строк и их части, десять ролей',
  },
]

/** The edition by which this release lets people in. */
export const RIGHTS_EDITION: RightsEdition = RIGHTS_EDITIONS.at(-1)!
