import type { CurriculumEvent } from '#events/curriculum.ts'
import { type Component, type CurriculumVersion, governing, inForce } from '#values/curriculum.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'
import { lastingMembership, type RosterState } from '../roster/state.ts'

export interface CurriculumState {
  readonly subjects: Map<Uuid, { readonly name: string; readonly component: Component }>
  /** The versions of each curriculum, in order of the dates from which they are in force. */
  readonly curricula: Map<Uuid, CurriculumVersion[]>
}

export const curriculumFold: Fold<CurriculumState, CurriculumEvent> = {
  category: 'curriculum',
  initial: () => ({ subjects: new Map(), curricula: new Map() }),
  on: {
    SubjectAdded: (state, { data }) => {
      state.subjects.set(data.subject, { name: data.name, component: data.component })
    },
    CurriculumAdopted: (state, { data }) => {
      const versions = (state.curricula.get(data.curriculum) ?? []).filter(
        ({ effectiveFrom }) => effectiveFrom !== data.effectiveFrom,
      )
      versions.push(data)
      versions.sort((a, b) => (a.effectiveFrom < b.effectiveFrom ? -1 : 1))
      state.curricula.set(data.curriculum, versions)
    },
  },
}

/**
 * The subjects that a class may have on a date: of the curriculum of the class, and of those of its groups and pupils.
 * Null where the class itself has no curriculum in force, neither its own nor one of its profile or grade.
 */
export function subjectsOf(
  { curricula }: Readonly<CurriculumState>,
  roster: Readonly<RosterState>,
  classId: Uuid,
  date: LocalDate,
): ReadonlySet<Uuid> | null {
  const known = roster.classes.get(classId)
  if (known === undefined) return null
  const versions = inForce(curricula.values(), known.year, date)
  const { grade, members } = known
  const own = governing(versions, { pupil: null, class: classId, grade, groups: [] })
  if (own.length === 0) return null
  const isOfClass = (group: Uuid) => roster.groups.get(group)?.classes.includes(classId) === true
  const ofParts = versions.filter(({ for: of }) => {
    if (of.kind === 'group') return isOfClass(of.group)
    if (of.kind === 'profile') return of.groups.some(isOfClass)
    return of.kind === 'pupil' && lastingMembership(members, of.pupil, date) !== undefined
  })
  return new Set([...own, ...ofParts].flatMap(({ lines }) => lines.map(({ subject }) => subject)))
}
