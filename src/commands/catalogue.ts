import { acceptPackage } from './archive/accept-package.ts'
import { approveDestruction } from './archive/approve-destruction.ts'
import { destroyPackage } from './archive/destroy-package.ts'
import { issueSnapshot } from './archive/issue-snapshot.ts'
import { noteVerification } from './archive/note-verification.ts'
import { registerPrintSet } from './archive/register-print-set.ts'
import { sealSnapshot } from './archive/seal-snapshot.ts'
import { signPackage } from './archive/sign-package.ts'
import { supersedeSnapshot } from './archive/supersede-snapshot.ts'
import type { Command } from './command.ts'
import { acceptRules } from './access/accept-rules.ts'
import { activateAccount } from './access/activate-account.ts'
import { blockAccount } from './access/block-account.ts'
import { disableAccount } from './access/disable-account.ts'
import { endRole } from './access/end-role.ts'
import { grantRole } from './access/grant-role.ts'
import { receiveAccessApplication } from './access/receive-access-application.ts'
import { issueActivationCode } from './access/issue-activation-code.ts'
import { linkExternalIdentity } from './access/link-external-identity.ts'
import { openAccount } from './access/open-account.ts'
import { replaceLogInName } from './access/replace-log-in-name.ts'
import { replacePassword } from './access/replace-password.ts'
import { reportLostCredentials } from './access/report-lost-credentials.ts'
import { unblockAccount } from './access/unblock-account.ts'
import { unlinkExternalIdentity } from './access/unlink-external-identity.ts'
import { addSubject } from './curriculum/add-subject.ts'
import { adoptCurriculum } from './curriculum/adopt-curriculum.ts'
import { giveContact } from './contacts/give-contact.ts'
import { confirmContact } from './contacts/confirm-contact.ts'
import { confirmWrittenContact } from './contacts/confirm-written-contact.ts'
import { withdrawContact } from './contacts/withdraw-contact.ts'
import { subscribeToDiary } from './contacts/subscribe-to-diary.ts'
import { unsubscribeFromDiary } from './contacts/unsubscribe-from-diary.ts'
import { acknowledgeDiary } from './diary/acknowledge-diary.ts'
import { answerFinding } from './control/answer-finding.ts'
import { closeFinding } from './control/close-finding.ts'
import { openReleasedReport } from './control/open-released-report.ts'
import { recordInspection } from './control/record-inspection.ts'
import { releaseReport } from './control/release-report.ts'
import { reopenFinding } from './control/reopen-finding.ts'
import { sendMessage } from './message/send-message.ts'
import { withdrawMessage } from './message/withdraw-message.ts'
import { confirmMessageRead } from './message/confirm-message-read.ts'
import { issueDiaryNotice } from './message/issue-diary-notice.ts'
import { noteDeliveries } from './message/note-deliveries.ts'
import { correctRepresentativeName } from './family/correct-representative-name.ts'
import { endRepresentation } from './family/end-representation.ts'
import { giveConsent } from './family/give-consent.ts'
import { refuseConsent } from './family/refuse-consent.ts'
import { registerRepresentative } from './family/register-representative.ts'
import { withdrawConsent } from './family/withdraw-consent.ts'
import { addAssessmentMarks } from './journal-page/add-assessment-marks.ts'
import { addRemark } from './journal-page/add-remark.ts'
import { correctIndividualHomework } from './journal-page/correct-individual-homework.ts'
import { exemptFromPractice } from './journal-page/exempt-from-practice.ts'
import { setIndividualHomework } from './journal-page/set-individual-homework.ts'
import { withdrawExemption } from './journal-page/withdraw-exemption.ts'
import { withdrawRemark } from './journal-page/withdraw-remark.ts'
import { addComment } from './journal-page/add-comment.ts'
import { awaitAssessmentResults } from './journal-page/await-assessment-results.ts'
import { changeGrading } from './journal-page/change-grading.ts'
import { changeAbsenceCode } from './journal-page/change-absence-code.ts'
import { closePage } from './journal-page/close-page.ts'
import { correctComment } from './journal-page/correct-comment.ts'
import { correctFinal } from './journal-page/correct-final.ts'
import { correctAssessmentResults } from './journal-page/correct-assessment-results.ts'
import { correctHomework } from './journal-page/correct-homework.ts'
import { correctLesson } from './journal-page/correct-lesson.ts'
import { correctMark } from './journal-page/correct-mark.ts'
import { creditMissedTopic } from './journal-page/credit-missed-topic.ts'
import { declineHomework } from './journal-page/decline-homework.ts'
import { disputeMark } from './journal-page/dispute-mark.ts'
import { openPage } from './journal-page/open-page.ts'
import { postponeFinal } from './journal-page/postpone-final.ts'
import { receiveAssessmentResults } from './journal-page/receive-assessment-results.ts'
import { recordAssessment } from './journal-page/record-assessment.ts'
import { recordFinals } from './journal-page/record-finals.ts'
import { recordLesson } from './journal-page/record-lesson.ts'
import { recordWholeLesson } from './journal-page/record-whole-lesson.ts'
import { recordMarks } from './journal-page/record-marks.ts'
import { explainPaperDifference } from './journal-page/explain-paper-difference.ts'
import { registerPaperDifference } from './journal-page/register-paper-difference.ts'
import { refuseDispute } from './journal-page/refuse-dispute.ts'
import { reopenPage } from './journal-page/reopen-page.ts'
import { signPage } from './journal-page/sign-page.ts'
import { reviewHomework } from './journal-page/review-homework.ts'
import { setHomework } from './journal-page/set-homework.ts'
import { takeAttendance } from './journal-page/take-attendance.ts'
import { withdrawFinal } from './journal-page/withdraw-final.ts'
import { withdrawMark } from './journal-page/withdraw-mark.ts'
import { annulSuspectOperations } from './incident/annul-suspect-operations.ts'
import { confirmSuspectOperations } from './incident/confirm-suspect-operations.ts'
import { declareCompromise } from './incident/declare-compromise.ts'
import { receiveBreachAsHead } from './incident/receive-breach-as-head.ts'
import { receiveBreachAsSupport } from './incident/receive-breach-as-support.ts'
import { reportBreach } from './incident/report-breach.ts'
import { restoreAccess } from './incident/restore-access.ts'
import { withdrawBreach } from './incident/withdraw-breach.ts'
import { adoptPolicy } from './policy/adopt-policy.ts'
import { addRoom } from './premises/add-room.ts'
import { closeRoom } from './premises/close-room.ts'
import { certifyPrintout } from './printout/certify-printout.ts'
import { issueExtract } from './printout/issue-extract.ts'
import { preparePrintout } from './printout/prepare-printout.ts'
import { appointClassTeacher } from './roster/appoint-class-teacher.ts'
import { correctPersonName } from './roster/correct-person-name.ts'
import { correctAttestation } from './roster/correct-attestation.ts'
import { creditFinals } from './roster/credit-finals.ts'
import { decidePromotion } from './roster/decide-promotion.ts'
import { declarePilot } from './roster/declare-pilot.ts'
import { endPilot } from './roster/end-pilot.ts'
import { enrolPupil } from './roster/enrol-pupil.ts'
import { formClass } from './roster/form-class.ts'
import { formGroup } from './roster/form-group.ts'
import { hireStaff } from './roster/hire-staff.ts'
import { joinGroup } from './roster/join-group.ts'
import { leaveGroup } from './roster/leave-group.ts'
import { placeInClass } from './roster/place-in-class.ts'
import { recordAttestation } from './roster/record-attestation.ts'
import { approveMovement } from './roster/approve-movement.ts'
import { releasePupil } from './roster/release-pupil.ts'
import { releaseStaff } from './roster/release-staff.ts'
import { removeFromClass } from './roster/remove-from-class.ts'
import { setFormOfEducation } from './roster/set-form-of-education.ts'
import { transferPupil } from './roster/transfer-pupil.ts'
import { recordProcessingAgreement } from './school/record-processing-agreement.ts'
import { noteRecordCheck } from './school/note-record-check.ts'
import { noteRightsEdition } from './school/note-rights-edition.ts'
import { registerSchool } from './school/register-school.ts'
import { addSchoolDay } from './school-year/add-school-day.ts'
import { movePeriod } from './school-year/move-period.ts'
import { abandonPaper } from './school/abandon-paper.ts'
import { releaseAuthorityReport } from './school/release-authority-report.ts'
import { resumePaper } from './school/resume-paper.ts'
import { grantOperatorRead } from './school/grant-operator-read.ts'
import { withdrawOperatorRead } from './school/withdraw-operator-read.ts'
import { registerOutage } from './school/register-outage.ts'
import { withdrawOutage } from './school/withdraw-outage.ts'
import { declareEmptySection } from './school-year/declare-empty-section.ts'
import { openSchoolYear } from './school-year/open-school-year.ts'
import { planHolidays } from './school-year/plan-holidays.ts'
import { planPeriods } from './school-year/plan-periods.ts'
import { scheduleBells } from './school-year/schedule-bells.ts'
import { setSchoolWeek } from './school-year/set-school-week.ts'
import { cancelKeyDestruction } from './privacy/cancel-key-destruction.ts'
import { confirmKeyDestruction } from './privacy/confirm-key-destruction.ts'
import { destroyPersonKeys } from './privacy/destroy-person-keys.ts'
import { requestKeyDestruction } from './privacy/request-key-destruction.ts'
import { approveServiceToken } from './service-token/approve-service-token.ts'
import { issueServiceToken } from './service-token/issue-service-token.ts'
import { revokeServiceToken } from './service-token/revoke-service-token.ts'
import { addToTicket } from './support/add-to-ticket.ts'
import { answerTicket } from './support/answer-ticket.ts'
import { closeTicket } from './support/close-ticket.ts'
import { deliverExport } from './support/deliver-export.ts'
import { openTicket } from './support/open-ticket.ts'
import { setSupportHours } from './support/set-support-hours.ts'
import { withdrawTicket } from './support/withdraw-ticket.ts'
import { approveTeachingLoad } from './teaching-load/approve-teaching-load.ts'
import { assignTeacher } from './teaching-load/assign-teacher.ts'
import { openJournal } from './teaching-load/open-journal.ts'
import { releaseTeacher } from './teaching-load/release-teacher.ts'
import { cancelTest } from './test-schedule/cancel-test.ts'
import { moveTest } from './test-schedule/move-test.ts'
import { planTest } from './test-schedule/plan-test.ts'
import { cancelLessons } from './timetable/cancel-lessons.ts'
import { changeRoom } from './timetable/change-room.ts'
import { combineLessons } from './timetable/combine-lessons.ts'
import { orderSubstitution } from './timetable/order-substitution.ts'
import { restoreLesson } from './timetable/restore-lesson.ts'
import { separateLessons } from './timetable/separate-lessons.ts'
import { transferLesson } from './timetable/transfer-lesson.ts'
import { withdrawSubstitution } from './timetable/withdraw-substitution.ts'
import { scheduleGroupWeek } from './timetable/schedule-group-week.ts'
import { scheduleWeek } from './timetable/schedule-week.ts'
import { adoptTopicPlan } from './topic-plan/adopt-topic-plan.ts'
import { approveTopicPlan } from './topic-plan/approve-topic-plan.ts'

/**
 * Every command, in the order of a school's life. The one table from which the HTTP routes, the API document and
 * the tests of rights are made: what does not stand here cannot be done.
 */
export const COMMANDS = [
  openAccount,
  grantRole,
  endRole,
  receiveAccessApplication,
  issueActivationCode,
  acceptRules,
  replacePassword,
  replaceLogInName,
  reportLostCredentials,
  blockAccount,
  unblockAccount,
  disableAccount,
  reportBreach,
  receiveBreachAsHead,
  receiveBreachAsSupport,
  withdrawBreach,
  declareCompromise,
  confirmSuspectOperations,
  annulSuspectOperations,
  restoreAccess,
  setSupportHours,
  openTicket,
  addToTicket,
  answerTicket,
  closeTicket,
  withdrawTicket,
  linkExternalIdentity,
  unlinkExternalIdentity,
  issueServiceToken,
  approveServiceToken,
  revokeServiceToken,
  requestKeyDestruction,
  confirmKeyDestruction,
  cancelKeyDestruction,
  openSchoolYear,
  adoptPolicy,
  planPeriods,
  movePeriod,
  planHolidays,
  addSchoolDay,
  setSchoolWeek,
  scheduleBells,
  declareEmptySection,
  registerOutage,
  withdrawOutage,
  resumePaper,
  grantOperatorRead,
  withdrawOperatorRead,
  addRoom,
  closeRoom,
  addSubject,
  hireStaff,
  releaseStaff,
  enrolPupil,
  registerRepresentative,
  endRepresentation,
  giveConsent,
  refuseConsent,
  withdrawConsent,
  giveContact,
  confirmContact,
  confirmWrittenContact,
  withdrawContact,
  subscribeToDiary,
  unsubscribeFromDiary,
  acknowledgeDiary,
  sendMessage,
  withdrawMessage,
  confirmMessageRead,
  correctPersonName,
  correctRepresentativeName,
  formClass,
  placeInClass,
  removeFromClass,
  transferPupil,
  releasePupil,
  approveMovement,
  appointClassTeacher,
  declarePilot,
  endPilot,
  formGroup,
  joinGroup,
  leaveGroup,
  adoptCurriculum,
  openJournal,
  assignTeacher,
  approveTeachingLoad,
  releaseTeacher,
  scheduleWeek,
  scheduleGroupWeek,
  adoptTopicPlan,
  approveTopicPlan,
  planTest,
  moveTest,
  cancelTest,
  orderSubstitution,
  withdrawSubstitution,
  transferLesson,
  cancelLessons,
  restoreLesson,
  changeRoom,
  combineLessons,
  separateLessons,
  openPage,
  changeGrading,
  recordLesson,
  recordWholeLesson,
  correctLesson,
  takeAttendance,
  changeAbsenceCode,
  exemptFromPractice,
  withdrawExemption,
  recordMarks,
  correctMark,
  withdrawMark,
  creditMissedTopic,
  recordAssessment,
  awaitAssessmentResults,
  receiveAssessmentResults,
  correctAssessmentResults,
  addAssessmentMarks,
  disputeMark,
  refuseDispute,
  registerPaperDifference,
  explainPaperDifference,
  recordInspection,
  answerFinding,
  closeFinding,
  reopenFinding,
  openReleasedReport,
  setHomework,
  correctHomework,
  declineHomework,
  reviewHomework,
  setIndividualHomework,
  correctIndividualHomework,
  addRemark,
  withdrawRemark,
  addComment,
  correctComment,
  recordFinals,
  correctFinal,
  withdrawFinal,
  postponeFinal,
  closePage,
  reopenPage,
  signPage,
  setFormOfEducation,
  creditFinals,
  recordAttestation,
  correctAttestation,
  decidePromotion,
  acceptPackage,
  signPackage,
  approveDestruction,
  destroyPackage,
  registerPrintSet,
] as const satisfies readonly Command[]

/** Commands of somebody who has no token yet: they are given through routes of their own, which prove who asks. */
export const COMMANDS_AT_THE_DOOR = [activateAccount] as const satisfies readonly Command[]

/**
 * Commands that views give when they have made a file or a report, or know of it: what is recorded of it is what the
 * service itself has found, and not what a client says of it.
 */
export const COMMANDS_OF_VIEWS = [
  releaseReport,
  abandonPaper,
  releaseAuthorityReport,
  issueExtract,
  preparePrintout,
  certifyPrintout,
] as const satisfies readonly Command[]

/** What the operator's hand does about a school as a whole, and the service by itself: nobody in the school may. */
export const COMMANDS_OF_THE_OPERATOR = [
  registerSchool,
  recordProcessingAgreement,
  destroyPersonKeys,
  noteRecordCheck,
  noteRightsEdition,
  deliverExport,
  noteDeliveries,
  issueDiaryNotice,
] as const satisfies readonly Command[]

/** Commands that the service gives itself, for whoever asked for a package or by its schedule: no address leads to them. */
export const COMMANDS_OF_THE_ARCHIVE = [
  sealSnapshot,
  issueSnapshot,
  supersedeSnapshot,
  noteVerification,
] as const satisfies readonly Command[]
