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
    digest: '5f27d4690511117c3d458e26dfc26896b6f21fa8ccf60dd6923ed54f0d7aa8df',
    changes: 'первая редакция: 47 строк и их части, десять ролей',
  },
]

/** The edition by which this release lets people in. */
export const RIGHTS_EDITION: RightsEdition = RIGHTS_EDITIONS.at(-1)!
