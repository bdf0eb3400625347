import { describe, expect, it } from 'vitest'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { lessonId, workId } from '#values/school.ts'
import {
  ALGEBRA,
  ANNA,
  attendanceTaken,
  BORIS,
  classTeacher,
  date,
  deputy,
  DINA,
  entryOf,
  GLEB,
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
  pageOpenedWith,
  policyAdopted,
  school,
  stranger,
  strangerAssigned,
  TEST,
  testPlanned,
  VERA,
  without,
  workHeld,
} from '#support/class-7a.ts'
import { given, idMadeBy, malformed } from '#support/spec.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import type { GradingSystem } from '#values/grading.ts'

const as = mathematician
const now = '2026-11-09T03:50:00.000Z'
const column = (kind: string, ...marks: ReadonlyArray<readonly [string, number | string]>) => ({
  page: PAGE,
  lesson: LESSON,
  kind,
  marks: marks.map(([pupil, value]) => ({ pupil, value })),
})
const answer = (pupil: string, value: number | string) => column('lesson-answer', [pupil, value])
const entryFor = (pupil: string) => idMadeBy(as, recordMarks, `mark ${pupil}`)
const WORK = workId(LESSON, 'test')
const A_WEEK_LATER = '2026-11-16T16:59:59.000Z'
const held = given(school, pageOpened, lessonRecorded)
const gradedBy = (grading: GradingSystem) => given(school, pageOpenedWith(grading), lessonRecorded)

const scores = (...pairs: ReadonlyArray<readonly [string, number, number]>) => ({
  ...column('project'),
  marks: [{ pupil: ANNA, criteria: pairs.map(([criterion, score, max]) => ({ criterion, score, max })) }],
})

describe('record-marks', () => {
  it('records the work and a whole column of its marks, in the order given', () => {
    held.when(recordMarks, column('test', [BORIS, 3], [ANNA, 5]), { as, now }).records(
      {
        type: 'WorkHeld',
        data: { work: WORK, lesson: LESSON, kind: 'test', weight: 2, dueAt: A_WEEK_LATER },
      },
      {
        type: 'MarkRecorded',
        data: {
          entry: entryFor(BORIS),
          work: WORK,
          lesson: LESSON,
          pupil: BORIS,
          value: 3,
          dueAt: A_WEEK_LATER,
        },
      },
      {
        type: 'MarkRecorded',
        data: {
          entry: entryFor(ANNA),
          work: WORK,
          lesson: LESSON,
          pupil: ANNA,
          value: 5,
          dueAt: A_WEEK_LATER,
        },
      },
    )
  })

  it('gives an answer at the lesson the same day, and a project a week', () => {
    held
      .when(recordMarks, answer(ANNA, 4), { as, now })
      .records(
        { type: 'WorkHeld', data: { weight: 1, dueAt: '2026-11-09T16:59:59.000Z' } },
        { type: 'MarkRecorded', data: { dueAt: '2026-11-09T16:59:59.000Z' } },
      )
    held
      .when(recordMarks, column('project', [ANNA, 4]), { as, now })
      .records({ type: 'WorkHeld', data: { dueAt: A_WEEK_LATER } }, 'MarkRecorded')
  })

  it('flags the column of a test of internal control, with the shorter of both deadlines', () => {
    const controlled = { test: TEST, dueAt: '2026-11-12T16:59:59.000Z' }
    held
      .and(testPlanned('test'))
      .when(recordMarks, column('test', [ANNA, 5]), { as, now })
      .records(
        { type: 'WorkHeld', data: controlled },
        { type: 'MarkRecorded', data: { dueAt: controlled.dueAt } },
      )
    held
      .and(testPlanned('dictation'))
      .when(recordMarks, column('internal-control', [ANNA, 5]), { as, now })
      .records({ type: 'WorkHeld', data: controlled }, 'MarkRecorded')
    for (const [plan, kind] of [
      [testPlanned('dictation'), 'test'],
      [testPlanned('test', false), 'test'],
    ] as const)
      held
        .and(plan)
        .when(recordMarks, column(kind, [ANNA, 5]), { as, now })
        .records({ type: 'WorkHeld', data: { test: null, dueAt: A_WEEK_LATER } }, 'MarkRecorded')
  })

  it('refuses a mark of internal control on a day for which the schedule has no such test', () => {
    const control = column('internal-control', [ANNA, 5])
    held.when(recordMarks, control, { as, now }).refuses('test-not-planned', { date: '2026-11-09' })
    held.and(testPlanned('test', false)).when(recordMarks, control, { as, now }).refuses('test-not-planned')
  })

  it('gives a test of internal control one column', () => {
    const marked = held.and(testPlanned('test'), workHeld('test', 2, TEST), lessonOn('2026-11-09', 4))
    marked
      .when(recordMarks, column('internal-control', [ANNA, 5]), { as, now })
      .refuses('test-has-column', { test: TEST, lesson: LESSON, kind: 'test' })
    const fourth = { ...column('test', [ANNA, 5]), lesson: lessonId(ALGEBRA, date('2026-11-09'), 4) }
    marked
      .when(recordMarks, fourth, { as, now })
      .records({ type: 'WorkHeld', data: { test: null } }, 'MarkRecorded')
    // The column stands, whatever becomes of the plan.
    held
      .and(workHeld('internal-control', 2, TEST))
      .when(recordMarks, column('internal-control', [BORIS, 4]), { as, now })
      .records('MarkRecorded')
  })

  it('refuses marks in journals of a type for which the school has switched them off, from the day on', () => {
    const off = { journalTypes: [{ type: 'lesson', marks: false, summary: true }] as const }
    const column5 = answer(ANNA, 4)
    held
      .and(policyAdopted({ journalTypes: [...off.journalTypes] }))
      .when(recordMarks, column5, { as, now })
      .refuses('marks-switched-off')
    held
      .and(policyAdopted({ journalTypes: [...off.journalTypes] }, date('2026-11-10')))
      .when(recordMarks, column5, { as, now })
      .records('WorkHeld', 'MarkRecorded')
    held
      .and(policyAdopted({ journalTypes: [{ type: 'club', marks: false, summary: false }] }))
      .when(recordMarks, column5, { as, now })
      .records('WorkHeld', 'MarkRecorded')
  })

  it('adds marks to a work that was held, under its deadline and weight', () => {
    const longer = STARTING_POLICY.kindsOfWork.map((of) => ({ ...of, dueInDays: 30, weight: 5 }))
    held
      .and(workHeld('test', 3), markRecorded(ANNA, 5), policyAdopted({ kindsOfWork: longer }))
      .when(recordMarks, column('test', [BORIS, 4]), { as, now })
      .records({ type: 'MarkRecorded', data: { pupil: BORIS, dueAt: A_WEEK_LATER } })
  })

  it('takes the weight that is named, where the work has none yet or the very same', () => {
    held
      .when(recordMarks, { ...column('test', [ANNA, 5]), weight: 7 }, { as, now })
      .records({ type: 'WorkHeld', data: { weight: 7 } }, 'MarkRecorded')
    held
      .and(workHeld('test', 7))
      .when(recordMarks, { ...column('test', [ANNA, 5]), weight: 7 }, { as, now })
      .records('MarkRecorded')
  })

  it('refuses another weight than the work was held with', () => {
    held
      .and(workHeld('test', 2))
      .when(recordMarks, { ...column('test', [ANNA, 5]), weight: 3 }, { as, now })
      .refuses('weight-differs', { weight: 3, held: 2 })
  })

  it('gives one pupil several marks at a lesson when the kinds of work differ', () => {
    held
      .and(workHeld('test'), markRecorded(ANNA, 5))
      .when(recordMarks, answer(ANNA, 3), { as, now })
      .records({ type: 'WorkHeld', data: { work: workId(LESSON, 'lesson-answer') } }, 'MarkRecorded')
  })

  it('refuses a second mark of the same kind, and shows the one that stands', () => {
    held
      .and(workHeld('test'), markRecorded(ANNA, 5))
      .when(recordMarks, column('test', [BORIS, 4], [ANNA, 5]), { as, now })
      .refuses('mark-exists', { pupil: ANNA, entry: entryOf(ANNA, 'test'), value: 5, version: 3 })
  })

  it('records a mark anew after the first was withdrawn', () => {
    const withdrawn = onPage({
      type: 'MarkWithdrawn',
      data: {
        entry: entryOf(ANNA, 'test'),
        work: WORK,
        lesson: LESSON,
        pupil: ANNA,
        previous: 5,
        reason: 'wrong-pupil' as never,
        note: null,
      },
    })
    held
      .and(workHeld('test'), markRecorded(ANNA, 5), withdrawn)
      .when(recordMarks, column('test', [ANNA, 2]), { as, now })
      .records({ type: 'MarkRecorded', data: { pupil: ANNA, value: 2, entry: entryFor(ANNA) } })
  })

  it.each([
    ['g5', 2, 5],
    ['g10', 1, 10],
    ['g12', 1, 12],
    ['g100', 0, 100],
  ] as const)('knows both ends of %s: %i and %i', (grading, low, high) => {
    for (const value of [low, high])
      gradedBy(grading)
        .when(recordMarks, answer(ANNA, value), { as, now })
        .records('WorkHeld', { type: 'MarkRecorded', data: { value } })
    for (const value of [low - 1, high + 1].filter((value) => value >= 0 && value <= 100))
      gradedBy(grading)
        .when(recordMarks, answer(ANNA, value), { as, now })
        .refuses('value-outside-grading', { value, grading, points: [low, high], pupil: ANNA })
  })

  it('takes Зач and Незач, and no points, where a work is passed or failed', () => {
    for (const value of ['Зач', 'Незач'])
      gradedBy('pass').when(recordMarks, answer(ANNA, value), { as, now }).records('WorkHeld', 'MarkRecorded')
    gradedBy('pass')
      .when(recordMarks, answer(ANNA, 5), { as, now })
      .refuses('value-outside-grading', { points: null, codes: ['Д', 'Зач', 'Незач'] })
  })

  it('takes Зач and Д among points: the notes of п. 2.8', () => {
    for (const value of ['Зач', 'Д'])
      held
        .when(recordMarks, answer(ANNA, value), { as, now })
        .records('WorkHeld', { type: 'MarkRecorded', data: { value } })
  })

  it('refuses codes of attendance, unknown ones and marks with a sign', () => {
    for (const value of ['Н/б', 'Н', 'Опз', '5+', '5', 'зач'])
      held.when(recordMarks, answer(ANNA, value), { as, now }).refuses('value-outside-grading', { value })
  })

  it('refuses any mark where marks are switched off', () => {
    for (const value of [5, 'Зач'])
      gradedBy('none')
        .when(recordMarks, answer(ANNA, value), { as, now })
        .refuses('marks-switched-off', { pupil: ANNA })
  })

  it('refuses a mark for whoever was absent by any reason, but not a debt', () => {
    for (const code of ['Н', 'Н/б', 'Н/у', 'Н/п']) {
      const away = held.and(attendanceTaken([ANNA, code]))
      for (const value of [5, 'Зач', 'Незач'])
        away
          .when(recordMarks, column('lesson-answer', [BORIS, 4], [ANNA, value]), { as, now })
          .refuses('mark-on-absent', { pupils: [ANNA] })
      away.when(recordMarks, answer(ANNA, 'Д'), { as, now }).records('WorkHeld', 'MarkRecorded')
    }
  })

  it('records a mark beside lateness, and for whoever turned out to be there', () => {
    held
      .and(attendanceTaken([ANNA, 'Опз']))
      .when(recordMarks, answer(ANNA, 5), { as, now })
      .records('WorkHeld', 'MarkRecorded')
    const wasThere = onPage({
      type: 'AbsenceCodeCorrected',
      data: {
        document: null,
        lesson: LESSON,
        pupil: ANNA,
        previous: 'Н',
        code: null,
        reason: 'typing-error' as never,
        note: null,
      },
    })
    held
      .and(attendanceTaken([ANNA, 'Н']), wasThere)
      .when(recordMarks, answer(ANNA, 5), { as, now })
      .records('WorkHeld', 'MarkRecorded')
  })

  it('refuses a page, a lesson, rules and a kind of work that are not there', () => {
    given(school).when(recordMarks, answer(ANNA, 5), { as, now }).refuses('page-unknown')
    given(school, pageOpened).when(recordMarks, answer(ANNA, 5), { as, now }).refuses('lesson-unknown')
    given(without(school, 'PolicyAdopted'), pageOpened, lessonRecorded)
      .when(recordMarks, answer(ANNA, 5), { as, now })
      .refuses('policy-missing')
    held
      .when(recordMarks, column('olympiad', [ANNA, 5]), { as, now })
      .refuses('kind-of-work-unknown', { kind: 'olympiad' })
  })

  it('refuses a page whose ground a breach made void', () => {
    given(without(school, 'JournalOpened'), pageOpened, lessonRecorded)
      .when(recordMarks, answer(ANNA, 5), { as, now })
      .refuses('journal-unknown', { journal: ALGEBRA })
    given(without(school, 'SchoolYearOpened'), pageOpened, lessonRecorded)
      .when(recordMarks, answer(ANNA, 5), { as, now })
      .refuses('school-year-unknown')
  })

  it('refuses a pupil who is named twice, is unknown, or learns in another class', () => {
    held
      .when(recordMarks, column('test', [ANNA, 5], [ANNA, 4]), { as, now })
      .refuses('pupil-repeated', { pupil: ANNA })
    const nobody = id('pupil/nobody')
    held.when(recordMarks, answer(nobody, 5), { as, now }).refuses('pupil-unknown', { pupil: nobody })
    held
      .when(recordMarks, column('test', [ANNA, 5], [DINA, 5]), { as, now })
      .refuses('pupil-not-member', { pupils: [DINA], date: '2026-11-09' })
  })

  it('marks a pupil from the day of arrival, and no longer from the day of leaving', () => {
    const on16 = given(school, pageOpened, lessonOn('2026-11-16', 3))
    const mark = (pupil: string) => ({
      ...answer(pupil, 5),
      lesson: lessonId(ALGEBRA, date('2026-11-16'), 3),
    })
    const at16 = { as, now: '2026-11-16T03:50:00.000Z' }
    on16.when(recordMarks, mark(VERA), at16).records('WorkHeld', 'MarkRecorded')
    on16.when(recordMarks, mark(GLEB), at16).refuses('pupil-not-member', { pupils: [GLEB] })
    held.when(recordMarks, answer(VERA, 5), { as, now }).refuses('pupil-not-member', { pupils: [VERA] })
    held.when(recordMarks, answer(GLEB, 5), { as, now }).records('WorkHeld', 'MarkRecorded')
  })

  it('refuses who may not: another teacher, one whose days are past or to come, deputy and class teacher', () => {
    held.when(recordMarks, answer(ANNA, 5), { as: stranger, now }).refuses('journal-not-taught')
    held
      .and(mathematicianReleased('2026-11-09'))
      .when(recordMarks, answer(ANNA, 5), { as, now })
      .refuses('journal-not-taught')
    held
      .and(strangerAssigned('2026-11-10'))
      .when(recordMarks, answer(ANNA, 5), { as: stranger, now })
      .refuses('journal-not-taught')
    held.when(recordMarks, answer(ANNA, 5), { as: deputy, now }).refuses('role-not-permitted')
    held.when(recordMarks, answer(ANNA, 5), { as: classTeacher, now }).refuses('role-not-permitted')
  })

  it('refuses by its shape: no marks, too many, half points, weights and text beyond all bounds', () => {
    expect(malformed(recordMarks, column('test'))).toEqual(['marks'])
    const many = Array.from({ length: 201 }, (_, i) => [id(`pupil/${i}`), 5] as const)
    expect(malformed(recordMarks, column('test', ...many))).toEqual(['marks'])
    for (const value of [4.5, -1, 101, '', '\ud800', 'Зач\u0000', 'З'.repeat(25)])
      expect(malformed(recordMarks, answer(ANNA, value))).toEqual(['marks.0.value'])
    for (const weight of [0, 11, 1.5])
      expect(malformed(recordMarks, { ...answer(ANNA, 5), weight })).toEqual(['weight'])
  })

  describe('by criteria (R-F4)', () => {
    it('converts the sum of the scores by the table of the school, and keeps them', () => {
      // 86% of 14 is 12.04: twelve points are not enough for a five.
      for (const [got, mark] of [
        [6, 2],
        [7, 3],
        [10, 4],
        [12, 4],
        [13, 5],
      ] as const) {
        gradedBy('crit')
          .when(recordMarks, scores(['содержание', Math.min(got, 8), 8], ['речь', Math.max(0, got - 8), 6]), {
            as,
            now,
          })
          .records('WorkHeld', {
            type: 'MarkRecorded',
            data: { value: mark, criteria: [{ criterion: 'содержание' }, { criterion: 'речь', max: 6 }] },
          })
      }
    })

    it('converts scores that sum to nothing to the lowest mark, and refuses a criterion of no points', () => {
      gradedBy('crit')
        .when(recordMarks, scores(['содержание', 0, 8], ['речь', 0, 6]), { as, now })
        .records('WorkHeld', { type: 'MarkRecorded', data: { value: 2 } })
      expect(malformed(recordMarks, scores(['речь', 0, 0]))).toEqual(['marks.0.criteria.0.max'])
    })

    it('refuses a mark without scores, scores without a system of criteria, and a score that cannot be', () => {
      gradedBy('crit').when(recordMarks, answer(ANNA, 4), { as, now }).refuses('criteria-needed')
      gradedBy('crit').when(recordMarks, answer(ANNA, 'Д'), { as, now }).records('WorkHeld', 'MarkRecorded')
      held.when(recordMarks, scores(['речь', 3, 6]), { as, now }).refuses('criteria-not-used')
      gradedBy('crit')
        .when(recordMarks, scores(['речь', 7, 6]), { as, now })
        .refuses('score-outside-criterion', { criterion: 'речь' })
      gradedBy('crit')
        .when(recordMarks, scores(['речь', 6, 6], ['речь', 6, 6]), { as, now })
        .refuses('criteria-needed', { repeated: 'речь' })
      const sum = scores(['речь', 6, 6])
      const differs = { ...sum, marks: [{ ...sum.marks[0]!, value: 4 }] }
      gradedBy('crit')
        .when(recordMarks, differs, { as, now })
        .refuses('value-outside-grading', { value: 4, converted: 5 })
      expect(malformed(recordMarks, scores())).toEqual(['marks.0.criteria'])
    })
  })

  it('takes a level of the school, and no other word (R-F4)', () => {
    gradedBy('level')
      .when(recordMarks, answer(ANNA, 'повышенный'), { as, now })
      .records('WorkHeld', {
        type: 'MarkRecorded',
        data: { value: 'повышенный', criteria: null },
      })
    gradedBy('level')
      .when(recordMarks, answer(ANNA, 'средний'), { as, now })
      .refuses('value-outside-grading', { levels: ['ниже базового', 'базовый', 'повышенный', 'высокий'] })
    gradedBy('level').when(recordMarks, answer(ANNA, 4), { as, now }).refuses('value-outside-grading')
  })

  it('counts days of school only, where the school says so of a kind of work (A-03)', () => {
    const kindsOfWork = STARTING_POLICY.kindsOfWork.map((of) => ({
      ...of,
      days: 'working' as const,
      dueInDays: 3,
    }))
    given(
      without(school, 'PolicyAdopted'),
      policyAdopted({ kindsOfWork }),
      pageOpened,
      lessonOn('2026-11-02', 3),
    )
      .when(
        recordMarks,
        {
          ...column('test', [ANNA, 4]),
          lesson: lessonId(ALGEBRA, date('2026-11-02'), 3),
        },
        { as, now },
      )
      // Monday 2 November; Wednesday 4 is a holiday: Tuesday, Thursday and Friday are the three days.
      .records({ type: 'WorkHeld', data: { dueAt: '2026-11-06T16:59:59.000Z' } }, 'MarkRecorded')
  })
})
