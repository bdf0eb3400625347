import type { z } from 'zod'
import type {
  FormOfEducation as FormOfEducationSchema,
  GroupKind as GroupKindSchema,
  PromotionDecision as PromotionDecisionSchema,
  RosterEvent,
  Order,
} from '#events/roster.ts'
import type { Learning } from '#values/calendar-for.ts'
import type { MarkValue } from '#values/grading.ts'
import type { SchoolYear } from '#values/school.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Approvable, changedBy, takeApproval } from '../approval.ts'
import type { Fold } from '../fold.ts'
import { type Refusal, refuse } from '../refusal.ts'

type GroupKind = z.infer<typeof GroupKindSchema>
type PromotionDecision = z.infer<typeof PromotionDecisionSchema>
type FormOfEducation = z.infer<typeof FormOfEducationSchema>
type Attestation = Extract<RosterEvent, { type: 'AttestationRecorded' }>['data']

/** A pupil's time in a class or group: from the first day, to the day before `until`; null is open. */
export interface Membership {
  readonly pupil: Uuid
  readonly from: LocalDate
  until: LocalDate | null
}

/** A time at the school: from the first day, to the day before `until`; null is open. */
interface Time {
  readonly from: LocalDate
  readonly until: LocalDate | null
}

interface ClassState {
  readonly year: SchoolYear
  readonly grade: number
  readonly name: string
  readonly members: Membership[]
  readonly teachers: Array<{ readonly staff: Uuid; readonly from: LocalDate }>
  /** The times in which the electronic journal of the class is kept as a pilot (R-T4). */
  pilots: readonly Time[]
}

interface GroupState {
  readonly kind: GroupKind
  readonly year: SchoolYear
  readonly name: string
  readonly classes: readonly Uuid[]
  readonly members: Membership[]
}

export interface RosterState {
  readonly pupils: Map<Uuid, Time>
  readonly staff: Map<Uuid, Time>
  readonly classes: Map<Uuid, ClassState>
  readonly groups: Map<Uuid, GroupState>
  /** What was decided at the end of the year, by {@link promotionKey}. */
  readonly promotions: Map<string, PromotionDecision>
  /** In which form each learns from which date on; whoever is not here learns full-time. */
  readonly forms: Map<Uuid, Array<{ readonly form: FormOfEducation; readonly from: LocalDate }>>
  /** The finals with which pupils came from elsewhere, by {@link creditKey}. */
  readonly credits: Map<string, MarkValue>
  readonly attestations: Map<Uuid, Attestation>
  /** The orders on which movements rest, by {@link orderKey}, and what the head has approved of them. */
  readonly orders: Map<string, Approvable & { readonly order: Order; readonly pupils: ReadonlySet<Uuid> }>
}

export const orderKey = ({ number, date }: Order): string => `${date}/${number}`

/** A movement by an order: the order is as if new, with one change more. */
function byOrder(
  { orders }: RosterState,
  order: Order | null,
  pupil: Uuid,
  event: Parameters<typeof changedBy>[1],
): void {
  if (order === null) return
  const known = orders.get(orderKey(order))
  const pupils = new Set(known?.pupils).add(pupil)
  orders.set(orderKey(order), { ...changedBy(known, event), order, pupils })
}

export function creditKey(of: {
  readonly pupil: Uuid
  readonly year: SchoolYear
  readonly subject: Uuid
  readonly period: string
}): string {
  return `${of.pupil}/${of.year}/${of.subject}/${of.period}`
}

export function promotionKey(of: Uuid, pupil: Uuid): string {
  return `${of}/${pupil}`
}

export const rosterFold: Fold<RosterState, RosterEvent> = {
  category: 'roster',
  initial: () => ({
    pupils: new Map(),
    staff: new Map(),
    classes: new Map(),
    groups: new Map(),
    promotions: new Map(),
    forms: new Map(),
    credits: new Map(),
    attestations: new Map(),
    orders: new Map(),
  }),
  on: {
    PupilEnrolled: (state, event) => {
      const { data } = event
      byOrder(state, data.order, data.pupil, event)
      state.pupils.set(data.pupil, { from: data.from, until: null })
    },
    PupilReleased: (state, event) => {
      const { data } = event
      byOrder(state, data.order, data.pupil, event)
      end(state.pupils, data.pupil, data.from)
    },
    StaffHired: (state, { data }) => {
      state.staff.set(data.staff, { from: data.from, until: null })
    },
    StaffReleased: (state, { data }) => {
      end(state.staff, data.staff, data.from)
    },
    // Names are nobody's ground: no rule looks at them.
    PersonNameCorrected: () => {},
    ClassFormed: (state, { data }) => {
      state.classes.set(data.class, { ...data, members: [], teachers: [], pilots: [] })
    },
    MovementApproved: (state, { data, meta }) => {
      const known = state.orders.get(orderKey(data.order))
      if (known !== undefined) takeApproval(known, data.through, meta)
    },
    PupilPlacedInClass: (state, event) => {
      const { data } = event
      byOrder(state, data.order, data.pupil, event)
      state.classes.get(data.class)?.members.push({ pupil: data.pupil, from: data.from, until: null })
    },
    PupilRemovedFromClass: (state, event) => {
      const { data } = event
      byOrder(state, data.order, data.pupil, event)
      leave(state.classes.get(data.class)?.members, data.pupil, data.from)
    },
    ClassTeacherAppointed: (state, { data }) => {
      state.classes.get(data.class)?.teachers.push(data)
    },
    PilotDeclared: (state, { data: { class: id, from, until } }) => {
      const known = state.classes.get(id)
      if (known) known.pilots = [...known.pilots, { from, until }]
    },
    PilotEnded: (state, { data: { class: id, from, until } }) => {
      const known = state.classes.get(id)
      if (!known) return
      const pilots = known.pilots.map((time) => (time.from === from ? { from, until } : time))
      known.pilots = pilots.filter((time) => time.until === null || time.from < time.until)
    },
    PromotionDecided: (state, { data }) => {
      state.promotions.set(promotionKey(data.class, data.pupil), data.decision)
    },
    FormOfEducationSet: (state, { data: { pupil, form, from } }) => {
      state.forms.set(pupil, [...(state.forms.get(pupil) ?? []), { form, from }])
    },
    FinalCredited: (state, { data }) => {
      state.credits.set(creditKey(data), data.value)
    },
    AttestationRecorded: (state, { data }) => {
      state.attestations.set(data.attestation, data)
    },
    AttestationCorrected: (state, { data: { attestation, value } }) => {
      const known = state.attestations.get(attestation)
      if (known !== undefined) state.attestations.set(attestation, { ...known, value })
    },
    GroupFormed: (state, { data }) => {
      state.groups.set(data.group, { ...data, members: [] })
    },
    PupilJoinedGroup: (state, { data }) => {
      state.groups.get(data.group)?.members.push({ pupil: data.pupil, from: data.from, until: null })
    },
    PupilLeftGroup: (state, { data }) => {
      leave(state.groups.get(data.group)?.members, data.pupil, data.from)
    },
  },
}

function end(times: Map<Uuid, Time>, person: Uuid, until: LocalDate): void {
  const time = times.get(person)
  if (time !== undefined) times.set(person, { ...time, until })
}

/** In which form a pupil learns on a date. */
export function formOn({ forms }: Readonly<RosterState>, pupil: Uuid, date: LocalDate): FormOfEducation {
  return forms.get(pupil)?.findLast(({ from }) => from <= date)?.form ?? 'full-time'
}

/** Whether a pupil has no finals in journals on a date, but protocols of attestation: in the family, or alone. */
export function isAttestedByProtocol(state: Readonly<RosterState>, pupil: Uuid, date: LocalDate): boolean {
  return ['family', 'self'].includes(formOn(state, pupil, date))
}

/** Whether somebody who is known to the school has left it by a date. */
export function hasLeft(times: ReadonlyMap<Uuid, Time>, person: Uuid, date: LocalDate): boolean {
  const until = times.get(person)?.until ?? null
  return until !== null && until <= date
}

/** Whether the electronic journal of a class is a pilot on a date (R-T4). */
export function isPilot(roster: Readonly<RosterState>, classId: Uuid, date: LocalDate): boolean {
  const pilots = roster.classes.get(classId)?.pilots ?? []
  return pilots.some(({ from, until }) => from <= date && (until === null || date < until))
}

function leave(members: Membership[] | undefined, pupil: Uuid, from: LocalDate): void {
  const open = members?.findLast((member) => member.pupil === pupil && member.until === null)
  if (open !== undefined) open.until = from
}

/** Who learns in a journal: a class or a group. */
export type LearnersOf =
  | { readonly kind: 'class'; readonly class: Uuid }
  | { readonly kind: 'group'; readonly group: Uuid }

export function membershipsOf(roster: Readonly<RosterState>, learners: LearnersOf): readonly Membership[] {
  const unit =
    learners.kind === 'class' ? roster.classes.get(learners.class) : roster.groups.get(learners.group)
  return unit?.members ?? []
}

export function isMember(members: readonly Membership[], pupil: Uuid, date: LocalDate): boolean {
  return members.some((m) => m.pupil === pupil && m.from <= date && (m.until === null || date < m.until))
}

/** The time that has not ended by `date`: a pupil is a member on that day, or will be later. */
export function lastingMembership(
  members: readonly Membership[],
  pupil: Uuid,
  date: LocalDate,
): Membership | undefined {
  return members.find((m) => m.pupil === pupil && (m.until === null || date < m.until))
}

/** The time that a leaving from `date` would end: it is open and has begun before. */
export function endableMembership(
  members: readonly Membership[],
  pupil: Uuid,
  date: LocalDate,
): Membership | undefined {
  const open = members.findLast((m) => m.pupil === pupil && m.until === null)
  return open !== undefined && open.from < date ? open : undefined
}

/** The classes whose pupils learn together: one, or those of a group. */
export function classesOf(roster: Readonly<RosterState>, learners: LearnersOf): readonly Uuid[] {
  return learners.kind === 'class' ? [learners.class] : (roster.groups.get(learners.group)?.classes ?? [])
}

/** Who learns together, as the calendar asks for them. */
export function learningOf(roster: Readonly<RosterState>, learners: LearnersOf): Learning {
  const classes = classesOf(roster, learners).flatMap((id) => {
    const grade = roster.classes.get(id)?.grade
    return grade === undefined ? [] : [{ id, grade }]
  })
  return { unit: learners.kind === 'class' ? learners.class : learners.group, classes }
}

/** As {@link learningOf}, of a class or a group by its id. */
export function learningOfUnit(roster: Readonly<RosterState>, unit: Uuid): Learning {
  return learningOf(
    roster,
    roster.groups.has(unit) ? { kind: 'group', group: unit } : { kind: 'class', class: unit },
  )
}

export function gradesOf(roster: Readonly<RosterState>, learners: LearnersOf): number[] {
  const grades = classesOf(roster, learners).map((id) => roster.classes.get(id)?.grade)
  return [...new Set(grades.filter((grade) => grade !== undefined))]
}

/** Whether `staff` is the class teacher of a class on a date: the last one appointed by then is. */
export function leadsClass(
  roster: Readonly<RosterState>,
  staff: Uuid,
  classId: Uuid,
  date: LocalDate,
): boolean {
  return roster.classes.get(classId)?.teachers.findLast((teacher) => teacher.from <= date)?.staff === staff
}

/** Through which of the classes of a group a pupil may be in it on a date. */
export function classOfGroup(
  roster: Readonly<RosterState>,
  group: Uuid,
  pupil: Uuid,
  date: LocalDate,
): Uuid | undefined {
  return roster.groups
    .get(group)
    ?.classes.find((id) => isMember(roster.classes.get(id)?.members ?? [], pupil, date))
}

/**
 * The class of a pupil on a date. Nobody is taken out of a class because its year is over: of the classes of
 * several years the latest is meant.
 */
export function classOf(roster: Readonly<RosterState>, pupil: Uuid, date: LocalDate): Uuid | undefined {
  let found: { id: Uuid; year: SchoolYear } | undefined
  for (const [id, { members, year }] of roster.classes) {
    if (isMember(members, pupil, date) && (found === undefined || year > found.year)) found = { id, year }
  }
  return found?.id
}

/** Why a member of staff is not at the school on a date; null is that he is. */
export function notAtSchool(
  { staff: all }: Readonly<Pick<RosterState, 'staff'>>,
  staff: Uuid,
  date: LocalDate,
): Refusal | null {
  const time = all.get(staff)
  if (time === undefined) return refuse('staff-unknown', { staff })
  return time.until !== null && time.until <= date
    ? refuse('staff-released', { staff, from: time.until })
    : null
}
