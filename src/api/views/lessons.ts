import { z } from 'zod'
import { isSchoolDay, type SchoolYearState } from '#commands/school-year/state.ts'
import { slotsOn, type TimetableState } from '#commands/timetable/state.ts'
import { filledLessons } from '#projections/class-journal/queries.ts'
import { holds, journals, units, weeks, yearOf } from '#projections/school-directory/queries.ts'
import { lessonId, pageId, PeriodId } from '#values/school.ts'
import { addDays, datesBetween, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { calendarOf } from './directory.ts'
import { LessonEntryReply } from './replies.ts'
import { mayAskForClass, ownJournals, ownUnits } from './rights.ts'
import { type Asked, defineView } from './view.ts'

/** The lessons of some days by the timetable, with what is filled in of each: what a teacher has still to do. */
export const lessonList = defineView({
  name: 'lesson-list',
  path: 'lessons',
  summary:
    'Уроки по расписанию за дни и что в них заполнено; учителю и классному руководителю — их собственные',
  tag: 'Расписание',
  operation: '9',
  input: z.strictObject({
    from: LocalDate.optional().describe('По умолчанию — сегодня'),
    until: LocalDate.optional().describe('По умолчанию — тот же день; не больше 31 дня'),
    class: Uuid.optional().describe('Учителю и классному руководителю — только свой'),
    recorded: z.enum(['true', 'false']).optional().describe('Только записанные или только незаписанные'),
  }),
  reply: z.strictObject({ lessons: z.array(LessonEntryReply) }),
  async may(asked) {
    const { school, parts, today, input } = asked
    if (input.class === undefined) return null
    const year = await yearOf(parts.database, school, input.from ?? today)
    return year === undefined ? null : mayAskForClass(asked, input.class, year)
  },
  async answer(asked) {
    const { recorded } = asked.input
    const from = asked.input.from ?? asked.today
    const until = asked.input.until ?? from
    if (until > addDays(from, 31)) {
      throw new ProblemError('malformed-request', {
        fields: [{ field: '/until', problem: 'не больше 31 дня' }],
      })
    }
    const lessons = await lessonsBetween(asked, from, until)
    const shown = lessons.filter((lesson) => recorded === undefined || String(lesson.recorded) === recorded)
    return { body: { lessons: shown } }
  },
})

type LessonEntry = z.output<typeof LessonEntryReply>

async function lessonsBetween(
  asked: Asked<{ class?: Uuid | undefined }>,
  from: LocalDate,
  until: LocalDate,
): Promise<LessonEntry[]> {
  const { school, parts, actor, input } = asked
  const year = await yearOf(parts.database, school, from)
  if (year === undefined) return []
  const { year: bounds, periods, holidays } = await calendarOf(asked, year)
  const state = {
    year: { ...bounds, schoolDays: bounds.school_days },
    periods,
    holidays,
    bells: [],
  } as unknown as SchoolYearState
  const known = new Map(
    (await journals(parts.database, school, year)).map((journal) => [journal.journal, journal]),
  )
  const filled = new Map(
    (await filledLessons(parts.database, school, from, until)).map((lesson) => [lesson.lesson, lesson]),
  )
  const own = await ownUnits(asked, year)
  // A deputy for some subjects sees the lessons of those.
  const journalsSeen = actor.role === 'deputy' ? await ownJournals(asked, year) : null
  const classes = (await units(parts.database, school, year)).filter(
    ({ kind, unit: id }) =>
      kind === 'class' &&
      (own === null || own.classes.has(id)) &&
      (input.class === undefined || input.class === id),
  )
  const timetable = timetableOf(await weeks(parts.database, school, year))

  const lessons = new Map<Uuid, LessonEntry>()
  for (const date of datesBetween(from, until)) {
    for (const { unit: id, grade } of classes) {
      const period = periods.find(
        (one) => one.from <= date && date <= one.until && one.grades.includes(grade ?? 0),
      )
      if (period === undefined || !isSchoolDay(state, date, [grade ?? 0])) continue
      for (const slot of slotsOn(timetable, id, date)) {
        if (journalsSeen !== null && !journalsSeen.has(slot.journal)) continue
        const journal = known.get(slot.journal)
        const teachers = journal?.teachers.filter((teacher) => holds([teacher], date)) ?? []
        if (actor.role === 'teacher' && !teachers.some(({ staff }) => staff === actor.person)) continue
        const lesson = lessonId(slot.journal, date, slot.number)
        const done = filled.get(lesson)
        lessons.set(lesson, {
          lesson,
          date,
          number: slot.number,
          journal: slot.journal,
          name: journal?.name ?? null,
          period: PeriodId.parse(period.period),
          page: pageId(slot.journal, PeriodId.parse(period.period)),
          room: slot.room,
          recorded: done !== undefined,
          topic: done?.topic ?? null,
          attendance: done?.attendance ?? false,
          homework: done?.homework ?? null,
          marks: done?.marks ?? false,
        })
      }
    }
  }
  return [...lessons.values()].toSorted((a, b) =>
    a.date === b.date ? a.number - b.number : a.date < b.date ? -1 : 1,
  )
}

function timetableOf(rows: Awaited<ReturnType<typeof weeks>>): TimetableState {
  const state: TimetableState = { weeks: new Map() }
  for (const { class: id, effective_from: effectiveFrom, slots } of rows) {
    state.weeks.set(id, [...(state.weeks.get(id) ?? []), { effectiveFrom, slots }])
  }
  return state
}
