import { snapshotOf } from '#api/prints/snapshot.ts'
import type { View } from '#api/views/view.ts'
import { ALGEBRA, ANNA, CLASS_7A, LESSON, MONDAY, PAGE, Q2, YEAR } from './class-7a.ts'

/** Of the page of class 7А, whose hash it is not. */
const SNAPSHOT = snapshotOf(
  { template: 'summary-sheet/1', of: CLASS_7A, from: null, until: null, part: null },
  '0'.repeat(64),
).id
const VALUES: Readonly<Record<string, string | number>> = {
  year: YEAR,
  journal: ALGEBRA,
  page: PAGE,
  lesson: LESSON,
  pupil: ANNA,
  unit: CLASS_7A,
  class: CLASS_7A,
  kind: 'staff',
  model: 'audit-trail',
  list: 'subjects',
  period: Q2,
  report: 'attainment-of-pupils',
  package: ANNA,
  job: ANNA,
  // Nobody has released or sent one.
  release: LESSON,
  message: LESSON,
  // No printout has this number; what was printed of the page is told by its snapshot.
  print: SNAPSHOT,
}
const QUERIES: Readonly<Record<string, string>> = {
  'authority-report': `?period=${Q2}`,
  'release-to-authority': `?authority=1&period=${Q2}`,
  'decide-paperless': `?order=1&order_date=${MONDAY}&effective_from=${MONDAY}`,
  'release-class-report': `?class=${CLASS_7A}&period=${Q2}`,
  'conducted-lessons-report': `?period=${Q2}`,
  'attainment-report': `?unit=${CLASS_7A}&period=${Q2}`,
  'missed-lessons-report': `?pupil=${ANNA}`,
  'unsatisfactory-marks-report': `?pupil=${ANNA}`,
  'conducted-lessons-sheet': `?period=${Q2}`,
  'fullness-of-marks-report': `?period=${Q2}`,
  'fullness-of-marks-sheet': `?period=${Q2}`,
  'marks-below-norm-sheet': `?period=${Q2}`,
  'attainment-of-subjects-sheet': `?unit=${CLASS_7A}&period=${Q2}`,
  'attainment-of-pupils-sheet': `?unit=${CLASS_7A}&period=${Q2}`,
  'missed-lessons-sheet': `?pupil=${ANNA}`,
  'unsatisfactory-marks-sheet': `?pupil=${ANNA}`,
  'movement-register': `?since=${MONDAY}&until=${MONDAY}`,
  'pupil-finals': `?year=${YEAR}`,
  'pupil-finals-table': `?year=${YEAR}`,
  'timetable-register': `?since=${MONDAY}&until=${MONDAY}`,
  'print-attendance': `?from=${MONDAY}&until=${MONDAY}`,
  'print-substitutions': `?from=${MONDAY}&until=${MONDAY}`,
  'certify-paper': `?digest=${'0'.repeat(64)}`,
}
/** Where a view is asked about class 7А, its page of algebra and Anna. */
export const addressOf = ({ path, name }: View): string =>
  path.replaceAll(/:(\w+)/g, (_, field: string) => String(VALUES[field] ?? ANNA)) + (QUERIES[name] ?? '')
