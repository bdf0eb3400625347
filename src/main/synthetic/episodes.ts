import { addDays, type LocalDate, mondayOf } from '#values/time.ts'
import type { Calendar } from './calendar.ts'
import type { Pupil } from './people.ts'
import type { Group, Journal, SchoolClass } from './parts.ts'

/** What is told of the school besides its everyday life (DOMAIN.md G.9); null where its classes are not there. */
export interface Episodes {
  /** Changes group on a date, with marks in both (episode 5). */
  readonly mover: {
    readonly pupil: Pupil
    readonly to: Group
    readonly from: Group
    readonly date: LocalDate
  } | null
  /** Goes over to another class of the grade, and to its groups of the same number (episode 6). */
  readonly transfer: {
    readonly pupil: Pupil
    readonly from: SchoolClass
    readonly to: SchoolClass
    readonly groups: readonly Group[]
    readonly date: LocalDate
  } | null
  /** Leaves the school from a date on (episode 6); where there is a transfer, the same pupil. */
  readonly leaver: { readonly pupil: Pupil; readonly class: SchoolClass; readonly date: LocalDate } | null
  /** Was ill for the last three weeks of the second quarter: one final is postponed (episode 3). */
  readonly postponed: {
    readonly pupil: Pupil
    readonly journal: Journal
    readonly from: LocalDate
    readonly until: LocalDate
    /** When the final is set, and the day by which it had to be. */
    readonly setOn: LocalDate
    readonly limit: LocalDate
  } | null
  /** A page of the first quarter that is opened again by order № 47 (episode 4). */
  readonly reopened: { readonly journal: Journal; readonly date: LocalDate } | null
  /** Somebody else has the access of its teacher in the week of this Monday (episode 1). */
  readonly breached: { readonly journal: Journal; readonly monday: LocalDate } | null
  /** On this day nobody can work with the journal from 14:00 to 14:12 (episode 8). */
  readonly outage: LocalDate
  /** Whose family says of the first mark below five since a date that it is wrong, and is right (episode 9). */
  readonly disputing: { readonly pupil: Pupil; readonly from: LocalDate; readonly until: LocalDate }
}

export function episodesOf(
  calendar: Calendar,
  classes: readonly SchoolClass[],
  journals: readonly Journal[],
  demoClass: SchoolClass,
): Episodes {
  const classNamed = (name: string) => classes.find((of) => of.name === name)
  const whole = (grade: number, key: string) =>
    journals.find(
      ({ class: of, subject, group }) => of.grade === grade && subject.key === key && group === null,
    )
  const [, second] = calendar.quarters

  const halves = Map.groupBy(
    journals.filter(({ subject, group }) => subject.key === 'english' && group?.kind === 'subgroup'),
    ({ class: of }) => of,
  )
  const [to7, [anywhere]] = [halves.get(classNamed('7А')!), [...halves.values()]]
  const [from, to] = (to7 ?? anywhere ?? []).map(({ group }) => group!)
  const algebra = whole(8, 'algebra')
  const physics = whole(9, 'physics')
  const ofNinth = journals.filter(({ class: of, subject }) => of.grade === 9 && subject.key === 'algebra')
  const betrayed = ofNinth.find(({ class: of }) => of.name === '9Б') ?? ofNinth[0]
  const [left, entered] = [classNamed('6А'), classNamed('6В')]
  // The class of the leaver in the year's end; the last one of the alphabet is nobody else's hero.
  const pupil = left?.pupils.at(-1)
  const transferred = left === undefined || entered === undefined || pupil === undefined
  return {
    mover:
      from === undefined || to === undefined
        ? null
        : { pupil: from.pupils.at(-1)!, from, to, date: addDays(mondayOf(second!.from), 14) },
    transfer: transferred
      ? null
      : {
          pupil,
          from: left,
          to: entered,
          groups: groupsLike(journals, pupil, left, entered),
          date: calendar.moved('2026-02-01'),
        },
    leaver:
      left === undefined || pupil === undefined
        ? null
        : { pupil, class: entered ?? left, date: calendar.moved('2026-03-10') },
    postponed:
      algebra === undefined
        ? null
        : {
            pupil: algebra.class.pupils[1]!,
            journal: algebra,
            from: addDays(second!.until, -20),
            until: second!.until,
            setOn: calendar.moved('2026-01-19'),
            limit: calendar.moved('2026-01-23'),
          },
    reopened: physics === undefined ? null : { journal: physics, date: calendar.moved('2025-12-10') },
    breached: betrayed === undefined ? null : { journal: betrayed, monday: calendar.moved('2025-10-06') },
    outage: calendar.moved('2025-09-24'),
    disputing: {
      pupil: demoClass.pupils[0]!,
      from: calendar.moved('2025-09-15'),
      until: calendar.moved('2025-10-03'),
    },
  }
}

/** The groups of a class that are for the same subject and half as those of a pupil in another class. */
function groupsLike(
  journals: readonly Journal[],
  pupil: Pupil,
  left: SchoolClass,
  entered: SchoolClass,
): Group[] {
  const halvesOf = (of: SchoolClass) =>
    journals.filter(({ class: one, group }) => one === of && group?.kind === 'subgroup')
  return halvesOf(left)
    .filter(({ group }) => group!.pupils.includes(pupil))
    .flatMap(({ path }) => {
      const place = path.slice(path.indexOf('/subject/'))
      const same = halvesOf(entered).find((journal) => journal.path.endsWith(place))
      return same?.group ?? []
    })
}
