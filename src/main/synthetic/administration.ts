import { issueExtract } from '#commands/printout/issue-extract.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { leaveGroup } from '#commands/roster/leave-group.ts'
import { releasePupil } from '#commands/roster/release-pupil.ts'
import { transferPupil } from '#commands/roster/transfer-pupil.ts'
import { registerOutage } from '#commands/school/register-outage.ts'
import { moveTest } from '#commands/test-schedule/move-test.ts'
import { cancelLessons } from '#commands/timetable/cancel-lessons.ts'
import { combineLessons } from '#commands/timetable/combine-lessons.ts'
import { orderSubstitution } from '#commands/timetable/order-substitution.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { transferLesson } from '#commands/timetable/transfer-lesson.ts'
import { addDays, instantAt, type LocalDate, LocalTime } from '#values/time.ts'
import { ZONE } from './calendar.ts'
import { consentsOf } from './consents.ts'
import { type Departure, yearOf } from './departures.ts'
import { lessonPath } from './page-writer.ts'
import { plansOf } from './plan.ts'
import { type PlannedLesson, plannedLessons } from './lessons.ts'
import type { SchoolClass } from './parts.ts'
import { actorOf, type School } from './school.ts'
import { lackingCommand, type SchoolCommand, schoolCommand } from './school-command.ts'
import { STAFF } from './staff.ts'

interface Act {
  readonly minute: number
  readonly command: (at: number) => SchoolCommand
}

export function deputyOf(school: School) {
  return actorOf(school.accountOf(school.id(STAFF.deputy)), 'deputy')
}

/** What the deputy does on a day of the year: departures from the timetable, movements, the second half's timetable. */
export function administrativeActs(school: School, date: LocalDate): Act[] {
  const { calendar } = school
  const departures = yearOf(school).departures.get(date) ?? []
  const acts = departures.flatMap((departure, i) => departing(school, departure, date, i))
  acts.push(...movements(school, date))
  if (date === calendar.from)
    // One a second, before the pages are opened.
    acts.push(...consentsOf(school).map((command, i) => ({ minute: 6 * 60 + i / 60, command })))
  if (date === school.outage) acts.push(outageAct(school))
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

/** A day of frost is told before the lessons, then who gives the lessons of those who are ill; transfers in time. */
function departing(school: School, departure: Departure, today: LocalDate, nth: number): Act[] {
  const deputy = deputyOf(school)
  const { year } = school.calendar
  const id = (path: string) => school.id(`command/${path}`)
  const placeOf = ({ journal, date, number }: PlannedLesson) => ({ year, journal: journal.id, date, number })
  if (departure.kind === 'frost') {
    const classes = departure.classes.map((of) => of.id)
    const input = { year, date: today, classes, reason: 'Мороз ниже 30 °C' }
    const command = id(`year/${year}/frost/${today}`)
    return [
      { minute: 6 * 60 + 40, command: (at) => schoolCommand(at, command, deputy, cancelLessons, input) },
    ]
  }
  if (departure.kind === 'test') return movedTest(school, departure, nth)
  const { lesson } = departure
  if (departure.kind === 'transfer') {
    const input = { ...placeOf(lesson), to: departure.to }
    const command = id(`${pathOf(lesson)}/transfer`)
    return [
      { minute: 15 * 60 + 10, command: (at) => schoolCommand(at, command, deputy, transferLesson, input) },
    ]
  }
  const { order, giver } = departure
  const minute = 7 * 60 + nth / 20
  if (departure.kind === 'substitution') {
    const input = { ...placeOf(lesson), substitute: giver.id, order }
    const command = id(`${pathOf(lesson)}/substitution`)
    return [{ minute, command: (at) => schoolCommand(at, command, deputy, orderSubstitution, input) }]
  }
  const { journal, ...place } = placeOf(lesson)
  const input = { ...place, journals: [journal, departure.with.journal.id], teacher: giver.id, order }
  const command = id(`${pathOf(lesson)}/combination`)
  return [{ minute, command: (at) => schoolCommand(at, command, deputy, combineLessons, input) }]
}

/** Only what stands in the schedule of tests is moved there; other written works have no day of their own. */
function movedTest(
  school: School,
  { journal, index, to }: Extract<Departure, { kind: 'test' }>,
  nth: number,
): Act[] {
  const { year } = school.calendar
  const lesson = plannedLessons(school).find((one) => one.journal === journal && one.index === index)!
  if (plansOf(plannedLessons(school))(lesson).written !== 'test') return []
  const test = school.id(`${journal.path}/test/${index}`)
  const input = { year, test, date: to, note: 'Отмена уроков из-за мороза' }
  const id = school.id(`command/${journal.path}/test/${index}/move`)
  return [
    { minute: 8 * 60 + nth / 20, command: (at) => schoolCommand(at, id, deputyOf(school), moveTest, input) },
  ]
}

/** Episode 8: the outage is registered on the same day, and what was noted on paper may be entered on the next. */
function outageAct(school: School): Act {
  const { outage: date, calendar } = school
  const at = (time: string) => instantAt(date, LocalTime.parse(time), ZONE)
  const id = school.id(`command/year/${calendar.year}/outage`)
  const input = {
    from: at('14:00'),
    until: at('14:12'),
    text: 'Не было связи с сетью',
    order: { number: '58', date },
    enterBy: addDays(date, 1),
  }
  return {
    minute: 15 * 60 + 20,
    command: (now) => schoolCommand(now, id, deputyOf(school), registerOutage, input),
  }
}

/** The episodes 5 and 6 of DOMAIN.md G.9. */
function movements(school: School, today: LocalDate): Act[] {
  const { mover, transfer, leaver, calendar } = school
  const deputy = deputyOf(school)
  const id = (what: string) => school.id(`command/year/${calendar.year}/${what}`)
  const acts: Act[] = []
  if (mover !== null && today === addDays(mover.date, -3)) {
    const { from, to, pupil, date } = mover
    const leaving = { group: from.id, pupil: pupil.id, from: date }
    const joining = { group: to.id, pupils: [pupil.id], from: date }
    acts.push(
      { minute: 15 * 60, command: (at) => schoolCommand(at, id('mover/leave'), deputy, leaveGroup, leaving) },
      {
        minute: 15 * 60 + 1,
        command: (at) => schoolCommand(at, id('mover/join'), deputy, joinGroup, joining),
      },
    )
  }
  if (transfer !== null && today === addDays(transfer.date, -3)) {
    const { from, to, pupil, date, groups } = transfer
    const order = { number: '9-у', date: today }
    const input = { pupil: pupil.id, class: from.id, to: to.id, from: date, order }
    acts.push({
      minute: 15 * 60 + 2,
      command: (at) => schoolCommand(at, id('transfer'), deputy, transferPupil, input),
    })
    for (const [i, group] of groups.entries()) {
      const joining = { group: group.id, pupils: [pupil.id], from: date }
      acts.push({
        minute: 15 * 60 + 3 + i,
        command: (at) => schoolCommand(at, id(`transfer/join/${i}`), deputy, joinGroup, joining),
      })
    }
  }
  if (leaver !== null && today === leaver.date) {
    const order = { number: '17-у', date: today }
    const input = { pupil: leaver.pupil.id, from: today, reason: 'other-school' as const, order }
    acts.push({
      minute: 8 * 60,
      command: (at) => schoolCommand(at, id('leaver'), deputy, releasePupil, input),
    })
    const { pupil } = leaver
    const { from } = calendar.quarters[2]!
    const extract = { printout: id('leaver/extract'), pupil: pupil.id, from, until: today, today }
    const given = { ...extract, recipient: pupil.parents[0]!.id }
    acts.push({
      minute: 8 * 60 + 20,
      command: (at) =>
        lackingCommand(at, id('leaver/issue'), deputy, issueExtract, given, { kind: 'extract' }),
    })
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

function pathOf({ journal, date, number }: PlannedLesson): string {
  return lessonPath(journal, date, number)
}
