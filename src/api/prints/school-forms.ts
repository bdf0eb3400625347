import { shownDate } from '#print/dates.ts'
import type { SubstitutionLogContent } from '#print/substitution-log.ts'
import { diary } from '#projections/pupil-diary/queries.ts'
import type { TimetableChangeRow } from '#projections/school-directory/projection.ts'
import {
  holds,
  journals,
  members,
  personsOf,
  policyOn,
  timetableRegister,
  unit,
  yearOf,
} from '#projections/school-directory/queries.ts'
import type { Opened } from '#integrity/privacy/personal-texts.ts'
import { datesBetween, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import type { Asked } from '../views/view.ts'
import { type Collected, comings } from './page-contents.ts'
import type { PrintParts } from './print-parts.ts'

interface Days {
  readonly from: LocalDate
  readonly until: LocalDate
}

/** What the pupils of a class or group missed on each day, of some of them or of all. */
export async function attendanceForm(
  asked: Asked<unknown>,
  { unit: id, from, until }: Days & { readonly unit: Uuid },
  seen: ReadonlySet<Uuid> | null,
): Promise<Collected> {
  const { school, parts } = asked
  const found = await unit(parts.database, school, id)
  if (found === undefined) throw new ProblemError('class-unknown', { unit: id })
  const policy = await policyOn(parts.database, school, until)
  const absences = (policy?.policy.valueCodes ?? []).filter(({ kind }) => kind === 'absence')
  const here = (await members(parts.database, school, id)).filter(
    ({ pupil, spans }) =>
      (seen?.has(pupil) ?? true) && datesBetween(from, until).some((date) => holds(spans, date)),
  )
  const dates = new Set<LocalDate>()
  const missed = new Map<string, { pupil: Uuid; date: LocalDate; code: string; lessons: number }>()
  for (const { pupil, spans } of here) {
    for (const { date, absence } of await diary(parts.database, school, pupil, from, until)) {
      if (!holds(spans, date)) continue
      dates.add(date)
      const code = absence?.code ?? null
      const lateness = policy?.policy.valueCodes.find((one) => one.code === code)?.kind === 'lateness'
      if (code === null || lateness) continue
      const key = `${pupil} ${date} ${code}`
      const lessons = (missed.get(key)?.lessons ?? 0) + 1
      missed.set(key, { pupil, date, code, lessons })
    }
  }
  return {
    form: {
      template: 'attendance-sheet/1',
      content: {
        unit: id,
        name: found.name,
        year: found.year,
        from,
        until,
        dates: [...dates].toSorted(),
        pupils: here.map(({ pupil, spans }) => ({ pupil, ...comings(spans, from, until) })),
        missed: [...missed.values()],
        codes: absences.map(({ code, name }) => ({ code, name })),
      },
    },
    people: new Set(here.map(({ pupil }) => pupil)),
  }
}

/** How many departures one log holds: far more than a school has in a year. */
const MANY = 20_000

/** Substitutions, transfers, cancellations and combinations of the school between two dates, both included. */
export async function substitutionForm(
  { school, parts }: Asked<unknown, PrintParts>,
  { from, until }: Days,
): Promise<Collected> {
  const register = await timetableRegister(parts.database, school, { since: from, until }, null, MANY)
  // Why a lesson is given by another may speak of a person, and is recorded sealed.
  const found = await parts.texts.opened(school, register)
  const year = await yearOf(parts.database, school, from)
  const known = year === undefined ? [] : await journals(parts.database, school, year)
  const names = new Map(known.map(({ journal, name }) => [journal, name]))
  const authors = await personsOf(
    parts.database,
    school,
    found.map(({ account }) => account),
  )
  const changes = found.map((row) => lineOf(row, names, authors.get(row.account) ?? null))
  const people = changes.flatMap(({ scheduled, given, author }) => [...scheduled, given, author])
  return {
    form: { template: 'substitution-log/1', content: { from, until, zone: parts.zone, changes } },
    people: new Set(people.filter((person) => person !== null)),
  }
}

const DONE: Readonly<Record<string, string>> = {
  SubstitutionOrdered: 'замена',
  SubstitutionWithdrawn: 'замена отменена',
  LessonTransferred: 'перенос',
  LessonCancelled: 'урок отменён',
  LessonRestored: 'отмена урока снята',
  RoomChanged: 'другой кабинет',
  LessonsCombined: 'уроки совмещены',
  LessonsSeparated: 'совмещение снято',
}

/** What the events of departures have, each some of it. */
interface Departure {
  readonly number?: number
  readonly journal?: Uuid
  readonly lessons?: ReadonlyArray<{ readonly journal: Uuid }>
  readonly teachers?: readonly Uuid[]
  readonly substitute?: Uuid
  readonly teacher?: Uuid
  readonly to?: { readonly date: LocalDate; readonly number: number }
  readonly room?: string | null
  readonly reason?: string | null
  readonly order?: { readonly number: string; readonly date: LocalDate } | null
}

function orderText(order: Departure['order'] | null): string | null {
  return order ? `№ ${order.number} от ${shownDate(order.date)}` : null
}

function lineOf(
  { type, date, data, recorded_at: recordedAt }: Opened<TimetableChangeRow>,
  names: ReadonlyMap<Uuid, string>,
  author: Uuid | null,
): SubstitutionLogContent['changes'][number] {
  const said = data as Departure
  const of = said.lessons?.map(({ journal }) => journal) ?? (said.journal === undefined ? [] : [said.journal])
  const where = said.to === undefined ? '' : ` на ${shownDate(said.to.date)}, урок ${said.to.number}`
  const room = type === 'RoomChanged' ? `: ${said.room ?? 'без кабинета'}` : ''
  return {
    date,
    number: said.number ?? null,
    journals: of.map((journal) => names.get(journal) ?? journal),
    what: `${DONE[type] ?? type}${where}${room}`,
    scheduled: said.teachers ?? [],
    given: said.substitute ?? said.teacher ?? null,
    reason: said.reason ?? null,
    order: orderText(said.order ?? null),
    recordedAt,
    author,
  }
}
