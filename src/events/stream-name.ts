import type { SchoolSlug } from '#values/school.ts'

/**
 * `<school>.<category>-<id>`, such as `tomsk35.journalPage-6f2b…`. The school comes first, so that one school
 * can be read, moved, exported or rebuilt by prefix.
 */
export type StreamName = `${SchoolSlug}.${Category}-${string}`

export const CATEGORIES = [
  'school',
  'schoolYear',
  'premises',
  'policy',
  'curriculum',
  'roster',
  'teachingLoad',
  'timetable',
  'testSchedule',
  'topicPlan',
  'journalPage',
  'control',
  'printout',
  'family',
  'contacts',
  'diary',
  'message',
  'access',
  'serviceToken',
  'privacy',
  'archive',
  'incident',
  'support',
] as const
export type Category = (typeof CATEGORIES)[number]

export function streamName(school: SchoolSlug, category: Category, id: string | number): StreamName {
  return `${school}.${category}-${id}`
}

/** The parts of a stream name; null when `name` is not one, as for streams of other writers in a shared engine. */
export function parseStreamName(name: string): { school: SchoolSlug; category: Category; id: string } | null {
  const parts = /^([a-z][a-z0-9]{1,30})\.([a-zA-Z]+)-(.+)$/.exec(name)
  const category = CATEGORIES.find((known) => known === parts?.[2])
  return parts === null || category === undefined
    ? null
    : { school: parts[1] as SchoolSlug, category, id: parts[3]! }
}
