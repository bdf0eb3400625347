import { z } from 'zod'
import { Digest } from '#events/journal-page.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import {
  acknowledgementsOf,
  type DiaryAssessment,
  type DiaryLesson,
  type DiaryRemark,
} from '#projections/pupil-diary/queries.ts'
import { seesWhole } from '#values/rights.ts'
import type { Role } from '#values/role.ts'
import { sha256 } from '#values/sha256.ts'
import { addDays, Instant, LocalDate, mondayOf } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import type { planOfPupil } from './pupil-plan.ts'
import { namesOf } from './names.ts'
import type { Asked } from './view.ts'

/** Everything that the diary of some whole weeks shows. */
interface Shown extends Pick<Awaited<ReturnType<typeof planOfPupil>>['plan'], 'timetable' | 'changes'> {
  readonly tests: Awaited<ReturnType<typeof planOfPupil>>['tests']
  readonly lessons: readonly DiaryLesson[]
  readonly assessments: readonly DiaryAssessment[]
  readonly remarks: readonly DiaryRemark[]
}

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
        }),
      )
      .describe('Ознакомления: родителю — свои; учителю и обучающемуся не показываются'),
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

/** The weeks that some days touch, each with its version and who got acquainted with which (R-7A.15). */
export async function weeksOfDiary(
  asked: Asked<unknown>,
  pupil: Uuid,
  { from, until }: { readonly from: LocalDate; readonly until: LocalDate },
  shown: Shown,
): Promise<Array<z.output<typeof DiaryWeekReply>>> {
  const { school, parts, actor } = asked
  const weeks = weeksBetween(from, until)
  const all = await acknowledgementsOf(parts.database, school, [pupil], weeks[0]!, weeks.at(-1)!)
  const isSeen = CONTROLS.has(actor.role)
  const own = all.filter(
    ({ representative }) => isSeen || (actor.role === 'parent' && representative === actor.person),
  )
  const name = await namesOf(
    asked,
    own.map(({ representative }) => representative),
  )
  return weeks.map((week) => {
    const version = versionOf(week, shown)
    return {
      week,
      version,
      acknowledged: own
        .filter((one) => one.week === week)
        .map(({ representative, at, item, seen }) => ({
          representative,
          name: name(representative),
          at,
          item,
          seen,
          changed_since: seen !== version,
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
