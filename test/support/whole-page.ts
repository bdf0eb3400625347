import type { DomainEvent } from '#events/registry.ts'
import { KindId } from '#values/policy.ts'
import { workId } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import {
  ANNA,
  ASSESSMENT,
  assessmentHeld,
  attendanceTaken,
  BORIS,
  CLASS_7A,
  date,
  entryOf,
  finalPostponed,
  finalRecorded,
  GLEB,
  homeworkSet,
  id,
  LESSON,
  lessonOn,
  lessonRecorded,
  MATHEMATICIAN,
  markRecorded,
  MONDAY,
  onPage,
  pageClosed,
  pageOpened,
  pageReopened,
  past,
  policyAdopted,
  topicCredited,
  VERA,
  workHeld,
  YEAR,
} from './class-7a.ts'
import type { Past } from './spec.ts'

const correction = { reason: KindId.parse('typing-error'), note: 'опечатка' }
const order = { number: '17', date: date('2026-11-20') }
const homework = { text: 'карточка 4', due: date('2026-11-11'), manner: null, attachments: [], minutes: null }
const dueAt = Instant.parse('2026-11-09T07:20:00.000Z')

const ofAnna = { entry: entryOf(ANNA, 'test'), work: workId(LESSON, 'test'), lesson: LESSON, pupil: ANNA }
const ofBoris = { ...ofAnna, entry: entryOf(BORIS, 'test'), pupil: BORIS }
const ofVera = { ...ofAnna, entry: entryOf(VERA, 'test'), pupil: VERA }

const roster = (event: DomainEvent): Past => past('roster', 'main', event, '2026-11-25T05:00:00.000Z')

const ALGEBRA_SUBJECT = id('subject/algebra')
export const ATTESTATION = id('attestation/boris')

/** What stands beside the finals: Boris learns in his family and was attested, Anna brought a final from elsewhere. */
export const besideFinals: readonly Past[] = [
  roster({
    type: 'FormOfEducationSet',
    data: { pupil: BORIS, form: 'family', from: date('2026-11-10'), order },
  }),
  ...([null, 4] as const).map((previous) =>
    roster({
      type: 'FinalCredited',
      data: {
        pupil: ANNA,
        year: YEAR,
        subject: ALGEBRA_SUBJECT,
        period: 'q1' as never,
        grading: 'g5',
        previous,
        value: previous === null ? 4 : 5,
        issuedBy: 'Лицей № 8',
        document: { number: 'С-11', date: date('2026-11-02') },
        extract: null,
      },
    }),
  ),
  roster({
    type: 'AttestationRecorded',
    data: {
      attestation: ATTESTATION,
      pupil: BORIS,
      year: YEAR,
      subject: ALGEBRA_SUBJECT,
      stage: 'intermediate',
      date: date('2026-12-21'),
      commission: [MATHEMATICIAN],
      protocol: { number: 'П-3', date: date('2026-12-21') },
      value: 3,
      grading: 'g5',
    },
  }),
  roster({
    type: 'AttestationCorrected',
    data: { attestation: ATTESTATION, pupil: BORIS, previous: 3, value: 4, note: 'ошибка в протоколе' },
  }),
  ...([null, 'promoted-conditionally'] as const).map((previous) =>
    roster({
      type: 'PromotionDecided',
      data: {
        class: CLASS_7A,
        pupil: ANNA,
        previous,
        decision: previous === null ? 'promoted-conditionally' : 'promoted',
        order,
      },
    }),
  ),
]

/** Assessments that are projects stand in the summary sheet. */
export const projectsInSummary: Past = policyAdopted({ assessmentsInSummary: [KindId.parse('project')] })

/** The algebra page with an event of every type that there is, closed. */
export const wholePage: readonly Past[] = [
  pageOpened,
  lessonRecorded,
  lessonOn('2026-11-10', 2),
  lessonOn('2026-11-11', 1),
  onPage({
    type: 'EntryExplained',
    data: { lesson: LESSON, reason: KindId.parse('outage'), note: 'не было сети' },
  }),
  onPage({
    type: 'LessonCorrected',
    data: { lesson: LESSON, field: 'material', previous: null, value: 'Степень', ...correction },
  }),
  attendanceTaken([BORIS, 'Н'], [VERA, 'Н/б']),
  onPage({
    type: 'AbsenceCodeCorrected',
    data: { lesson: LESSON, pupil: BORIS, previous: 'Н', code: 'Н/б', document: null, ...correction },
  }),
  onPage({
    type: 'PracticeExempted',
    data: {
      exemption: id('exemption/vera'),
      pupil: VERA,
      from: MONDAY,
      until: date('2026-11-20'),
      document: { number: '12', date: MONDAY },
    },
  }),
  onPage({
    type: 'PracticeExempted',
    data: {
      exemption: id('exemption/gleb'),
      pupil: GLEB,
      from: MONDAY,
      until: date('2026-11-21'),
      document: { number: null, date: MONDAY },
    },
  }),
  onPage({
    type: 'PracticeExemptionWithdrawn',
    data: {
      exemption: id('exemption/gleb'),
      pupil: GLEB,
      from: MONDAY,
      until: date('2026-11-21'),
      ...correction,
    },
  }),
  ...assessmentHeld,
  onPage({
    type: 'AssessmentResultsReceived',
    data: {
      assessment: ASSESSMENT,
      receivedAt: Instant.parse('2026-11-09T03:00:00.000Z'),
      pupils: [ANNA],
      dueAt: Instant.parse('2026-11-10T03:00:00.000Z'),
    },
  }),
  onPage({
    type: 'AssessmentResultsCorrected',
    data: {
      assessment: ASSESSMENT,
      receivedAt: Instant.parse('2026-11-09T03:00:00.000Z'),
      previous: [ANNA],
      pupils: [ANNA, BORIS],
      ...correction,
    },
  }),
  workHeld('test'),
  markRecorded(ANNA, 4),
  markRecorded(BORIS, 2),
  topicCredited(VERA, 4),
  onPage({
    type: 'MarkDisputed',
    data: { dispute: id('dispute/boris'), ...ofBoris, value: 2, text: 'Работу я не писал' },
  }),
  onPage({
    type: 'MarkWithdrawn',
    data: { ...ofBoris, previous: 2, ...correction },
  }),
  onPage({ type: 'DisputeUpheld', data: { dispute: id('dispute/boris'), ...ofBoris, by: 'withdrawal' } }),
  onPage({
    type: 'MarkDisputed',
    data: { dispute: id('dispute/vera'), ...ofVera, value: 4, text: 'Должно быть пять' },
  }),
  onPage({
    type: 'DisputeRefused',
    data: { dispute: id('dispute/vera'), ...ofVera, text: 'В задаче ошибка' },
  }),
  onPage({
    type: 'MarkCorrected',
    data: { ...ofAnna, previous: 4, value: 5, criteria: null, ...correction },
  }),
  homeworkSet,
  onPage({ type: 'HomeworkSet', data: { lesson: lessonOf('2026-11-11', 1), homework, dueAt } }),
  onPage({
    type: 'HomeworkCorrected',
    data: { lesson: LESSON, previous: null, homework: { ...homework, text: '§ 13' }, ...correction },
  }),
  onPage({
    type: 'HomeworkDeclined',
    data: { lesson: lessonOf('2026-11-10', 2), previous: homework, dueAt, ...correction },
  }),
  onPage({
    type: 'IndividualHomeworkSet',
    data: { lesson: LESSON, pupils: [ANNA, BORIS], homework, dueAt },
  }),
  onPage({
    type: 'IndividualHomeworkCorrected',
    data: { lesson: LESSON, pupil: BORIS, previous: homework, homework: null, ...correction },
  }),
  onPage({
    type: 'HomeworkReviewed',
    data: {
      lesson: LESSON,
      version: 20,
      verdict: 'unsuitable',
      aspects: ['volume'],
      text: 'Слишком много для одного дня',
    },
  }),
  ...(['remark', 'recommendation'] as const).map((kind) =>
    onPage({
      type: 'RemarkMade',
      data: {
        remark: id(`remark/${kind}`),
        kind,
        pupil: kind === 'remark' ? BORIS : null,
        lesson: LESSON,
        date: MONDAY,
        text: kind === 'remark' ? 'Разговаривал на уроке' : 'Повторите степени',
      },
    }),
  ),
  onPage({
    type: 'RemarkMade',
    data: {
      remark: id('remark/3'),
      kind: 'remark',
      pupil: ANNA,
      lesson: null,
      date: MONDAY,
      text: 'Опоздала',
    },
  }),
  onPage({
    type: 'RemarkWithdrawn',
    data: { remark: id('remark/3'), pupil: ANNA, lesson: null, text: 'Опоздала', ...correction },
  }),
  onPage({
    type: 'CommentMade',
    data: { comment: id('comment/1'), lesson: LESSON, on: { kind: 'lesson' }, text: 'Хорошо' },
  }),
  onPage({
    type: 'CommentCorrected',
    data: {
      comment: id('comment/1'),
      lesson: LESSON,
      on: { kind: 'lesson' },
      previous: 'Хорошо',
      text: 'Отлично',
    },
  }),
  ...['mended', 'left'].map((which) =>
    onPage({
      type: 'PaperDifferenceFound',
      data: {
        difference: id(`difference/${which}`),
        what: 'topic',
        lesson: LESSON,
        pupil: null,
        paper: which,
        electronic: 'Степень',
        foundOn: date('2026-12-01'),
      },
    }),
  ),
  onPage({
    type: 'PaperDifferenceFixed',
    data: {
      difference: id('difference/mended'),
      what: 'topic',
      lesson: LESSON,
      pupil: null,
      by: 'correction',
    },
  }),
  onPage({
    type: 'PaperDifferenceExplained',
    data: {
      difference: id('difference/left'),
      what: 'topic',
      lesson: LESSON,
      pupil: null,
      text: 'То же иными словами',
    },
  }),
  onPage({ type: 'PageGradingChanged', data: { previous: 'g5', grading: 'g10' } }),
  finalRecorded(ANNA, 4),
  finalRecorded(BORIS, 3),
  onPage({
    type: 'FinalMarkCorrected',
    data: { pupil: ANNA, kind: 'period', previous: 4, value: 5, ...correction },
  }),
  onPage({
    type: 'FinalMarkWithdrawn',
    data: { pupil: BORIS, kind: 'period', previous: 3, ...correction },
  }),
  finalPostponed(BORIS, '2027-01-20'),
  pageClosed([BORIS]),
  pageReopened('2026-12-29T12:00:00.000Z'),
  pageClosed([BORIS]),
  onPage(
    {
      type: 'PageSigned',
      data: {
        content: 2,
        digest: 'ab'.repeat(32),
        method: 'password',
        checked: 'verified',
        revocation: null,
        certificate: null,
        cms: null,
        given: null,
      },
    },
    '2026-12-29T09:40:00.000Z',
  ),
]

function lessonOf(day: string, number: number) {
  const { data } = lessonOn(day, number).event as Extract<DomainEvent, { type: 'LessonRecorded' }>
  return data.lesson
}
