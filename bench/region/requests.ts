import { randomUUID } from 'node:crypto'
import { STARTING_POLICY } from '#values/policy.ts'
import type { Request } from '../http/job.ts'
import type { Page, School } from './plan.ts'

/** Kinds of work that nobody has held yet: each gives a new column at any lesson. */
const KINDS = STARTING_POLICY.kindsOfWork.map(({ kind }) => kind).filter((kind) => kind !== 'lesson-answer')

/** Records the `n`th column of a page: a work that is new, and a mark for each of some pupils. */
export function column(
  school: School,
  page: Page,
  n: number,
  pupils: readonly string[],
  token: string,
): Request {
  const { lesson } = page.lessons[n % page.lessons.length]!
  const kind = KINDS[Math.floor(n / page.lessons.length)]!
  const body = JSON.stringify({
    lesson,
    kind,
    marks: pupils.map((pupil, i) => ({ pupil, value: 2 + (i % 4) })),
  })
  const path = `/v1/schools/${school.slug}/pages/${page.page}/record-marks`
  return { method: 'POST', path, token, id: randomUUID(), body }
}

/** @param only `entries` for what was recorded alone; without it all eight kinds */
export function diaryWeek(
  school: School,
  pupil: string,
  from: string,
  token: string,
  only?: 'entries',
): Request {
  const query = only === undefined ? '' : `&only=${only}`
  return {
    method: 'GET',
    path: `/v1/schools/${school.slug}/pupils/${pupil}/diary?from=${from}${query}`,
    token,
  }
}

export function grid(school: School, page: Page, token: string): Request {
  return { method: 'GET', path: `/v1/schools/${school.slug}/pages/${page.page}`, token }
}
