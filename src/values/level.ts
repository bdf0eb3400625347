/** The levels of general education, by grade: НОО 1-4, ООО 5-9, СОО 10 and above. */
export const LEVELS = ['primary', 'basic', 'secondary'] as const
export type Level = (typeof LEVELS)[number]

/** What a level is called in Russia. */
export const LEVEL_NAMES: Readonly<Record<Level, string>> = {
  primary: 'НОО',
  basic: 'ООО',
  secondary: 'СОО',
}

export function levelOf(grade: number): Level {
  if (grade <= 4) return 'primary'
  return grade <= 9 ? 'basic' : 'secondary'
}
