import { acceptRules } from '#commands/access/accept-rules.ts'
import { blockAccount } from '#commands/access/block-account.ts'
import { disableAccount } from '#commands/access/disable-account.ts'
import { endRole } from '#commands/access/end-role.ts'
import { grantRole } from '#commands/access/grant-role.ts'
import { receiveAccessApplication } from '#commands/access/receive-access-application.ts'
import { issueActivationCode } from '#commands/access/issue-activation-code.ts'
import { linkExternalIdentity } from '#commands/access/link-external-identity.ts'
import { openAccount } from '#commands/access/open-account.ts'
import { replaceLogInName } from '#commands/access/replace-log-in-name.ts'
import { replacePassword } from '#commands/access/replace-password.ts'
import { reportLostCredentials } from '#commands/access/report-lost-credentials.ts'
import { unblockAccount } from '#commands/access/unblock-account.ts'
import { unlinkExternalIdentity } from '#commands/access/unlink-external-identity.ts'
import type { COMMANDS } from '#commands/catalogue.ts'
import { annulSuspectOperations } from '#commands/incident/annul-suspect-operations.ts'
import { confirmSuspectOperations } from '#commands/incident/confirm-suspect-operations.ts'
import { declareCompromise } from '#commands/incident/declare-compromise.ts'
import { receiveBreachAsHead } from '#commands/incident/receive-breach-as-head.ts'
import { receiveBreachAsSupport } from '#commands/incident/receive-breach-as-support.ts'
import { reportBreach } from '#commands/incident/report-breach.ts'
import { restoreAccess } from '#commands/incident/restore-access.ts'
import { withdrawBreach } from '#commands/incident/withdraw-breach.ts'
import { confirmMessageRead } from '#commands/message/confirm-message-read.ts'
import { subscribeToDiary } from '#commands/contacts/subscribe-to-diary.ts'
import { unsubscribeFromDiary } from '#commands/contacts/unsubscribe-from-diary.ts'
import { acknowledgeDiary } from '#commands/diary/acknowledge-diary.ts'
import { sendMessage } from '#commands/message/send-message.ts'
import { withdrawMessage } from '#commands/message/withdraw-message.ts'
import { confirmContact } from '#commands/contacts/confirm-contact.ts'
import { confirmWrittenContact } from '#commands/contacts/confirm-written-contact.ts'
import { giveContact } from '#commands/contacts/give-contact.ts'
import { withdrawContact } from '#commands/contacts/withdraw-contact.ts'
import { addSubject } from '#commands/curriculum/add-subject.ts'
import { adoptCurriculum } from '#commands/curriculum/adopt-curriculum.ts'
import { correctRepresentativeName } from '#commands/family/correct-representative-name.ts'
import { endRepresentation } from '#commands/family/end-representation.ts'
import { giveConsent } from '#commands/family/give-consent.ts'
import { refuseConsent } from '#commands/family/refuse-consent.ts'
import { withdrawConsent } from '#commands/family/withdraw-consent.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { addAssessmentMarks } from '#commands/journal-page/add-assessment-marks.ts'
import { awaitAssessmentResults } from '#commands/journal-page/await-assessment-results.ts'
import { receiveAssessmentResults } from '#commands/journal-page/receive-assessment-results.ts'
import { addRemark } from '#commands/journal-page/add-remark.ts'
import { correctIndividualHomework } from '#commands/journal-page/correct-individual-homework.ts'
import { exemptFromPractice } from '#commands/journal-page/exempt-from-practice.ts'
import { setIndividualHomework } from '#commands/journal-page/set-individual-homework.ts'
import { withdrawExemption } from '#commands/journal-page/withdraw-exemption.ts'
import { withdrawRemark } from '#commands/journal-page/withdraw-remark.ts'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { changeGrading } from '#commands/journal-page/change-grading.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { closePage } from '#commands/journal-page/close-page.ts'
import { correctComment } from '#commands/journal-page/correct-comment.ts'
import { correctFinal } from '#commands/journal-page/correct-final.ts'
import { correctAssessmentResults } from '#commands/journal-page/correct-assessment-results.ts'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import { correctLesson } from '#commands/journal-page/correct-lesson.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { creditMissedTopic } from '#commands/journal-page/credit-missed-topic.ts'
import { declineHomework } from '#commands/journal-page/decline-homework.ts'
import { disputeMark } from '#commands/journal-page/dispute-mark.ts'
import { answerFinding } from '#commands/control/answer-finding.ts'
import { closeFinding } from '#commands/control/close-finding.ts'
import { openReleasedReport } from '#commands/control/open-released-report.ts'
import { recordInspection } from '#commands/control/record-inspection.ts'
import { reopenFinding } from '#commands/control/reopen-finding.ts'
import { explainPaperDifference } from '#commands/journal-page/explain-paper-difference.ts'
import { registerPaperDifference } from '#commands/journal-page/register-paper-difference.ts'
import { refuseDispute } from '#commands/journal-page/refuse-dispute.ts'
import { digestOf } from '#commands/journal-page/closed-page.ts'
import { signPage } from '#commands/journal-page/sign-page.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { postponeFinal } from '#commands/journal-page/postpone-final.ts'
import { recordAssessment } from '#commands/journal-page/record-assessment.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordWholeLesson } from '#commands/journal-page/record-whole-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { reopenPage } from '#commands/journal-page/reopen-page.ts'
import { reviewHomework } from '#commands/journal-page/review-homework.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { withdrawFinal } from '#commands/journal-page/withdraw-final.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { declarePilot } from '#commands/roster/declare-pilot.ts'
import { endPilot } from '#commands/roster/end-pilot.ts'
import { resumePaper } from '#commands/school/resume-paper.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { grantOperatorRead } from '#commands/school/grant-operator-read.ts'
import { withdrawOperatorRead } from '#commands/school/withdraw-operator-read.ts'
import { registerOutage } from '#commands/school/register-outage.ts'
import { withdrawOutage } from '#commands/school/withdraw-outage.ts'
import { addRoom } from '#commands/premises/add-room.ts'
import { closeRoom } from '#commands/premises/close-room.ts'
import { addSchoolDay } from '#commands/school-year/add-school-day.ts'
import { movePeriod } from '#commands/school-year/move-period.ts'
import { declareEmptySection } from '#commands/school-year/declare-empty-section.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { appointClassTeacher } from '#commands/roster/appoint-class-teacher.ts'
import { correctPersonName } from '#commands/roster/correct-person-name.ts'
import { correctAttestation } from '#commands/roster/correct-attestation.ts'
import { creditFinals } from '#commands/roster/credit-finals.ts'
import { decidePromotion } from '#commands/roster/decide-promotion.ts'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { formClass } from '#commands/roster/form-class.ts'
import { formGroup } from '#commands/roster/form-group.ts'
import { hireStaff } from '#commands/roster/hire-staff.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { leaveGroup } from '#commands/roster/leave-group.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { recordAttestation } from '#commands/roster/record-attestation.ts'
import { releasePupil } from '#commands/roster/release-pupil.ts'
import { releaseStaff } from '#commands/roster/release-staff.ts'
import { removeFromClass } from '#commands/roster/remove-from-class.ts'
import { setFormOfEducation } from '#commands/roster/set-form-of-education.ts'
import { transferPupil } from '#commands/roster/transfer-pupil.ts'
import { openSchoolYear } from '#commands/school-year/open-school-year.ts'
import { planHolidays } from '#commands/school-year/plan-holidays.ts'
import { planPeriods } from '#commands/school-year/plan-periods.ts'
import { scheduleBells } from '#commands/school-year/schedule-bells.ts'
import { setSchoolWeek } from '#commands/school-year/set-school-week.ts'
import { cancelKeyDestruction } from '#commands/privacy/cancel-key-destruction.ts'
import { confirmKeyDestruction } from '#commands/privacy/confirm-key-destruction.ts'
import { requestKeyDestruction } from '#commands/privacy/request-key-destruction.ts'
import { issueServiceToken } from '#commands/service-token/issue-service-token.ts'
import { approveServiceToken } from '#commands/service-token/approve-service-token.ts'
import { approveMovement } from '#commands/roster/approve-movement.ts'
import { approveTeachingLoad } from '#commands/teaching-load/approve-teaching-load.ts'
import { revokeServiceToken } from '#commands/service-token/revoke-service-token.ts'
import { addToTicket } from '#commands/support/add-to-ticket.ts'
import { answerTicket } from '#commands/support/answer-ticket.ts'
import { closeTicket } from '#commands/support/close-ticket.ts'
import { openTicket } from '#commands/support/open-ticket.ts'
import { setSupportHours } from '#commands/support/set-support-hours.ts'
import { withdrawTicket } from '#commands/support/withdraw-ticket.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { cancelLessons } from '#commands/timetable/cancel-lessons.ts'
import { changeRoom } from '#commands/timetable/change-room.ts'
import { combineLessons } from '#commands/timetable/combine-lessons.ts'
import { orderSubstitution } from '#commands/timetable/order-substitution.ts'
import { restoreLesson } from '#commands/timetable/restore-lesson.ts'
import { separateLessons } from '#commands/timetable/separate-lessons.ts'
import { transferLesson } from '#commands/timetable/transfer-lesson.ts'
import { withdrawSubstitution } from '#commands/timetable/withdraw-substitution.ts'
import { scheduleGroupWeek } from '#commands/timetable/schedule-group-week.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { cancelTest } from '#commands/test-schedule/cancel-test.ts'
import { moveTest } from '#commands/test-schedule/move-test.ts'
import { planTest } from '#commands/test-schedule/plan-test.ts'
import { adoptTopicPlan } from '#commands/topic-plan/adopt-topic-plan.ts'
import { approveTopicPlan } from '#commands/topic-plan/approve-topic-plan.ts'
import { signPackage } from '#commands/archive/sign-package.ts'
import { acceptPackage } from '#commands/archive/accept-package.ts'
import { approveDestruction } from '#commands/archive/approve-destruction.ts'
import { destroyPackage } from '#commands/archive/destroy-package.ts'
import { registerPrintSet } from '#commands/archive/register-print-set.ts'
import { packageMade } from './packages-past.ts'
import type { Past } from './spec.ts'
import { processingNotice } from '#values/consent.ts'
import { lessonId, pageId } from '#values/school.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import { accountOf, commandId, type LogIn, MORNING, MOTHER, PASSWORD } from './api.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  ENGLISH_TEACHER,
  GROUP_ENGLISH,
  id,
  LESSON,
  MATHEMATICIAN,
  PAGE,
  past,
  Q1,
  STRANGER,
  YEAR,
} from './class-7a.ts'

/** One command of {@link WHOLE_LIFE}, and what it leaves. */
export interface Step {
  readonly login: LogIn
  readonly command: (typeof COMMANDS)[number]
  readonly input: Readonly<Record<string, unknown>>
  /** The id of the command. */
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  readonly events: number
  /** Lines of the audit: attendance has one for the lesson and one for each absentee. */
  readonly lines: number
}

/** Whoever is named in this life; nobody else in the tests is called so. */
export const NAMES = {
  mathematician: { family: 'Крыжопольская', given: 'Евлампия', patronymic: 'Мстиславовна' },
  english: { family: 'Тютюнникова', given: 'Гликерия', patronymic: 'Святополковна' },
  anna: { family: 'Щекочихина', given: 'Аглаида', patronymic: 'Ферапонтовна' },
  boris: { family: 'Передрейкин', given: 'Пантелеймон', patronymic: 'Варфоломеевич' },
  mother: { family: 'Щекочихина-Вязовская', given: 'Павсикакия', patronymic: 'Еремеевна' },
} as const
export const CREDENTIALS = { login: 'secretary.otdel-kadrov', password: 'Сорок-тысяч-одуванчиков' } as const

let steps = 0
function step(
  login: LogIn,
  command: Step['command'],
  input: Step['input'],
  events = 1,
  lines = events,
): Step {
  const id = commandId(`whole life ${steps++}`)
  // Whoever teaches and leads a class says in which of both roles.
  const role = login === 'english' ? { 'letopis-role': 'class-teacher' } : {}
  return { login, command, input, id, headers: { 'idempotency-key': id, ...role }, events, lines }
}

const ORDER = { number: '12-у', date: '2026-11-27' }
const from = '2026-09-01'
const journal = { year: YEAR, journal: ALGEBRA }
/** A lesson of algebra that is not given yet, and the journal of another class. */
const later = { ...journal, date: '2026-11-16', number: 3 }
const OF_7B = id('journal/7Б/algebra of whole life')
const together = { year: YEAR, date: '2026-11-23', number: 3 }
const here = { page: PAGE, lesson: LESSON }
/** The page of the first quarter. */
const ended = { page: pageId(ALGEBRA, Q1) }
const why = { reason: 'typing-error', note: 'Перепутал строки' }
const account = id('account/secretary')
const EXAM = id('assessment/exam')

const marks = step(
  'mathematician',
  recordMarks,
  {
    ...here,
    kind: 'test',
    marks: [
      { pupil: ANNA, value: 4 },
      { pupil: BORIS, value: 'Д' },
    ],
  },
  3,
)
const comment = step('mathematician', addComment, {
  ...here,
  on: { kind: 'lesson' },
  text: 'Урок в кабинете 305',
})
const madeBy = ({ id }: Step, name: string): Uuid => uuidV5(Uuid.parse(id), name)

const remark = step('mathematician', addRemark, {
  ...here,
  kind: 'remark',
  pupil: ANNA,
  text: 'Разговаривала на уроке',
})
const exemption = step('english', exemptFromPractice, {
  page: PAGE,
  pupil: ANNA,
  from: '2026-11-09',
  until: '2026-11-20',
  document: { number: '45', date: '2026-11-09' },
})
const disputed = step('mother', disputeMark, {
  page: PAGE,
  pupil: ANNA,
  entry: madeBy(marks, `mark ${ANNA}`),
  text: 'В тетради стоит другая отметка',
})

/** Where the mother of Anna is reached: what she typed herself, and what stands on paper. */
const OF_MOTHER = { pupil: ANNA, representative: MOTHER }
const typedContact = step('mother', giveContact, {
  ...OF_MOTHER,
  channel: 'sms',
  address: '+70000000017',
  form: 'notice',
})
const paperContact = step('english', giveContact, {
  ...OF_MOTHER,
  channel: 'email',
  address: 'pavsikakia@example.org',
  form: 'text',
  date: '2026-11-06',
})
/** What the school tells of the processing of its data. */
const NOTICE = processingNotice(null).version
const MESSAGE = id('message/of whole life')

const FIRST_LESSON = lessonId(ALGEBRA, LocalDate.parse('2026-11-02'), 3)
const missingOnPage = step('mathematician', registerPaperDifference, {
  page: PAGE,
  what: 'mark',
  lesson: FIRST_LESSON,
  pupil: ANNA,
  paper: '5, 4',
})
const checked = step(
  'deputy',
  recordInspection,
  {
    year: YEAR,
    of: { kind: 'journal', journal: ALGEBRA },
    purpose: 'Накопляемость отметок',
    findings: [{ page: PAGE, lesson: FIRST_LESSON, pupil: ANNA, text: 'Отметка не обоснована работой' }],
  },
  2,
)
const ofFinding = { year: YEAR, finding: madeBy(checked, 'finding/0') }
const otherOnPage = step('deputy', registerPaperDifference, {
  page: PAGE,
  what: 'absence',
  lesson: FIRST_LESSON,
  pupil: BORIS,
  paper: null,
  foundOn: '2026-11-08',
})

/** The first quarter as it is closed: the final of Anna, and that of Boris postponed. */
const DIGEST_OF_Q1 = digestOf({
  ...journalPageFold.initial(),
  page: { journal: ALGEBRA, year: YEAR, period: Q1, grading: 'g5' },
  finals: new Map([
    [
      'anna',
      { pupil: ANNA, kind: 'period', value: 5, version: 3, at: Instant.parse('2026-11-09T03:50:00.000Z') },
    ],
  ]),
  postponements: new Map([[BORIS, LocalDate.parse('2026-11-20')]]),
})

const linked = step('administrator', linkExternalIdentity, {
  account,
  issuer: 'https://id.example.org',
  subject: 'subject-of-secretary',
})
/** Represented Boris, and does not any more. */
const AUNT = id('person/aunt-of-boris')
const ORIGIN = { number: '41', date: '2026-11-06' }
const attested = step('deputy', recordAttestation, {
  pupil: ANNA,
  year: YEAR,
  subject: id('subject/algebra'),
  stage: 'intermediate',
  date: '2026-11-06',
  commission: [MATHEMATICIAN, ENGLISH_TEACHER],
  protocol: ORIGIN,
  value: 4,
})
const breach = step('administrator', reportBreach, { account, learnedAt: MORNING })
const incident = madeBy(breach, 'incident')
const mistaken = step('administrator', reportBreach, { account, learnedAt: MORNING })
const SERVICE_TOKEN = id('service-token')
const ticket = step('mother', openTicket, { kind: 'access', text: 'Не помню пароль' })
const question = step('deputy', openTicket, { kind: 'question', text: 'Как напечатать ведомость?' })

const PACKAGE = id('package/of whole life')
const OLD_PACKAGE = id('package/of long ago')
const RELEASE = id('release of whole life')
const ABANDONED = id('paper abandoned in whole life')
/** What is there before: packages are made by the service itself, and other facts by views, with what they found. */
export const BEFORE_LIFE: readonly Past[] = [
  ...packageMade(PACKAGE, '2033-01-01'),
  ...packageMade(OLD_PACKAGE, '2026-01-01'),
  // A report is made and released by a view.
  past('control', YEAR, {
    type: 'ReportReleased',
    data: {
      release: RELEASE,
      report: 'attainment-of-pupils',
      class: CLASS_7A,
      pupil: null,
      period: Q1,
      from: null,
      until: null,
      asOf: Instant.parse('2026-10-26T04:00:00.000Z'),
      content: 'c'.repeat(64),
    },
  }),
  past('school', WHOLE_SCHOOL, {
    type: 'PaperAbandoned',
    data: {
      decision: ABANDONED,
      order: { number: '101', date: LocalDate.parse('2026-10-26') },
      from: LocalDate.parse('2026-11-02'),
      classes: null,
      measured: {
        from: LocalDate.parse('2026-09-26'),
        until: LocalDate.parse('2026-10-25'),
        journals: 1,
        full: 1,
        lastBackup: null,
        lastDrill: null,
        correctionControl: true,
      },
      accepted: ['backup', 'drill'],
    },
  }),
]
const outage = step('deputy', registerOutage, {
  from: '2026-10-05T02:00:00.000Z',
  until: '2026-10-05T09:00:00.000Z',
  text: 'Не было связи с сервером',
  order: ORDER,
})

/** What settles suspect operations needs a breach that has some, after which its person must come in anew: it has a life of its own (test/regulation/breach.test.ts). */
export const IN_ANOTHER_LIFE: ReadonlyArray<(typeof COMMANDS)[number]> = [
  // A signature is made by a certificate: test/regulation/package-signing.test.ts.
  signPackage,
  // The code of a contact is read where it was sent: test/main/delivery/deliveries.test.ts.
  confirmContact,
  confirmSuspectOperations,
  annulSuspectOperations,
]

/** A school from its first day: every other command of the catalogue is given and accepted, with the versions that stand. */
export const WHOLE_LIFE: readonly Step[] = [
  step('administrator', openAccount, { account, person: id('staff/secretary'), ...CREDENTIALS }),
  step('administrator', grantRole, { account, role: 'deputy', from }),
  step('deputy', openSchoolYear, { year: YEAR, from, until: '2027-05-26' }),
  step('deputy', adoptPolicy, { effectiveFrom: from }),
  step('deputy', planPeriods, {
    year: YEAR,
    structure: 'quarters',
    grades: [7],
    periods: [
      { period: 'q1', name: 'I четверть', from, until: '2026-10-23' },
      { period: 'q2', name: 'II четверть', from: '2026-11-02', until: '2026-12-29' },
    ],
  }),
  step('deputy', movePeriod, {
    year: YEAR,
    period: 'q2',
    grades: [7],
    from: '2026-11-02',
    until: '2026-12-30',
  }),
  step('deputy', addSchoolDay, { year: YEAR, date: '2026-11-14' }),
  step('deputy', planHolidays, {
    year: YEAR,
    holidays: [{ name: 'День народного единства', from: '2026-11-04', until: '2026-11-04', grades: null }],
  }),
  step('deputy', setSchoolWeek, {
    year: YEAR,
    effectiveFrom: '2027-01-11',
    grades: [11],
    schoolDays: [1, 2, 3, 4, 5, 6],
  }),
  step('deputy', declareEmptySection, { year: YEAR, section: 'individual-plans' }),
  step('administrator', setSupportHours, {
    effectiveFrom: from,
    channel: 'кабинет 105',
    hours: [{ weekday: 1, from: '09:00', until: '17:00' }],
    answerMinutes: 240,
  }),
  ticket,
  step('mother', addToTicket, { ticket: madeBy(ticket, 'ticket'), text: 'И код потерян' }),
  step('administrator', answerTicket, { ticket: madeBy(ticket, 'ticket'), text: 'Выдали новый код' }),
  step('administrator', closeTicket, {
    ticket: madeBy(ticket, 'ticket'),
    outcome: 'solved',
    text: 'Вход восстановлен',
  }),
  question,
  step('deputy', withdrawTicket, { ticket: madeBy(question, 'ticket') }),
  outage,
  step('head', resumePaper, { decision: ABANDONED, order: ORDER, from: '2026-12-01' }),
  step('head', grantOperatorRead, {
    until: '2026-11-10T03:50:00.000Z',
    text: 'Проверить строки страницы после сбоя',
  }),
  step('head', withdrawOperatorRead, { text: 'Проверка закончена' }),
  step('deputy', withdrawOutage, { outage: madeBy(outage, 'outage'), text: 'Связь была' }),
  step('deputy', addRoom, { room: '214', purpose: 'Кабинет математики', seats: 30 }),
  step('deputy', closeRoom, { room: '214', from: '2027-06-01' }),
  step('deputy', scheduleBells, {
    year: YEAR,
    shift: 'first',
    effectiveFrom: from,
    grades: [7],
    bells: [{ number: 3, from: '10:20', until: '11:00' }],
  }),
  step('deputy', addSubject, { subject: id('subject/algebra'), name: 'Алгебра' }),
  step('deputy', hireStaff, { staff: MATHEMATICIAN, name: NAMES.mathematician, from }),
  step('deputy', hireStaff, { staff: ENGLISH_TEACHER, name: NAMES.english, from }),
  step('deputy', enrolPupil, { pupil: ANNA, name: NAMES.anna, from }),
  step('deputy', enrolPupil, { pupil: BORIS, name: NAMES.boris, from }),
  step('deputy', registerRepresentative, {
    pupil: ANNA,
    representative: MOTHER,
    name: NAMES.mother,
    kinship: 'mother',
    from,
  }),
  step('deputy', correctPersonName, { person: BORIS, name: NAMES.boris, reason: 'mistyped' }),
  step('deputy', correctRepresentativeName, {
    pupil: ANNA,
    representative: MOTHER,
    name: NAMES.mother,
    reason: 'changed',
    document: { kind: 'marriage', date: from },
  }),
  step('deputy', formClass, { class: CLASS_7A, year: YEAR, grade: 7, name: '7А' }),
  step('deputy', placeInClass, { class: CLASS_7A, pupils: [ANNA, BORIS], from }, 2),
  step('deputy', appointClassTeacher, { class: CLASS_7A, staff: ENGLISH_TEACHER, from }),
  step('deputy', declarePilot, { class: CLASS_7A, from }),
  step('deputy', endPilot, { class: CLASS_7A, until: '2026-10-01' }),
  step('english', formGroup, {
    group: GROUP_ENGLISH,
    year: YEAR,
    name: 'Английский, группа 1',
    classes: [CLASS_7A],
  }),
  step('english', joinGroup, { group: GROUP_ENGLISH, pupils: [ANNA, BORIS], from }, 2),
  step('english', leaveGroup, { group: GROUP_ENGLISH, pupil: BORIS, from: '2026-11-16' }),
  step('english', giveConsent, { ...OF_MOTHER, notice: NOTICE, signedOn: from }),
  step('mother', withdrawConsent, OF_MOTHER),
  step('mother', refuseConsent, OF_MOTHER),
  step('mother', giveConsent, { ...OF_MOTHER, notice: NOTICE }),
  typedContact,
  step('mother', withdrawContact, { ...OF_MOTHER, contact: madeBy(typedContact, 'contact') }),
  paperContact,
  step('english', confirmWrittenContact, { ...OF_MOTHER, contact: madeBy(paperContact, 'contact') }),
  step('mother', subscribeToDiary, { ...OF_MOTHER, channel: 'paper' }),
  step('mother', unsubscribeFromDiary, { ...OF_MOTHER, channel: 'paper' }),
  step('mother', acknowledgeDiary, { pupil: ANNA, week: '2026-11-02', seen: '5f'.repeat(32) }),
  step('english', sendMessage, {
    message: MESSAGE,
    to: { kind: 'class', class: CLASS_7A },
    subject: 'Собрание',
    text: 'В четверг собрание в кабинете 214',
  }),
  step('mother', confirmMessageRead, { message: MESSAGE }),
  step('english', withdrawMessage, { message: MESSAGE, note: 'Собрание будет в пятницу' }),
  step('deputy', adoptCurriculum, {
    year: YEAR,
    name: 'Учебный план 7 класса',
    for: { kind: 'grade', grade: 7 },
    lines: [{ subject: id('subject/algebra'), hours: 3 }],
    effectiveFrom: from,
  }),
  step('deputy', openJournal, {
    ...journal,
    subject: id('subject/algebra'),
    learners: { kind: 'class', class: CLASS_7A },
    name: 'Алгебра, 7А',
  }),
  step('deputy', assignTeacher, { ...journal, staff: MATHEMATICIAN, from }),
  step('deputy', assignTeacher, { ...journal, staff: ENGLISH_TEACHER, from }),
  step('deputy', releaseTeacher, { ...journal, staff: ENGLISH_TEACHER, from: '2026-11-09' }),
  step('deputy', scheduleWeek, {
    year: YEAR,
    class: CLASS_7A,
    effectiveFrom: from,
    slots: [{ weekday: 1, number: 3, journal: ALGEBRA, room: '214' }],
  }),
  step('deputy', scheduleGroupWeek, {
    year: YEAR,
    group: GROUP_ENGLISH,
    effectiveFrom: from,
    slots: [],
  }),
  step('mathematician', adoptTopicPlan, {
    ...journal,
    effectiveFrom: from,
    sections: [{ title: 'Степень', items: [{ topic: 'Степень с натуральным показателем', hours: 4 }] }],
  }),
  step('deputy', approveTopicPlan, { ...journal, version: 1 }),
  step('deputy', planTest, {
    ...journal,
    test: id('test/1'),
    date: '2026-11-09',
    topic: 'Степень',
    internalControl: true,
  }),
  step('deputy', moveTest, {
    year: YEAR,
    test: id('test/1'),
    date: '2026-11-16',
    note: 'Совпала с диктантом',
  }),
  step('deputy', cancelTest, { year: YEAR, test: id('test/1') }),
  step('deputy', orderSubstitution, { ...later, substitute: ENGLISH_TEACHER, order: ORDER }),
  step('deputy', withdrawSubstitution, later),
  step('deputy', transferLesson, { ...later, to: { date: '2026-11-17', number: 5 } }),
  step('deputy', cancelLessons, {
    year: YEAR,
    date: '2026-11-17',
    lessons: [{ journal: ALGEBRA, number: 5 }],
    reason: 'Актированный день',
  }),
  step('deputy', restoreLesson, { ...journal, date: '2026-11-17', number: 5 }),
  step('deputy', changeRoom, { ...journal, date: '2026-11-17', number: 5, room: '305' }),
  step('mathematician', openPage, { ...journal, period: 'q2', grading: 'g10' }),
  step('deputy', changeGrading, { page: PAGE, grading: 'g5' }),
  step('mathematician', recordLesson, { page: PAGE, date: '2026-11-09', number: 3, topic: 'Степень' }),
  step(
    'mathematician',
    correctLesson,
    { ...here, expectedVersion: 2, topic: 'Степень числа', material: 'Свойства', ...why },
    2,
  ),
  step('mathematician', takeAttendance, { ...here, absentees: [{ pupil: BORIS, code: 'Н' }] }, 1, 2),
  step('english', changeAbsenceCode, { ...here, pupil: BORIS, code: 'Н/б', expectedVersion: 5, ...why }),
  marks,
  step('mathematician', correctMark, {
    page: PAGE,
    entry: madeBy(marks, `mark ${ANNA}`),
    value: 5,
    expectedVersion: 8,
    ...why,
  }),
  step('deputy', withdrawMark, {
    page: PAGE,
    entry: madeBy(marks, `mark ${BORIS}`),
    expectedVersion: 9,
    ...why,
  }),
  step('mathematician', setHomework, { ...here, text: 'Стр. 45, № 340' }),
  step('deputy', correctHomework, { ...here, text: 'Стр. 46, № 350', expectedVersion: 12, ...why }),
  step('mathematician', declineHomework, { ...here, expectedVersion: 13, ...why }),
  comment,
  step('mathematician', correctComment, {
    page: PAGE,
    comment: madeBy(comment, 'comment'),
    expectedVersion: 15,
    text: 'Урок в кабинете 306',
  }),
  step('mathematician', creditMissedTopic, {
    ...here,
    pupil: BORIS,
    kind: 'test',
    value: 4,
    protocol: { number: 'П-12', date: '2026-11-09' },
    examiners: [MATHEMATICIAN],
  }),
  step(
    'deputy',
    recordAssessment,
    {
      page: PAGE,
      assessment: EXAM,
      date: '2026-11-09',
      kind: 'exam',
      name: 'Промежуточная аттестация',
      marks: [{ pupil: ANNA, value: 5 }],
    },
    3,
  ),
  step('mathematician', addAssessmentMarks, {
    page: PAGE,
    assessment: EXAM,
    marks: [{ pupil: BORIS, value: 3 }],
  }),
  step('mathematician', awaitAssessmentResults, {
    page: PAGE,
    assessment: id('assessment/awaited'),
    date: '2026-11-09',
    kind: 'exam',
    name: 'Экзамен, результаты которого пришлют',
  }),
  step(
    'deputy',
    receiveAssessmentResults,
    {
      page: PAGE,
      assessment: id('assessment/awaited'),
      receivedAt: '2026-11-09T03:00:00.000Z',
      pupils: [ANNA],
    },
    2,
  ),
  step('deputy', correctAssessmentResults, {
    page: PAGE,
    assessment: id('assessment/awaited'),
    receivedAt: '2026-11-09T03:00:00.000Z',
    pupils: [ANNA, BORIS],
    expectedVersion: 23,
    ...why,
  }),
  step(
    'mathematician',
    setIndividualHomework,
    { ...here, pupils: [ANNA, BORIS], text: '№ 1, № 2 (повторить)' },
    1,
    2,
  ),
  step('mathematician', correctIndividualHomework, {
    ...here,
    pupil: BORIS,
    homework: null,
    expectedVersion: 26,
    ...why,
  }),
  remark,
  step('mathematician', withdrawRemark, {
    page: PAGE,
    remark: madeBy(remark, 'remark'),
    expectedVersion: 28,
    ...why,
  }),
  exemption,
  step('english', withdrawExemption, {
    page: PAGE,
    exemption: madeBy(exemption, 'exemption'),
    expectedVersion: 30,
    ...why,
  }),
  step(
    'mathematician',
    recordWholeLesson,
    {
      page: PAGE,
      date: '2026-11-02',
      number: 3,
      absentees: [{ pupil: BORIS, code: 'Н' }],
      homework: null,
      columns: [{ kind: 'lesson-answer', marks: [{ pupil: ANNA, value: 5 }] }],
    },
    5,
    6,
  ),
  disputed,
  step('mathematician', refuseDispute, {
    page: PAGE,
    dispute: madeBy(disputed, 'dispute'),
    text: 'За чистовик стоит 5, черновик не считается',
  }),
  missingOnPage,
  step(
    'mathematician',
    recordMarks,
    { page: PAGE, lesson: FIRST_LESSON, kind: 'homework', marks: [{ pupil: ANNA, value: 4 }] },
    3,
  ),
  otherOnPage,
  checked,
  step('mathematician', answerFinding, { ...ofFinding, text: 'Устный ответ у доски' }),
  step('deputy', reopenFinding, { ...ofFinding, text: 'Ответа нет в записи урока' }),
  step('deputy', closeFinding, ofFinding),
  step('english', openReleasedReport, { year: YEAR, release: RELEASE }),
  step('deputy', explainPaperDifference, {
    page: PAGE,
    difference: madeBy(otherOnPage, 'difference'),
    text: 'На бумаге отмечена соседняя строка',
  }),
  step('deputy', correctHomework, { ...here, text: 'Стр. 46, № 351', expectedVersion: 14, ...why }),
  step('deputy', reviewHomework, {
    ...here,
    expectedVersion: 45,
    verdict: 'unsuitable',
    aspects: ['volume'],
    text: 'На среду уже задано две работы',
  }),
  // The first quarter is over: its page was opened late, and is closed.
  step('mathematician', openPage, { ...journal, period: Q1 }),
  step(
    'mathematician',
    recordFinals,
    {
      ...ended,
      finals: [
        { pupil: ANNA, value: 4 },
        { pupil: BORIS, value: 'н/а' },
      ],
    },
    2,
  ),
  step('deputy', correctFinal, { ...ended, pupil: ANNA, value: 5, expectedVersion: 1, ...why }),
  step('mathematician', withdrawFinal, { ...ended, pupil: BORIS, expectedVersion: 2, ...why }),
  step('deputy', postponeFinal, {
    ...ended,
    pupil: BORIS,
    until: '2026-11-20',
    reason: 'illness',
    order: ORDER,
  }),
  step('mathematician', closePage, ended),
  step('mathematician', signPage, { ...ended, digest: DIGEST_OF_Q1, password: PASSWORD }),
  step('head', reopenPage, {
    ...ended,
    pupils: [BORIS],
    until: '2026-11-20T11:00:00.000Z',
    ...why,
    order: ORDER,
  }),
  step('administrator', receiveAccessApplication, { account, version: '2026-1', appliedOn: '2026-11-09' }),
  step('administrator', issueActivationCode, { account, reason: 'lost' }),
  step('administrator', reportLostCredentials, { account, reason: 'lost' }),
  step('administrator', replaceLogInName, { account, login: CREDENTIALS.login }),
  step('administrator', endRole, { account, role: 'deputy', from: '2026-11-10' }),
  step('administrator', blockAccount, { account, reason: 'misuse' }),
  step('administrator', unblockAccount, { account, reason: 'checked' }),
  linked,
  step('administrator', unlinkExternalIdentity, { account, identity: madeBy(linked, 'identity') }),
  breach,
  step('head', receiveBreachAsHead, { incident, receivedAt: MORNING }),
  step('administrator', receiveBreachAsSupport, { incident, receivedAt: MORNING }),
  // Of the void and of the suspect operations one list each, though there are none.
  step('head', declareCompromise, { incident }, 3),
  step('head', restoreAccess, { incident }),
  mistaken,
  step('head', withdrawBreach, { incident: madeBy(mistaken, 'incident'), text: 'Телефон нашёлся' }),
  step('administrator', disableAccount, { account, reason: 'opened-in-error' }),
  step('administrator', issueServiceToken, {
    token: SERVICE_TOKEN,
    system: 'АИС «Контингент»',
    sets: ['rosters'],
  }),
  step('head', approveServiceToken, { token: SERVICE_TOKEN }),
  step('administrator', revokeServiceToken, { token: SERVICE_TOKEN, reason: 'issued-in-error' }),
  step('head', approveTeachingLoad, { year: YEAR, through: 3 }),
  step('deputy', acceptRules, { account: accountOf('deputy'), version: '2026-1' }),
  step('english', replacePassword, {
    account: accountOf('english'),
    old: PASSWORD,
    new: 'пятнадцать-ёжиков-в-тумане',
  }),
  step(
    'deputy',
    decidePromotion,
    { class: CLASS_7A, pupils: [ANNA, BORIS], decision: 'promoted', order: ORDER },
    2,
  ),
  step('deputy', creditFinals, {
    pupil: ANNA,
    year: YEAR,
    issuedBy: 'МАОУ СОШ № 5 г. Омска',
    document: ORIGIN,
    finals: [{ subject: id('subject/algebra'), period: 'q1', value: 5 }],
  }),
  attested,
  step('deputy', correctAttestation, {
    attestation: madeBy(attested, 'attestation'),
    value: 5,
    note: 'Решение апелляционной комиссии',
  }),
  step('deputy', setFormOfEducation, { pupil: BORIS, form: 'family', from: '2026-11-09', order: ORIGIN }),
  step('deputy', removeFromClass, { class: CLASS_7A, pupil: BORIS, from: '2026-11-16' }),
  step('deputy', formClass, { class: CLASS_7B, year: YEAR, grade: 7, name: '7Б' }),
  step('deputy', openJournal, {
    year: YEAR,
    journal: OF_7B,
    subject: id('subject/algebra'),
    learners: { kind: 'class', class: CLASS_7B },
    name: 'Алгебра, 7Б',
  }),
  step('deputy', scheduleWeek, {
    year: YEAR,
    class: CLASS_7B,
    effectiveFrom: from,
    slots: [{ weekday: 1, number: 3, journal: OF_7B, room: '215' }],
  }),
  step('deputy', combineLessons, {
    ...together,
    journals: [ALGEBRA, OF_7B],
    teacher: MATHEMATICIAN,
  }),
  step('deputy', separateLessons, { ...together, journal: OF_7B }),
  step(
    'deputy',
    transferPupil,
    { pupil: ANNA, class: CLASS_7A, to: CLASS_7B, from: '2026-12-01', order: ORDER },
    3,
  ),
  step('deputy', registerRepresentative, {
    pupil: BORIS,
    representative: AUNT,
    name: NAMES.mother,
    kinship: 'guardian',
    from,
  }),
  step('deputy', endRepresentation, { pupil: BORIS, representative: AUNT, from: '2026-10-01' }),
  step('archivist', requestKeyDestruction, {
    person: AUNT,
    pupil: BORIS,
    purposes: ['identity', 'notes'],
    order: ORDER,
  }),
  step('head', confirmKeyDestruction, { person: AUNT }),
  step('head', cancelKeyDestruction, { person: AUNT }),
  step('deputy', releasePupil, { pupil: BORIS, from: '2026-12-01', reason: 'moved-away', order: ORDER }),
  step('head', approveMovement, { order: ORDER, through: 26 }),
  step('deputy', endRepresentation, { pupil: ANNA, representative: MOTHER, from: '2026-12-01' }),
  step('deputy', hireStaff, { staff: STRANGER, name: NAMES.english, from }),
  step('deputy', releaseStaff, { staff: STRANGER, from: '2026-12-01' }),
  step('archivist', acceptPackage, { package: PACKAGE, act: '14-а' }),
  step('head', approveDestruction, { package: OLD_PACKAGE, order: ORDER }),
  step('archivist', destroyPackage, { package: OLD_PACKAGE, act: '2' }),
  step('head', registerPrintSet, {
    year: YEAR,
    printed: '2026-11-08',
    volumes: 2,
    sheets: 120,
    packages: [PACKAGE],
    signedBy: MATHEMATICIAN,
  }),
]
