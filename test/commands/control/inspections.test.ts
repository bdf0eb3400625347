import { describe, it } from 'vitest'
import { answerFinding } from '#commands/control/answer-finding.ts'
import { closeFinding } from '#commands/control/close-finding.ts'
import { recordInspection } from '#commands/control/record-inspection.ts'
import { reopenFinding } from '#commands/control/reopen-finding.ts'
import type { Inspected } from '#events/control.ts'
import type { DomainEvent } from '#events/registry.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  classTeacher,
  date,
  deputy,
  DINA,
  englishTeacher,
  head,
  id,
  LESSON,
  lessonRecorded,
  mathematician,
  mathematicianReleased,
  MONDAY,
  PAGE,
  pageOpened,
  past,
  school,
  strangerAssigned,
  stranger,
  YEAR,
} from '#support/class-7a.ts'
import { given, type Past } from '#support/spec.ts'
import type { Uuid } from '#values/uuid.ts'

const now = '2026-11-09T05:00:00.000Z'
const journal = { kind: 'journal', journal: ALGEBRA } as const
const diaries = { kind: 'diaries', class: CLASS_7A, pupil: null } as const
const FINDING = id('finding')
const text = 'Не записано домашнее задание'
const control = (event: DomainEvent): Past => past('control', YEAR, event)
const about = { year: YEAR, finding: FINDING }

const made = (of: Inspected = journal, pupil: Uuid | null = null): Past[] => [
  control({
    type: 'JournalInspected',
    data: { inspection: id('inspection'), of, date: MONDAY, purpose: null },
  }),
  control({
    type: 'FindingMade',
    data: {
      inspection: id('inspection'),
      finding: FINDING,
      page: null,
      lesson: null,
      pupil,
      text,
      remedyBy: date('2026-11-13'),
    },
  }),
]
const answered = control({ type: 'FindingAnswered', data: { finding: FINDING, pupil: null, text } })
const fixed = control({ type: 'FindingFixed', data: { finding: FINDING, pupil: null } })

const records = (input: object, as = deputy, ...more: Past[]) =>
  given(school, pageOpened, lessonRecorded, ...more).when(
    recordInspection,
    { year: YEAR, of: journal, ...input },
    { as, now },
  )

describe('a check of a journal or of diaries (R-7A.7)', () => {
  it('is recorded of today, with findings where they are, or without any', () => {
    records({}).records({
      type: 'JournalInspected',
      data: { of: journal, date: '2026-11-09', purpose: null },
    })
    records({
      date: '2026-11-06',
      purpose: 'Запись тем',
      findings: [{ page: PAGE, lesson: LESSON, pupil: ANNA, text, remedyBy: '2026-11-06' }, { text }],
    }).records(
      { type: 'JournalInspected', data: { date: '2026-11-06', purpose: 'Запись тем' } },
      {
        type: 'FindingMade',
        data: { page: PAGE, lesson: LESSON, pupil: ANNA, text, remedyBy: '2026-11-06' },
      },
      { type: 'FindingMade', data: { page: null, lesson: null, pupil: null, text, remedyBy: null } },
    )
    records({ of: diaries, findings: [{ pupil: ANNA, text }] }, head).records(
      { type: 'JournalInspected', data: { of: diaries } },
      { type: 'FindingMade', data: { pupil: ANNA } },
    )
  })

  it('is not of a day to come or before the year; midnight is that of the school', () => {
    records({ date: '2026-11-10' }).refuses('inspection-in-future')
    records({ date: '2026-08-31' }).refuses('date-outside-year')
    const late = given(school).when(
      recordInspection,
      { year: YEAR, of: journal, date: '2026-11-10' },
      { as: deputy, now: '2026-11-09T17:00:00.000Z' },
    )
    late.records('JournalInspected')
  })

  it('is of what the school has, at places that it has', () => {
    records({ of: { kind: 'journal', journal: ANNA } }).refuses('journal-unknown')
    records({ of: { ...diaries, class: ANNA } }).refuses('class-unknown')
    records({ of: { ...diaries, pupil: DINA } }).refuses('pupil-not-in-class')
    records({ findings: [{ text, page: LESSON }] }).refuses('page-unknown')
    records({ findings: [{ text, page: PAGE, lesson: ANNA }] }).refuses('lesson-unknown')
    records({ findings: [{ text, pupil: LESSON }] }).refuses('pupil-unknown')
    records({ of: diaries, findings: [{ text, page: PAGE }] }).refuses('page-unknown')
    records({ of: diaries, findings: [{ text, pupil: DINA }] }).refuses('pupil-not-in-class')
    records({ of: { ...diaries, pupil: BORIS }, findings: [{ text, pupil: ANNA }] }).refuses(
      'pupil-not-in-class',
    )
    records({ findings: [{ text, remedyBy: '2026-11-08' }] }).refuses('bounds-reversed')
    given()
      .when(recordInspection, { year: YEAR, of: journal }, { as: deputy, now })
      .refuses('school-year-unknown')
  })

  it('is of a deputy for what he answers for; diaries are of all subjects', () => {
    const ofAlgebra = { ...deputy, competence: [{ grades: null, subjects: [id('subject/algebra')] }] }
    records({}, ofAlgebra).records('JournalInspected')
    records({ of: diaries }, ofAlgebra).refuses('outside-competence')
    const ofNinth = { ...deputy, competence: [{ grades: [9], subjects: null }] }
    records({}, ofNinth).refuses('outside-competence')
    given(school, made()).when(closeFinding, about, { as: ofNinth, now }).refuses('outside-competence')
  })
})

const answers = (history: readonly Past[], as = mathematician) =>
  given(school, history).when(answerFinding, { ...about, text }, { as, now })

describe('an answer to a finding', () => {
  it('is given by the teacher of the journal, and by whoever has it now', () => {
    answers(made(journal, ANNA)).records({
      type: 'FindingAnswered',
      data: { finding: FINDING, pupil: ANNA, text },
    })
    answers(made(), englishTeacher).refuses('journal-not-taught')
    answers(made(), classTeacher).refuses('journal-not-taught')
    const replaced = [...made(), mathematicianReleased('2026-11-09'), strangerAssigned('2026-11-09')]
    answers(replaced).refuses('journal-not-taught')
    answers(replaced, stranger).records('FindingAnswered')
  })

  it('is given by the class teacher for diaries, and by no teacher', () => {
    answers(made(diaries), classTeacher).records('FindingAnswered')
    answers(made(diaries)).refuses('class-not-led')
    answers(made(diaries), { ...stranger, role: 'class-teacher' }).refuses('class-not-led')
  })

  it('is possible as long as the finding is open', () => {
    answers([...made(), answered]).records('FindingAnswered')
    answers([...made(), fixed]).refuses('finding-fixed')
    answers([]).refuses('finding-unknown')
  })
})

const closes = (...history: Past[]) => given(school, history).when(closeFinding, about, { as: deputy, now })

const reopens = (input: object, ...history: Past[]) =>
  given(school, history).when(reopenFinding, { ...about, text, ...input }, { as: deputy, now })

describe('the end of a finding', () => {
  it('is that the administration has seen it fixed, answered or not', () => {
    closes(...made(), answered).records({ type: 'FindingFixed', data: { finding: FINDING } })
    closes(...made()).records('FindingFixed')
    closes(...made(), fixed).records()
    closes().refuses('finding-unknown')
  })

  it('is no end where it is opened again, or where the answer will not do', () => {
    reopens({}, ...made(), fixed).records({ type: 'FindingReopened', data: { text, remedyBy: null } })
    reopens({ remedyBy: '2026-11-09' }, ...made(), answered).records('FindingReopened')
    reopens({ remedyBy: '2026-11-08' }, ...made(), answered).refuses('bounds-reversed')
    reopens({}, ...made()).refuses('finding-open')
    reopens({}).refuses('finding-unknown')
  })
})
