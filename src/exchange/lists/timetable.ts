import { z } from 'zod'
import { scheduleGroupWeek } from '#commands/timetable/schedule-group-week.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { timetableFold } from '#commands/timetable/state.ts'
import { SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { date, external, number, optional, text } from '../columns.ts'
import { changed, created, defineList, rowRefused, step, THERE } from '../list.ts'

/**
 * The weekly lessons of classes, and of groups that are planned apart from them: a row for each; those of one class or
 * group and date are its week from that date on.
 */
export const timetable = defineList({
  name: 'timetable',
  title: 'Расписание',
  columns: {
    year: number('Учебный год', SchoolYear),
    class: optional(external('Код класса')),
    group: optional(external('Код группы')),
    effectiveFrom: date('Действует с'),
    weekday: number('День недели', z.int().min(1).max(7)),
    number: number('Номер урока', z.int().min(0).max(14)),
    journal: external('Код журнала'),
    room: optional(text('Кабинет', label(20))),
  },
  commands: [scheduleWeek, scheduleGroupWeek],
  key: ['year', 'class', 'group', 'effectiveFrom'],
  together: true,
  async plan(rows, { id, state }) {
    const [{ year, class: ofClass, group: ofGroup, effectiveFrom }] = rows
    if ((ofClass === null) === (ofGroup === null))
      return rowRefused('learners-ambiguous', ofClass === null ? 'class' : 'group')
    const slots = rows.map(({ weekday, number, journal, room }) => {
      return { weekday, number, journal: id('journal', journal), room }
    })
    const { weeks, groups } = await state(timetableFold, year)
    const group = ofGroup === null ? null : id('group', ofGroup)
    const of = ofClass === null ? null : id('class', ofClass)
    const planned = of === null ? groups.get(group!)?.weeks : weeks.get(of)
    const known = planned?.find((week) => week.effectiveFrom === effectiveFrom)
    const scheduled = () =>
      of === null
        ? step(scheduleGroupWeek, { year, group: group!, effectiveFrom, slots })
        : step(scheduleWeek, { year, class: of, effectiveFrom, slots })
    if (known === undefined) return created(scheduled())
    return inOrder(known.slots) === inOrder(slots) ? THERE : changed(scheduled())
  },
  blame: {
    'school-year-unknown': 'year',
    'date-outside-year': 'effectiveFrom',
    'class-unknown': 'class',
    'group-unknown': 'group',
    'journal-unknown': 'journal',
    'journal-not-of-class': 'journal',
    'slot-conflict': 'number',
  },
})

interface Slot {
  readonly weekday: number
  readonly number: number
  readonly journal: string
  readonly room: string | null
}

function inOrder(slots: readonly Slot[]): string {
  return JSON.stringify(
    slots
      .map(({ weekday, number, journal, room }) => JSON.stringify([weekday, number, journal, room]))
      .toSorted(),
  )
}
