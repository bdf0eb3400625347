import { describe, it } from 'vitest'
import { closePage } from '#commands/journal-page/close-page.ts'
import { workId } from '#values/school.ts'
import {
  ANNA,
  attendanceTaken,
  BORIS,
  CLUB,
  deputy,
  entryOf,
  finalPostponed,
  finalRecorded,
  GLEB,
  head,
  LAST_AFTERNOON,
  LESSON,
  lessonOn,
  lessonRecorded,
  markRecorded,
  mathematician,
  onPage,
  PAGE,
  pageClosed,
  pageOpened,
  pageReopened,
  past,
  policyAdopted,
  Q2,
  school,
  stranger,
  topicCredited,
  VERA,
  without,
  workHeld,
  YEAR,
} from '#support/class-7a.ts'
import { lessonId, pageId } from '#values/school.ts'
import { ALGEBRA, date } from '#support/class-7a.ts'
import { given, type Past } from '#support/spec.ts'
import type { DomainEvent } from '#events/registry.ts'
import { KindId } from '#values/policy.ts'
import type { GradingSystem } from '#values/grading.ts'
import { Instant } from '#values/time.ts'

const as = mathematician
const now = LAST_AFTERNOON
const input = { page: PAGE }
const finals = [finalRecorded(ANNA, 5), finalRecorded(BORIS, 3), finalRecorded(VERA, 'осв')]
const complete = given(school, pageOpened, lessonRecorded, finals)

/** A test on the last Monday, of which no mark was recorded yet: they are due a week later. */
const TEST_DAY = '2026-12-28'
const TEST = lessonId(ALGEBRA, date(TEST_DAY), 3)
const testHeld = onPage({
  type: 'LessonRecorded',
  data: {
    ...(lessonOn(TEST_DAY, 3).event.data as Extract<
      typeof lessonRecorded.event,
      { type: 'LessonRecorded' }
    >['data']),
    type: KindId.parse('test'),
  },
})
const pending = {
  work: workId(TEST, 'test'),
  lesson: TEST,
  date: TEST_DAY,
  kind: 'test',
  dueAt: '2027-01-04T16:59:59.000Z',
}

/** The school with a club in whose journal marks are given by a system. */
const clubOf = (grading: GradingSystem): Past[] =>
  school.map((one) =>
    one.event.type === 'JournalOpened' && one.event.data.journal === CLUB
      ? { ...one, event: { type: 'JournalOpened', data: { ...one.event.data, grading } } }
      : one,
  )

describe('close-page', () => {
  it('closes a page on which everybody has a final or a code, by the teacher, the deputy or the head', () => {
    for (const who of [as, deputy, head])
      complete
        .when(closePage, input, { as: who, now })
        .records({ type: 'PageClosed', data: { postponed: [], excused: [] } })
  })

  it('names those who have neither final, nor code, nor postponement; who has left is not asked for', () => {
    given(school, pageOpened, finalRecorded(ANNA, 5))
      .when(closePage, input, { as, now })
      .refuses('closing-incomplete', { finals: [BORIS, VERA], works: [] })
  })

  it('does not wait for a postponed final while the postponement lasts', () => {
    const postponed = given(school, pageOpened, finals.slice(0, 2), finalPostponed(VERA, '2027-01-19'))
    postponed
      .when(closePage, input, { as, now: '2027-01-19T16:59:59.000Z' })
      .records({ type: 'PageClosed', data: { postponed: [VERA] } })
    postponed
      .when(closePage, input, { as, now: '2027-01-19T17:00:00.000Z' })
      .refuses('closing-incomplete', { finals: [VERA] })
  })

  it('lists the works whose deadline is ahead and of which no mark stands, unless they are excused', () => {
    const waiting = complete.and(testHeld)
    waiting
      .when(closePage, input, { as, now })
      .refuses('closing-incomplete', { finals: [], works: [pending] })
    waiting
      .when(closePage, { ...input, excuse: [pending.work] }, { as, now })
      .records({ type: 'PageClosed', data: { excused: [pending.work] } })
    // The deadline itself prohibits nothing (R-2.5a): past it, the work is late and no longer waited for.
    waiting
      .when(closePage, input, { as, now: '2027-01-04T16:59:59.000Z' })
      .refuses('closing-incomplete', { works: [pending] })
    waiting
      .when(closePage, input, { as, now: '2027-01-04T17:00:00.000Z' })
      .records({ type: 'PageClosed', data: { excused: [] } })
  })

  it('waits for the marks of a test of which only a credit stands', () => {
    const { work, lesson } = pending
    const held = onPage({
      type: 'WorkHeld',
      data: {
        work,
        lesson,
        kind: KindId.parse('test'),
        weight: 2,
        test: null,
        dueAt: Instant.parse(pending.dueAt),
      },
    })
    const credit = topicCredited(ANNA, 4)
    const { data } = credit.event as Extract<DomainEvent, { type: 'MissedTopicCredited' }>
    const credited = onPage({ type: 'MissedTopicCredited', data: { ...data, work, lesson } })
    complete
      .and(testHeld, held, credited)
      .when(closePage, input, { as, now })
      .refuses('closing-incomplete', { works: [pending] })
  })

  it('asks for the marks of a work whose only mark was withdrawn, and not for one that has any', () => {
    const due = { as, now: '2026-11-16T03:00:00.000Z' }
    const early = without(school, 'PeriodsPlanned')
    const shortPeriod = past('schoolYear', YEAR, {
      type: 'PeriodsPlanned',
      data: {
        structure: 'modules',
        grades: [7],
        units: [],
        periods: [{ period: Q2, name: 'II модуль', from: date('2026-11-02'), until: date('2026-11-13') }],
      },
    })
    const heldBut = (mark: Past) =>
      given(
        early,
        shortPeriod,
        pageOpened,
        lessonRecorded,
        workHeld('test'),
        mark,
        attendanceTaken(),
        [...finals, finalRecorded(ANNA, 5)],
        onPage({
          type: 'FinalMarkRecorded',
          data: { pupil: GLEB, kind: 'period', value: 4, opensAt: null, dueAt: null },
        }),
      )
    const held = heldBut(markRecorded(ANNA, 5))
    held.when(closePage, input, due).records('PageClosed')
    // A column that stands for a credit alone was no work of the class.
    heldBut(topicCredited(ANNA, 5)).when(closePage, input, due).records('PageClosed')
    held
      .and(
        onPage({
          type: 'MarkWithdrawn',
          data: {
            entry: entryOf(ANNA, 'test'),
            work: workId(LESSON, 'test'),
            lesson: LESSON,
            pupil: ANNA,
            previous: 5,
            reason: null,
            note: null,
          },
        }),
      )
      .when(closePage, input, due)
      .refuses('closing-incomplete', {
        works: [{ work: workId(LESSON, 'test'), dueAt: Instant.parse('2026-11-16T16:59:59.000Z') }],
      })
  })

  it('refuses before the last school day, from the first minute of which it is possible', () => {
    complete
      .when(closePage, input, { as, now: '2026-12-28T16:59:59.999Z' })
      .refuses('period-not-over', { lastDay: '2026-12-29', today: '2026-12-28' })
    complete.when(closePage, input, { as, now: '2026-12-28T17:00:00.000Z' }).records('PageClosed')
  })

  it('refuses a page that is closed; of one that is open again it ends the reopening', () => {
    const closed = complete.and(pageClosed())
    closed.when(closePage, input, { as, now }).refuses('page-closed', { closedAt: LAST_AFTERNOON })
    const reopened = closed.and(pageReopened('2027-01-15T11:00:00.000Z'))
    reopened.when(closePage, input, { as, now: '2027-01-15T10:59:59.999Z' }).records('PageClosed')
    reopened.when(closePage, input, { as, now: '2027-01-15T11:00:00.000Z' }).refuses('page-closed')
  })

  it('asks for no finals in a club that gives no marks, and closes a page with nobody on it', () => {
    const page = pageId(CLUB, Q2)
    const opened = past('journalPage', page, {
      type: 'PageOpened',
      data: { journal: CLUB, year: YEAR, period: Q2, grading: 'none' },
    })
    given(school, opened).when(closePage, { page }, { as, now }).records('PageClosed')
    const opened5 = past('journalPage', page, {
      type: 'PageOpened',
      data: { journal: CLUB, year: YEAR, period: Q2, grading: 'g5' },
    })
    const club5 = clubOf('g5')
    given(club5, opened5).when(closePage, { page }, { as, now }).refuses('closing-incomplete')
    const marksOff = policyAdopted({ journalTypes: [{ type: 'club', marks: false, summary: false }] })
    given(club5, opened5, marksOff).when(closePage, { page }, { as, now }).records('PageClosed')
    given(without(school, 'PupilPlacedInClass'), pageOpened)
      .when(closePage, input, { as, now })
      .records('PageClosed')
  })

  it('is not for a teacher of another journal', () => {
    complete.when(closePage, input, { as: stranger, now }).refuses('journal-not-taught')
  })
})
