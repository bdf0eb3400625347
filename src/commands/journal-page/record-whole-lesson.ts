import { z } from 'zod'
import type { JournalPageEvent } from '#events/journal-page.ts'
import { type Decoded, registry } from '#events/registry.ts'
import { streamName } from '#events/stream-name.ts'
import { KindId } from '#values/policy.ts'
import { note } from '#values/text.ts'
import { mayAct } from '#values/rights.ts'
import { lessonId } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Command, Given } from '../command.ts'
import { evolve } from '../fold.ts'
import { forbids } from '../forbids.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { declineHomework } from './decline-homework.ts'
import { checkReason, onPage, type PAGE_NEEDS, pageCommand, policyFor } from './ground.ts'
import { recordLesson } from './record-lesson.ts'
import { recordMarks } from './record-marks.ts'
import { setHomework } from './set-homework.ts'
import { journalPageFold, type JournalPageState } from './state.ts'
import { takeAttendance } from './take-attendance.ts'

const LESSON_GIVEN = { page: true, lesson: true } as const

const RecordWholeLesson = z.strictObject({
  ...onPage,
  ...recordLesson.input.shape,
  absentees: takeAttendance.input.shape.absentees
    .optional()
    .describe('Отсутствующие и опоздавшие; пустой список — все на уроке, без поля — не отмечено'),
  homework: setHomework.input
    .omit(LESSON_GIVEN)
    .nullable()
    .optional()
    .describe('Домашнее задание; null — не задано, без поля — не заполнено'),
  delay: z
    .strictObject({ reason: KindId, note: note().optional() })
    .optional()
    .describe('Почему записано позже: причина из справочника школы, как technical-failure'),
  columns: z
    .array(recordMarks.input.omit(LESSON_GIVEN))
    .max(10)
    .refine((all) => new Set(all.map(({ kind }) => kind)).size === all.length, {
      error: 'вид работы назван дважды',
    })
    .default([])
    .describe('Отметки столбцами, каждый за свой вид работы'),
})

type Needs = (typeof PAGE_NEEDS)[number] | 'topicPlan' | 'testSchedule'
/** The command of a part of the lesson, whatever its input is. */
type Part = Command<z.ZodObject, JournalPageState, Needs>
type PartGiven = Given<Record<string, unknown>, JournalPageState, Needs>

/**
 * Records a whole lesson at once: topic, attendance, homework and marks, all of it or nothing (R-T4). Every part is
 * decided by the command that it has of its own, on the page as the parts before it have left it.
 */
export const recordWholeLesson = pageCommand({
  name: 'record-whole-lesson',
  summary: 'Записать урок целиком: тема, присутствие, домашнее задание, отметки — всё или ничего',
  operation: '1',
  input: RecordWholeLesson,
  also: ['topicPlan', 'testSchedule'],
  pages: (input, state, references) => recordLesson.pages?.(input, state, references) ?? [],
  decide(given) {
    const { absentees, homework, columns, delay, ...lesson } = given.input
    const journal = given.state.page!.journal
    const here = { page: lesson.page, lesson: lessonId(journal, lesson.date, lesson.number) }
    const parts: Array<readonly [name: string, part: unknown, input: object]> = [
      ['lesson', recordLesson, lesson],
    ]
    if (absentees !== undefined) parts.push(['attendance', takeAttendance, { ...here, absentees }])
    if (homework === null) parts.push(['homework', declineHomework, here])
    else if (homework !== undefined) parts.push(['homework', setHomework, { ...here, ...homework }])
    for (const column of columns) parts.push([`marks ${column.kind}`, recordMarks, { ...here, ...column }])

    const state = copyOf(given.state)
    const events: JournalPageEvent[] = []
    for (const [name, part, input] of parts) {
      const newId = (of: string) => given.newId(`${name} ${of}`)
      const decided = decidedBy(part as Part, { ...given, input: input as never, state, newId })
      if (isRefusal(decided)) return { ...decided, detail: { ...decided.detail, part: name } }
      for (const event of decided) evolve(journalPageFold, state, asRecorded(event, given, events.length))
      events.push(...decided)
    }
    if (delay === undefined) return events
    const policy = policyFor(given, lesson.date)
    const unknown = isRefusal(policy) ? policy : checkReason(delay.reason, policy)
    if (unknown !== null) return { ...unknown, detail: { ...unknown.detail, part: 'delay' } }
    const { reason, note = null } = delay
    return [...events, { type: 'EntryExplained', data: { lesson: here.lesson, reason, note } }]
  },
})

/** What the command of a part says, whose rights are as they are where it stands alone. */
function decidedBy(part: Part, given: PartGiven): readonly JournalPageEvent[] | Refusal {
  const permitted = mayAct(part.operation)
  const { role } = given.actor
  if (!permitted.includes(role)) return refuse('role-not-permitted', { role, permitted })
  return forbids(part, given) ?? (part.decide(given) as readonly JournalPageEvent[] | Refusal)
}

/**
 * The page, to be changed without changing the one that is kept. Its maps are copied and what is in them is not: the
 * parts change a lesson that is in the copy alone.
 */
function copyOf(state: Readonly<JournalPageState>): JournalPageState {
  const copies = Object.entries(state as Readonly<Record<string, unknown>>).map(([name, value]) => [
    name,
    value instanceof Map ? new Map<unknown, unknown>(value) : value,
  ])
  return Object.fromEntries(copies) as JournalPageState
}

/** An event as the fold will meet it. Its version is not known yet, and no part asks for one: each sets what is not there. */
function asRecorded(
  event: JournalPageEvent,
  { school, actor, now, newId, input }: Given<{ page: Uuid }, unknown, never>,
  index: number,
): Decoded<JournalPageEvent> {
  const id = newId(`event ${index}`)
  const { account: by, role, cred } = actor
  const ground = { cmd: id, cause: null, corr: null, basis: {}, prev: null }
  const meta = { v: registry[event.type].v, school, at: now, by, role, cred, ...ground }
  return { ...event, id, stream: streamName(school, 'journalPage', input.page), revision: 0n, meta }
}
