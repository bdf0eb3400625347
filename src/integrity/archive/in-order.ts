/** The orders of a package: by code units, which no locale changes. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const byPupil = (a: { pupil: string }, b: { pupil: string }): number => compare(a.pupil, b.pupil)
