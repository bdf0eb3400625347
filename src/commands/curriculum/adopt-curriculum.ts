import { z } from 'zod'
import { curriculumEvents } from '#events/curriculum.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { Component, CurriculumFor, type CurriculumLine } from '#values/curriculum.ts'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import type { RosterState } from '../roster/state.ts'
import { curriculumFold, type CurriculumState } from './state.ts'

const AdoptCurriculum = z.strictObject({
  year: SchoolYear,
  curriculum: Uuid.optional().describe('Новая редакция этого плана; без него — того, что уже есть у тех же'),
  name: curriculumEvents.CurriculumAdopted.data.shape.name,
  for: CurriculumFor,
  lines: z
    .array(
      z.strictObject({
        subject: Uuid,
        component: Component.optional().describe('По умолчанию — компонент предмета'),
        hours: z
          .number()
          .min(0.5)
          .max(40)
          .multipleOf(0.5)
          .describe('Часов в неделю, с точностью до половины'),
      }),
    )
    .min(1)
    .max(80),
  effectiveFrom: LocalDate,
  until: LocalDate.nullable().default(null).describe('Последний день действия'),
})
type Input = z.output<typeof AdoptCurriculum>

/** Adopts a curriculum, or its next version from a date on (R-7A.6p, R-7A.6i). */
export const adoptCurriculum = defineCommand({
  name: 'adopt-curriculum',
  path: 'years/:year/curricula',
  summary: 'Принять учебный план параллели, профиля, класса, группы или обучающегося или его новую редакцию',
  operation: '18',
  input: AdoptCurriculum,
  fold: curriculumFold,
  stream: () => WHOLE_SCHOOL,
  needs: ['schoolYear', 'roster'],
  year: ({ year }) => year,
  decide({ input, state, references, newId }) {
    const { year, name, effectiveFrom, until } = input
    const bounds = references.schoolYear.year
    if (bounds === null) return refuse('school-year-unknown', { year })
    for (const date of [effectiveFrom, until ?? effectiveFrom]) {
      if (date < bounds.from || bounds.until < date) return refuse('date-outside-year', { date, year })
    }
    if (until !== null && until < effectiveFrom) return refuse('bounds-reversed', { effectiveFrom, until })
    const nobody = unknownLearners(references.roster, input)
    if (nobody !== null) return nobody
    const lines = linesOf(state, input)
    if (isRefusal(lines)) return lines
    const known = standingFor(state, input)
    if (isRefusal(known)) return known
    const curriculum = known ?? input.curriculum ?? newId('curriculum')
    const data = { curriculum, year, name, for: input.for, lines, effectiveFrom, until }
    return [{ type: 'CurriculumAdopted', data }]
  },
})

/** Whoever is to learn by the curriculum is at the school in that year. */
function unknownLearners(roster: Readonly<RosterState>, { for: of, year }: Input): Refusal | null {
  const classes = of.kind === 'class' ? [of.class] : of.kind === 'profile' ? of.classes : []
  for (const id of classes) {
    const known = roster.classes.get(id)
    const grade = of.kind === 'profile' ? of.grade : known?.grade
    if (known?.year !== year || known.grade !== grade)
      return refuse('class-unknown', { class: id, year, grade })
  }
  const groups = of.kind === 'group' ? [of.group] : of.kind === 'profile' ? of.groups : []
  for (const group of groups) {
    if (roster.groups.get(group)?.year !== year) return refuse('group-unknown', { group, year })
  }
  if (of.kind === 'pupil' && !roster.pupils.has(of.pupil)) return refuse('pupil-unknown', { pupil: of.pupil })
  return null
}

/** A subject may stand once in each component: the school may add an hour to what the federal plan gives. */
function linesOf({ subjects }: Readonly<CurriculumState>, { lines }: Input): CurriculumLine[] | Refusal {
  const found: CurriculumLine[] = []
  for (const { subject, component, hours } of lines) {
    const known = subjects.get(subject)
    if (known === undefined) return refuse('subject-unknown', { subject })
    const line = { subject, component: component ?? known.component, weekly: Math.round(hours * 100) }
    if (found.some((other) => other.subject === subject && other.component === line.component)) {
      return refuse('subject-repeated', { subject, component: line.component })
    }
    found.push(line)
  }
  return found
}

/**
 * The curriculum of which this is the next version; null where it is the first. Nobody has two of one rank: a second
 * one beside it would leave open by which of them a class learns.
 */
function standingFor({ curricula }: Readonly<CurriculumState>, input: Input): Uuid | null | Refusal {
  const own = input.curriculum === undefined ? undefined : curricula.get(input.curriculum)?.at(-1)
  if (own !== undefined && (own.year !== input.year || targetOf(own.for) !== targetOf(input.for))) {
    return refuse('curriculum-of-others', { curriculum: own.curriculum, year: own.year, for: own.for })
  }
  for (const [id, versions] of curricula) {
    const newest = versions.at(-1)
    if (newest?.year !== input.year || id === input.curriculum) continue
    const same = targetOf(newest.for) === targetOf(input.for)
    if (same && input.curriculum === undefined) return id
    if (same || share(newest.for, input.for)) return refuse('curriculum-exists', { curriculum: id })
  }
  return input.curriculum ?? null
}

function targetOf(of: CurriculumFor): string {
  if (of.kind === 'profile') return `profile ${of.grade} ${[...new Set(of.profiles)].toSorted().join(' ')}`
  return canonicalJson(of)
}

/** Whether two profiles have a class or a group in common. */
function share(a: CurriculumFor, b: CurriculumFor): boolean {
  if (a.kind !== 'profile' || b.kind !== 'profile') return false
  return a.classes.some((id) => b.classes.includes(id)) || a.groups.some((id) => b.groups.includes(id))
}
