import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { lessonId, pageId } from '#values/school.ts'
import type { LogIn } from './api.ts'
import type { SchoolAtWork } from './at-work.ts'
import { ANNA, ENGLISH, MONDAY, Q2, YEAR } from './class-7a.ts'

/** The page of English of 7А, in the second quarter, and its lesson on Monday. */
export const ENGLISH_PAGE = pageId(ENGLISH, Q2)
export const FIFTH = lessonId(ENGLISH, MONDAY, 5)

/** A mark for Anna in English, as its teacher gives it. */
export const ENGLISH_MARK = {
  page: ENGLISH_PAGE,
  lesson: FIFTH,
  kind: 'quiz',
  marks: [{ pupil: ANNA, value: 4 }],
}

/** Algebra and English are recorded for Monday. */
export async function bothRecorded(school: SchoolAtWork): Promise<SchoolAtWork> {
  await school.recordLesson()
  await school.done('english', openPage, { year: YEAR, journal: ENGLISH, period: 'q2' })
  const fifth = { page: ENGLISH_PAGE, date: MONDAY, number: 5, topic: 'Present Perfect' }
  await school.done('english', recordLesson, fifth)
  return school
}

/** Somebody corrects the mark of {@link ENGLISH_MARK}, which must stand. */
export async function correctEnglish(
  school: SchoolAtWork,
  login: LogIn,
  reason?: string,
  headers: Readonly<Record<string, string>> = {},
): ReturnType<SchoolAtWork['give']> {
  const cell = (await school.grid(ENGLISH_PAGE, 'auditor')).cells.find(({ pupil }) => pupil === ANNA)!
  const { entry, version, value } = cell.marks[0]!
  const correction = { page: ENGLISH_PAGE, entry, value: value === 5 ? 4 : 5, expectedVersion: version }
  return school.give(
    login,
    correctMark,
    reason === undefined ? correction : { ...correction, reason },
    headers,
  )
}
