import type { Decoded } from '#events/registry.ts'
import type { TimetableEvent } from '#events/timetable.ts'
import type { Scope } from '#values/competence.ts'
import type { ConsentScope } from '#values/consent.ts'
import type { Role } from '#values/role.ts'
import type { JournalType } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { versionOf } from '../cell.ts'
import { amend, type Change, put, type ReadModel, table } from '../read-model.ts'

interface YearRow {
  readonly year: number
  readonly from: LocalDate
  readonly until: LocalDate
  readonly zone: string
  readonly school_days: readonly number[]
}

interface PeriodRow {
  readonly period: string
  readonly grades: readonly number[]
  /** The units for which alone it is kept; empty is the grades. */
  readonly units: readonly Uuid[]
  readonly name: string
  readonly structure: string
  readonly from: LocalDate
  readonly until: LocalDate
}

/** Days of rest of one name may stand several times, each for other grades: the place in the record tells them apart. */
interface HolidaysRow {
  readonly revision: number
  readonly ordinal: number
  readonly from: LocalDate
  readonly until: LocalDate
  readonly name: string
  readonly grades: readonly number[] | null
  readonly units: readonly Uuid[]
}

/** A day with school beside those of the week. */
interface SchoolDayRow {
  readonly revision: number
  readonly date: LocalDate
  readonly grades: readonly number[] | null
  readonly units: readonly Uuid[]
}

interface SchoolWeekRow {
  readonly revision: number
  readonly effective_from: LocalDate
  readonly grades: readonly number[]
  readonly units: readonly Uuid[]
  readonly school_days: readonly number[]
}

interface BellsRow {
  readonly shift: string
  readonly effective_from: LocalDate
  readonly grades: readonly number[]
  readonly units: readonly Uuid[]
  readonly bells: ReadonlyArray<{ number: number; from: string; until: string }>
}

interface RoomRow {
  readonly room: string
  readonly purpose: string | null
  readonly seats: number | null
  readonly until: LocalDate | null
}

interface PolicyRow {
  readonly effective_from: LocalDate
  readonly policy: object
}

interface SubjectRow {
  readonly subject: Uuid
  readonly name: string
  readonly component: string
}

/** A pupil or a member of staff. Names are in the person store. */
interface PersonRow {
  readonly person: Uuid
  readonly kind: 'pupil' | 'staff'
  readonly from: LocalDate
  /** The first day without the school; null is open. */
  readonly until: LocalDate | null
}

/** What an order did with a pupil (движение обучающихся): enrolled, placed into a class, removed from one, released. */
interface MovementRow {
  readonly revision: number
  readonly pupil: Uuid
  readonly kind: 'enrolled' | 'placed' | 'removed' | 'released'
  readonly class: Uuid | null
  readonly from: LocalDate
  readonly order_number: string | null
  readonly order_date: LocalDate | null
  readonly reason: string | null
}

/** A class or a group. */
export interface UnitRow {
  readonly unit: Uuid
  readonly kind: 'class' | 'group'
  readonly year: number
  readonly name: string
  /** Of a class. */
  readonly grade: number | null
  /** Of a group: what it is for. */
  readonly group_kind: string | null
  /** Of a group: the classes from which it takes its pupils. */
  readonly classes: readonly Uuid[]
  /** Of a class: who leads it, in order of the dates of appointment. */
  readonly teachers: ReadonlyArray<{ readonly staff: Uuid; readonly from: LocalDate }>
}

/** From `from` to the day before `until`; null is open. */
export interface Span {
  readonly from: LocalDate
  readonly until: LocalDate | null
}

interface MemberRow {
  readonly unit: Uuid
  readonly pupil: Uuid
  readonly spans: readonly Span[]
}

export interface JournalRow {
  readonly journal: Uuid
  readonly year: number
  readonly subject: Uuid
  readonly unit: Uuid
  readonly type: JournalType
  readonly grading: string
  readonly name: string
  readonly teachers: ReadonlyArray<Span & { readonly staff: Uuid }>
}

interface WeekRow {
  readonly class: Uuid
  readonly effective_from: LocalDate
  readonly slots: ReadonlyArray<{ weekday: number; number: number; journal: Uuid; room: string | null }>
}

/** The week of a group that is planned apart from its classes. */
interface GroupWeekRow {
  readonly group: Uuid
  readonly effective_from: LocalDate
  readonly classes: readonly Uuid[]
  readonly slots: WeekRow['slots']
}

/** One departure from the weeks of the timetable, whole: substitution, transfer, cancellation, room, combination. */
export interface TimetableChangeRow {
  readonly revision: number
  readonly type: TimetableChange['type']
  readonly date: LocalDate
  /** Of a transfer: the date on which the lesson is given. */
  readonly to_date: LocalDate | null
  readonly data: TimetableChange['data']
  readonly recorded_at: Instant
  readonly account: Uuid
}
export type TimetableChange = Exclude<TimetableEvent, { type: 'WeekScheduled' | 'GroupWeekScheduled' }>

interface RepresentativeRow {
  readonly representative: Uuid
  readonly pupil: Uuid
  readonly kinship: string
  readonly from: LocalDate
  readonly until: LocalDate | null
  /** What he decided about the electronic form last; null is nothing yet. */
  readonly consent: ConsentRow | null
}

/** A decision about the electronic form, with what the representative was told before it. */
export interface ConsentRow {
  readonly decision: 'given' | 'refused' | 'withdrawn'
  readonly scope: readonly ConsentScope[]
  readonly form: 'written' | 'electronic'
  readonly date: LocalDate
  readonly notice: { readonly version: string; readonly date: LocalDate } | null
  /** When it was recorded, and by which account. */
  readonly at: Instant
  readonly by: Uuid
}

interface AccountRow {
  readonly account: Uuid
  readonly person: Uuid
}

/** When an account held a role. */
export interface Holding extends Span {
  /** The first instant without it, where it ended within a day. */
  readonly ends_at: Instant | null
  /** The part of the school for which it was granted; null is all of it. */
  readonly scope: Scope | null
}

interface RoleRow {
  readonly account: Uuid
  readonly role: Role
  readonly holdings: readonly Holding[]
}

/** What the administration formed: the year, the people, the classes, the journals and the timetable, for look-ups. */
export const schoolDirectory: ReadModel = {
  name: 'school-directory',
  version: 10,
  tables: [
    table<YearRow>({
      name: 'year',
      columns: { year: 'integer', from: 'text', until: 'text', zone: 'text', school_days: 'jsonb' },
      key: ['year'],
      on: {
        SchoolYearOpened: ({ data: { year, schoolDays, ...data } }) => [
          put<YearRow, 'year'>({ year }, { ...data, school_days: schoolDays }),
        ],
      },
    }),
    table<PeriodRow>({
      name: 'period',
      columns: {
        period: 'text',
        grades: 'jsonb',
        units: 'jsonb',
        name: 'text',
        structure: 'text',
        from: 'text',
        until: 'text',
      },
      key: ['period', 'grades', 'units'],
      on: {
        PeriodsPlanned: ({ data: { periods, grades, units, structure } }) =>
          periods.map(({ period, ...bounds }) =>
            put<PeriodRow, 'period' | 'grades' | 'units'>(
              { period, grades, units },
              { ...bounds, structure },
            ),
          ),
        PeriodMoved: ({ data: { period, grades, units, from, until } }) => [
          amend<PeriodRow>({ period, grades, units }, () => ({ from, until })),
        ],
      },
    }),
    table<HolidaysRow>({
      name: 'holidays',
      columns: {
        revision: 'integer',
        ordinal: 'integer',
        from: 'text',
        until: 'text',
        name: 'text',
        grades: 'jsonb',
        units: 'jsonb',
      },
      key: ['revision', 'ordinal'],
      on: {
        HolidaysPlanned: (event) =>
          event.data.holidays.map((holidays, ordinal) =>
            put<HolidaysRow, 'revision' | 'ordinal'>({ revision: versionOf(event), ordinal }, holidays),
          ),
      },
    }),
    table<SchoolDayRow>({
      name: 'school_day',
      columns: { revision: 'integer', date: 'text', grades: 'jsonb', units: 'jsonb' },
      key: ['revision'],
      on: {
        SchoolDayAdded: (event) => [
          put<SchoolDayRow, 'revision'>({ revision: versionOf(event) }, event.data),
        ],
      },
    }),
    table<SchoolWeekRow>({
      name: 'school_week',
      columns: {
        revision: 'integer',
        effective_from: 'text',
        grades: 'jsonb',
        units: 'jsonb',
        school_days: 'jsonb',
      },
      key: ['revision'],
      on: {
        SchoolWeekSet: (event) => {
          const { effectiveFrom, schoolDays, ...of } = event.data
          return [
            put<SchoolWeekRow, 'revision'>(
              { revision: versionOf(event) },
              { ...of, effective_from: effectiveFrom, school_days: schoolDays },
            ),
          ]
        },
      },
    }),
    table<BellsRow>({
      name: 'bells',
      columns: { shift: 'text', effective_from: 'text', grades: 'jsonb', units: 'jsonb', bells: 'jsonb' },
      key: ['shift', 'effective_from', 'grades', 'units'],
      on: {
        BellsScheduled: ({ data: { shift, effectiveFrom, grades, units, bells } }) => [
          put<BellsRow, 'shift' | 'effective_from' | 'grades' | 'units'>(
            { shift, effective_from: effectiveFrom, grades, units },
            { bells },
          ),
        ],
      },
    }),
    table<RoomRow>({
      name: 'room',
      columns: { room: 'text', purpose: 'text', seats: 'integer', until: 'text' },
      key: ['room'],
      on: {
        RoomAdded: ({ data: { room, ...data } }) => [
          put<RoomRow, 'room'>({ room }, { ...data, until: null }),
        ],
        RoomClosed: ({ data: { room, from } }) => [amend<RoomRow>({ room }, () => ({ until: from }))],
      },
    }),
    table<PolicyRow>({
      name: 'policy',
      columns: { effective_from: 'text', policy: 'jsonb' },
      key: ['effective_from'],
      on: {
        PolicyAdopted: ({ data: { effectiveFrom, policy } }) => [
          put<PolicyRow, 'effective_from'>({ effective_from: effectiveFrom }, { policy }),
        ],
      },
    }),
    table<SubjectRow>({
      name: 'subject',
      columns: { subject: 'uuid', name: 'text', component: 'text' },
      key: ['subject'],
      on: {
        SubjectAdded: ({ data: { subject, ...data } }) => [put<SubjectRow, 'subject'>({ subject }, data)],
      },
    }),
    table<PersonRow>({
      name: 'person',
      columns: { person: 'uuid', kind: 'text', from: 'text', until: 'text' },
      key: ['person'],
      on: {
        PupilEnrolled: ({ data: { pupil, from } }) => [
          put<PersonRow, 'person'>({ person: pupil }, { kind: 'pupil', from, until: null }),
        ],
        PupilReleased: ({ data: { pupil, from } }) => [
          amend<PersonRow>({ person: pupil }, () => ({ until: from })),
        ],
        StaffReleased: ({ data: { staff, from } }) => [
          amend<PersonRow>({ person: staff }, () => ({ until: from })),
        ],
        StaffHired: ({ data: { staff, from } }) => [
          put<PersonRow, 'person'>({ person: staff }, { kind: 'staff', from, until: null }),
        ],
      },
    }),
    table<MovementRow>({
      name: 'movement',
      columns: {
        revision: 'integer',
        pupil: 'uuid',
        kind: 'text',
        class: 'uuid',
        from: 'text',
        order_number: 'text',
        order_date: 'text',
        reason: 'text',
      },
      key: ['revision'],
      indexes: [['from'], ['pupil']],
      on: {
        PupilEnrolled: (event) => [moved(event, 'enrolled', null)],
        PupilPlacedInClass: (event) => [moved(event, 'placed', event.data.class)],
        PupilRemovedFromClass: (event) => [moved(event, 'removed', event.data.class)],
        PupilReleased: (event) => [moved(event, 'released', null, event.data.reason)],
      },
    }),
    table<UnitRow>({
      name: 'unit',
      columns: {
        unit: 'uuid',
        kind: 'text',
        year: 'integer',
        name: 'text',
        grade: 'integer',
        group_kind: 'text',
        classes: 'jsonb',
        teachers: 'jsonb',
      },
      key: ['unit'],
      indexes: [['unit']],
      on: {
        ClassFormed: ({ data: { class: unit, ...data } }) => [
          put<UnitRow, 'unit'>(
            { unit },
            { ...data, kind: 'class', group_kind: null, classes: [], teachers: [] },
          ),
        ],
        ClassTeacherAppointed: ({ data: { class: unit, staff, from } }) => [
          amend<UnitRow>({ unit }, ({ teachers }) => ({ teachers: [...teachers, { staff, from }] })),
        ],
        GroupFormed: ({ data: { group: unit, kind, ...data } }) => [
          put<UnitRow, 'unit'>(
            { unit },
            { ...data, kind: 'group', group_kind: kind, grade: null, teachers: [] },
          ),
        ],
      },
    }),
    table<MemberRow>({
      name: 'member',
      columns: { unit: 'uuid', pupil: 'uuid', spans: 'jsonb' },
      key: ['unit', 'pupil'],
      indexes: [['unit'], ['pupil']],
      on: {
        PupilPlacedInClass: ({ data: { class: unit, pupil, from } }) => [joins(unit, pupil, from)],
        PupilRemovedFromClass: ({ data: { class: unit, pupil, from } }) => [leaves(unit, pupil, from)],
        PupilJoinedGroup: ({ data: { group: unit, pupil, from } }) => [joins(unit, pupil, from)],
        PupilLeftGroup: ({ data: { group: unit, pupil, from } }) => [leaves(unit, pupil, from)],
      },
    }),
    table<JournalRow>({
      name: 'journal',
      columns: {
        journal: 'uuid',
        year: 'integer',
        subject: 'uuid',
        unit: 'uuid',
        type: 'text',
        grading: 'text',
        name: 'text',
        teachers: 'jsonb',
      },
      key: ['journal'],
      indexes: [['journal'], ['unit']],
      on: {
        JournalOpened: ({ stream, data: { journal, learners, ...data } }) => {
          const unit = learners.kind === 'class' ? learners.class : learners.group
          const year = Number(stream.slice(stream.indexOf('-') + 1))
          return [put<JournalRow, 'journal'>({ journal }, { ...data, unit, year, teachers: [] })]
        },
        TeacherAssigned: ({ data: { journal, staff, from } }) => [
          amend<JournalRow>({ journal }, ({ teachers }) => ({
            teachers: [...teachers, { staff, from, until: null }],
          })),
        ],
        TeacherReleased: ({ data: { journal, staff, from } }) => [
          amend<JournalRow>({ journal }, ({ teachers }) => ({
            teachers: closed(teachers, from, (assignment) => assignment.staff === staff),
          })),
        ],
      },
    }),
    table<WeekRow>({
      name: 'week',
      columns: { class: 'uuid', effective_from: 'text', slots: 'jsonb' },
      key: ['class', 'effective_from'],
      on: {
        WeekScheduled: ({ data: { class: of, effectiveFrom, slots } }) => [
          put<WeekRow, 'class' | 'effective_from'>({ class: of, effective_from: effectiveFrom }, { slots }),
        ],
      },
    }),
    table<GroupWeekRow>({
      name: 'group_week',
      columns: { group: 'uuid', effective_from: 'text', classes: 'jsonb', slots: 'jsonb' },
      key: ['group', 'effective_from'],
      on: {
        GroupWeekScheduled: ({ data: { group, effectiveFrom, ...data } }) => [
          put<GroupWeekRow, 'group' | 'effective_from'>({ group, effective_from: effectiveFrom }, data),
        ],
      },
    }),
    table<TimetableChangeRow>({
      name: 'timetable_change',
      columns: {
        revision: 'integer',
        type: 'text',
        date: 'text',
        to_date: 'text',
        data: 'jsonb',
        recorded_at: 'text',
        account: 'uuid',
      },
      key: ['revision'],
      indexes: [['date'], ['to_date']],
      on: {
        SubstitutionOrdered: (event) => [departs(event)],
        SubstitutionWithdrawn: (event) => [departs(event)],
        LessonTransferred: (event) => [departs(event, event.data.to.date)],
        LessonCancelled: (event) => [departs(event)],
        LessonRestored: (event) => [departs(event)],
        RoomChanged: (event) => [departs(event)],
        LessonsCombined: (event) => [departs(event)],
        LessonsSeparated: (event) => [departs(event)],
      },
    }),
    table<RepresentativeRow>({
      name: 'representative',
      columns: {
        representative: 'uuid',
        pupil: 'uuid',
        kinship: 'text',
        from: 'text',
        until: 'text',
        consent: 'jsonb',
      },
      key: ['representative', 'pupil'],
      indexes: [['representative']],
      on: {
        RepresentativeRegistered: ({ data: { representative, pupil, ...data } }) => [
          put<RepresentativeRow, 'representative' | 'pupil'>(
            { representative, pupil },
            { ...data, until: null, consent: null },
          ),
        ],
        RepresentationEnded: ({ data: { representative, pupil, from } }) => [
          amend<RepresentativeRow>({ representative, pupil }, () => ({ until: from })),
        ],
        ConsentGiven: (event) => [decides(event, 'given', event.data)],
        ConsentRefused: (event) => [decides(event, 'refused', { ...event.data, scope: [] })],
        ConsentWithdrawn: (event) => [
          decides(event, 'withdrawn', { ...event.data, scope: [], notice: null }),
        ],
      },
    }),
    table<AccountRow>({
      name: 'account',
      columns: { account: 'uuid', person: 'uuid' },
      key: ['account'],
      on: {
        AccountOpened: ({ data: { account, person } }) => [
          put<AccountRow, 'account'>({ account }, { person }),
        ],
      },
    }),
    table<RoleRow>({
      name: 'role',
      columns: { account: 'uuid', role: 'text', holdings: 'jsonb' },
      key: ['account', 'role'],
      indexes: [['role']],
      on: {
        RoleGranted: ({ data: { account, role, from, until, scope } }) => {
          const key = { account, role }
          const holding = { from, until, ends_at: null, scope }
          return [{ key, to: (row) => ({ ...key, holdings: [...(row?.holdings ?? []), holding] }) }]
        },
        RoleEnded: ({ data: { account, role, from, at } }) => [
          amend<RoleRow>({ account, role }, ({ holdings }) => ({
            holdings: holdings.map((holding) => ended(holding, from, at)),
          })),
        ],
      },
    }),
  ],
}

/** A holding that has not ended by then ends then. */
function ended(holding: Holding, from: LocalDate | null, at: Instant | null): Holding {
  if (from !== null)
    return holding.until !== null && holding.until <= from ? holding : { ...holding, until: from }
  return holding.ends_at !== null && holding.ends_at <= at! ? holding : { ...holding, ends_at: at }
}

function departs(event: Decoded<TimetableChange>, to: LocalDate | null = null): Change<TimetableChangeRow> {
  const { type, data, meta } = event
  return put<TimetableChangeRow, 'revision'>(
    { revision: versionOf(event) },
    { type, date: data.date, to_date: to, data, recorded_at: meta.at, account: meta.by },
  )
}

function moved(
  event: { readonly revision: bigint; readonly data: Moved },
  kind: MovementRow['kind'],
  of: Uuid | null,
  reason: string | null = null,
): Change<MovementRow> {
  const { pupil, from, order } = event.data
  return put<MovementRow, 'revision'>(
    { revision: versionOf(event) },
    {
      pupil,
      kind,
      class: of,
      from,
      order_number: order?.number ?? null,
      order_date: order?.date ?? null,
      reason,
    },
  )
}

interface Moved {
  readonly pupil: Uuid
  readonly from: LocalDate
  readonly order: { readonly number: string; readonly date: LocalDate } | null
}

function joins(unit: Uuid, pupil: Uuid, from: LocalDate): Change<MemberRow> {
  const key = { unit, pupil }
  return { key, to: (row) => ({ ...key, spans: [...(row?.spans ?? []), { from, until: null }] }) }
}

function leaves(unit: Uuid, pupil: Uuid, from: LocalDate): Change<MemberRow> {
  return amend<MemberRow>({ unit, pupil }, ({ spans }) => ({ spans: closed(spans, from) }))
}

/** A leaving ends the last time that is open: there are two where the leaving between them was void. */
function closed<Of extends Span>(
  spans: readonly Of[],
  until: LocalDate,
  which: (span: Of) => boolean = () => true,
): Of[] {
  const last = spans.findLastIndex((span) => span.until === null && which(span))
  return spans.map((span, i) => (i === last ? { ...span, until } : span))
}

function decides(
  { meta: { at, by } }: Decoded,
  decision: ConsentRow['decision'],
  of: Pick<ConsentRow, 'scope' | 'form' | 'date' | 'notice'> & { representative: Uuid; pupil: Uuid },
): Change<RepresentativeRow> {
  const { representative, pupil, scope, form, date, notice } = of
  const consent = { decision, scope, form, date, notice, at, by }
  return amend<RepresentativeRow>({ representative, pupil }, () => ({ consent }))
}
