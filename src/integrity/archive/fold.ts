import type { Decoded, DomainEvent } from '#events/registry.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Said, UNSAID } from './disclosures.ts'
import { foldPage, newPage, type PageState } from './fold-page.ts'
import { type BesideState, foldBeside, nothingBeside } from './fold-roster.ts'

/**
 * How a package makes the journal from its records. It is a fold of its own and not that of the rules or of a read model:
 * those change with the service, and what was sealed must come out the same for 25 years. Another result is another
 * version; a verifier knows every version that was ever written.
 */
export const FOLD_VERSION = 1

type Data<Type extends DomainEvent['type']> = Extract<DomainEvent, { type: Type }>['data']

export interface Member {
  readonly pupil: Uuid
  readonly from: string
  until: string | null
}

export interface Unit {
  readonly kind: 'class' | 'group'
  readonly id: Uuid
  readonly year: number
  readonly name: string
  readonly grade: number | null
  readonly classes: readonly Uuid[]
  readonly members: Member[]
}

interface Teacher {
  readonly staff: Uuid
  readonly from: string
  until: string | null
}

export interface Journal extends Data<'JournalOpened'> {
  readonly teachers: Teacher[]
}

export interface Period {
  readonly period: string
  readonly name: string
  readonly grades: readonly number[]
  from: string
  until: string
}

export interface FoldState {
  school: string | null
  year: Data<'SchoolYearOpened'> | null
  readonly periods: Period[]
  readonly subjects: Map<Uuid, string>
  readonly units: Map<Uuid, Unit>
  readonly classTeachers: Array<Data<'ClassTeacherAppointed'>>
  readonly journals: Map<Uuid, Journal>
  /** By class and pupil. */
  readonly promotions: Map<string, Data<'PromotionDecided'>>
  readonly beside: BesideState
  readonly pages: Map<Uuid, PageState>
  /** What the codes of the school mean, by kind of code: the newest name of each. */
  readonly legend: Record<'codes' | 'kinds' | 'lessonTypes' | 'reasons', Map<string, string>>
  /** Which assessments the summary sheet shows, from a date on, in order. */
  readonly inSummary: Array<{ readonly from: string; readonly kinds: readonly string[] }>
}

export function newFold(): FoldState {
  return {
    school: null,
    year: null,
    periods: [],
    subjects: new Map(),
    units: new Map(),
    classTeachers: [],
    journals: new Map(),
    promotions: new Map(),
    beside: nothingBeside(),
    pages: new Map(),
    legend: { codes: new Map(), kinds: new Map(), lessonTypes: new Map(), reasons: new Map() },
    inSummary: [],
  }
}

/** Applies one record; it never fails, because void ones are left out and what refers to them finds nothing. */
export function foldRecord(state: FoldState, event: Decoded, said: Said = UNSAID): void {
  switch (event.type) {
    case 'SchoolRegistered':
      state.school = event.data.name
      return
    case 'SchoolYearOpened':
      state.year = event.data
      return
    case 'PeriodsPlanned':
      for (const period of event.data.periods) {
        state.periods.push({ ...period, grades: event.data.grades })
      }
      return
    case 'PeriodMoved':
      for (const period of state.periods) {
        const { period: id, grades, from, until } = event.data
        if (period.period === id && sameGrades(period.grades, grades)) Object.assign(period, { from, until })
      }
      return
    case 'PolicyAdopted':
      return foldPolicy(state, event.data)
    case 'SubjectAdded':
      state.subjects.set(event.data.subject, event.data.name)
      return
    case 'ClassFormed': {
      const { class: id, year, grade, name } = event.data
      state.units.set(id, { kind: 'class', id, year, name, grade, classes: [id], members: [] })
      return
    }
    case 'GroupFormed': {
      const { group: id, year, name, classes } = event.data
      state.units.set(id, { kind: 'group', id, year, name, grade: null, classes, members: [] })
      return
    }
    case 'PupilPlacedInClass':
      return join(state.units.get(event.data.class), event.data)
    case 'PupilJoinedGroup':
      return join(state.units.get(event.data.group), event.data)
    case 'PupilRemovedFromClass':
      return leave(state.units.get(event.data.class)?.members, event.data)
    case 'PupilLeftGroup':
      return leave(state.units.get(event.data.group)?.members, event.data)
    case 'ClassTeacherAppointed':
      state.classTeachers.push(event.data)
      return
    case 'PromotionDecided':
      state.promotions.set(`${event.data.class}/${event.data.pupil}`, event.data)
      return foldBeside(state.beside, event, said)
    case 'FormOfEducationSet':
    case 'FinalCredited':
    case 'AttestationRecorded':
    case 'AttestationCorrected':
      return foldBeside(state.beside, event, said)
    case 'JournalOpened':
      state.journals.set(event.data.journal, { ...event.data, teachers: [] })
      return
    case 'TeacherAssigned': {
      const { journal, staff, from } = event.data
      state.journals.get(journal)?.teachers.push({ staff, from, until: null })
      return
    }
    case 'TeacherReleased': {
      const { journal, staff, from } = event.data
      const open = state.journals
        .get(journal)
        ?.teachers.findLast((teacher) => teacher.staff === staff && teacher.until === null)
      if (open !== undefined) open.until = from
      return
    }
    case 'PageOpened': {
      const page = event.stream.slice(event.stream.indexOf('-') + 1) as Uuid
      state.pages.set(page, newPage(page, event.data))
      return
    }
    default: {
      const page = state.pages.get(event.stream.slice(event.stream.indexOf('-') + 1) as Uuid)
      if (page !== undefined) foldPage(page, event, said)
    }
  }
}

const sameGrades = (a: readonly number[], b: readonly number[]): boolean =>
  a.toSorted((x, y) => x - y).join() === b.toSorted((x, y) => x - y).join()

function join(unit: Unit | undefined, { pupil, from }: { pupil: Uuid; from: string }): void {
  unit?.members.push({ pupil, from, until: null })
}

function leave(members: Member[] | undefined, { pupil, from }: { pupil: Uuid; from: string }): void {
  const open = members?.findLast((member) => member.pupil === pupil && member.until === null)
  if (open !== undefined) open.until = from
}

function foldPolicy(
  { legend, inSummary }: FoldState,
  { effectiveFrom, policy }: Data<'PolicyAdopted'>,
): void {
  inSummary.push({ from: effectiveFrom, kinds: policy.assessmentsInSummary })
  inSummary.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  for (const { code, name } of policy.valueCodes) legend.codes.set(code, name)
  for (const { kind, name } of policy.kindsOfWork) legend.kinds.set(kind, name)
  for (const { type, name } of policy.lessonTypes) legend.lessonTypes.set(type, name)
  for (const { reason, name } of policy.correctionReasons) legend.reasons.set(reason, name)
}

/** Whether the rules of the school show an assessment in the summary sheet. */
export function isInSummary(
  { inSummary }: FoldState,
  { kind, date }: { readonly kind: string; readonly date: string },
): boolean {
  return inSummary.findLast(({ from }) => from <= date)?.kinds.includes(kind) ?? false
}
