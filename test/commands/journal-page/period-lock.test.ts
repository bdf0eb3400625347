import { describe, expect, it } from 'vitest'
import { COMMANDS } from '#commands/catalogue.ts'
import type { Command } from '#commands/command.ts'
import { addAssessmentMarks } from '#commands/journal-page/add-assessment-marks.ts'
import { awaitAssessmentResults } from '#commands/journal-page/await-assessment-results.ts'
import { receiveAssessmentResults } from '#commands/journal-page/receive-assessment-results.ts'
import { recordAssessment } from '#commands/journal-page/record-assessment.ts'
import { addRemark } from '#commands/journal-page/add-remark.ts'
import { correctIndividualHomework } from '#commands/journal-page/correct-individual-homework.ts'
import { exemptFromPractice } from '#commands/journal-page/exempt-from-practice.ts'
import { setIndividualHomework } from '#commands/journal-page/set-individual-homework.ts'
import { withdrawExemption } from '#commands/journal-page/withdraw-exemption.ts'
import { withdrawRemark } from '#commands/journal-page/withdraw-remark.ts'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { changeGrading } from '#commands/journal-page/change-grading.ts'
import { correctComment } from '#commands/journal-page/correct-comment.ts'
import { correctFinal } from '#commands/journal-page/correct-final.ts'
import { correctAssessmentResults } from '#commands/journal-page/correct-assessment-results.ts'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import { correctLesson } from '#commands/journal-page/correct-lesson.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { creditMissedTopic } from '#commands/journal-page/credit-missed-topic.ts'
import { declineHomework } from '#commands/journal-page/decline-homework.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordWholeLesson } from '#commands/journal-page/record-whole-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { withdrawFinal } from '#commands/journal-page/withdraw-final.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { mayAct } from '#values/rights.ts'
import {
  ANNA,
  ASSESSMENT,
  assessmentHeld,
  attendanceTaken,
  BORIS,
  deputy,
  entryOf,
  finalPostponed,
  finalRecorded,
  id,
  LESSON,
  lessonRecorded,
  markRecorded,
  MATHEMATICIAN,
  mathematician,
  PAGE,
  pageClosed,
  pageOpened,
  pageReopened,
  school,
  STRANGER,
  stranger,
  substituted,
  VERA,
  workHeld,
} from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

const as = mathematician
/** In January, the day before the reopening ends. */
const now = '2027-01-14T03:00:00.000Z'
const END = '2027-01-15T11:00:00.000Z'
const here = { page: PAGE, lesson: LESSON }
const mark = (pupil: string, expectedVersion: number) => ({
  page: PAGE,
  entry: entryOf(pupil as never, 'test'),
  expectedVersion,
  reason: 'appeal',
})
const lived = given(
  school,
  pageOpened,
  lessonRecorded,
  attendanceTaken(),
  workHeld('test'),
  markRecorded(ANNA, 4),
  markRecorded(BORIS, 3),
  finalRecorded(ANNA, 4),
  finalPostponed(BORIS, '2027-01-22'),
  finalRecorded(VERA, 'осв'),
  assessmentHeld,
)
const closed = lived.and(pageClosed([BORIS]))

/** What a teacher or a deputy could write on the page, were it open. */
const WRITES: ReadonlyArray<readonly [Command, Record<string, unknown>]> = [
  [changeGrading, { page: PAGE, grading: 'g10' }],
  [recordLesson, { page: PAGE, date: '2026-12-28', number: 3, topic: 'Повторение' }],
  [recordWholeLesson, { page: PAGE, date: '2026-12-28', number: 3, topic: 'Повторение', absentees: [] }],
  [correctLesson, { ...here, expectedVersion: 1, reason: 'typing-error', topic: 'Одночлены' }],
  [takeAttendance, { ...here, absentees: [] }],
  [changeAbsenceCode, { ...here, pupil: ANNA, code: 'Опз', expectedVersion: 2, reason: 'typing-error' }],
  [recordMarks, { ...here, kind: 'homework', marks: [{ pupil: ANNA, value: 5 }] }],
  [correctMark, { ...mark(ANNA, 4), value: 5 }],
  [withdrawMark, mark(ANNA, 4)],
  [
    creditMissedTopic,
    {
      ...here,
      pupil: ANNA,
      kind: 'homework',
      value: 5,
      protocol: { number: '7', date: '2026-12-01' },
      examiners: [MATHEMATICIAN],
    },
  ],
  [
    recordAssessment,
    {
      page: PAGE,
      date: '2026-12-01',
      kind: 'exam',
      name: 'Зачётная работа',
      marks: [{ pupil: ANNA, value: 5 }],
    },
  ],
  [awaitAssessmentResults, { page: PAGE, date: '2026-12-01', kind: 'exam', name: 'Пробный экзамен' }],
  [
    receiveAssessmentResults,
    { page: PAGE, assessment: ASSESSMENT, receivedAt: '2026-12-01T05:00:00.000Z', pupils: [VERA] },
  ],
  [
    correctAssessmentResults,
    {
      page: PAGE,
      assessment: ASSESSMENT,
      receivedAt: '2026-12-01T05:00:00.000Z',
      pupils: [VERA],
      expectedVersion: 1,
    },
  ],
  [addAssessmentMarks, { page: PAGE, assessment: ASSESSMENT, marks: [{ pupil: VERA, value: 5 }] }],
  [
    exemptFromPractice,
    {
      page: PAGE,
      pupil: ANNA,
      from: '2026-12-01',
      until: '2026-12-05',
      document: { number: null, date: '2026-12-01' },
    },
  ],
  [withdrawExemption, { page: PAGE, exemption: id('exemption'), expectedVersion: 1, reason: 'typing-error' }],
  [setIndividualHomework, { ...here, pupils: [ANNA], text: 'Повторить § 14' }],
  [correctIndividualHomework, { ...here, pupil: ANNA, homework: null, expectedVersion: 1 }],
  [addRemark, { page: PAGE, kind: 'remark', pupil: ANNA, text: 'Опоздала' }],
  [withdrawRemark, { page: PAGE, remark: id('remark'), expectedVersion: 1, reason: 'typing-error' }],
  [setHomework, { ...here, text: 'Повторить § 14' }],
  [correctHomework, { ...here, text: 'Повторить § 14', expectedVersion: 1 }],
  [declineHomework, here],
  [addComment, { ...here, on: { kind: 'lesson' }, text: 'После урока' }],
  [correctComment, { page: PAGE, comment: id('comment'), expectedVersion: 1, text: 'Иначе' }],
  [recordFinals, { page: PAGE, finals: [{ pupil: VERA, value: 5 }] }],
  [correctFinal, { page: PAGE, pupil: ANNA, value: 5, expectedVersion: 6, reason: 'appeal' }],
  [withdrawFinal, { page: PAGE, pupil: ANNA, expectedVersion: 6, reason: 'appeal' }],
]

/** What is about the closing itself. */
const PASS = new Set([
  'postpone-final',
  'close-page',
  'reopen-page',
  'dispute-mark',
  'refuse-dispute',
  'register-paper-difference',
  'explain-paper-difference',
  'review-homework',
  'sign-page',
])

describe('a closed page', () => {
  it('is locked for every command on it but those about the closing', () => {
    const onPage = COMMANDS.filter((command: Command) => command.path.startsWith('pages/')).map(
      ({ name }) => name,
    )
    const tried = new Set(WRITES.map(([{ name }]) => name))
    expect(onPage.filter((name) => !tried.has(name) && !PASS.has(name))).toEqual([])
  })

  it.each(WRITES.map((write) => [write[0].name, ...write] as const))('refuses %s', (_, command, input) => {
    const detail = { period: 'q2', closedAt: '2026-12-29T09:30:00.000Z', reopened: [] }
    for (const who of [as, deputy]) {
      if (mayAct(command.operation).includes(who.role))
        closed.when(command, input, { as: who, now }).refuses('period-locked', detail)
    }
    const before = lived.when(command, input, { as, now }).decision
    expect(before).not.toMatchObject({ refused: 'period-locked' })
  })

  it('takes the postponed final and the marks that justify it, to the last day, and no more once it is set', () => {
    const marks = { ...here, kind: 'homework', marks: [{ pupil: BORIS, value: 5 }] }
    const correction = { ...mark(BORIS, 5), value: 4 }
    const last = '2027-01-22T16:59:59.999Z'
    closed.when(recordMarks, marks, { as, now: last }).records('WorkHeld', 'MarkRecorded')
    closed.when(correctMark, correction, { as, now: last }).records('MarkCorrected')
    closed.when(recordMarks, marks, { as, now: '2027-01-22T17:00:00.000Z' }).refuses('period-locked')
    const both = {
      ...here,
      kind: 'homework',
      marks: [
        { pupil: BORIS, value: 5 },
        { pupil: ANNA, value: 5 },
      ],
    }
    closed.when(recordMarks, both, { as, now }).refuses('period-locked')
    const absence = { ...here, pupil: BORIS, code: 'Н/б', expectedVersion: 2, reason: 'absence-document' }
    closed.when(changeAbsenceCode, absence, { as, now }).refuses('period-locked')
    const settled = closed.and(finalRecorded(BORIS, 4, '2027-01-19T03:00:00.000Z'))
    settled.when(recordMarks, marks, { as, now: '2027-01-20T03:00:00.000Z' }).refuses('period-locked')
    settled.when(correctMark, correction, { as, now: '2027-01-20T03:00:00.000Z' }).refuses('period-locked')
  })

  it('is locked for a substitute, too, whose lesson an order gave him before or after the closing', () => {
    const lesson = { page: PAGE, date: '2026-11-09', number: 3, topic: 'Степень' }
    const before = given(school, pageOpened, substituted(STRANGER))
    before.when(recordLesson, lesson, { as: stranger, now }).records('LessonRecorded')
    for (const of of [
      before.and(pageClosed()),
      given(school, pageOpened, pageClosed(), substituted(STRANGER)),
    ])
      of.when(recordLesson, lesson, { as: stranger, now }).refuses('period-locked')
  })

  it('is open for everything while the whole of it is reopened, and locks again at the instant named', () => {
    const reopened = closed.and(pageReopened(END))
    const correction = { ...mark(ANNA, 4), value: 5 }
    for (const who of [as, deputy])
      reopened
        .when(correctMark, correction, { as: who, now: '2027-01-15T10:59:59.999Z' })
        .records('MarkCorrected')
    reopened.when(correctMark, correction, { as, now: END }).refuses('period-locked', { reopened: [] })
    const lesson = { page: PAGE, date: '2026-12-28', number: 3, topic: 'Повторение' }
    reopened.when(recordLesson, lesson, { as, now }).records('LessonRecorded')
  })

  it('is open for what concerns the pupils of a reopening, and for nothing else', () => {
    const reopened = closed.and(pageReopened(END, [ANNA]))
    reopened.when(correctMark, { ...mark(ANNA, 4), value: 5 }, { as, now }).records('MarkCorrected')
    reopened
      .when(
        correctFinal,
        { page: PAGE, pupil: ANNA, value: 5, expectedVersion: 6, reason: 'appeal' },
        {
          as: deputy,
          now,
        },
      )
      .records('FinalMarkCorrected')
    reopened
      .when(
        correctFinal,
        { page: PAGE, pupil: VERA, value: 5, expectedVersion: 8, reason: 'appeal' },
        {
          as,
          now,
        },
      )
      .refuses('period-locked', { reopened: [{ pupils: [ANNA], until: END }] })
    reopened.when(setHomework, { ...here, text: 'Повторить § 14' }, { as, now }).refuses('period-locked')
  })

  it('that was closed anew during its reopening stays closed', () => {
    closed
      .and(pageReopened(END), pageClosed([BORIS], '2027-01-13T05:00:00.000Z'))
      .when(correctMark, { ...mark(ANNA, 4), value: 5 }, { as, now })
      .refuses('period-locked', { closedAt: '2027-01-13T05:00:00.000Z' })
  })

  it('whose closing a breach made void is open', () => {
    closed
      .when(correctMark, { ...mark(ANNA, 4), value: 5 }, { as, now }, ({ type }) => type === 'PageClosed')
      .records('MarkCorrected')
  })

  it('is told to be locked only to whoever might write there', () => {
    const lesson = { page: PAGE, date: '2026-12-28', number: 3, topic: 'Повторение' }
    closed.when(recordLesson, lesson, { as: deputy, now }).refuses('role-not-permitted')
  })
})
