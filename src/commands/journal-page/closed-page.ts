import { canonicalJson, type Json } from '#integrity/tlog/canonical-json.ts'
import { sha256 } from '#values/sha256.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { JournalPageState, LessonState } from './state.ts'

/**
 * What of a page is signed (docs/spec/page-signature.md): what the journal and its finals show, by ids and values, in one
 * order. Not in it are comments and disputes, which speak of the page, and when and by whom things were written, which
 * the log proves.
 */
export function signedContent(state: Readonly<JournalPageState>): Json {
  const { page, lessons, works, marks, finals, postponements } = state
  return {
    v: 1,
    journal: page?.journal ?? null,
    year: page?.year ?? null,
    period: page?.period ?? null,
    grading: page?.grading ?? null,
    lessons: ordered([...lessons].map(([lesson, held]) => lessonContent(lesson, held))),
    works: ordered([...works].map(([work, { lesson, kind, weight }]) => ({ work, lesson, kind, weight }))),
    marks: ordered(
      [...marks].map(([entry, { work, pupil, value, criteria }]) => ({
        entry,
        work,
        pupil,
        value,
        criteria: criteria as Json,
      })),
    ),
    finals: ordered([...finals.values()].map(({ pupil, kind, value }) => ({ pupil, kind, value }))),
    postponements: ordered([...postponements].map(([pupil, until]) => ({ pupil, until }))),
  }
}

function lessonContent(lesson: Uuid, held: LessonState): Json {
  const { date, number, type, topic, material, teacher, plan, attendance, homework } = held
  const absent = [...(attendance?.codes ?? [])].flatMap(([pupil, { code }]) =>
    code === null ? [] : [{ pupil, code }],
  )
  return {
    lesson,
    date,
    number,
    type,
    topic,
    material,
    teacher,
    plan: plan as Json,
    attendance: attendance === null ? null : { absent: ordered(absent) },
    homework: homework === null ? null : { set: homework.content as unknown as Json },
  }
}

/** By the order of their own canonical texts, which does not depend on who wrote what first. */
function ordered(values: readonly Json[]): Json[] {
  return values
    .map((value) => [canonicalJson(value), value] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value)
}

/** SHA-256 of the canonical text of what is signed, in hexadecimal. */
export function digestOf(state: Readonly<JournalPageState>): string {
  return sha256(canonicalJson(signedContent(state)))
}

/** The text that a certificate signs: which page of which school, and its digest. */
export function statementOf(school: SchoolSlug, page: Uuid, digest: string): string {
  return canonicalJson({ school, page, sha256: digest })
}

/** Whether nothing can be written on the page now: it is closed, and no reopening lasts. */
export function isClosed({ closing }: Readonly<JournalPageState>, now: Instant): boolean {
  return closing !== null && closing.reopenings.every(({ until }) => until <= now)
}
