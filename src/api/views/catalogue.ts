import type { FastifyInstance } from 'fastify'
import type { ApiParts } from '../parts.ts'
import { accountablePersons } from './accountable.ts'
import { childReads } from './child-reads.ts'
import { classActivationCodes } from './activation-codes.ts'
import { approvals } from './approvals.ts'
import { attainmentReport } from './attainment.ts'
import { auditTrail, cellHistory, correctionRegister, pageHistory, requestRegister } from './audit-trail.ts'
import { backupList, makeBackup } from './backups.ts'
import { classJournalGrid } from './class-journal.ts'
import { classTeacherSwitch } from './class-teacher-switch.ts'
import { classCurriculum, curriculumList } from './curricula.ts'
import {
  aboutSchool,
  gradingSystems,
  journalList,
  memberList,
  movementRegister,
  pageList,
  personList,
  policyInForce,
  roomList,
  schoolYearCalendar,
  unitList,
  whoAmI,
} from './directory.ts'
import { acknowledgementReport } from './acknowledgement.ts'
import { conductedLessonsReport } from './conducted-lessons.ts'
import { CONTROL_SHEETS } from './control-sheets.ts'
import { fullnessOfMarksReport } from './fullness-of-marks.ts'
import { homeworkLoadReport } from './homework-load.ts'
import { informingReport } from './informing.ts'
import { lessonChangesReport } from './lesson-changes.ts'
import { releaseClassReport, releasedReport, releasedReportList } from './released-reports.ts'
import { decidePaperless, paperlessReadiness } from './paperless.ts'
import { authorityReport, authorityReportList, releaseToAuthority } from './authority-report.ts'
import { programmeReport } from './programme.ts'
import { inspectionList } from './inspections.ts'
import { paperDifferenceList } from './paper-differences.ts'
import { disputeList } from './disputes.ts'
import { exportList, exportOneroster } from './exports.ts'
import { importStatus } from './imports.ts'
import { finalProposals } from './final-proposals.ts'
import { heldRights } from './held-rights.ts'
import { outageList } from './outages.ts'
import { recordCheckList } from './record-checks.ts'
import { rightsMatrix } from './rights-matrix.ts'
import { pageSignatures } from './page-signatures.ts'
import { operatorAccess } from './operator-access.ts'
import { overdueList } from './overdue.ts'
import { pilotList } from './pilots.ts'
import { lessonList } from './lessons.ts'
import { packageInRegister, packageJob, packageRegister, printSetOfYear } from './packages.ts'
import {
  printAttendance,
  printErasureAct,
  printBlankPage,
  printDiary,
  printPage,
  printSubstitutions,
  printSummary,
} from './prints.ts'
import {
  certifyPaper,
  issuePupilExtract,
  preparePagePrintout,
  prepareSummaryPrintout,
  printCheck,
  printoutRegister,
} from './printouts.ts'
import { personNames } from './person-names.ts'
import { pupilResults } from './pupil-results.ts'
import { pupilDiaryWeek } from './pupil-diary.ts'
import { missedLessonsReport, unsatisfactoryMarksReport } from './pupil-reports.ts'
import { supportHours, ticketList } from './support.ts'
import { readiness } from './readiness.ts'
import { reportForms } from './report-forms.ts'
import { EXCHANGE_CHANGES } from './exchange-changes.ts'
import { REPORT_SHEETS } from './report-sheets.ts'
import { readModelStatus, rebuildList, rebuildReadModel } from './rebuilds.ts'
import {
  accountSessions,
  endAccountSessions,
  endSession,
  logOut,
  logOutEverywhere,
  ownSessions,
} from './sessions.ts'
import { roleHolders } from './role-holders.ts'
import { pupilFinals, summaryCheck, summarySheet } from './summary-sheet.ts'
import { serviceTokenList } from './service-tokens.ts'
import { TABLES } from './table-exports.ts'
import { timelinessReport } from './timeliness.ts'
import { pupilTests, testSchedule } from './test-schedule.ts'
import { topicPlan, topicPlanList } from './topic-plans.ts'
import {
  substitutionsAtEntry,
  teachingHours,
  timetableConflicts,
  timetableRegisterView,
} from './timetable.ts'
import { incident, incidents } from './incidents.ts'
import { incidentDocuments } from './void-documents.ts'
import { diarySubscriptions, paperDiaries } from './subscriptions.ts'
import { consentsReport, processingNoticeView } from './consents.ts'
import { familyContacts, messageDelivery, messageList, pupilMessages } from './messages.ts'
import { type View, viewRoute } from './view.ts'

const READ: readonly View[] = [
  whoAmI,
  aboutSchool,
  schoolYearCalendar,
  readiness,
  roomList,
  outageList,
  recordCheckList,
  operatorAccess,
  rightsMatrix,
  pilotList,
  policyInForce,
  classTeacherSwitch,
  approvals,
  gradingSystems,
  reportForms,
  journalList,
  unitList,
  memberList,
  personList,
  personNames,
  movementRegister,
  accountablePersons,
  roleHolders,
  curriculumList,
  classCurriculum,
  topicPlan,
  topicPlanList,
  testSchedule,
  pupilTests,
  lessonList,
  timetableRegisterView,
  substitutionsAtEntry,
  timetableConflicts,
  teachingHours,
  overdueList,
  supportHours,
  ticketList,
  timelinessReport,
  acknowledgementReport,
  conductedLessonsReport,
  programmeReport,
  lessonChangesReport,
  homeworkLoadReport,
  informingReport,
  fullnessOfMarksReport,
  attainmentReport,
  missedLessonsReport,
  unsatisfactoryMarksReport,
  ...REPORT_SHEETS,
  ...CONTROL_SHEETS,
  pageList,
  classJournalGrid,
  pageSignatures,
  finalProposals,
  pupilDiaryWeek,
  pupilResults,
  disputeList,
  pupilMessages,
  messageList,
  messageDelivery,
  familyContacts,
  diarySubscriptions,
  paperDiaries,
  processingNoticeView,
  consentsReport,
  paperDifferenceList,
  inspectionList,
  paperlessReadiness,
  authorityReport,
  authorityReportList,
  releasedReportList,
  releasedReport,
  pupilFinals,
  summarySheet,
  summaryCheck,
  cellHistory,
  pageHistory,
  auditTrail,
  correctionRegister,
  requestRegister,
  incidents,
  incident,
  incidentDocuments,
  readModelStatus,
  rebuildList,
  backupList,
  packageRegister,
  packageInRegister,
  packageJob,
  printSetOfYear,
  ownSessions,
  accountSessions,
  importStatus,
  exportList,
  exportOneroster,
  ...EXCHANGE_CHANGES,
  ...TABLES,
  printPage,
  printBlankPage,
  printSummary,
  printDiary,
  printAttendance,
  printErasureAct,
  printSubstitutions,
  printoutRegister,
  printCheck,
  serviceTokenList,
]

/** What is posted without being a command. */
export const POSTED: readonly View[] = [
  // A rebuild or a backup changes nothing of the record, and starts a job.
  rebuildReadModel,
  makeBackup,
  // The end of a session is no fact of the journal (docs/decisions/0031).
  logOut,
  logOutEverywhere,
  endSession,
  endAccountSessions,
  // Many commands at once, one for each account.
  classActivationCodes,
  // The file is made first, and recorded by what it has become.
  issuePupilExtract,
  preparePagePrintout,
  prepareSummaryPrintout,
  certifyPaper,
  // So is a report before it is released.
  releaseClassReport,
  decidePaperless,
  releaseToAuthority,
]

/** Every query of the API. */
const ALL = [...READ, childReads([...READ, ...POSTED])]
export const VIEWS: readonly View[] = [...ALL, heldRights([...ALL, ...POSTED])]

export function viewRoutes(app: FastifyInstance, parts: ApiParts): void {
  for (const view of VIEWS) viewRoute(app, parts, view)
  for (const view of POSTED) viewRoute(app, parts, view)
}
