import { z } from 'zod'
import type { Refusal } from '#commands/refusal.ts'
import { type Grid, gridWithin, page, type PageEntry } from '#projections/class-journal/queries.ts'
import { holds, journal, learningIn, members, periods } from '#projections/school-directory/queries.ts'
import { holdingFor } from '#values/calendar-for.ts'
import { dueOf, excusing, OUTAGE_REASON } from '#values/outage.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import { closingOf, finalsOfPage, postponementsOfPage } from '#projections/summary-sheet/queries.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { namesOf } from './names.ts'
import { pagesOfJournal } from './past-pages.ts'
import { groundOf, lastDayOf, shownClosing, shownPostponements } from './period-end.ts'
import { outagesOf, zoneOf } from './outages.ts'
import { type ExcusedReply, GridReply } from './replies.ts'
import { learnersOfUnit, mayReadJournal, pupilsSeenOn } from './rights.ts'
import { type Asked, defineView } from './view.ts'

/** The class journal of one period: pupils in rows, lessons in columns, and everything that stands in the cells. */
export const classJournalGrid = defineView({
  name: 'class-journal-grid',
  path: 'pages/:page',
  summary: 'Страница журнала: ученики, уроки, отметки, отсутствия, темы, задания',
  tag: 'Страница журнала',
  operation: '9',
  input: z.strictObject({ page: Uuid }),
  reply: GridReply,
  past: pagesOfJournal,
  may: mayReadPage,
  async answer(asked) {
    const entry = await pageOf(asked)
    const { journal: of, year } = entry
    const body = await pageCutTo(asked, await pupilsSeenOn(asked, of, year))
    const excused = await excusedOn(asked, year, body.lessons, body.cells)
    const closing = { ...body.closing, proposed: await isToBeClosed(asked, entry, body.closing.closed_at) }
    return { body: { ...body, excused, closing }, revision: body.page.revision }
  },
})

/** Closing is proposed from the last school day of the period on, until the page was closed. */
async function isToBeClosed(
  asked: Asked<unknown>,
  { journal: id, year, period }: PageEntry,
  closedAt: Instant | null,
): Promise<boolean> {
  if (closedAt !== null) return false
  const of = await journal(asked.parts.database, asked.school, id)
  const learners = of && (await learnersOfUnit(asked, of.unit))
  if (learners === undefined) return false
  const lastDay = lastDayOf(await groundOf(asked, year), period, learners)
  return lastDay !== undefined && lastDay <= asked.today
}

/** A page with everything that stands on it of some pupils; null is of everybody. */
export async function pageCutTo(asked: Asked<{ page: Uuid }>, seen: ReadonlySet<Uuid> | null) {
  const { school, parts } = asked
  const entry = await pageOf(asked)
  const { stream, revision, ...found } = entry
  const of = await journal(parts.database, school, found.journal)
  const bounds = await boundsOf(asked, found, of?.unit)
  const shown = await gridWithin(parts.database, school, entry, bounds)
  const isSeen = ({ pupil }: { pupil: Uuid }): boolean => seen === null || seen.has(pupil)
  const all = of === undefined ? [] : await members(parts.database, school, of.unit)
  const here = all.filter((one) => isSeen(one) && one.spans.some((span) => touches(span, bounds)))
  const exemptions = shown.exemptions.filter(isSeen)
  const cells = withExemptions({ ...shown, cells: shown.cells.filter(isSeen), exemptions })
  const remarks = shown.remarks.filter(({ pupil }) => pupil === null || isSeen({ pupil }))
  // A pupil who left stays on the page with the marks that were earned on it (R-F5, R-7A.16h).
  const marked = cells.map(({ pupil }) => pupil).filter((pupil) => !here.some((one) => one.pupil === pupil))
  const rows = [...here, ...[...new Set(marked)].map((pupil) => ({ pupil, spans: [] }))]
  const name = await namesOf(asked, [
    ...rows.map(({ pupil }) => pupil),
    ...shown.lessons.map(({ teacher }) => teacher),
  ])
  const pupils = rows
    .map(({ pupil, spans }) => ({ pupil, name: name(pupil), spans, now: holds(spans, asked.today) }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'ru'))
  const lessons = shown.lessons.map((lesson) => ({ ...lesson, teacher_name: name(lesson.teacher) }))
  const assessments = shown.assessments.map(({ receipts, ...of }) => ({
    ...of,
    receipts: receipts.map((one) => ({ ...one, pupils: one.pupils.filter((pupil) => isSeen({ pupil })) })),
  }))
  const { name: journalName = null, subject_name: subject = null, unit_name: learners = null } = of ?? {}
  const heading = { ...found, revision, name: journalName, subject, learners, ...bounds }
  return {
    page: heading,
    pupils,
    lessons,
    assessments,
    remarks,
    exemptions,
    works: shown.works,
    cells,
    ...(await endOf(asked, stream, isSeen)),
  }
}

/** The cells, with those that say nothing but that a pupil is exempt from practice (осв, C.2). */
function withExemptions({ lessons, cells, exemptions }: Pick<Grid, 'lessons' | 'cells' | 'exemptions'>) {
  const isExempt = (pupil: Uuid, date: LocalDate | undefined) =>
    date !== undefined &&
    exemptions.some((one) => one.pupil === pupil && one.since <= date && date <= one.until)
  const dates = new Map(lessons.map(({ lesson, date }) => [lesson, date]))
  const known = new Set(cells.map(({ lesson, pupil }) => `${lesson} ${pupil}`))
  const bare = lessons.flatMap(({ lesson, date }) =>
    [...new Set(exemptions.map(({ pupil }) => pupil))]
      .filter((pupil) => isExempt(pupil, date) && !known.has(`${lesson} ${pupil}`))
      .map((pupil) => ({ lesson, pupil, absence: null, marks: [], homework: null })),
  )
  return [...cells, ...bare].map((cell) => ({
    ...cell,
    exempt: isExempt(cell.pupil, dates.get(cell.lesson)),
  }))
}

/** The entries of a page that came late by a registered outage: their lateness is nobody's fault (R-A2.7). */
async function excusedOn(
  asked: Asked<unknown>,
  year: number,
  lessons: Grid['lessons'],
  cells: Grid['cells'],
): Promise<Array<z.output<typeof ExcusedReply>>> {
  const windows = await outagesOf(asked)
  if (windows.length === 0) return []
  const zone = await zoneOf(asked, year)
  const dates = new Map(lessons.map(({ lesson, date }) => [lesson, date]))
  const excused = (lesson: Uuid, entry: EntryOfLesson, at: Instant, lateBy: number, mark: Uuid | null) => {
    const date = dates.get(lesson)
    if (date === undefined) return []
    const by = excusing(windows, { date, dueAt: dueOf(at, lateBy), at }, zone)
    return by === null
      ? []
      : [{ lesson, entry, mark, outage: by.outage, reason: OUTAGE_REASON, text: by.text }]
  }
  return [
    ...lessons.flatMap(({ lesson, recorded_at, late_by, attendance, homework }) => [
      ...excused(lesson, 'lesson', recorded_at, late_by, null),
      ...(attendance === null
        ? []
        : excused(lesson, 'attendance', attendance.takenAt, attendance.lateBy, null)),
      ...(homework === null ? [] : excused(lesson, 'homework', homework.recordedAt, homework.lateBy, null)),
    ]),
    ...cells.flatMap(({ lesson, marks }) =>
      marks.flatMap(({ entry, recordedAt, lateBy }) => excused(lesson, 'mark', recordedAt, lateBy, entry)),
    ),
  ]
}
type EntryOfLesson = z.output<typeof ExcusedReply>['entry']

/** How the period of a page ends: its finals, what is postponed, and whether it is closed. */
async function endOf(
  { parts, today }: Asked<unknown>,
  stream: string,
  isSeen: (of: { pupil: Uuid }) => boolean,
) {
  const { database } = parts
  const finals = await finalsOfPage(database, stream)
  const postponed = await postponementsOfPage(database, stream)
  const closing = await closingOf(database, stream)
  return {
    closing: shownClosing(closing, parts.execution.clock()),
    finals: finals.filter(isSeen),
    postponements: shownPostponements(postponed, finals, today).filter(isSeen),
  }
}

/** The page of a query's address. */
export async function pageOf({ school, parts, input }: Asked<{ page: Uuid }>): Promise<PageEntry> {
  const found = await page(parts.database, school, input.page)
  if (found === undefined) throw new ProblemError('page-unknown', { page: input.page })
  return found
}

/** The page is open to whoever may read its journal. */
export async function mayReadPage(asked: Asked<{ page: Uuid }>): Promise<Refusal | null> {
  const { journal, year } = await pageOf(asked)
  return mayReadJournal(asked, journal, year)
}

interface Bounds {
  readonly from: LocalDate | null
  readonly until: LocalDate | null
}

/** The bounds of the period of a page for those who learn on it; null where they have no such period, or the whole year. */
export async function boundsOf(
  { school, parts }: Asked<unknown>,
  of: PageLike,
  unitId: Uuid | undefined,
): Promise<Bounds> {
  if (unitId === undefined) return { from: null, until: null }
  const learning = await learningIn(parts.database, school, of.year, unitId)
  const own = holdingFor(await periods(parts.database, school, of.year), learning)
  const found = own.find(({ period }) => period === of.period)
  return { from: found?.from ?? null, until: found?.until ?? null }
}

type PageLike = Pick<PageEntry, 'year' | 'period'>

/** Whether a membership has a day within the bounds. */
function touches(span: { from: LocalDate; until: LocalDate | null }, { from, until }: Bounds): boolean {
  return (until === null || span.from <= until) && (from === null || span.until === null || from < span.until)
}
