import { describe, expect, it } from 'vitest'
import { recordWholeLesson } from '#commands/journal-page/record-whole-lesson.ts'
import { workId } from '#values/school.ts'
import {
  ANNA,
  BORIS,
  deputy,
  DINA,
  head,
  LESSON,
  lessonRecorded,
  mathematician,
  PAGE,
  pageClosed,
  pageOpened,
  school,
  stranger,
  substituted,
  STRANGER,
  TEST,
  testPlanned,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const as = mathematician
const now = '2026-11-09T03:50:00.000Z'
const opened = given(school, pageOpened)
const column = (kind: string, ...marks: ReadonlyArray<readonly [string, number | string]>) => ({
  kind,
  marks: marks.map(([pupil, value]) => ({ pupil, value })),
})
const lesson = { page: PAGE, date: '2026-11-09', number: 3, topic: 'Степень с натуральным показателем' }
const whole = {
  ...lesson,
  absentees: [{ pupil: BORIS, code: 'Н' }],
  homework: { text: '§ 12, № 340–345 (письменно)' },
  columns: [column('lesson-answer', [ANNA, 5]), column('test', [ANNA, 4])],
}
const refused = (change: object) => opened.when(recordWholeLesson, { ...whole, ...change }, { as, now })

describe('record-whole-lesson', () => {
  it('records topic, attendance, homework and columns, each as its own command would', () => {
    const events = opened.when(recordWholeLesson, whole, { as, now }).records(
      { type: 'LessonRecorded', data: { lesson: LESSON, topic: lesson.topic } },
      { type: 'AttendanceTaken', data: { lesson: LESSON, dueAt: '2026-11-09T16:59:59.000Z' } },
      { type: 'HomeworkSet', data: { homework: { due: '2026-11-11' }, dueAt: '2026-11-09T07:20:00.000Z' } },
      {
        type: 'WorkHeld',
        data: { work: workId(LESSON, 'lesson-answer'), dueAt: '2026-11-09T16:59:59.000Z' },
      },
      { type: 'MarkRecorded', data: { pupil: ANNA, value: 5 } },
      { type: 'WorkHeld', data: { work: workId(LESSON, 'test'), dueAt: '2026-11-16T16:59:59.000Z' } },
      { type: 'MarkRecorded', data: { pupil: ANNA, value: 4 } },
    )
    const entries = events.flatMap(({ type, data }) => (type === 'MarkRecorded' ? [data.entry] : []))
    expect(new Set(entries).size).toBe(2)
  })

  it('carries as much as is said: nothing but the topic, or that nothing is set', () => {
    opened.when(recordWholeLesson, lesson, { as, now }).records('LessonRecorded')
    opened
      .when(recordWholeLesson, { ...lesson, homework: null, absentees: [] }, { as, now })
      .records('LessonRecorded', 'AttendanceTaken', 'HomeworkDeclined')
  })

  it('is refused whole where a part is, and names the part', () => {
    refused({ number: 6 }).refuses('lesson-not-in-timetable', { part: 'lesson' })
    refused({ absentees: [{ pupil: DINA, code: 'Н' }] }).refuses('pupil-not-member', { part: 'attendance' })
    refused({ absentees: [{ pupil: BORIS, code: 'НБ' }] }).refuses('code-unknown', { part: 'attendance' })
    refused({ homework: { text: 'Учить § 12', due: '2026-11-09' } }).refuses('homework-due-before-lesson', {
      part: 'homework',
    })
    refused({ columns: [column('test', [ANNA, 7])] }).refuses('value-outside-grading', { part: 'marks test' })
    refused({ columns: [column('internal-control', [ANNA, 5])] }).refuses('test-not-planned', {
      part: 'marks internal-control',
    })
  })

  it('sees in each part what the parts before it have said: whoever was absent has no mark', () => {
    const contradiction = { ...whole, columns: [column('test', [BORIS, 5])] }
    opened
      .when(recordWholeLesson, contradiction, { as, now })
      .refuses('mark-on-absent', { pupils: [BORIS], part: 'marks test' })
    const late = { ...contradiction, absentees: [{ pupil: BORIS, code: 'Опз' }] }
    opened
      .when(recordWholeLesson, late, { as, now })
      .records('LessonRecorded', 'AttendanceTaken', 'HomeworkSet', 'WorkHeld', 'MarkRecorded')
    // A test of internal control has one column, also within one command.
    opened
      .and(testPlanned('test'))
      .when(
        recordWholeLesson,
        { ...lesson, columns: [column('test', [ANNA, 5]), column('internal-control', [ANNA, 5])] },
        { as, now },
      )
      .refuses('test-has-column', { test: TEST, part: 'marks internal-control' })
  })

  it('says why it comes late, by a reason of the school', () => {
    const delay = { reason: 'technical-failure', note: 'Не было связи' }
    opened
      .when(recordWholeLesson, { ...lesson, delay }, { as, now: '2026-11-10T03:00:00.000Z' })
      .records('LessonRecorded', { type: 'EntryExplained', data: { lesson: LESSON, ...delay } })
    opened
      .when(recordWholeLesson, { ...lesson, delay: { reason: 'laziness' } }, { as, now })
      .refuses('reason-unknown', { part: 'delay' })
  })

  it('leaves the page as it was where it is refused, and where it is not', () => {
    const twice = given(school, pageOpened)
    const { decision } = twice.when(recordWholeLesson, whole, { as, now })
    expect(decision).toHaveLength(7)
    twice
      .when(recordWholeLesson, whole, { as, now })
      .records(
        'LessonRecorded',
        'AttendanceTaken',
        'HomeworkSet',
        'WorkHeld',
        'MarkRecorded',
        'WorkHeld',
        'MarkRecorded',
      )
  })

  it('is refused for a lesson that is recorded already, and on a closed page', () => {
    given(school, pageOpened, lessonRecorded)
      .when(recordWholeLesson, whole, { as, now })
      .refuses('lesson-exists', { part: 'lesson' })
    given(school, pageOpened, pageClosed())
      .when(recordWholeLesson, { ...whole, date: '2026-12-28' }, { as, now: '2027-01-11T03:00:00.000Z' })
      .refuses('period-locked')
  })

  it('is for the teacher of the journal, and whoever gives the lesson in his place', () => {
    opened.when(recordWholeLesson, whole, { as: stranger, now }).refuses('journal-not-taught')
    for (const who of [deputy, head])
      opened.when(recordWholeLesson, whole, { as: who, now }).refuses('role-not-permitted')
    const events = opened.and(substituted(STRANGER)).when(recordWholeLesson, whole, { as: stranger, now })
    expect(events.decision).toHaveLength(7)
    opened
      .and(substituted(STRANGER))
      .when(recordWholeLesson, whole, { as, now })
      .refuses('lesson-given-by-another', { part: 'lesson' })
  })

  it('refuses an input that a part would refuse, and a kind of work named twice', () => {
    expect(malformed(recordWholeLesson, { ...whole, topic: '12' })).toEqual(['topic'])
    expect(malformed(recordWholeLesson, { ...whole, homework: { text: '' } })).toContain('homework.text')
    const twice = [column('test', [ANNA, 5]), column('test', [BORIS, 5])]
    expect(malformed(recordWholeLesson, { ...whole, columns: twice })).toEqual(['columns'])
  })
})
