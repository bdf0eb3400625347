import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { Actor, Command } from '#commands/command.ts'
import { evolve, NOTHING_VOID } from '#commands/fold.ts'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { correctComment } from '#commands/journal-page/correct-comment.ts'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import { correctLesson } from '#commands/journal-page/correct-lesson.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { declineHomework } from '#commands/journal-page/decline-homework.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { REFERENCES, type ReferenceName } from '#commands/references.ts'
import { isRefusal } from '#commands/refusal.ts'
import { type Decoded, type DomainEvent, registry } from '#events/registry.ts'
import { streamName } from '#events/stream-name.ts'
import { lessonId, workId } from '#values/school.ts'
import {
  ALGEBRA,
  ANNA,
  attendanceTaken,
  BORIS,
  classTeacher,
  date,
  deputy,
  entryOf,
  GLEB,
  homeworkSet,
  id,
  LESSON,
  lessonOn,
  lessonRecorded,
  markRecorded,
  mathematician,
  mathematicianReleased,
  onPage,
  PAGE,
  pageOpened,
  school,
  strangerAssigned,
  workHeld,
} from '#support/class-7a.ts'
import { decodedOf, given, type Past, SCHOOL } from '#support/spec.ts'

const COMMENT = id('comment/1')
const why = { reason: 'typing-error' as never, note: null }
const ofMark = { entry: entryOf(ANNA, 'test'), work: workId(LESSON, 'test'), lesson: LESSON, pupil: ANNA }
const set = homeworkSet.event.data as Extract<DomainEvent, { type: 'HomeworkSet' }>['data']
const on = { kind: 'mark', entry: ofMark.entry, pupil: ANNA } as const

/** A page on which everything happened that can happen on one. */
const page: readonly Past[] = [
  pageOpened,
  lessonRecorded,
  attendanceTaken([BORIS, 'Н'], [GLEB, 'Опз']),
  workHeld('test', 2),
  markRecorded(ANNA, 5),
  markRecorded(BORIS, 'Д'),
  homeworkSet,
  onPage({ type: 'CommentMade', data: { comment: COMMENT, lesson: LESSON, on, text: 'У доски' } }),
  onPage({ type: 'MarkCorrected', data: { criteria: null, ...ofMark, previous: 5, value: 4, ...why } }),
  onPage({
    type: 'AbsenceCodeCorrected',
    data: { document: null, lesson: LESSON, pupil: BORIS, previous: 'Н', code: 'Н/б', ...why },
  }),
  onPage({
    type: 'LessonCorrected',
    data: { lesson: LESSON, field: 'topic', previous: 'Степень', value: 'Многочлены', ...why },
  }),
  onPage({
    type: 'HomeworkCorrected',
    data: {
      lesson: LESSON,
      previous: set.homework,
      homework: { ...set.homework, text: '§ 13 целиком' },
      ...why,
    },
  }),
  onPage({
    type: 'HomeworkDeclined',
    data: { lesson: LESSON, previous: set.homework, dueAt: set.dueAt, ...why },
  }),
  onPage({
    type: 'CommentCorrected',
    data: { comment: COMMENT, lesson: LESSON, on, previous: 'У доски', text: 'Сама' },
  }),
  onPage({ type: 'MarkWithdrawn', data: { ...ofMark, previous: 4, ...why } }),
  onPage({
    type: 'MarkRecorded',
    data: { criteria: null, ...ofMark, entry: id('mark/anew'), value: 3, dueAt: set.dueAt },
  }),
  lessonOn('2026-11-09', 4),
]
const everything = [...school, mathematicianReleased('2026-12-01'), strangerAssigned('2026-12-01'), ...page]
const events = decodedOf(everything)
const onThePage = events.filter(({ stream }) => stream === streamName(SCHOOL, 'journalPage', PAGE))

const foldPage = (history: readonly Decoded[], isVoid = NOTHING_VOID) => {
  const state = journalPageFold.initial()
  for (const event of history) evolve(journalPageFold, state, event, isVoid)
  return state
}

const lesson = { page: PAGE, lesson: LESSON }
const correcting = { expectedVersion: 1, reason: 'typing-error' }
const now = '2026-11-10T03:00:00.000Z'
const asked = <Input extends z.ZodObject, State, Needs extends ReferenceName>(
  command: Command<Input, State, Needs>,
  input: z.input<Input>,
  ...actors: Actor[]
) =>
  (actors.length === 0 ? [mathematician] : actors).map((as) => ({
    name: `${command.name} by ${as.role}`,
    decide: (isVoid: (event: Decoded) => boolean) =>
      given(everything).when(command, input, { as, now }, isVoid).decision,
  }))

/** Every command of a page, sent by those who may; where the version happens to stand, a correction goes through. */
const commands = (expectedVersion: number) => {
  const fresh = { ...correcting, expectedVersion }
  return [
    ...asked(openPage, { year: 2026, journal: ALGEBRA, period: 'q2' }, mathematician, deputy),
    ...asked(recordLesson, { page: PAGE, date: '2026-11-09', number: 4, topic: 'Многочлены' }),
    ...asked(takeAttendance, { ...lesson, absentees: [{ pupil: ANNA, code: 'Н' }] }),
    ...asked(
      changeAbsenceCode,
      { ...lesson, ...fresh, pupil: BORIS, code: 'Н/у' },
      mathematician,
      classTeacher,
      deputy,
    ),
    ...asked(recordMarks, { ...lesson, kind: 'test', marks: [{ pupil: ANNA, value: 2 }] }),
    ...asked(correctMark, { page: PAGE, entry: ofMark.entry, value: 3, ...fresh }, mathematician, deputy),
    ...asked(withdrawMark, { page: PAGE, entry: id('mark/anew'), ...fresh }, mathematician, deputy),
    ...asked(setHomework, { ...lesson, text: '§ 14 целиком' }),
    ...asked(correctHomework, { ...lesson, ...fresh, text: '§ 14 целиком' }, mathematician, deputy),
    ...asked(declineHomework, { ...lesson, ...fresh }),
    ...asked(correctLesson, { ...lesson, ...fresh, topic: 'Степень' }, mathematician, deputy),
    ...asked(addComment, { ...lesson, on: { kind: 'mark', entry: id('mark/anew') }, text: 'Сама' }),
    ...asked(correctComment, { page: PAGE, comment: COMMENT, expectedVersion, text: 'Сам' }),
  ]
}

const someOf = <Item>(items: readonly Item[]) => fc.subarray([...items]).map((some) => new Set(some))

describe('a page some of whose events are void', () => {
  it('is as if they had never been there, whichever they are', () => {
    fc.assert(
      fc.property(someOf(onThePage.map(({ id }) => id)), (voided) => {
        const folded = foldPage(onThePage, ({ id }) => voided.has(id))
        expect(folded).toEqual(foldPage(onThePage.filter(({ id }) => !voided.has(id))))
      }),
      { numRuns: 500 },
    )
  })

  it('keeps the versions of what still stands, because void events keep their places', () => {
    const folded = foldPage(onThePage, ({ type }) => type === 'MarkCorrected' || type === 'MarkWithdrawn')
    expect(folded.marks.get(ofMark.entry)).toMatchObject({ value: 5, version: 4 })
    const uncorrected = foldPage(
      onThePage,
      ({ type }) => type.startsWith('Homework') && type !== 'HomeworkSet',
    )
    expect(uncorrected.lessons.get(LESSON)?.homework).toMatchObject({ version: 6, content: set.homework })
  })

  it('has nothing of a lesson that is void, and nobody’s correction brings it back', () => {
    const folded = foldPage(onThePage, ({ data }) => 'number' in data && data.number === 3)
    expect([...folded.lessons.keys()]).toEqual([lessonId(ALGEBRA, date('2026-11-09'), 4)])
  })

  it('answers every command by a decision, also when the ground of the page is void', () => {
    fc.assert(
      fc.property(someOf(events.map(({ id }) => id)), fc.integer({ min: 0, max: 16 }), (voided, version) => {
        for (const { name, decide } of commands(version)) {
          const decision = decide(({ id }) => voided.has(id))
          if (isRefusal(decision)) continue
          expect(decision.length, name).toBeGreaterThan(0)
          for (const { type, data } of decision)
            expect(registry[type].data.safeParse(data).error, name).toBeUndefined()
        }
      }),
      { numRuns: 60 },
    )
  })

  it('answers every command by a decision when one single event is void', () => {
    for (const { id: voided } of events)
      for (const { decide, name } of commands(4))
        expect(() => decide(({ id }) => id === voided), name).not.toThrow()
  })
})

describe('every fold', () => {
  it('takes any events in any order, as often as they come', () => {
    const folds = [journalPageFold, ...Object.values(REFERENCES).map(({ fold }) => fold)]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 80 }), (history) => {
        for (const fold of folds) {
          const state: unknown = fold.initial()
          for (const event of history) evolve<unknown>(fold, state, event)
          expect(state).toBeDefined()
        }
      }),
      { numRuns: 200 },
    )
  })

  it('changes nothing by an event of a type that it does not know', () => {
    const state = foldPage(onThePage)
    const unknown = { ...onThePage[0]!, type: 'SomethingNew' } as unknown as Decoded
    evolve(journalPageFold, state, unknown)
    expect(state).toEqual(foldPage(onThePage))
  })
})
