import { z } from 'zod'
import { givenLessons, substitutedAtEntry } from '#projections/class-journal/queries.ts'
import { journals, timetableRegister, yearOf } from '#projections/school-directory/queries.ts'
import { schoolYearOf } from '#values/school.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { cursorBehind, DateCursor, placeAfter } from './date-cursor.ts'
import { authorsOf, namesOf } from './names.ts'
import { type LessonOfClass, plannedDays, plannedLessons } from './planned-lessons.ts'
import { ownJournals } from './rights.ts'
import { type Asked, defineView } from './view.ts'

const tag = 'Расписание'

const days = {
  from: LocalDate.optional().describe('По умолчанию — сегодня'),
  until: LocalDate.optional().describe('По умолчанию — через шесть дней; не больше 31 дня'),
}

const TimetableChangeReply = z
  .strictObject({
    type: z.enum([
      'SubstitutionOrdered',
      'SubstitutionWithdrawn',
      'LessonTransferred',
      'LessonCancelled',
      'LessonRestored',
      'RoomChanged',
      'LessonsCombined',
      'LessonsSeparated',
    ]),
    date: LocalDate,
    revision: z.int(),
    recorded_at: Instant,
    account: Uuid,
    author: z.string().nullable(),
    data: z
      .record(z.string(), z.unknown())
      .describe(
        'Как записано в событии: урок, журнал, классы, кто заменяет, куда перенесён, причина, приказ',
      ),
  })
  .meta({ id: 'TimetableChange' })

/** The register of substitutions, transfers, cancellations and combinations (R-2.10, п. 7А/4). */
export const timetableRegisterView = defineView({
  name: 'timetable-register',
  path: 'timetable/changes',
  summary: 'Журнал замен, переносов, отмен и совмещений за дни',
  tag,
  operation: '15',
  input: z.strictObject({
    since: LocalDate,
    until: LocalDate,
    lesson: Uuid.optional().describe('История одного урока: что с ним делали'),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    cursor: DateCursor,
  }),
  reply: z.strictObject({ changes: z.array(TimetableChangeReply), next: z.string().nullable() }),
  async answer(asked) {
    const { school, parts, input } = asked
    const after = placeAfter(input.cursor)
    const among = await journalsAnsweredFor(asked, schoolYearOf(input.since), schoolYearOf(input.until))
    const found = await timetableRegister(parts.database, school, { ...input, among }, after, input.limit)
    const author = await authorsOf(
      asked,
      found.map(({ account }) => account),
    )
    return {
      body: {
        changes: found.map(({ type, date: of, revision: place, recorded_at, account, data }) => ({
          type,
          date: of,
          revision: place,
          recorded_at,
          account,
          author: author(account),
          data,
        })),
        next: cursorBehind(found, input.limit, (row) => [row.date, row.revision]),
      },
    }
  },
})

/** What substitutes recorded without an order of before: for the deputy to confirm. */
export const substitutionsAtEntry = defineView({
  name: 'substitutions-at-entry',
  path: 'timetable/substitutions-at-entry',
  summary: 'Замены, отмеченные заменяющим при записи урока, без приказа',
  tag,
  operation: '15',
  input: z.strictObject(days),
  reply: z.strictObject({
    from: LocalDate,
    until: LocalDate,
    lessons: z.array(
      z.strictObject({
        lesson: Uuid,
        journal: Uuid,
        date: LocalDate,
        number: z.int(),
        teacher: Uuid,
        teacher_name: z.string(),
        scheduled: z.array(z.strictObject({ staff: Uuid, name: z.string() })),
        ordered: z.boolean().describe('Приказ издан позже'),
      }),
    ),
  }),
  async answer(asked) {
    const { from, until } = plannedDays(asked, 6)
    const { school, parts } = asked
    const year = await yearOf(parts.database, school, from)
    const among = await journalsAnsweredFor(asked, schoolYearOf(from), schoolYearOf(until))
    const all = await substitutedAtEntry(parts.database, school, from, until)
    const found = all.filter(({ journal }) => among?.includes(journal) ?? true)
    const planned = year === undefined ? [] : await plannedLessons(asked, year, from, until)
    const name = await namesOf(
      asked,
      found.flatMap(({ teacher, scheduled }) => [teacher, ...scheduled]),
    )
    const lessons = found.map((one) => ({
      ...one,
      teacher_name: name(one.teacher),
      scheduled: one.scheduled.map((staff) => ({ staff, name: name(staff) })),
      ordered: planned.some(
        ({ journal, date, number, substitution }) =>
          substitution && journal === one.journal && date === one.date && number === one.number,
      ),
    }))
    return { body: { from, until, lessons } }
  },
})

/** The journals that a deputy of a part of the school answers for in some school years; null is every one. */
async function journalsAnsweredFor(
  asked: Asked<unknown>,
  first: number,
  last: number,
): Promise<readonly Uuid[] | null> {
  const found: Uuid[] = []
  for (let year = first; year <= last; year++) {
    const own = await ownJournals(asked, year)
    if (own === null) return null
    found.push(...own)
  }
  return found
}

const ConflictReply = z.strictObject({
  kind: z.enum(['teacher', 'room', 'class']),
  date: LocalDate,
  number: z.int(),
  teacher: Uuid.nullable(),
  name: z.string().nullable().describe('Имя учителя'),
  room: z.string().nullable(),
  class: Uuid.nullable(),
  journals: z.array(Uuid),
})

/**
 * Where a teacher, a room or a class is taken twice at one time (R-7A.6d). A room may be shared on purpose, and weeks
 * may come into conflict after they were set, as when a teacher is assigned anew: therefore a report.
 */
export const timetableConflicts = defineView({
  name: 'timetable-conflicts',
  path: 'timetable/conflicts',
  summary: 'Накладки расписания за дни: учитель, кабинет или класс заняты дважды',
  tag,
  operation: '17b',
  input: z.strictObject(days),
  reply: z.strictObject({ from: LocalDate, until: LocalDate, conflicts: z.array(ConflictReply) }),
  async answer(asked) {
    const { from, until } = plannedDays(asked, 6)
    const year = await yearOf(asked.parts.database, asked.school, from)
    const lessons = year === undefined ? [] : await plannedLessons(asked, year, from, until)
    const found = conflictsOf(lessons)
    const name = await namesOf(
      asked,
      found.map(({ teacher }) => teacher),
    )
    const conflicts = found.map((one) => ({
      ...one,
      name: one.teacher === null ? null : name(one.teacher),
    }))
    return { body: { from, until, conflicts } }
  },
})

type Conflict = Omit<z.output<typeof ConflictReply>, 'name'>

function conflictsOf(lessons: readonly LessonOfClass[]): Conflict[] {
  const takings = new Map<string, { conflict: Conflict; lessons: LessonOfClass[] }>()
  const take = (lesson: LessonOfClass, of: Partial<Conflict> & Pick<Conflict, 'kind'>, key: string) => {
    const { date, number } = lesson
    const at = `${date}/${number}/${of.kind}/${key}`
    const taking = takings.get(at) ?? {
      conflict: { date, number, teacher: null, room: null, class: null, journals: [], ...of },
      lessons: [],
    }
    taking.lessons.push(lesson)
    takings.set(at, taking)
  }
  for (const lesson of lessons) {
    for (const teacher of lesson.teachers) take(lesson, { kind: 'teacher', teacher }, teacher)
    if (lesson.room !== null) take(lesson, { kind: 'room', room: lesson.room }, lesson.room)
    // Whoever learns by a plan of his own leaves the lesson of his class for it.
    if (!lesson.individual) take(lesson, { kind: 'class', class: lesson.class.unit }, lesson.class.unit)
  }
  return [...takings.values()]
    .filter(({ conflict, lessons: taking }) => isTwice(conflict.kind, taking))
    .map(({ conflict, lessons: taking }) => ({
      ...conflict,
      journals: [...new Set(taking.map(({ journal }) => journal))],
    }))
    .toSorted((a, b) =>
      a.date === b.date ? a.number - b.number || (a.kind < b.kind ? -1 : 1) : a.date < b.date ? -1 : 1,
    )
}

/** One lesson of a group of several classes is one; combined lessons are together on purpose; a class may be divided into groups. */
function isTwice(kind: Conflict['kind'], lessons: readonly LessonOfClass[]): boolean {
  const apart = new Set(lessons.map(({ combination, journal }) => combination ?? journal))
  if (apart.size < 2) return false
  return kind !== 'class' || lessons.some(({ entry }) => entry?.unit_kind !== 'group')
}

/** The hours of teachers: by the timetable, and what they gave (R-7A.6b). */
export const teachingHours = defineView({
  name: 'teaching-hours',
  path: 'teaching-hours',
  summary: 'Часы учителей за дни: по расписанию, проведено, в том числе на замене; учителю — его собственные',
  tag,
  operation: '18',
  input: z.strictObject(days),
  reply: z.strictObject({
    from: LocalDate,
    until: LocalDate,
    teachers: z.array(
      z.strictObject({
        staff: Uuid,
        name: z.string(),
        planned: z.int().describe('Уроков, которые учитель должен провести, с учётом замен и отмен'),
        given: z.int().describe('Записано проведённых уроков'),
        substituted: z.int().describe('Из них вместо другого учителя'),
        journals: z.array(
          z.strictObject({
            journal: Uuid,
            name: z.string().nullable(),
            planned: z.int(),
            given: z.int(),
            substituted: z.int(),
          }),
        ),
      }),
    ),
  }),
  async answer(asked) {
    const { school, parts, actor } = asked
    const { from, until } = plannedDays(asked, 6)
    const year = await yearOf(parts.database, school, from)
    if (year === undefined) return { body: { from, until, teachers: [] } }
    const hours = new Map<Uuid, Map<Uuid, Hours>>()
    const of = (staff: Uuid, journal: Uuid): Hours => {
      const own = hours.get(staff) ?? new Map<Uuid, Hours>()
      hours.set(staff, own)
      const found = own.get(journal) ?? { planned: 0, given: 0, substituted: 0 }
      own.set(journal, found)
      return found
    }
    const seen = new Set<string>()
    for (const { journal, date, number, teachers } of await plannedLessons(asked, year, from, until)) {
      const place = `${date}/${number}/${journal}`
      if (seen.has(place)) continue
      seen.add(place)
      for (const staff of teachers) of(staff, journal).planned += 1
    }
    for (const { teacher, journal, given, substituted } of await givenLessons(
      parts.database,
      school,
      from,
      until,
    )) {
      Object.assign(of(teacher, journal), { given, substituted })
    }
    const known = new Map(
      (await journals(parts.database, school, year)).map((one) => [one.journal, one.name]),
    )
    const shown = [...hours].filter(([staff]) => actor.role !== 'teacher' || staff === actor.person)
    const name = await namesOf(
      asked,
      shown.map(([staff]) => staff),
    )
    const teachers = shown.map(([staff, own]) => {
      const each = [...own].map(([journal, count]) => ({
        journal,
        name: known.get(journal) ?? null,
        ...count,
      }))
      const sum = (what: keyof Hours) => each.reduce((total, one) => total + one[what], 0)
      return {
        staff,
        name: name(staff),
        planned: sum('planned'),
        given: sum('given'),
        substituted: sum('substituted'),
        journals: each.toSorted((a, b) => (a.name ?? '').localeCompare(b.name ?? '', 'ru')),
      }
    })
    return {
      body: { from, until, teachers: teachers.toSorted((a, b) => a.name.localeCompare(b.name, 'ru')) },
    }
  },
})

interface Hours {
  planned: number
  given: number
  substituted: number
}
