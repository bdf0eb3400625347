import type { TeachingLoadEvent } from '#events/teaching-load.ts'
import type { Matter } from '#values/competence.ts'
import type { GradingSystem } from '#values/grading.ts'
import type { JournalType } from '#values/school.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Approvable, changedBy, takeApproval } from '../approval.ts'
import type { Fold } from '../fold.ts'
import { gradesOf, type LearnersOf, type RosterState } from '../roster/state.ts'

interface Assignment {
  readonly staff: Uuid
  readonly from: LocalDate
  until: LocalDate | null
}

export interface JournalState {
  readonly subject: Uuid
  readonly learners: LearnersOf
  readonly type: JournalType
  readonly grading: GradingSystem
  readonly name: string
  readonly assignments: Assignment[]
}

export interface TeachingLoadState {
  readonly journals: Map<Uuid, JournalState>
  /** What of the load the head has approved; null while there is no load. */
  approval: Approvable | null
}

export const teachingLoadFold: Fold<TeachingLoadState, TeachingLoadEvent> = {
  category: 'teachingLoad',
  initial: () => ({ journals: new Map(), approval: null }),
  on: {
    JournalOpened: (state, event) => {
      const { data } = event
      state.approval = changedBy(state.approval, event)
      state.journals.set(data.journal, { ...data, assignments: [] })
    },
    TeacherAssigned: (state, event) => {
      const { data } = event
      state.approval = changedBy(state.approval, event)
      state.journals.get(data.journal)?.assignments.push({ staff: data.staff, from: data.from, until: null })
    },
    TeacherReleased: (state, event) => {
      const { data } = event
      state.approval = changedBy(state.approval, event)
      const open = state.journals
        .get(data.journal)
        ?.assignments.findLast((assignment) => assignment.staff === data.staff && assignment.until === null)
      if (open !== undefined) open.until = data.from
    },
    TeachingLoadApproved: (state, { data, meta }) => {
      if (state.approval !== null) takeApproval(state.approval, data.through, meta)
    },
  },
}

/** What a journal is about: the grades that learn in it, and the subject. */
export function matterOfJournal(
  journal: Readonly<JournalState> | undefined,
  roster: Readonly<RosterState>,
): Matter | null {
  return journal === undefined
    ? null
    : { grades: gradesOf(roster, journal.learners), subject: journal.subject }
}

/** Whether the load gives `staff` this journal on a date or will give it after. */
export function lastsToTeach(
  journal: Readonly<JournalState> | undefined,
  staff: Uuid,
  date: LocalDate,
): boolean {
  return journal?.assignments.some((a) => a.staff === staff && (a.until === null || date < a.until)) ?? false
}

/** Whether the load gives `staff` this journal on a date. */
export function teaches(journal: Readonly<JournalState> | undefined, staff: Uuid, date: LocalDate): boolean {
  return (
    journal?.assignments.some(
      (a) => a.staff === staff && a.from <= date && (a.until === null || date < a.until),
    ) ?? false
  )
}

/** The members of staff to whom the load gives a journal on a date. */
export function teachersOf(load: Readonly<TeachingLoadState>, journal: Uuid, date: LocalDate): Uuid[] {
  const known = load.journals.get(journal)
  const staff = known?.assignments.map((assignment) => assignment.staff) ?? []
  return [...new Set(staff)].filter((one) => teaches(known, one, date))
}
