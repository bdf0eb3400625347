import { z } from 'zod'
import { Digest } from '#events/journal-page.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import type { AcknowledgementRow } from '#projections/pupil-diary/projection.ts'
import type { DiaryAssessment, DiaryLesson, DiaryRemark } from '#projections/pupil-diary/queries.ts'
import { seesWhole } from '#values/rights.ts'
import type { Role } from '#values/role.ts'
import { sha256 } from '#values/sha256.ts'
import { addDays, Instant, LocalDate, mondayOf } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { systemsOf } from './names.ts'
import type { Plan, PlanShown } from './pupil-plan.ts'
import { representativesReached } from './rights.ts'
import type { Asked } from './view.ts'

/** Everything that the diary of some whole weeks shows. */
interface Shown extends Pick<PlanShown, 'timetable' | 'changes'>, Pick<Plan, 'tests'> {
  readonly lessons: readonly DiaryLesson[]
  readonly assessments: readonly DiaryAssessment[]
  readonly remarks: readonly DiaryRemark[]
}

/** Through which external system somebody acknowledged. */
export const Through = z
  .string()
  .nullable()
  .describe('Название внешней системы, через которую подтверждено; null — подтвердил сам, в кабинете')

export const DiaryWeekReply = z
  .strictObject({
    week: LocalDate.describe('Понедельник'),
    version: Digest.describe('Меняется с тем, что в дневнике этой недели; нужна acknowledge-diary как seen'),
    acknowledged: z
      .array(
        z.strictObject({
          representative: Uuid,
          name: z.string(),
          at: Instant,
          item: Uuid.nullable().describe('null — вся неделя'),
          seen: Digest,
          changed_since: z.boolean().describe('С тех пор в дневнике этой недели что-то изменилось'),
          through: Through,
        }),
      )
      .describe(
        'Ознакомления: родителю — свои; внешней системе с набором acknowledgements — тех, кому дневник открыт; учителю и обучающемуся не показываются',
      ),
  })
  .meta({ id: 'DiaryWeek' })

const commentsSeen = (some: DiaryLesson['comments']) => some.map((one) => [one.comment, one.version])

const marksSeen = (some: DiaryLesson['marks']) =>
  some.map(({ entry, value, version, comments }) => [entry, value, version, commentsSeen(comments)])

/**
 * The version of a week of a diary: SHA-256 of the ids, values and versions of what stands in it. Names of people and words
 * that are sealed are not among it, so that a version stays what it is when somebody is renamed or erased.
 */
function versionOf(week: LocalDate, shown: Shown): string {
  const sunday = addDays(week, 6)
  const within = ({ date }: { readonly date: LocalDate }) => week <= date && date <= sunday
  const seen = {
    lessons: shown.lessons
      .filter(within)
      .map(
        ({
          lesson,
          teacher,
          type,
          topic,
          material,
          homework,
          absence,
          exempt,
          individual_homework: own,
          ...one
        }) => [
          lesson,
          teacher,
          type,
          topic,
          material,
          exempt,
          absence?.code ?? null,
          absence?.version ?? 0,
          homework === null ? null : [homework.version, commentsSeen(homework.comments)],
          own?.version ?? null,
          commentsSeen(one.comments),
          marksSeen(one.marks),
        ],
      ),
    assessments: shown.assessments
      .filter(within)
      .map((one) => [one.assessment, one.name, marksSeen(one.marks)]),
    remarks: shown.remarks.filter(within).map(({ remark, version }) => [remark, version]),
    timetable: shown.timetable
      .filter(within)
      .map(({ lesson, room, teachers }) => [lesson, room, teachers.map(({ staff }) => staff)]),
    changes: shown.changes
      .filter((one) => within(one) || (one.to !== null && within(one.to)))
      .map(({ kind, journal, date, number, to }) => [kind, journal, date, number, to]),
    tests: shown.tests.filter(within).map(({ test, form, topic }) => [test, form, topic]),
  }
  return sha256(`letopis diary week 1\n${canonicalJson({ week, ...seen })}`)
}

/** What representatives said of a diary, as far as somebody is shown it. */
export interface Acknowledgements {
  readonly rows: readonly AcknowledgementRow[]
  /** What the external system is called through which one came. */
  readonly system: (token: Uuid | null) => string | null
}

/**
 * Whoever controls it sees all, a parent the own, an external system that may acknowledge those of whom it may do it for.
 */
export async function acknowledgementsSeen(
  asked: Asked<unknown>,
  pupil: Uuid,
  all: readonly AcknowledgementRow[],
): Promise<Acknowledgements> {
  const { actor } = asked
  const shownTo = actor.agreed?.includes('acknowledgements') ? await representativesReached(asked, pupil) : []
  const rows = all.filter(
    ({ representative }) =>
      CONTROLS.has(actor.role) ||
      (actor.role === 'parent' && representative === actor.person) ||
      shownTo.includes(representative),
  )
  return {
    rows,
    system: await systemsOf(
      asked,
      rows.map(({ through }) => through),
    ),
  }
}

/**
 * Some weeks, each with its version and who got acquainted with which (R-7A.15).
 */
export function weeksOfDiary(
  weeks: readonly LocalDate[],
  shown: Shown,
  { rows, system }: Acknowledgements,
  name: (person: Uuid) => string,
): Array<z.output<typeof DiaryWeekReply>> {
  return weeks.map((week) => {
    const version = versionOf(week, shown)
    return {
      week,
      version,
      acknowledged: rows
        .filter((one) => one.week === week)
        .map(({ representative, at, item, seen, through }) => ({
          representative,
          name: name(representative),
          at,
          item,
          seen,
          changed_since: seen !== version,
          through: system(through),
        })),
    }
  })
}

/** Who controls that parents get acquainted; a class teacher of the own class. */
const CONTROLS: ReadonlySet<Role> = new Set([...seesWhole('25a'), 'class-teacher'])

/** The Mondays of the weeks that some days touch. */
export function weeksBetween(from: LocalDate, until: LocalDate): LocalDate[] {
  const weeks: LocalDate[] = []
  for (let week = mondayOf(from); week <= until; week = addDays(week, 7)) weeks.push(week)
  return weeks
}
