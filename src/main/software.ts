/** This program with its version, as `letopis --version` and what it writes name it. */
export const VERSION = '0.1.0'
export const SOFTWARE = `letopis ${VERSION}`
