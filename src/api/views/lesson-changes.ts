import { z } from 'zod'
import { cancelledBetween } from '#commands/timetable/state.ts'
import { teachersOf, teaches, type TeachingLoadState } from '#commands/teaching-load/state.ts'
import { type GivenLesson, whoGave } from '#projections/class-journal/queries.ts'
import { yearOf } from '#projections/school-directory/queries.ts'
import { lessonId } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { dutyGround } from './duties/duty.ts'
import { namesOf } from './names.ts'
import { type LessonOfClass, plannedLessons } from './planned-lessons.ts'
import { REPORTS, reportDays } from './report-parts.ts'
import { ownJournals } from './rights.ts'
import { type Asked, defineView } from './view.ts'

/** The longest span of one report: half a school year and some more. */
const DAYS = 184

/** What became of a lesson of the timetable: each has one of these. */
const OUTCOMES = ['given', 'substituted', 'cancelled', 'not-given', 'ahead'] as const
type Outcome = (typeof OUTCOMES)[number]

const counts = {
  planned: z
    .int()
    .describe('Уроков расписания, с отменёнными: given + substituted + cancelled + not_given + ahead'),
  given: z.int().describe('Дал тот, кому урок дан по нагрузке'),
  substituted: z.int().describe('Дал другой: own_subject + other_subject'),
  own_subject: z.int().describe('Заменивший в тот день сам вёл этот предмет по нагрузке'),
  other_subject: z.int(),
  cancelled: z.int(),
  not_given: z.int().describe('Не записаны, а день урока прошёл'),
  ahead: z.int().describe('Ещё не записаны, и день урока не прошёл'),
  transferred: z.int().describe('Из planned: стоят здесь, потому что перенесены с другого дня или номера'),
}

/** What became of the lessons of each teacher: given by another, cancelled, moved, or not given at all (R-7A.10h). */
export const lessonChangesReport = defineView({
  name: 'lesson-changes-report',
  path: 'reports/lesson-changes',
  summary:
    'Учёт замен и пропущенных уроков по учителям: замены (кем, свой предмет или нет), отмены, переносы, не проведённые; сумма сходится с расписанием; учителю — его собственные',
  tag: REPORTS,
  operation: '29',
  input: z.strictObject({
    from: LocalDate.optional().describe('По умолчанию — сегодня'),
    until: LocalDate.optional().describe(`По умолчанию — сегодня; не больше ${DAYS} дней`),
    teacher: Uuid.optional(),
  }),
  reply: z.strictObject({
    from: LocalDate,
    until: LocalDate,
    total: z.strictObject(counts).describe('Сумма строк: каждый урок расписания стоит в одной строке'),
    rows: z.array(
      z.strictObject({
        teacher: Uuid.nullable().describe('Кому урок дан по нагрузке; null — никому'),
        teacher_name: z.string().nullable(),
        ...counts,
        for_others: z.int().describe('Сверх того: уроков других учителей, которые дал этот'),
        substitutes: z.array(
          z.strictObject({ staff: Uuid, name: z.string(), own_subject: z.int(), other_subject: z.int() }),
        ),
      }),
    ),
    lessons: z
      .array(
        z.strictObject({
          lesson: Uuid,
          date: LocalDate,
          number: z.int(),
          journal: Uuid,
          journal_name: z.string().nullable(),
          teacher: Uuid.nullable(),
          teacher_name: z.string().nullable(),
          outcome: z.enum(OUTCOMES),
          by: Uuid.nullable().describe('Кто дал вместо учителя, или кому это поручено'),
          by_name: z.string().nullable(),
          own_subject: z.boolean().nullable(),
          ordered: z.boolean().nullable().describe('По приказу, а не отмечено при записи урока'),
          from: z
            .strictObject({ date: LocalDate, number: z.int() })
            .nullable()
            .describe('Откуда урок перенесён'),
        }),
      )
      .describe('Уроки, которые дал другой, отменены, перенесены или не проведены'),
  }),
  async answer(asked) {
    const { actor, input } = asked
    const { from, until } = reportDays(asked, DAYS)
    const all = await accountedFor(asked, from, until)
    const mine = actor.role === 'teacher' ? actor.person : undefined
    const wanted = (teacher: Uuid | null): boolean =>
      (mine === undefined || teacher === mine) && (input.teacher === undefined || teacher === input.teacher)
    const gaveFor = Map.groupBy(
      all.filter(({ outcome }) => outcome === 'substituted'),
      ({ by }) => by,
    )
    const byTeacher = Map.groupBy(all, ({ teacher }) => teacher)
    const teachers = [...new Set([...byTeacher.keys(), ...gaveFor.keys()])].filter(wanted)
    const lessons = all.filter(
      ({ outcome, by, from: origin, teacher }) =>
        (wanted(teacher) || (by !== null && wanted(by))) &&
        (origin !== null || by !== null || outcome === 'cancelled' || outcome === 'not-given'),
    )
    const name = await namesOf(asked, [
      ...teachers,
      ...[...byTeacher.values()].flat().flatMap(({ by, teacher }) => [by, teacher]),
    ])
    const nameOf = (person: Uuid | null) => (person === null ? null : name(person))
    const rows = teachers.map((teacher) => {
      const own = byTeacher.get(teacher) ?? []
      return {
        teacher,
        teacher_name: nameOf(teacher),
        ...countsOf(own),
        for_others: teacher === null ? 0 : (gaveFor.get(teacher)?.length ?? 0),
        substitutes: [
          ...Map.groupBy(
            own.filter(({ outcome }) => outcome === 'substituted'),
            ({ by }) => by!,
          ),
        ]
          .map(([staff, some]) => {
            const { own_subject, other_subject } = countsOf(some)
            return { staff, name: name(staff), own_subject, other_subject }
          })
          .toSorted((a, b) => a.name.localeCompare(b.name, 'ru')),
      }
    })
    return {
      body: {
        from,
        until,
        total: countsOf(all.filter(({ teacher }) => wanted(teacher))),
        rows: rows.toSorted((a, b) => (a.teacher_name ?? '').localeCompare(b.teacher_name ?? '', 'ru')),
        lessons: lessons.map((one) => ({
          ...one,
          teacher_name: nameOf(one.teacher),
          by_name: nameOf(one.by),
        })),
      },
    }
  },
})

/** A lesson of the timetable, with whose it is and what became of it. */
interface Accounted {
  readonly lesson: Uuid
  readonly date: LocalDate
  readonly number: number
  readonly journal: Uuid
  readonly journal_name: string | null
  /** To whom the load gives it on its day: one of them, so that each lesson is counted once; null is nobody. */
  readonly teacher: Uuid | null
  readonly outcome: Outcome
  readonly by: Uuid | null
  readonly own_subject: boolean | null
  readonly ordered: boolean | null
  readonly from: { readonly date: LocalDate; readonly number: number } | null
}

function countsOf(lessons: readonly Accounted[]) {
  const of = (outcome: Outcome) => lessons.filter((one) => one.outcome === outcome)
  const substituted = of('substituted')
  const ownSubject = substituted.filter((one) => one.own_subject).length
  return {
    planned: lessons.length,
    given: of('given').length,
    substituted: substituted.length,
    own_subject: ownSubject,
    other_subject: substituted.length - ownSubject,
    cancelled: of('cancelled').length,
    not_given: of('not-given').length,
    ahead: of('ahead').length,
    transferred: lessons.filter(({ from }) => from !== null).length,
  }
}

/** Every lesson of the timetable between two dates, where it stands by what was decided since, and the cancelled; by date. */
async function accountedFor(
  asked: Asked<unknown>,
  from: LocalDate,
  until: LocalDate,
): Promise<readonly Accounted[]> {
  const { school, parts, actor } = asked
  const year = await yearOf(parts.database, school, from)
  if (year === undefined) return []
  // A teacher gives lessons in the place of others, in whatever journal.
  const seen = actor.role === 'teacher' ? null : await ownJournals(asked, year)
  const { references, today } = await dutyGround(asked, year, seen)
  const { teachingLoad, timetable } = references
  const standing = new Map<Uuid, LessonOfClass>(
    (await plannedLessons(asked, year, from, until))
      .filter(({ journal }) => seen?.has(journal) ?? true)
      .map((one) => [lessonId(one.journal, one.date, one.number), one]),
  )
  const gave = new Map((await whoGave(parts.database, school, from, until)).map((one) => [one.lesson, one]))
  const lessons = [...standing].map(([lesson, { journal, date, number, transferredFrom, teachers }]) => {
    const load = teachersOf(teachingLoad, journal, date)
    const record = gave.get(lesson)
    const by = insteadOf(record, load, teachers)
    const outcome = outcomeOf(record, date < today)
    return {
      lesson,
      date,
      number,
      journal,
      outcome,
      by,
      // Of several to whom the load gives it, whoever recorded it, or else who was assigned first.
      teacher: load.find((staff) => staff === record?.teacher) ?? load[0] ?? null,
      own_subject: by === null ? null : teachesSubjectOf(teachingLoad, journal, by, date),
      ordered: by === null ? null : record?.substitution !== 'at-entry',
      from: transferredFrom,
    }
  })
  const cancelled = cancelledBetween(timetable, from, until)
    .filter(({ journal }) => seen?.has(journal) ?? true)
    .map((place) => ({
      ...place,
      lesson: lessonId(place.journal, place.date, place.number),
      outcome: 'cancelled' as const,
      teacher: teachersOf(teachingLoad, place.journal, place.date)[0] ?? null,
      by: null,
      own_subject: null,
      ordered: null,
      from: null,
    }))
  return [...lessons, ...cancelled]
    .map((one) => ({ ...one, journal_name: teachingLoad.journals.get(one.journal)?.name ?? null }))
    .toSorted(
      (a, b) => a.date.localeCompare(b.date) || a.number - b.number || a.journal.localeCompare(b.journal),
    )
}

function outcomeOf(record: GivenLesson | undefined, over: boolean): Outcome {
  if (record !== undefined) return record.substitution === null ? 'given' : 'substituted'
  return over ? 'not-given' : 'ahead'
}

/** Who gave a lesson in the place of its teachers, or was ordered to; null where they gave it or are to. */
function insteadOf(
  record: GivenLesson | undefined,
  load: readonly Uuid[],
  named: readonly Uuid[],
): Uuid | null {
  if (record !== undefined) return record.substitution === null ? null : record.teacher
  return named.find((staff) => !load.includes(staff)) ?? null
}

/** Whether the load gives somebody a journal of the same subject on a date. */
function teachesSubjectOf(load: Readonly<TeachingLoadState>, journal: Uuid, staff: Uuid, date: LocalDate) {
  const subject = load.journals.get(journal)?.subject
  return [...load.journals.values()].some((one) => one.subject === subject && teaches(one, staff, date))
}
