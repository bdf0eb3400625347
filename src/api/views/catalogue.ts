import type { FastifyInstance } from 'fastify'
import type { ApiParts } from '../parts.ts'
import { classActivationCodes } from './activation-codes.ts'
import { auditTrail, cellHistory, correctionRegister, pageHistory, requestRegister } from './audit-trail.ts'
import { backupList, makeBackup } from './backups.ts'
import { classJournalGrid } from './class-journal.ts'
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
import { exportList, exportOneroster } from './exports.ts'
import { importStatus } from './imports.ts'
import { finalProposals } from './final-proposals.ts'
import { lessonList } from './lessons.ts'
import { pupilDiaryWeek } from './pupil-diary.ts'
import { readiness } from './readiness.ts'
import { readModelStatus, rebuildList, rebuildReadModel } from './rebuilds.ts'
import {
  accountSessions,
  endAccountSessions,
  endSession,
  logOut,
  logOutEverywhere,
  ownSessions,
} from './sessions.ts'
import { pupilFinals, summaryCheck, summarySheet } from './summary-sheet.ts'
import { serviceTokenList } from './service-tokens.ts'
import { pupilTests, testSchedule } from './test-schedule.ts'
import { topicPlan, topicPlanList } from './topic-plans.ts'
import {
  substitutionsAtEntry,
  teachingHours,
  timetableConflicts,
  timetableRegisterView,
} from './timetable.ts'
import { type View, viewRoute } from './view.ts'

/** Every query of the API. */
export const VIEWS: readonly View[] = [
  whoAmI,
  aboutSchool,
  schoolYearCalendar,
  readiness,
  roomList,
  policyInForce,
  gradingSystems,
  journalList,
  unitList,
  memberList,
  personList,
  movementRegister,
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
  pageList,
  classJournalGrid,
  finalProposals,
  pupilDiaryWeek,
  pupilFinals,
  summarySheet,
  summaryCheck,
  cellHistory,
  pageHistory,
  auditTrail,
  correctionRegister,
  requestRegister,
  readModelStatus,
  rebuildList,
  backupList,
  ownSessions,
  accountSessions,
  importStatus,
  exportList,
  exportOneroster,
  serviceTokenList,
]

export function viewRoutes(app: FastifyInstance, parts: ApiParts): void {
  for (const view of VIEWS) viewRoute(app, parts, view)
  // A rebuild or a backup changes nothing of the record, so it is no command; it starts a job, so it is posted.
  viewRoute(app, parts, rebuildReadModel, 'POST')
  viewRoute(app, parts, makeBackup, 'POST')
  // The end of a session is no fact of the journal (docs/decisions/0031).
  for (const view of [logOut, logOutEverywhere, endSession, endAccountSessions]) {
    viewRoute(app, parts, view, 'POST')
  }
  // Many commands at once, one for each account.
  viewRoute(app, parts, classActivationCodes, 'POST')
}
