import { describe, expect, it } from 'vitest'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { creditMissedTopic } from '#commands/journal-page/credit-missed-topic.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { workId } from '#values/school.ts'
import {
  ANNA,
  attendanceTaken,
  BORIS,
  classTeacher,
  date,
  deputy,
  DINA,
  ENGLISH_TEACHER,
  entryOf,
  finalPostponed,
  head,
  id,
  LESSON,
  lessonRecorded,
  markRecorded,
  MATHEMATICIAN,
  mathematician,
  PAGE,
  pageClosed,
  pageOpened,
  pageOpenedWith,
  past,
  school,
  stranger,
  TEST,
  testPlanned,
  topicCredited,
  workHeld,
} from '#support/class-7a.ts'
import { given, idMadeBy, malformed } from '#support/spec.ts'

const as = mathematician
const now = '2026-11-18T08:00:00.000Z'
const WORK = workId(LESSON, 'test')
const credit = {
  page: PAGE,
  lesson: LESSON,
  pupil: ANNA,
  kind: 'test',
  value: 4,
  protocol: { number: '7', date: '2026-11-18' },
  examiners: [MATHEMATICIAN],
}
const missed = (code: string) => given(school, pageOpened, lessonRecorded, attendanceTaken([ANNA, code]))
const ill = missed('Н/б')
const by = (...examiners: string[]) => ({ ...credit, examiners })

describe('credit-missed-topic', () => {
  it('records the mark with the absence beside which it stands, the protocol and who examined', () => {
    ill
      .and(workHeld('test'))
      .when(creditMissedTopic, { ...credit, examiners: [MATHEMATICIAN, ENGLISH_TEACHER] }, { as, now })
      .records({
        type: 'MissedTopicCredited',
        data: {
          entry: idMadeBy(as, creditMissedTopic, 'credit'),
          work: WORK,
          lesson: LESSON,
          pupil: ANNA,
          value: 4,
          criteria: null,
          absence: 'Н/б',
          protocol: { number: '7', date: date('2026-11-18') },
          examiners: [MATHEMATICIAN, ENGLISH_TEACHER],
        },
      })
  })

  it('holds the work where nobody has a mark of it yet, with its usual deadline', () => {
    ill
      .when(creditMissedTopic, credit, { as, now })
      .records(
        { type: 'WorkHeld', data: { work: WORK, test: null, dueAt: '2026-11-16T16:59:59.000Z' } },
        'MissedTopicCredited',
      )
  })

  it('credits by scores where the journal has criteria', () => {
    given(school, pageOpenedWith('crit'), lessonRecorded, attendanceTaken([ANNA, 'Н/у']))
      .when(
        creditMissedTopic,
        { ...credit, value: undefined, criteria: [{ criterion: 'Решение', score: 9, max: 10 }] },
        { as, now },
      )
      .records('WorkHeld', { type: 'MissedTopicCredited', data: { value: 5 } })
  })

  it('refuses a pupil who was there or only late, and one whose attendance nobody took', () => {
    missed('Опз').when(creditMissedTopic, credit, { as, now }).refuses('lesson-not-missed', { code: 'Опз' })
    ill.when(creditMissedTopic, { ...credit, pupil: BORIS }, { as, now }).refuses('lesson-not-missed')
    given(school, pageOpened, lessonRecorded)
      .when(creditMissedTopic, credit, { as, now })
      .refuses('lesson-not-missed')
  })

  it('refuses an absence without a valid reason, and one whose reason is not known yet', () => {
    missed('Н/п').when(creditMissedTopic, credit, { as, now }).refuses('absence-not-excused', { code: 'Н/п' })
    missed('Н').when(creditMissedTopic, credit, { as, now }).refuses('absence-not-excused', { code: 'Н' })
  })

  it('refuses a protocol of before the lesson or after today', () => {
    for (const day of ['2026-11-08', '2026-11-19']) {
      const misdated = { ...credit, protocol: { number: '7', date: day } }
      ill.when(creditMissedTopic, misdated, { as, now }).refuses('protocol-misdated', { date: day })
    }
    const sameDay = { ...credit, protocol: { number: '7', date: '2026-11-09' } }
    ill.when(creditMissedTopic, sameDay, { as, now }).records('WorkHeld', 'MissedTopicCredited')
  })

  it('refuses examiners whom the school does not know or has released, and one named twice', () => {
    ill.when(creditMissedTopic, by(id('staff/nobody')), { as, now }).refuses('staff-unknown')
    ill.when(creditMissedTopic, by(MATHEMATICIAN, MATHEMATICIAN), { as, now }).refuses('examiner-repeated')
    const released = past('roster', 'main', {
      type: 'StaffReleased',
      data: { staff: ENGLISH_TEACHER, from: date('2026-11-18') },
    })
    ill
      .and(released)
      .when(creditMissedTopic, by(ENGLISH_TEACHER), { as, now })
      .refuses('staff-released', { from: '2026-11-18' })
  })

  it('refuses a second mark for the same work, and a debt in the place of a credit', () => {
    ill
      .and(workHeld('test'), markRecorded(ANNA, 'Д'))
      .when(creditMissedTopic, credit, { as, now })
      .refuses('mark-exists', { value: 'Д' })
    ill.when(creditMissedTopic, { ...credit, value: 'Д' }, { as, now }).refuses('credit-not-earned')
    ill.when(creditMissedTopic, { ...credit, value: 7 }, { as, now }).refuses('value-outside-grading')
  })

  it('refuses a lesson, a kind of work and a pupil that are not here', () => {
    given(school, pageOpened).when(creditMissedTopic, credit, { as, now }).refuses('lesson-unknown')
    ill.when(creditMissedTopic, { ...credit, kind: 'essay' }, { as, now }).refuses('kind-of-work-unknown')
    ill.when(creditMissedTopic, { ...credit, pupil: DINA }, { as, now }).refuses('pupil-not-member')
  })

  it('credits a test of internal control where the schedule has one', () => {
    const control = { ...credit, kind: 'internal-control' }
    ill.when(creditMissedTopic, control, { as, now }).refuses('test-not-planned')
    ill
      .and(testPlanned())
      .when(creditMissedTopic, control, { as, now })
      .records({ type: 'WorkHeld', data: { test: TEST } }, 'MissedTopicCredited')
  })

  it('lets the teacher and the deputy, and nobody else', () => {
    ill.when(creditMissedTopic, credit, { as: deputy, now }).records('WorkHeld', 'MissedTopicCredited')
    ill.when(creditMissedTopic, credit, { as: stranger, now }).refuses('journal-not-taught')
    for (const who of [head, classTeacher])
      ill.when(creditMissedTopic, credit, { as: who, now }).refuses('role-not-permitted')
  })

  it('is refused on a closed page, except for a pupil whose final is postponed', () => {
    const closed = ill.and(finalPostponed(ANNA, '2027-01-20'), pageClosed([ANNA]))
    const late = { ...credit, protocol: { number: '7', date: '2027-01-15' } }
    const january = { as, now: '2027-01-15T08:00:00.000Z' }
    closed.when(creditMissedTopic, late, january).records('WorkHeld', 'MissedTopicCredited')
    ill.and(pageClosed()).when(creditMissedTopic, late, january).refuses('period-locked')
  })

  it('refuses an input without protocol, examiner or mark', () => {
    const { value: _, ...unmarked } = credit
    expect(malformed(creditMissedTopic, unmarked)).toEqual(['value'])
    expect(malformed(creditMissedTopic, { ...credit, examiners: [] })).toEqual(['examiners'])
    expect(malformed(creditMissedTopic, { ...credit, protocol: { date: '2026-11-18' } })).toEqual([
      'protocol.number',
    ])
  })
})

describe('a credit that stands', () => {
  const credited = ill.and(workHeld('test'), topicCredited(ANNA, 4))
  const why = { reason: 'appeal' }

  it('may be corrected and withdrawn though the pupil was absent', () => {
    const onCredit = { page: PAGE, entry: entryOf(ANNA, 'test'), expectedVersion: 4, ...why }
    credited
      .when(correctMark, { ...onCredit, value: 5 }, { as, now })
      .records({ type: 'MarkCorrected', data: { previous: 4, value: 5 } })
    credited.when(correctMark, { ...onCredit, value: 'Д' }, { as, now }).refuses('credit-not-earned')
    credited.when(withdrawMark, onCredit, { as, now }).records('MarkWithdrawn')
  })

  it('keeps its ground: the reason changes to another valid one, and to nothing else before it is withdrawn', () => {
    const change = { page: PAGE, lesson: LESSON, pupil: ANNA, expectedVersion: 2, ...why }
    credited.when(changeAbsenceCode, { ...change, code: 'Н/у' }, { as, now }).records('AbsenceCodeCorrected')
    for (const code of ['Н/п', 'Н', 'Опз', null]) {
      credited
        .when(changeAbsenceCode, { ...change, code }, { as, now })
        .refuses('absence-credited', { code, entries: [entryOf(ANNA, 'test')] })
    }
  })
})
