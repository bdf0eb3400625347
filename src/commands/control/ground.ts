import type { Inspected } from '#events/control.ts'
import { SchoolYear } from '#values/school.ts'
import type { Matter } from '#values/competence.ts'
import { dateAt, type LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import type { Given } from '../command.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { leadsClass } from '../roster/state.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { matterOfJournal, teaches } from '../teaching-load/state.ts'
import { type ControlState, controlFold, type Finding, type Inspection } from './state.ts'

const NEEDS = ['schoolYear', 'roster', 'teachingLoad'] as const

export type ControlGiven<Input = unknown> = Given<Input, ControlState, (typeof NEEDS)[number]>

/** What commands of the control of a school year have alike. */
export const ofYear = {
  fold: controlFold,
  stream: ({ year }: { year: SchoolYear }) => year,
  needs: NEEDS,
  year: ({ year }: { year: SchoolYear }) => year,
}

/** The same of those about one finding. */
export const onFinding = { ...ofYear, path: 'years/:year/findings/:finding' }
export const findingNamed = { year: SchoolYear, finding: Uuid }

/** Today, by the calendar of the school year. */
export function todayOf({ references, now }: Pick<ControlGiven, 'references' | 'now'>): LocalDate {
  return dateAt(now, references.schoolYear.year?.zone ?? DEFAULT_ZONE)
}

/** What a check is about. Diaries are of all subjects. */
export function matterOfInspected(
  of: Inspected | undefined,
  { roster, teachingLoad }: ControlGiven['references'],
): Matter | null {
  if (of === undefined) return null
  if (of.kind === 'journal') return matterOfJournal(teachingLoad.journals.get(of.journal), roster)
  const grade = roster.classes.get(of.class)?.grade
  return grade === undefined ? null : { grades: [grade], subject: null }
}

/** What a finding is about, by the check in which it was made. */
export function matterOfFinding({
  input,
  state,
  references,
}: ControlGiven<{ finding: Uuid }>): Matter | null {
  const found = findingOf(state, input.finding)
  return found === undefined ? null : matterOfInspected(found.inspection.of, references)
}

/** A finding with the check in which it was made; undefined also where a breach took the check away (п. 4.4). */
export function findingOf(
  { findings, inspections }: Readonly<ControlState>,
  id: Uuid,
): { readonly finding: Finding; readonly inspection: Inspection } | undefined {
  const finding = findings.get(id)
  const inspection = finding === undefined ? undefined : inspections.get(finding.inspection)
  return finding === undefined || inspection === undefined ? undefined : { finding, inspection }
}

/** Whether the person has to answer for what was looked through: the teacher of the journal, the class teacher for diaries. */
export function notAnswerable(given: ControlGiven, of: Inspected): Refusal | null {
  const { actor, references } = given
  const today = todayOf(given)
  if (of.kind === 'journal') {
    const own =
      actor.role === 'teacher' &&
      teaches(references.teachingLoad.journals.get(of.journal), actor.person, today)
    return own ? null : refuse('journal-not-taught', { journal: of.journal })
  }
  const own = actor.role === 'class-teacher' && leadsClass(references.roster, actor.person, of.class, today)
  return own ? null : refuse('class-not-led', { class: of.class })
}
