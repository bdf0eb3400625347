import { homeworkAsShown } from '#events/journal-page.ts'
import { canonicalJson, type Json } from '#integrity/tlog/canonical-json.ts'
import { sha256 } from '#values/sha256.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { JournalPageState, LessonState } from './state.ts'

/** The versions of what is signed of a page. Signatures of the first go on being held against the first. */
export type ContentVersion = 1 | 2
export const NEWEST: ContentVersion = 2

/**
 * What of a page is signed (docs/spec/page-signature.md): what the journal and its finals show, by ids and values, in one
 * order. Not in it are disputes and differences to paper, which speak of the page and may come after its closing, and when
 * and by whom things were written, which the log proves. Words about people are not in it either: the record that holds
 * them is named, so that their erasure leaves the digest as it was.
 */
export function signedContent(state: Readonly<JournalPageState>, version: ContentVersion = NEWEST): Json {
  return version === 1 ? firstContent(state) : secondContent(state)
}

function firstContent(state: Readonly<JournalPageState>): { readonly [member: string]: Json } {
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

/** Version 1 left out what is not bound to a lesson, what was said of pupils, and who was to give a lesson. */
function secondContent(state: Readonly<JournalPageState>): Json {
  const { lessons, assessments, works, marks, exemptions, remarks, comments } = state
  return {
    ...firstContent(state),
    v: 2,
    lessons: ordered(
      [...lessons].map(([lesson, held]) => ({
        ...lessonContent(lesson, held),
        scheduled: held.scheduled.toSorted(),
        substitution: held.substitution,
        combination: held.combination,
        transferredFrom: held.transferredFrom as Json,
        individual: ordered(
          [...held.individual].map(([pupil, { content }]) => ({
            pupil,
            set: homeworkAsShown(content) as unknown as Json,
          })),
        ),
      })),
    ),
    assessments: ordered(
      [...assessments].map(([assessment, { date, kind, name, receipts }]) => ({
        assessment,
        date,
        kind,
        name,
        receipts: ordered(
          [...receipts].map(([receivedAt, { pupils }]) => ({ receivedAt, pupils: pupils.toSorted() })),
        ),
      })),
    ),
    works: ordered(
      [...works].map(([work, { lesson, kind, weight, test }]) => ({ work, lesson, kind, weight, test })),
    ),
    marks: ordered(
      [...marks].map(([entry, { work, pupil, value, criteria, credit }]) => ({
        entry,
        work,
        pupil,
        value,
        criteria: criteria as Json,
        credit,
      })),
    ),
    exemptions: ordered(
      [...exemptions].map(([exemption, { pupil, from, until }]) => ({ exemption, pupil, from, until })),
    ),
    remarks: ordered(
      [...remarks].map(([remark, { pupil, lesson, version }]) => ({ remark, pupil, lesson, rev: version })),
    ),
    comments: ordered(
      [...comments].map(([comment, { lesson, on, version }]) => ({
        comment,
        lesson,
        on: on as Json,
        rev: version,
      })),
    ),
  }
}

function lessonContent(lesson: Uuid, held: LessonState): { readonly [member: string]: Json } {
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
    plan,
    attendance: attendance === null ? null : { absent: ordered(absent) },
    homework: homework === null ? null : { set: homework.content && homeworkAsShown(homework.content) },
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
export function digestOf(state: Readonly<JournalPageState>, version: ContentVersion = NEWEST): string {
  return sha256(canonicalJson(signedContent(state, version)))
}

/** The digests of some versions of the content, each made once. */
export function digestsOf(
  state: Readonly<JournalPageState>,
  versions: Iterable<ContentVersion>,
): ReadonlyMap<ContentVersion, string> {
  return new Map([...new Set(versions)].map((version) => [version, digestOf(state, version)]))
}

/** The text that a certificate signs: which page of which school, and its digest. */
export function statementOf(school: SchoolSlug, page: Uuid, digest: string): string {
  return canonicalJson({ school, page, sha256: digest })
}

/** Whether nothing can be written on the page now: it is closed, and no reopening lasts. */
export function isClosed({ closing }: Readonly<JournalPageState>, now: Instant): boolean {
  return closing !== null && closing.reopenings.every(({ until }) => until <= now)
}
