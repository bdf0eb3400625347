import type { DomainEvent, EventType } from '#events/registry.ts'
import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import type { CurriculumFor } from '#values/curriculum.ts'
import type { Uuid } from '#values/uuid.ts'

/**
 * Whom an event concerns, beside those who see the whole school:
 *
 * - `administration`: nobody else;
 * - `school`: everybody in it;
 * - `unit`: whoever may see the list of a class or group, and the family of `pupil` (null: of everybody in it);
 * - `journal`, `page`: whoever may read the journal, and the family of `pupil` (null: of everybody who learns in it).
 */
export type Audience =
  | { readonly of: 'administration' }
  | { readonly of: 'school' }
  | { readonly of: 'unit'; readonly unit: Uuid; readonly pupil: Uuid | null }
  | { readonly of: 'journal'; readonly journal: Uuid }
  | { readonly of: 'page'; readonly pupil: Uuid | null }

/** What of one type of event is told, and to whom. */
interface Telling<Data> {
  /** The version of what is told. It grows when a member changes its meaning or goes, not when one is added. */
  readonly v: number
  readonly to: Audience | ((data: Data) => Audience)
  readonly tell: (data: Data) => JsonObject
  /** What is told of several pupils, cut to those that a family may know of. */
  readonly cut?: (told: JsonObject, pupils: ReadonlySet<Uuid>) => JsonObject
}

type DataOf<Type extends EventType> = Extract<DomainEvent, { type: Type }>['data']

const ADMINISTRATION: Audience = { of: 'administration' }
const SCHOOL: Audience = { of: 'school' }
const LEARNERS: Audience = { of: 'page', pupil: null }

/** An individual plan is between the school and the family, which reads it in the school. */
function learnersOf(of: CurriculumFor): Audience {
  switch (of.kind) {
    case 'pupil':
      return ADMINISTRATION
    case 'class':
      return { of: 'unit', unit: of.class, pupil: null }
    case 'group':
      return { of: 'unit', unit: of.group, pupil: null }
    default:
      return SCHOOL
  }
}

/** A lesson of the timetable, and nothing of why something was done with it: that was typed by somebody. */
const OF_PLANNED_LESSON: Telling<Pick<DataOf<'LessonCancelled'>, 'lesson' | 'journal' | 'date' | 'number'>> =
  {
    v: 1,
    to: ({ journal }) => ({ of: 'journal', journal }),
    tell: ({ lesson, journal, date, number }) => ({ lesson, journal, date, number }),
  }
const OF_SUBSTITUTION: Telling<DataOf<'SubstitutionWithdrawn'>> = {
  v: 1,
  to: ({ journal }) => ({ of: 'journal', journal }),
  tell: ({ lesson, journal, date, number, substitute }) => ({ lesson, journal, date, number, substitute }),
}
const OF_COMBINATION: Telling<DataOf<'LessonsSeparated'>> = {
  v: 1,
  to: SCHOOL,
  tell: ({ combination, date, number, teacher, lessons }) => ({
    combination,
    date,
    number,
    teacher,
    lessons: lessons.map(({ lesson, journal }) => ({ lesson, journal })),
  }),
}

/**
 * What leaves the service of each event, whole: what is not named here stays (docs/decisions/0023).
 *
 * Nothing that a person typed is told: no topic, homework, comment, note, number of an order, nor the name of a
 * group, for any of these may hold the name of somebody. Nothing of health: a code of absence may say that a child
 * was ill. Nothing by which one gets in: accounts and roles. Whoever may know more asks the API by the ids told here.
 */
export const ANNOUNCED: { readonly [Type in EventType]: Telling<DataOf<Type>> | 'nobody' } = {
  SchoolRegistered: 'nobody',
  ProcessingAgreementRecorded: 'nobody',
  // What was found is for those who look after the service, who read it there.
  RecordChecked: 'nobody',
  // By whom what may be done is nobody's matter outside the school.
  RightsEditionApplied: 'nobody',
  // Between the school and its operator.
  OperatorReadGranted: 'nobody',
  OperatorReadWithdrawn: 'nobody',
  // Who keeps paper is the school's own matter.
  PaperAbandoned: 'nobody',
  PaperResumed: 'nobody',
  AuthorityReportReleased: 'nobody',
  OutageRegistered: {
    v: 1,
    to: SCHOOL,
    tell: ({ outage, from, until, enterBy }) => ({ outage, from, until, enterBy }),
  },
  OutageWithdrawn: { v: 1, to: SCHOOL, tell: ({ outage }) => ({ outage }) },
  SchoolYearOpened: {
    v: 1,
    to: SCHOOL,
    tell: ({ year, from, until, zone, schoolDays }) => ({ year, from, until, zone, schoolDays }),
  },
  PeriodsPlanned: {
    v: 2,
    to: SCHOOL,
    tell: ({ structure, grades, units, periods }) => ({
      structure,
      grades,
      units,
      periods: periods.map(({ period, from, until }) => ({ period, from, until })),
    }),
  },
  PeriodMoved: {
    v: 2,
    to: SCHOOL,
    tell: ({ period, grades, units, from, until }) => ({ period, grades, units, from, until }),
  },
  SchoolDayAdded: { v: 2, to: SCHOOL, tell: ({ date, grades, units }) => ({ date, grades, units }) },
  HolidaysPlanned: {
    v: 2,
    to: SCHOOL,
    tell: ({ holidays }) => ({
      holidays: holidays.map(({ from, until, grades, units }) => ({ from, until, grades, units })),
    }),
  },
  SchoolWeekSet: {
    v: 1,
    to: SCHOOL,
    tell: ({ effectiveFrom, grades, units, schoolDays }) => ({ effectiveFrom, grades, units, schoolDays }),
  },
  BellsScheduled: {
    v: 2,
    to: SCHOOL,
    tell: ({ shift, effectiveFrom, grades, units, bells }) => ({
      shift,
      effectiveFrom,
      grades,
      units,
      bells,
    }),
  },
  SectionDeclaredEmpty: { v: 1, to: ADMINISTRATION, tell: ({ section }) => ({ section }) },
  // The sign on a door and what is behind it are typed by somebody.
  RoomAdded: { v: 1, to: SCHOOL, tell: ({ seats }) => ({ seats }) },
  RoomClosed: { v: 1, to: SCHOOL, tell: ({ from }) => ({ from }) },
  PolicyAdopted: { v: 1, to: SCHOOL, tell: ({ effectiveFrom }) => ({ effectiveFrom }) },
  SubjectAdded: { v: 1, to: SCHOOL, tell: ({ subject, component }) => ({ subject, component }) },
  CurriculumAdopted: {
    v: 1,
    to: ({ for: of }) => learnersOf(of),
    tell: ({ curriculum, year, for: of, lines, effectiveFrom, until }) => ({
      curriculum,
      year,
      for: of,
      lines,
      effectiveFrom,
      until,
    }),
  },

  PupilEnrolled: { v: 1, to: ADMINISTRATION, tell: ({ pupil, from }) => ({ pupil, from }) },
  PupilReleased: { v: 1, to: ADMINISTRATION, tell: ({ pupil, from, reason }) => ({ pupil, from, reason }) },
  StaffHired: { v: 1, to: ADMINISTRATION, tell: ({ staff, from }) => ({ staff, from }) },
  StaffReleased: { v: 1, to: ADMINISTRATION, tell: ({ staff, from }) => ({ staff, from }) },
  // What they are called now is asked of the API by those who may know.
  PersonNameCorrected: { v: 1, to: ADMINISTRATION, tell: ({ person }) => ({ person }) },
  ClassFormed: {
    v: 1,
    to: (data) => ({ of: 'unit', unit: data.class, pupil: null }),
    tell: ({ class: formed, year, grade }) => ({ class: formed, year, grade }),
  },
  PupilPlacedInClass: {
    v: 1,
    to: (data) => ({ of: 'unit', unit: data.class, pupil: data.pupil }),
    tell: ({ class: entered, pupil, from }) => ({ class: entered, pupil, from }),
  },
  PupilRemovedFromClass: {
    v: 1,
    to: (data) => ({ of: 'unit', unit: data.class, pupil: data.pupil }),
    tell: ({ class: left, pupil, from }) => ({ class: left, pupil, from }),
  },
  ClassTeacherAppointed: {
    v: 1,
    to: (data) => ({ of: 'unit', unit: data.class, pupil: null }),
    tell: ({ class: led, staff, from }) => ({ class: led, staff, from }),
  },
  PilotDeclared: {
    v: 1,
    to: (data) => ({ of: 'unit', unit: data.class, pupil: null }),
    tell: ({ class: of, from, until }) => ({ class: of, from, until }),
  },
  PilotEnded: {
    v: 1,
    to: (data) => ({ of: 'unit', unit: data.class, pupil: null }),
    tell: ({ class: of, from, until }) => ({ class: of, from, until }),
  },
  PromotionDecided: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ class: of, pupil, decision }) => ({ class: of, pupil, decision }),
  },
  // How a child learns, and with what it came, is between the school and the family.
  FormOfEducationSet: { v: 1, to: ADMINISTRATION, tell: ({ pupil, form, from }) => ({ pupil, form, from }) },
  FinalCredited: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ pupil, year, subject, period, value }) => ({ pupil, year, subject, period, value }),
  },
  AttestationRecorded: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ attestation, pupil, year, subject, stage, date, value }) => ({
      attestation,
      pupil,
      year,
      subject,
      stage,
      date,
      value,
    }),
  },
  AttestationCorrected: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ attestation, pupil, previous, value }) => ({ attestation, pupil, previous, value }),
  },
  GroupFormed: {
    v: 2,
    to: ({ group }) => ({ of: 'unit', unit: group, pupil: null }),
    tell: ({ group, year, kind, classes }) => ({ group, year, kind, classes }),
  },
  PupilJoinedGroup: {
    v: 1,
    to: ({ group, pupil }) => ({ of: 'unit', unit: group, pupil }),
    tell: ({ group, pupil, from }) => ({ group, pupil, from }),
  },
  PupilLeftGroup: {
    v: 1,
    to: ({ group, pupil }) => ({ of: 'unit', unit: group, pupil }),
    tell: ({ group, pupil, from }) => ({ group, pupil, from }),
  },

  JournalOpened: {
    v: 1,
    to: ({ journal }) => ({ of: 'journal', journal }),
    tell: ({ journal, subject, learners, type, grading }) => ({ journal, subject, learners, type, grading }),
  },
  TeacherAssigned: {
    v: 1,
    to: ({ journal }) => ({ of: 'journal', journal }),
    tell: ({ journal, staff, from }) => ({ journal, staff, from }),
  },
  TeacherReleased: {
    v: 1,
    to: ({ journal }) => ({ of: 'journal', journal }),
    tell: ({ journal, staff, from }) => ({ journal, staff, from }),
  },
  WeekScheduled: {
    v: 1,
    to: (data) => ({ of: 'unit', unit: data.class, pupil: null }),
    tell: ({ class: learning, effectiveFrom, slots }) => ({
      class: learning,
      effectiveFrom,
      slots: slots.map(({ weekday, number, journal }) => ({ weekday, number, journal })),
    }),
  },
  // On paper, between the school and whoever holds it.
  PrintoutIssued: 'nobody',
  PrintoutCertified: 'nobody',
  GroupWeekScheduled: {
    v: 1,
    to: ({ group }) => ({ of: 'unit', unit: group, pupil: null }),
    tell: ({ group, classes, effectiveFrom, slots }) => ({
      group,
      classes,
      effectiveFrom,
      slots: slots.map(({ weekday, number, journal }) => ({ weekday, number, journal })),
    }),
  },
  TestPlanned: {
    v: 1,
    to: ({ journal }) => ({ of: 'journal', journal }),
    tell: ({ test, journal, subject, classes, date, form }) => ({
      test,
      journal,
      subject,
      classes,
      date,
      form,
    }),
  },
  TestMoved: {
    v: 1,
    to: ({ journal }) => ({ of: 'journal', journal }),
    tell: ({ test, journal, previous, date }) => ({ test, journal, previous, date }),
  },
  TestCancelled: {
    v: 1,
    to: ({ journal }) => ({ of: 'journal', journal }),
    tell: ({ test, journal, date }) => ({ test, journal, date }),
  },
  TopicPlanAdopted: {
    v: 1,
    to: ({ journal }) => ({ of: 'journal', journal }),
    tell: ({ journal, year, version, effectiveFrom }) => ({ journal, year, version, effectiveFrom }),
  },
  TopicPlanApproved: {
    v: 1,
    to: ({ journal }) => ({ of: 'journal', journal }),
    tell: ({ journal, version }) => ({ journal, version }),
  },

  SubstitutionOrdered: OF_SUBSTITUTION,
  SubstitutionWithdrawn: OF_SUBSTITUTION,
  LessonTransferred: {
    v: 1,
    to: ({ journal }) => ({ of: 'journal', journal }),
    tell: ({ lesson, journal, date, number, to }) => ({
      lesson,
      journal,
      date,
      number,
      to: { lesson: to.lesson, date: to.date, number: to.number },
    }),
  },
  LessonCancelled: OF_PLANNED_LESSON,
  LessonRestored: OF_PLANNED_LESSON,
  RoomChanged: OF_PLANNED_LESSON,
  LessonsCombined: OF_COMBINATION,
  LessonsSeparated: OF_COMBINATION,

  PageOpened: {
    v: 1,
    to: LEARNERS,
    tell: ({ journal, year, period, grading }) => ({ journal, year, period, grading }),
  },
  PageGradingChanged: { v: 1, to: LEARNERS, tell: ({ grading }) => ({ grading }) },
  LessonRecorded: {
    v: 1,
    to: LEARNERS,
    tell: ({ lesson, date, number, type, teacher, dueAt }) => ({
      lesson,
      date,
      number,
      type,
      teacher,
      dueAt,
    }),
  },
  LessonCorrected: { v: 1, to: LEARNERS, tell: ({ lesson, field, reason }) => ({ lesson, field, reason }) },
  AttendanceTaken: {
    v: 1,
    to: LEARNERS,
    tell: ({ lesson, absentees, dueAt }) => ({
      lesson,
      absentees: absentees.map(({ pupil }) => ({ pupil })),
      dueAt,
    }),
    cut: (told, pupils) => ({
      ...told,
      absentees: (told['absentees'] as Array<{ pupil: Uuid }>).filter(({ pupil }) => pupils.has(pupil)),
    }),
  },
  AbsenceCodeCorrected: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ lesson, pupil, reason }) => ({ lesson, pupil, reason }),
  },
  // That a test belongs to the control within the school stays within it.
  WorkHeld: {
    v: 1,
    to: LEARNERS,
    tell: ({ work, lesson, kind, weight, dueAt }) => ({ work, lesson, kind, weight, dueAt }),
  },
  MarkRecorded: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ entry, work, lesson, pupil, value, dueAt }) => ({ entry, work, lesson, pupil, value, dueAt }),
  },
  AssessmentHeld: {
    v: 1,
    to: LEARNERS,
    tell: ({ assessment, date, kind, resultsReceivedAt }) => ({ assessment, date, kind, resultsReceivedAt }),
  },
  // Whose results came is told by the journal.
  AssessmentResultsReceived: {
    v: 1,
    to: LEARNERS,
    tell: ({ assessment, receivedAt, dueAt }) => ({ assessment, receivedAt, dueAt }),
  },
  AssessmentResultsCorrected: {
    v: 1,
    to: LEARNERS,
    tell: ({ assessment, receivedAt, reason }) => ({ assessment, receivedAt, reason }),
  },
  EntryExplained: { v: 1, to: LEARNERS, tell: ({ lesson, reason }) => ({ lesson, reason }) },
  // Who examined, and by which protocol, is told by the journal.
  MissedTopicCredited: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ entry, work, lesson, pupil, value }) => ({ entry, work, lesson, pupil, value }),
  },
  MarkCorrected: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ entry, work, lesson, pupil, previous, value, reason }) => ({
      entry,
      work,
      lesson,
      pupil,
      previous,
      value,
      reason,
    }),
  },
  MarkWithdrawn: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ entry, work, lesson, pupil, previous, reason }) => ({
      entry,
      work,
      lesson,
      pupil,
      previous,
      reason,
    }),
  },
  HomeworkSet: {
    v: 1,
    to: LEARNERS,
    tell: ({ lesson, homework, dueAt }) => ({ lesson, due: homework.due, dueAt }),
  },
  HomeworkCorrected: {
    v: 1,
    to: LEARNERS,
    tell: ({ lesson, homework, reason }) => ({ lesson, due: homework.due, reason }),
  },
  HomeworkDeclined: {
    v: 1,
    to: LEARNERS,
    tell: ({ lesson, dueAt, reason }) => ({ lesson, dueAt, reason }),
  },
  IndividualHomeworkSet: {
    v: 1,
    to: LEARNERS,
    tell: ({ lesson, pupils, homework, dueAt }) => ({
      lesson,
      pupils: pupils.map((pupil) => ({ pupil })),
      due: homework.due,
      dueAt,
    }),
    cut: (told, pupils) => ({
      ...told,
      pupils: (told['pupils'] as Array<{ pupil: Uuid }>).filter(({ pupil }) => pupils.has(pupil)),
    }),
  },
  IndividualHomeworkCorrected: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ lesson, pupil, homework, reason }) => ({ lesson, pupil, due: homework?.due ?? null, reason }),
  },
  RemarkMade: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ remark, kind, pupil, lesson, date }) => ({ remark, kind, pupil, lesson, date }),
  },
  RemarkWithdrawn: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ remark, pupil, lesson, reason }) => ({ remark, pupil, lesson, reason }),
  },
  // An exemption may say that a child is ill: it is read in the journal.
  PracticeExempted: 'nobody',
  PracticeExemptionWithdrawn: 'nobody',
  MarkDisputed: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ dispute, entry, lesson, pupil }) => ({ dispute, entry, lesson, pupil }),
  },
  DisputeRefused: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ dispute, entry, lesson, pupil }) => ({ dispute, entry, lesson, pupil }),
  },
  DisputeUpheld: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ dispute, entry, lesson, pupil }) => ({ dispute, entry, lesson, pupil }),
  },
  // What a reviewer found is for the school: he who set it sees it in the listing.
  HomeworkReviewed: 'nobody',
  // A comparison with paper is work of the school; what is corrected by it is told as any correction.
  PaperDifferenceFound: 'nobody',
  PaperDifferenceFixed: 'nobody',
  PaperDifferenceExplained: 'nobody',
  CommentMade: {
    v: 1,
    to: ({ on }) => ({ of: 'page', pupil: on.kind === 'mark' ? on.pupil : null }),
    tell: ({ comment, lesson, on }) => ({ comment, lesson, on }),
  },
  CommentCorrected: {
    v: 1,
    to: ({ on }) => ({ of: 'page', pupil: on.kind === 'mark' ? on.pupil : null }),
    tell: ({ comment, lesson, on }) => ({ comment, lesson, on }),
  },
  FinalMarkRecorded: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ pupil, kind, value, opensAt, dueAt }) => ({ pupil, kind, value, opensAt, dueAt }),
  },
  FinalMarkCorrected: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ pupil, kind, previous, value, reason }) => ({ pupil, kind, previous, value, reason }),
  },
  FinalMarkWithdrawn: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ pupil, kind, previous, reason }) => ({ pupil, kind, previous, reason }),
  },
  // Its reason may be an illness.
  FinalPostponed: {
    v: 1,
    to: ({ pupil }) => ({ of: 'page', pupil }),
    tell: ({ pupil, previous, until }) => ({ pupil, previous, until }),
  },
  // Whom they name is nobody else's business.
  PageClosed: { v: 1, to: LEARNERS, tell: ({ excused }) => ({ excused }) },
  // That a page was signed is for those who answer for it; a certificate leads to a person.
  PageSigned: { v: 1, to: ADMINISTRATION, tell: ({ digest }) => ({ digest }) },
  PageReopened: { v: 1, to: LEARNERS, tell: ({ until }) => ({ until }) },

  RepresentativeRegistered: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ pupil, representative, from }) => ({ pupil, representative, from }),
  },
  RepresentationEnded: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ pupil, representative, from }) => ({ pupil, representative, from }),
  },
  RepresentativeNameCorrected: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ pupil, representative }) => ({ pupil, representative }),
  },
  // Who consented to what stands in the register of the school.
  ConsentGiven: 'nobody',
  ConsentRefused: 'nobody',
  ConsentWithdrawn: 'nobody',
  AccountOpened: 'nobody',
  RoleGranted: 'nobody',
  RoleEnded: 'nobody',
  ActivationCodeIssued: 'nobody',
  AccessApplicationReceived: 'nobody',
  AccountActivated: 'nobody',
  RulesAccepted: 'nobody',
  PasswordReplaced: 'nobody',
  LogInNameReplaced: 'nobody',
  CredentialsReportedLost: 'nobody',
  AccountBlocked: 'nobody',
  AccountUnblocked: 'nobody',
  AccountDisabled: 'nobody',
  ExternalIdentityLinked: 'nobody',
  ExternalIdentityUnlinked: 'nobody',
  ServiceTokenIssued: 'nobody',
  ServiceTokenRevoked: 'nobody',
  // Approvals change nothing that others do: the head has a list of what waits for him.
  ServiceTokenApproved: 'nobody',
  TeachingLoadApproved: 'nobody',
  MovementApproved: 'nobody',
  PersonKeyDestructionRequested: 'nobody',
  PersonKeyDestructionConfirmed: 'nobody',
  PersonKeyDestructionCancelled: 'nobody',
  PersonKeyDestroyed: 'nobody',
  // Of a package, that it is there and what became of it; what of: its scope, by ids.
  SnapshotSealed: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ scope, year, retainUntil, replaces }) => ({ scope, year, retainUntil, replaces }),
  },
  SnapshotIssued: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ bytes }) => ({ bytes }),
  },
  SnapshotSuperseded: { v: 1, to: ADMINISTRATION, tell: ({ by }) => ({ by }) },
  SnapshotVerified: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ result, scheduled }) => ({ result, scheduled }),
  },
  SnapshotSigned: { v: 1, to: ADMINISTRATION, tell: ({ checked }) => ({ verified: checked === 'verified' }) },
  SnapshotAccepted: { v: 1, to: ADMINISTRATION, tell: ({ act }) => ({ byAct: act !== null }) },
  DestructionApproved: { v: 1, to: ADMINISTRATION, tell: ({ order }) => ({ date: order.date }) },
  SnapshotDestroyed: { v: 1, to: ADMINISTRATION, tell: ({ date }) => ({ date }) },
  PrintSetRegistered: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ year, printed, volumes, sheets }) => ({ year, printed, volumes, sheets }),
  },
  BreachReported: 'nobody',
  BreachReceiptRecorded: 'nobody',
  BreachWithdrawn: 'nobody',
  CompromiseDeclared: 'nobody',
  OperationsVoided: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ incident, part, parts, count, streams }) => ({
      incident,
      part,
      parts,
      count,
      streams: streams.map(({ stream, operations }) => ({
        stream,
        operations: operations.map(({ id, rev }) => ({ id, rev })),
      })),
    }),
  },
  OperationsSuspected: 'nobody',
  AccessRestored: 'nobody',
  SuspectOperationConfirmed: 'nobody',
  SuspectOperationAnnulled: {
    v: 1,
    to: ADMINISTRATION,
    tell: ({ incident, operation, stream, rev }) => ({ incident, operation, stream, rev }),
  },
  SupportHoursSet: {
    v: 1,
    to: SCHOOL,
    tell: ({ effectiveFrom, hours, answerMinutes }) => ({ effectiveFrom, hours, answerMinutes }),
  },
  // Who needs help with what is between him and the support service, also without the words.
  TicketOpened: 'nobody',
  TicketSupplemented: 'nobody',
  TicketAnswered: 'nobody',
  TicketClosed: 'nobody',
  // What the administration finds in a journal is between it and the teacher.
  JournalInspected: 'nobody',
  FindingMade: 'nobody',
  FindingAnswered: 'nobody',
  FindingFixed: 'nobody',
  FindingReopened: 'nobody',
  ReportReleased: 'nobody',
  ReleasedReportOpened: 'nobody',
  // How a parent is reached, and what the school writes to whom, is between the two.
  ContactGiven: 'nobody',
  ContactConfirmed: 'nobody',
  ContactWithdrawn: 'nobody',
  DiarySubscriptionBegun: 'nobody',
  DiarySubscriptionEnded: 'nobody',
  // Who has looked at the diary, and who controls it, is between family and school.
  DiaryAcknowledged: 'nobody',
  DiaryNoticeIssued: 'nobody',
  MessageSent: 'nobody',
  MessageWithdrawn: 'nobody',
  MessageRead: 'nobody',
  MessageDeliveriesEnded: 'nobody',
}

/** A telling of any type, for those who take it by the type of an event. */
export type AnyTelling = Telling<never>
