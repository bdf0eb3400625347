import { z } from 'zod'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { timetableFold } from '#commands/timetable/state.ts'
import { SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { date, external, number, optional, text } from '../columns.ts'
import { changed, created, defineList, step, THERE } from '../list.ts'

/** The weekly lessons of classes: a row for each; those of one class and date are its week from that date on. */
export const timetable = defineList({
  name: 'timetable',
  title: 'Расписание',
  columns: {
    year: number('Учебный год', SchoolYear),
    class: external('Код класса'),
    effectiveFrom: date('Действует с'),
    weekday: number('День недели', z.int().min(1).max(7)),
    number: number('Номер урока', z.int().min(0).max(14)),
    journal: external('Код журнала'),
    room: optional(text('Кабинет', label(20))),
  },
  commands: [scheduleWeek],
  key: ['year', 'class', 'effectiveFrom'],
  together: true,
  async plan(rows, { id, state }) {
    const [{ year, class: external, effectiveFrom }] = rows
    const of = id('class', external)
    const slots = rows.map(({ weekday, number, journal, room }) => {
      return { weekday, number, journal: id('journal', journal), room }
    })
    const weeks = (await state(timetableFold, year)).weeks.get(of) ?? []
    const known = weeks.find((week) => week.effectiveFrom === effectiveFrom)
    const scheduled = () => step(scheduleWeek, { year, class: of, effectiveFrom, slots })
    if (known === undefined) return created(scheduled())
    return inOrder(known.slots) === inOrder(slots) ? THERE : changed(scheduled())
  },
  blame: {
    'school-year-unknown': 'year',
    'date-outside-year': 'effectiveFrom',
    'class-unknown': 'class',
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
