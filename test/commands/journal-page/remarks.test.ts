import { describe, expect, it } from 'vitest'
import { addRemark } from '#commands/journal-page/add-remark.ts'
import { correctIndividualHomework } from '#commands/journal-page/correct-individual-homework.ts'
import { exemptFromPractice } from '#commands/journal-page/exempt-from-practice.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setIndividualHomework } from '#commands/journal-page/set-individual-homework.ts'
import { withdrawExemption } from '#commands/journal-page/withdraw-exemption.ts'
import { withdrawRemark } from '#commands/journal-page/withdraw-remark.ts'
import {
  actor,
  ANNA,
  attendanceTaken,
  BORIS,
  classTeacher,
  date,
  deputy,
  DINA,
  head,
  id,
  LESSON,
  lessonRecorded,
  mathematician,
  onPage,
  PAGE,
  pageOpened,
  school,
  STRANGER,
  stranger,
  without,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'
import { Instant } from '#values/time.ts'

const as = mathematician
const now = '2026-11-11T03:50:00.000Z'
const here = { page: PAGE, lesson: LESSON }
const why = { reason: 'typing-error' }
const held = given(school, pageOpened, lessonRecorded)

describe('add-remark', () => {
  const remark = { page: PAGE, kind: 'remark' as const, pupil: ANNA, text: 'Без тетради' }

  it('records a remark to a pupil, of today or of the day of the lesson that it is about', () => {
    held
      .when(addRemark, remark, { as, now })
      .records({ type: 'RemarkMade', data: { pupil: ANNA, lesson: null, date: '2026-11-11' } })
    held
      .when(addRemark, { ...remark, lesson: LESSON }, { as, now })
      .records({ type: 'RemarkMade', data: { lesson: LESSON, date: '2026-11-09' } })
  })

  it('records a recommendation to all who learn here', () => {
    held
      .when(addRemark, { ...remark, kind: 'recommendation', pupil: null }, { as, now })
      .records({ type: 'RemarkMade', data: { kind: 'recommendation', pupil: null } })
  })

  it('refuses a lesson and a pupil that are not here, whoever does not teach, and an empty text', () => {
    held.when(addRemark, { ...remark, lesson: id('lesson') }, { as, now }).refuses('lesson-unknown')
    held.when(addRemark, { ...remark, pupil: DINA }, { as, now }).refuses('pupil-not-member')
    held.when(addRemark, remark, { as: stranger, now }).refuses('journal-not-taught')
    held.when(addRemark, remark, { as: deputy, now }).refuses('role-not-permitted')
    expect(malformed(addRemark, { ...remark, text: ' ' })).toEqual(['text'])
  })
})

describe('withdraw-remark', () => {
  const REMARK = id('remark/1')
  const made = held.and(
    onPage({
      type: 'RemarkMade',
      data: {
        remark: REMARK,
        kind: 'remark',
        pupil: ANNA,
        lesson: null,
        date: date('2026-11-09'),
        text: 'Без тетради',
      },
    }),
  )
  const input = { page: PAGE, remark: REMARK, expectedVersion: 2, ...why }

  it('takes it back with version and reason, by the teacher or the deputy', () => {
    for (const who of [as, deputy])
      made
        .when(withdrawRemark, input, { as: who, now })
        .records({ type: 'RemarkWithdrawn', data: { text: 'Без тетради', pupil: ANNA } })
    made.when(withdrawRemark, { ...input, expectedVersion: 1 }, { as, now }).refuses('stale-version')
    made.when(withdrawRemark, { ...input, reason: undefined }, { as, now }).refuses('reason-required')
    held.when(withdrawRemark, input, { as, now }).refuses('remark-unknown')
    given(without(school, 'PolicyAdopted'), pageOpened, lessonRecorded)
      .when(withdrawRemark, input, { as, now })
      .refuses('remark-unknown')
  })
})

describe('individual homework', () => {
  const homework = { ...here, pupils: [ANNA], text: '§ 12, № 341 (повторить)' }
  const set = held.and(
    onPage({
      type: 'IndividualHomeworkSet',
      data: {
        lesson: LESSON,
        pupils: [ANNA],
        homework: {
          text: 'Повторить § 11',
          due: date('2026-11-11'),
          manner: null,
          attachments: [],
          minutes: null,
        },
        dueAt: Instant.parse('2026-11-09T07:20:00.000Z'),
      },
    }),
  )

  it('is set beside that of all, for the next lesson and under the same deadline', () => {
    held.when(setIndividualHomework, homework, { as, now }).records({
      type: 'IndividualHomeworkSet',
      data: { pupils: [ANNA], homework: { due: '2026-11-11' }, dueAt: '2026-11-09T07:20:00.000Z' },
    })
  })

  it('is refused for strangers, for whoever has one, and for a day before the lesson', () => {
    held.when(setIndividualHomework, { ...homework, pupils: [DINA] }, { as, now }).refuses('pupil-not-member')
    held
      .when(setIndividualHomework, { ...homework, pupils: [ANNA, ANNA] }, { as, now })
      .refuses('pupil-repeated')
    set.when(setIndividualHomework, homework, { as, now }).refuses('homework-exists', { pupil: ANNA })
    set
      .when(setIndividualHomework, { ...homework, pupils: [BORIS] }, { as, now })
      .records('IndividualHomeworkSet')
    held
      .when(setIndividualHomework, { ...homework, due: date('2026-11-09') }, { as, now })
      .refuses('homework-due-before-lesson')
    given(school, pageOpened).when(setIndividualHomework, homework, { as, now }).refuses('lesson-unknown')
  })

  it('is corrected or taken back with version and reason', () => {
    const correction = { ...here, pupil: ANNA, expectedVersion: 2, ...why }
    const other = { ...correction, homework: { text: 'Повторить § 10', attachments: [] } }
    set
      .when(correctIndividualHomework, other, { as: deputy, now })
      .records({ type: 'IndividualHomeworkCorrected', data: { homework: { text: 'Повторить § 10' } } })
    set
      .when(correctIndividualHomework, { ...correction, homework: null }, { as, now })
      .records({ type: 'IndividualHomeworkCorrected', data: { homework: null } })
    const same = { ...correction, homework: { text: 'Повторить § 11', attachments: [] } }
    set.when(correctIndividualHomework, same, { as, now }).refuses('same-value')
    const old = { ...other, expectedVersion: 1 }
    set.when(correctIndividualHomework, old, { as, now }).refuses('stale-version')
    set.when(correctIndividualHomework, { ...other, pupil: BORIS }, { as, now }).refuses('homework-unknown')
  })
})

describe('exempt-from-practice', () => {
  const document = { number: '45', date: date('2026-11-06') }
  const exempt = { page: PAGE, pupil: ANNA, from: date('2026-11-09'), until: date('2026-11-20'), document }
  const EXEMPTION = id('exemption/1')
  const exempted = held.and(
    onPage({
      type: 'PracticeExempted',
      data: { exemption: EXEMPTION, pupil: ANNA, from: exempt.from, until: exempt.until, document },
    }),
  )

  it('records the days and the document, by the teacher, the deputy or the class teacher', () => {
    for (const who of [as, deputy, classTeacher])
      held
        .when(exemptFromPractice, exempt, { as: who, now })
        .records({ type: 'PracticeExempted', data: { pupil: ANNA, until: '2026-11-20', document } })
    held
      .when(exemptFromPractice, exempt, { as: actor('class-teacher', STRANGER), now })
      .refuses('class-not-led')
    held.when(exemptFromPractice, exempt, { as: stranger, now }).refuses('journal-not-taught')
    held.when(exemptFromPractice, exempt, { as: head, now }).refuses('role-not-permitted')
  })

  it('refuses days that are reversed, outside the period or taken, and a stranger', () => {
    const days = (from: string, until: string) => ({ ...exempt, from: date(from), until: date(until) })
    held.when(exemptFromPractice, days('2026-11-20', '2026-11-19'), { as, now }).refuses('bounds-reversed')
    for (const [from, until] of [
      ['2026-11-01', '2026-11-03'],
      ['2026-12-29', '2026-12-30'],
    ] as const)
      held.when(exemptFromPractice, days(from, until), { as, now }).refuses('date-outside-period')
    exempted
      .when(exemptFromPractice, days('2026-11-20', '2026-11-25'), { as, now })
      .refuses('exemption-exists', { exemption: EXEMPTION })
    exempted
      .when(exemptFromPractice, days('2026-11-21', '2026-11-25'), { as, now })
      .records('PracticeExempted')
    held.when(exemptFromPractice, { ...exempt, pupil: DINA }, { as, now }).refuses('pupil-not-member')
  })

  it('does not stand in the way of a mark (C.2), nor does lateness', () => {
    const mark = { ...here, kind: 'lesson-answer', marks: [{ pupil: ANNA, value: 5 }] }
    exempted
      .and(attendanceTaken([ANNA, 'Опз']))
      .when(recordMarks, mark, { as, now })
      .records('WorkHeld', 'MarkRecorded')
  })

  it('is withdrawn with version and reason', () => {
    const input = { page: PAGE, exemption: EXEMPTION, expectedVersion: 2, ...why }
    exempted
      .when(withdrawExemption, input, { as: classTeacher, now })
      .records({ type: 'PracticeExemptionWithdrawn', data: { pupil: ANNA, from: '2026-11-09' } })
    exempted.when(withdrawExemption, { ...input, reason: undefined }, { as, now }).refuses('reason-required')
    exempted.when(withdrawExemption, { ...input, expectedVersion: 1 }, { as, now }).refuses('stale-version')
    held.when(withdrawExemption, input, { as, now }).refuses('exemption-unknown')
  })
})
