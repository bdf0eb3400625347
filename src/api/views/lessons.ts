import { z } from 'zod'
import { filledLessons } from '#projections/class-journal/queries.ts'
import { yearOf } from '#projections/school-directory/queries.ts'
import { lessonId, pageId, PeriodId } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { namesOf } from './names.ts'
import { plannedDays, plannedLessons } from './planned-lessons.ts'
import { LessonEntryReply } from './replies.ts'
import { mayAskForNamedClass, ownJournals, ownUnits } from './rights.ts'
import { type Asked, defineView } from './view.ts'

/** The lessons of some days by the timetable, with what is filled in of each: what a teacher has still to do. */
export const lessonList = defineView({
  name: 'lesson-list',
  path: 'lessons',
  summary:
    'Уроки за дни с заменами, переносами и отменами и что в них заполнено; учителю — те, которые он проводит, классному руководителю — его класса',
  tag: 'Расписание',
  operation: '9',
  input: z.strictObject({
    from: LocalDate.optional().describe('По умолчанию — сегодня'),
    until: LocalDate.optional().describe('По умолчанию — тот же день; не больше 31 дня'),
    class: Uuid.optional().describe('Учителю и классному руководителю — только свой'),
    recorded: z.enum(['true', 'false']).optional().describe('Только записанные или только незаписанные'),
  }),
  reply: z.strictObject({ lessons: z.array(LessonEntryReply) }),
  may: mayAskForNamedClass,
  async answer(asked) {
    const { recorded } = asked.input
    const { from, until } = plannedDays(asked, 0)
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
  // A teacher finds the lessons that he gives, also in the place of another, in whatever class.
  const teacher = actor.role === 'teacher'
  const own = teacher ? undefined : (await ownUnits(asked, year))?.classes
  const classes = input.class === undefined ? own : new Set([input.class])
  // A deputy for some subjects sees the lessons of those.
  const journals = actor.role === 'deputy' ? await ownJournals(asked, year) : null
  const planned = (await plannedLessons(asked, year, from, until, classes)).filter(
    ({ teachers, journal }) =>
      (!teacher || teachers.includes(actor.person)) && (journals === null || journals.has(journal)),
  )
  const filled = new Map(
    (await filledLessons(parts.database, school, from, until)).map((lesson) => [lesson.lesson, lesson]),
  )
  const name = await namesOf(
    asked,
    planned.flatMap(({ teachers }) => teachers),
  )
  const lessons = new Map<Uuid, LessonEntry>()
  for (const { journal, date, number, room, entry, period, teachers, ...rest } of planned) {
    const lesson = lessonId(journal, date, number)
    const done = filled.get(lesson)
    lessons.set(lesson, {
      lesson,
      date,
      number,
      journal,
      name: entry?.name ?? null,
      period: PeriodId.parse(period),
      // Recorded, it is where it stands, also after the bounds of periods were moved.
      page: done?.page ?? pageId(journal, PeriodId.parse(period)),
      room,
      teachers: teachers.map((staff) => ({ staff, name: name(staff) })),
      substitution: rest.substitution,
      combination: rest.combination,
      transferred_from: rest.transferredFrom,
      recorded: done !== undefined,
      topic: done?.topic ?? null,
      attendance: done?.attendance ?? false,
      homework: done?.homework ?? null,
      marks: done?.marks ?? false,
    })
  }
  return [...lessons.values()].toSorted((a, b) =>
    a.date === b.date ? a.number - b.number : a.date < b.date ? -1 : 1,
  )
}
