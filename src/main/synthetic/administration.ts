import { joinGroup } from '#commands/roster/join-group.ts'
import { leaveGroup } from '#commands/roster/leave-group.ts'
import { removeFromClass } from '#commands/roster/remove-from-class.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { addDays, type LocalDate } from '#values/time.ts'
import { actorOf, type School, type SchoolClass } from './school.ts'
import { type SchoolCommand, schoolCommand } from './school-command.ts'
import { STAFF } from './staff.ts'

interface Act {
  readonly minute: number
  readonly command: (at: number) => SchoolCommand
}

export function deputyOf(school: School) {
  return actorOf(school.accountOf(school.id(STAFF.deputy)), 'deputy')
}

/** What the deputy does on a day of the year: the episodes of DOMAIN.md G.9 and the timetable of the second half. */
export function administrativeActs(school: School, date: LocalDate): Act[] {
  const { mover, leaver, calendar } = school
  const deputy = deputyOf(school)
  const year = `year/${calendar.year}`
  const acts: Act[] = []
  if (date === addDays(mover.date, -3)) {
    const { from, to, pupil, date } = mover
    const id = (what: string) => school.id(`command/${year}/mover/${what}`)
    const leaving = { group: from.id, pupil: pupil.id, from: date }
    const joining = { group: to.id, pupils: [pupil.id], from: date }
    acts.push(
      { minute: 15 * 60, command: (at) => schoolCommand(at, id('leave'), deputy, leaveGroup, leaving) },
      { minute: 15 * 60 + 1, command: (at) => schoolCommand(at, id('join'), deputy, joinGroup, joining) },
    )
  }
  if (date === leaver.date) {
    const order = { number: '17-у', date }
    const leaving = { class: leaver.class.id, pupil: leaver.pupil.id, from: date, order }
    const id = school.id(`command/${year}/leaver`)
    acts.push({ minute: 8 * 60, command: (at) => schoolCommand(at, id, deputy, removeFromClass, leaving) })
  }
  if (date === calendar.halfYears[0]!.until) {
    const { from } = calendar.halfYears[1]!
    for (const of of school.classes) {
      if (school.weekOf(of, 0).every((slot, i) => slot.journals === school.weekOf(of, 1)[i]?.journals))
        continue
      acts.push({ minute: 15 * 60 + 30, command: (at) => weekCommand(school, of, 1, from, at) })
    }
  }
  return acts
}

/** Sets the week of a class for a half of the year. */
export function weekCommand(
  school: School,
  of: SchoolClass,
  half: 0 | 1,
  effectiveFrom: LocalDate,
  at: number,
): SchoolCommand {
  const slots = school
    .weekOf(of, half)
    .flatMap(({ weekday, number, journals }) =>
      journals.map((journal) => ({ weekday, number, journal: journal.id, room: journal.teacher.post.room })),
    )
  const { year } = school.calendar
  const id = school.id(`command/year/${year}/class/${of.name}/week/${half}`)
  return schoolCommand(at, id, deputyOf(school), scheduleWeek, { year, class: of.id, effectiveFrom, slots })
}
