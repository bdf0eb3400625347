import { dateOfWork } from '#commands/journal-page/deadlines.ts'
import { policyOn } from '#commands/policy/state.ts'
import { classesOf, learningOf } from '#commands/roster/state.ts'
import {
  type LessonOfPage,
  lessonsWithoutWork,
  worksOfTests,
  worksWithoutMarks,
} from '#projections/class-journal/queries.ts'
import { tests } from '#projections/school-plan/queries.ts'
import { excusedWorks } from '#projections/summary-sheet/queries.ts'
import { INTERNAL_CONTROL } from '#values/policy.ts'
import { workId } from '#values/school.ts'
import { endOfDay, type Instant, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Asked } from '../view.ts'
import { type Duty, type DutyGround, NOTHING_MORE, stillResponsible } from './duty.ts'

/**
 * The works whose marks are missing (R-2.5a, R-2.11, R-2.12): those that were begun and for which no mark stands; lessons
 * of a type that is a kind of work, such as a test, without any; and the tests of the schedule whose lesson was given. Of
 * a test of internal control that is also written work the earlier date holds.
 */
export async function dutiesOfWorks(
  asked: Asked<unknown>,
  ground: DutyGround,
  from: LocalDate,
  until: LocalDate,
): Promise<Duty[]> {
  const { school, parts } = asked
  const { year } = ground
  const { database } = parts
  const found: Duty[] = []
  /** What is asked for already: a double lesson has one test. */
  const asks = new Set<string>()
  // Who closed the page has said of these that no marks are to come (R-D6).
  const excused = await excusedWorks(database, school, year)
  const add = (of: WorkOfLesson, dueAt: Instant | null, kinds: readonly string[] = [of.kind]) => {
    for (const kind of kinds) asks.add(keyOf(of, kind))
    if (kinds.some((kind) => excused.has(workId(of.lesson, kind)))) return
    const duty = dueAt === null ? null : dutyOf(ground, of, dueAt)
    if (duty !== null) found.push(duty)
  }
  for (const { due_at: dueAt, ...work } of await worksWithoutMarks(database, school, from, until))
    add(work, dueAt)

  const planned = await tests(database, school, year, from, until)
  const on = planned.map(({ journal, date }) => ({ journal, date }))
  const lessonsOf = Map.groupBy(
    on.length === 0 ? [] : await worksOfTests(database, school, on),
    ({ journal, date }) => `${journal} ${date}`,
  )
  for (const test of planned) {
    const kinds = test.internal_control ? [INTERNAL_CONTROL, test.form] : [test.form]
    const lessons = lessonsOf.get(`${test.journal} ${test.date}`) ?? []
    const marked = lessons.some(({ works }) => works.some((kind) => kinds.includes(kind)))
    const lesson = lessons[0]
    if (lesson === undefined || marked || kinds.some((kind) => asks.has(keyOf(test, kind)))) continue
    const { works: _none, ...given } = lesson
    const dues = kinds.flatMap((kind) => dueOf(ground, { ...given, kind }) ?? [])
    add({ ...given, kind: kinds[0]! }, dues.toSorted()[0] ?? null, kinds)
  }
  for (const { type: kind, ...lesson } of await lessonsWithoutWork(database, school, from, until)) {
    if (!asks.has(keyOf(lesson, kind))) add({ ...lesson, kind }, dueOf(ground, { ...lesson, kind }))
  }
  return found
}

function keyOf(
  { journal, date }: { readonly journal: Uuid; readonly date: LocalDate },
  kind: string,
): string {
  return `${journal} ${date} ${kind}`
}

interface WorkOfLesson extends LessonOfPage {
  readonly kind: string
}

function dutyOf(ground: DutyGround, of: WorkOfLesson, dueAt: Instant): Duty | null {
  const { references, journals, pilot } = ground
  const { journal, teacher, lesson, date, number, period, kind } = of
  const known = references.teachingLoad.journals.get(journal)
  if (known === undefined || journals?.has(journal) === false) return null
  if (classesOf(references.roster, known.learners).every((id) => pilot(id, date))) return null
  const responsible = stillResponsible(ground, [teacher], journal)
  return { ...NOTHING_MORE, duty: 'marks', dueAt, date, number, journal, lesson, period, kind, responsible }
}

/** When the marks of a work are due that is not begun yet; null where its kind is none of the school's, or no marks are given. */
function dueOf(
  { references, zone }: DutyGround,
  { journal, date, kind }: Pick<WorkOfLesson, 'journal' | 'date' | 'kind'>,
): Instant | null {
  const known = references.teachingLoad.journals.get(journal)
  const of = policyOn(references.policy, date)?.kindsOfWork.find((one) => one.kind === kind)
  if (known === undefined || of === undefined || known.grading === 'none') return null
  const learning = learningOf(references.roster, known.learners)
  return endOfDay(dateOfWork(references.schoolYear, learning, date, of), zone)
}
