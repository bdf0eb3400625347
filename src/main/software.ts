import { RELEASE } from '#projections/release.ts'

/** This program with its version, as `letopis --version` and what it writes name it. */
export const VERSION = RELEASE
export const SOFTWARE = `letopis ${VERSION}`
