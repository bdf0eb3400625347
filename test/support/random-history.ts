import fc from 'fast-check'
import type { EventStore, PositionedEvent } from '#events/store/event-store.ts'
import { streamName } from '#events/stream-name.ts'
import { grantRole } from '#commands/access/grant-role.ts'
import { openAccount } from '#commands/access/open-account.ts'
import type { Actor } from '#commands/command.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { correctComment } from '#commands/journal-page/correct-comment.ts'
import { correctFinal } from '#commands/journal-page/correct-final.ts'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import { correctLesson } from '#commands/journal-page/correct-lesson.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { creditMissedTopic } from '#commands/journal-page/credit-missed-topic.ts'
import { declineHomework } from '#commands/journal-page/decline-homework.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { postponeFinal } from '#commands/journal-page/postpone-final.ts'
import { recordAssessment } from '#commands/journal-page/record-assessment.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { journalPageFold, type JournalPageState } from '#commands/journal-page/state.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { withdrawFinal } from '#commands/journal-page/withdraw-final.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { leaveGroup } from '#commands/roster/leave-group.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { removeFromClass } from '#commands/roster/remove-from-class.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { pageId, type SchoolSlug } from '#values/school.ts'
import { addDays, dateAt, Instant, mondayOf, plusMinutes } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { Chronicle, type History, positionAt } from './chronicle.ts'
import {
  administrator,
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  classTeacher,
  CLUB,
  date,
  deputy,
  DINA,
  ENGLISH,
  englishTeacher,
  GLEB,
  GROUP_ENGLISH,
  MATHEMATICIAN,
  mathematician,
  Q2,
  school as formed,
  STRANGER,
  VERA,
  YEAR,
  ZONE,
} from './class-7a.ts'
import { SCHOOL } from './spec.ts'

/** Somebody tries something. The numbers choose among what there is, modulo how many there are. */
export interface Attempt {
  readonly what: keyof typeof ATTEMPTS
  readonly page: number
  readonly pick: number
  readonly pupil: number
  readonly value: number
  /** Since the attempt before. */
  readonly minutes: number
}

/**
 * Histories of class 7А: what the administration formed, and then what some attempts of its people left in the log.
 * Every attempt goes through the rule of its command, so a history holds what could have happened and nothing else.
 */
export function histories(school: SchoolSlug = SCHOOL, attempts = 60): fc.Arbitrary<History> {
  return fc
    .array(attempt, { minLength: attempts / 2, maxLength: attempts, size: 'max' })
    .map((tried) => historyOf(school, tried))
}

export function historyOf(school: SchoolSlug, attempts: readonly Attempt[]): History {
  const chronicle = new Chronicle(school, formed, Instant.parse('2026-11-09T03:30:00.000Z'))
  for (const journal of JOURNALS) chronicle.ask(openPage, { year: YEAR, journal, period: Q2 }, deputy)
  for (const attempt of attempts) {
    chronicle.now = plusMinutes(chronicle.now, attempt.minutes)
    ATTEMPTS[attempt.what](chronicle, attempt)
  }
  return chronicle.written
}

/** The log of several schools: some events of one, some of the next. */
export function oneLog(...schools: readonly History[]): History {
  const turns = Math.max(...schools.map(({ length }) => length))
  const events: PositionedEvent[] = []
  for (let turn = 0; turn < turns; turn += 5) {
    for (const history of schools) events.push(...history.slice(turn, turn + 5))
  }
  return inOrder(events)
}

/** The events of each stream stay in order; the streams come in whatever turn. */
export function reinterleaved(history: History): fc.Arbitrary<History> {
  return fc.shuffledSubarray([...history.keys()], { minLength: history.length }).map((turns) => {
    const waiting = Map.groupBy(history, ({ stream }) => stream)
    const streams = turns.map((turn) => history[turn]!.stream)
    const taken = new Map<string, number>()
    return inOrder(
      streams.map((stream) => {
        const next = taken.get(stream) ?? 0
        taken.set(stream, next + 1)
        return waiting.get(stream)![next]!
      }),
    )
  })
}

/** The history cut into batches, wherever. */
export function batchesOf(history: History): fc.Arbitrary<PositionedEvent[][]> {
  return fc.subarray([...history.keys()].slice(1)).map((cuts) => {
    const bounds = [0, ...cuts, history.length]
    return bounds.slice(1).map((until, i) => history.slice(bounds[i], until))
  })
}

/** Appends a history to a log that has none of its streams yet, command by command. */
export async function record(store: EventStore, history: History): Promise<void> {
  for (let from = 0; from < history.length; ) {
    const { stream, revision, meta } = history[from]!
    let until = from + 1
    while (history[until]?.stream === stream && history[until]!.meta['cmd'] === meta['cmd']) until++
    const expected = revision === 0n ? 'no-stream' : revision - 1n
    await store.append(stream, expected, history.slice(from, until))
    from = until
  }
}

function inOrder(events: readonly PositionedEvent[]): PositionedEvent[] {
  return events.map((event, index) => ({ ...event, position: positionAt(index) }))
}

const JOURNALS = [ALGEBRA, ENGLISH, CLUB] as const
const PUPILS = [ANNA, BORIS, VERA, GLEB, DINA] as const
const CODES = ['Н', 'Н/б', 'Н/у', 'Опз'] as const
const KINDS = ['test', 'lesson-answer', 'homework'] as const
const VALUES = [2, 3, 4, 5, 'Д', 'Зач'] as const
const FINALS = [2, 3, 4, 5, 'осв', 'н/а'] as const
const TEXTS = ['Степень числа', 'Одночлены', 'Контрольная работа', 'Решить № 340–345', 'Учить §12'] as const

const pick = <Of>(of: readonly Of[], n: number): Of => of[n % of.length]!
const reason = (n: number): { reason?: string } =>
  n % 7 === 0 ? {} : { reason: pick(['typing-error', 'retaken', 'absence-document'], n) }

const ATTEMPTS = {
  lesson(chronicle: Chronicle, attempt: Attempt): void {
    const { page, journal, teacher } = pageAt(chronicle, attempt)
    const today = dateAt(chronicle.now, ZONE)
    const [day, number] = pick(SLOTS.get(journal)!, attempt.pick)
    // The lesson of this week or of an earlier one that fell on the weekday of the slot.
    const weeks = attempt.value % 3
    const monday = addDays(mondayOf(today), -7 * weeks)
    const input = { page, date: addDays(monday, day - 1), number, topic: pick(TEXTS, attempt.value) }
    chronicle.ask(recordLesson, input, teacher)
  },
  lessonCorrection(chronicle: Chronicle, attempt: Attempt): void {
    withLesson(chronicle, attempt, ({ page, lesson, version }) => {
      const field = pick(
        [{ topic: pick(TEXTS, attempt.value) }, { material: pick(TEXTS, attempt.value) }, { type: 'test' }],
        attempt.value,
      )
      const input = { page, lesson, expectedVersion: version, ...reason(attempt.value), ...field }
      chronicle.ask(correctLesson, input, deputy)
    })
  },
  attendance(chronicle: Chronicle, attempt: Attempt): void {
    withLesson(chronicle, attempt, ({ page, lesson, teacher, state }) => {
      const marked = [...state.marks.values()].filter((mark) => mark.lesson === lesson)
      const away = [ANNA, BORIS].filter((pupil) => !marked.some((mark) => mark.pupil === pupil))
      const absent = away.slice(attempt.value % 3)
      const absentees = absent.map((pupil, i) => ({ pupil, code: pick(CODES, attempt.pick + i) }))
      chronicle.ask(takeAttendance, { page, lesson, absentees }, teacher)
    })
  },
  absence(chronicle: Chronicle, attempt: Attempt): void {
    withLesson(chronicle, attempt, ({ page, lesson, state }) => {
      const pupil = pick([ANNA, BORIS, ...PUPILS], attempt.pupil)
      const attendance = state.lessons.get(lesson)?.attendance
      const version = (attendance?.codes.get(pupil) ?? attendance)?.version ?? 0
      const code = pick([...CODES, null], attempt.value)
      const input = { page, lesson, pupil, code, expectedVersion: version, ...reason(attempt.value) }
      chronicle.ask(changeAbsenceCode, input, pick([deputy, classTeacher], attempt.pick))
    })
  },
  marks(chronicle: Chronicle, attempt: Attempt): void {
    withLesson(chronicle, attempt, ({ page, lesson, teacher }) => {
      const pupils = attempt.pupil === 4 ? [ANNA, BORIS] : [pick(PUPILS, attempt.pupil)]
      const marks = pupils.map((pupil, i) => ({ pupil, value: pick(VALUES, attempt.value + i) }))
      chronicle.ask(recordMarks, { page, lesson, kind: pick(KINDS, attempt.value), marks }, teacher)
    })
  },
  markCorrection(chronicle: Chronicle, attempt: Attempt): void {
    withMark(chronicle, attempt, ({ page, entry, version, teacher }) => {
      const value = pick(VALUES, attempt.value)
      const input = { page, entry, value, expectedVersion: version, ...reason(attempt.value) }
      chronicle.ask(correctMark, input, pick([deputy, teacher], attempt.pupil))
    })
  },
  withdrawal(chronicle: Chronicle, attempt: Attempt): void {
    withMark(chronicle, attempt, ({ page, entry, version, teacher }) => {
      const input = { page, entry, expectedVersion: version, ...reason(attempt.value), note: 'не тот ученик' }
      chronicle.ask(withdrawMark, input, teacher)
    })
  },
  credit(chronicle: Chronicle, attempt: Attempt): void {
    withLesson(chronicle, attempt, ({ page, lesson, teacher, state }) => {
      const away = [...(state.lessons.get(lesson)?.attendance?.codes.keys() ?? [])]
      const pupil = pick([...away, ANNA], attempt.pupil)
      const protocol = { number: '7', date: dateAt(chronicle.now, ZONE) }
      const input = { page, lesson, pupil, kind: 'homework', value: pick(VALUES, attempt.value) }
      const examiners = [MATHEMATICIAN]
      chronicle.ask(creditMissedTopic, { ...input, protocol, examiners }, teacher)
    })
  },
  assessment(chronicle: Chronicle, attempt: Attempt): void {
    const { page, teacher } = pageAt(chronicle, attempt)
    const marks = [{ pupil: pick(PUPILS, attempt.pupil), value: pick(VALUES, attempt.value) }]
    const input = {
      page,
      date: dateAt(chronicle.now, ZONE),
      kind: 'project',
      name: pick(TEXTS, attempt.pick),
    }
    chronicle.ask(recordAssessment, { ...input, marks }, teacher)
  },
  homework(chronicle: Chronicle, attempt: Attempt): void {
    withLesson(chronicle, attempt, ({ page, lesson, teacher }) => {
      const attachments = [{ title: 'Задания', url: 'https://example.org/7a' }].slice(attempt.value % 2)
      chronicle.ask(setHomework, { page, lesson, text: pick(TEXTS, attempt.value), attachments }, teacher)
    })
  },
  homeworkCorrection(chronicle: Chronicle, attempt: Attempt): void {
    withLesson(chronicle, attempt, ({ page, lesson, state }) => {
      const expectedVersion = state.lessons.get(lesson)?.homework?.version ?? 0
      const input = { page, lesson, expectedVersion, text: pick(TEXTS, attempt.value) }
      chronicle.ask(correctHomework, { ...input, ...reason(attempt.value) }, deputy)
    })
  },
  noHomework(chronicle: Chronicle, attempt: Attempt): void {
    withLesson(chronicle, attempt, ({ page, lesson, teacher, state }) => {
      const expectedVersion = state.lessons.get(lesson)?.homework?.version
      const input = { page, lesson, ...(expectedVersion === undefined ? {} : { expectedVersion }) }
      chronicle.ask(declineHomework, { ...input, ...reason(attempt.value) }, teacher)
    })
  },
  comment(chronicle: Chronicle, attempt: Attempt): void {
    withLesson(chronicle, attempt, ({ page, lesson, teacher, state }) => {
      const [entry] = [...state.marks].find(([, mark]) => mark.lesson === lesson) ?? []
      const onMark = entry === undefined ? [] : [{ kind: 'mark', entry } as const]
      const on = pick([...onMark, { kind: 'lesson' } as const, { kind: 'homework' } as const], attempt.value)
      chronicle.ask(addComment, { page, lesson, on, text: pick(TEXTS, attempt.value) }, teacher)
    })
  },
  commentCorrection(chronicle: Chronicle, attempt: Attempt): void {
    const { page, teacher, state } = pageAt(chronicle, attempt)
    if (state.comments.size === 0) return
    const [comment, { version }] = pick([...state.comments], attempt.pick)
    const input = { page, comment, expectedVersion: version, text: pick(TEXTS, attempt.value) }
    chronicle.ask(correctComment, input, teacher)
  },
  finals(chronicle: Chronicle, attempt: Attempt): void {
    const { page, teacher } = pageAt(chronicle, attempt)
    const pupils = attempt.pupil === 4 ? [ANNA, BORIS] : [pick(PUPILS, attempt.pupil)]
    const finals = pupils.map((pupil, i) => ({ pupil, value: pick(FINALS, attempt.value + i) }))
    chronicle.ask(recordFinals, { page, finals }, teacher)
  },
  finalCorrection(chronicle: Chronicle, attempt: Attempt): void {
    const { page, teacher, state } = pageAt(chronicle, attempt)
    if (state.finals.size === 0) return
    const { pupil, version } = pick([...state.finals.values()], attempt.pick)
    const named = { page, pupil, expectedVersion: version, ...reason(attempt.value) }
    if (attempt.pupil === 0) chronicle.ask(withdrawFinal, named, teacher)
    else chronicle.ask(correctFinal, { ...named, value: pick(FINALS, attempt.value) }, deputy)
  },
  postponement(chronicle: Chronicle, attempt: Attempt): void {
    const { page } = pageAt(chronicle, attempt)
    const until = addDays(date('2027-01-11'), attempt.value % 10)
    const order = { number: '141', date: date('2026-12-25') }
    const input = { page, pupil: pick(PUPILS, attempt.pupil), until, reason: 'illness', order } as const
    chronicle.ask(postponeFinal, input, deputy)
  },
  placement(chronicle: Chronicle, attempt: Attempt): void {
    const input = { pupils: [pick(PUPILS, attempt.pupil)], from: someDay(attempt) }
    chronicle.ask(placeInClass, { class: pick([CLASS_7A, CLASS_7B], attempt.pick), ...input }, deputy)
  },
  removal(chronicle: Chronicle, attempt: Attempt): void {
    const input = { pupil: pick(PUPILS, attempt.pupil), from: someDay(attempt) }
    chronicle.ask(removeFromClass, { class: pick([CLASS_7A, CLASS_7B], attempt.pick), ...input }, deputy)
  },
  joining(chronicle: Chronicle, attempt: Attempt): void {
    const input = { pupils: [pick(PUPILS, attempt.pupil)], from: someDay(attempt) }
    chronicle.ask(joinGroup, { group: GROUP_ENGLISH, ...input }, deputy)
  },
  leaving(chronicle: Chronicle, attempt: Attempt): void {
    const input = { pupil: pick(PUPILS, attempt.pupil), from: someDay(attempt) }
    chronicle.ask(leaveGroup, { group: GROUP_ENGLISH, ...input }, deputy)
  },
  assignment(chronicle: Chronicle, attempt: Attempt): void {
    const staff = pick([STRANGER, MATHEMATICIAN], attempt.pupil)
    const input = { year: YEAR, journal: pick(JOURNALS, attempt.page), staff, from: someDay(attempt) }
    chronicle.ask(assignTeacher, input, deputy)
  },
  release(chronicle: Chronicle, attempt: Attempt): void {
    // Those who write mostly stay: a class that nobody can write for has no history.
    const staff = pick([STRANGER, STRANGER, STRANGER, STRANGER, MATHEMATICIAN], attempt.pupil)
    const input = { year: YEAR, journal: pick(JOURNALS, attempt.page), staff, from: someDay(attempt) }
    chronicle.ask(releaseTeacher, input, deputy)
  },
  representative(chronicle: Chronicle, attempt: Attempt): void {
    const name = { family: 'Иванова', given: 'Анна' }
    const input = {
      pupil: pick(PUPILS, attempt.pupil),
      name,
      kinship: 'mother',
      from: date('2026-09-01'),
    } as const
    chronicle.ask(registerRepresentative, input, deputy)
  },
  account(chronicle: Chronicle, attempt: Attempt): void {
    const { account, person } = pick([mathematician, englishTeacher, deputy], attempt.pupil)
    const secret = { login: 'somebody', password: 'a long password' }
    chronicle.ask(openAccount, { account, person, ...secret }, administrator)
    chronicle.ask(grantRole, { account, role: 'teacher', from: someDay(attempt) }, administrator)
  },
}

/** Lessons and what stands in them are written more often than classes are formed. */
const OFTEN: ReadonlyArray<Attempt['what']> = [
  ...Array<Attempt['what']>(6).fill('lesson'),
  ...Array<Attempt['what']>(5).fill('marks'),
  ...Array<Attempt['what']>(6).fill('attendance'),
  ...Array<Attempt['what']>(2).fill('homework'),
  ...Array<Attempt['what']>(2).fill('markCorrection'),
  ...Array<Attempt['what']>(4).fill('absence'),
  ...Array<Attempt['what']>(2).fill('comment'),
  ...Array<Attempt['what']>(2).fill('finals'),
]

const attempt = fc.record<Attempt>({
  what: fc.constantFrom(...OFTEN, ...(Object.keys(ATTEMPTS) as Array<Attempt['what']>)),
  page: fc.nat(4),
  pick: fc.nat(1_000),
  pupil: fc.nat(PUPILS.length - 1),
  value: fc.nat(1_000),
  minutes: fc.nat(1_500),
})

/** Weekday and number of the lessons of each journal in the timetable of the class. */
const SLOTS: ReadonlyMap<Uuid, ReadonlyArray<readonly [number, number]>> = new Map([
  [
    ALGEBRA,
    [
      [1, 3],
      [1, 4],
      [3, 2],
    ],
  ],
  [ENGLISH, [[1, 5]]],
  [CLUB, [[1, 7]]],
])

interface PageAt {
  readonly page: Uuid
  readonly journal: Uuid
  readonly teacher: Actor
  readonly state: Readonly<JournalPageState>
}

function pageAt(chronicle: Chronicle, attempt: Attempt): PageAt {
  // Of three pages one is busy, as in life.
  const journal = pick([ALGEBRA, ALGEBRA, ...JOURNALS], attempt.page)
  const page = pageId(journal, Q2)
  const teacher = journal === ENGLISH ? englishTeacher : mathematician
  const state = chronicle.state(journalPageFold, streamName(chronicle.school, 'journalPage', page))
  return { page, journal, teacher, state }
}

function withLesson(
  chronicle: Chronicle,
  attempt: Attempt,
  act: (at: PageAt & { lesson: Uuid; version: number }) => void,
): void {
  const at = pageAt(chronicle, attempt)
  if (at.state.lessons.size === 0) return
  const [lesson, { version }] = pick([...at.state.lessons], attempt.pick)
  act({ ...at, lesson, version })
}

function withMark(
  chronicle: Chronicle,
  attempt: Attempt,
  act: (at: PageAt & { entry: Uuid; version: number }) => void,
): void {
  const at = pageAt(chronicle, attempt)
  if (at.state.marks.size === 0) return
  const [entry, { version }] = pick([...at.state.marks], attempt.pick)
  act({ ...at, entry, version })
}

function someDay({ value }: Attempt) {
  return addDays(date('2026-11-02'), value % 50)
}
