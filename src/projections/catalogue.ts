import { archiveRegister } from './archive-register/projection.ts'
import { auditTrail } from './audit-trail/projection.ts'
import { classJournal } from './class-journal/projection.ts'
import { paperDifferences } from './paper-differences/projection.ts'
import { messages } from './messages/projection.ts'
import { markDisputes } from './mark-disputes/projection.ts'
import { printouts } from './printouts/projection.ts'
import { pupilDiary } from './pupil-diary/projection.ts'
import type { ReadModel } from './read-model.ts'
import { recordChecks } from './record-checks/projection.ts'
import { schoolDirectory } from './school-directory/projection.ts'
import { schoolPlan } from './school-plan/projection.ts'
import { summarySheet } from './summary-sheet/projection.ts'

/** Every read model. The laws of projections are tested over this list. */
export const READ_MODELS: readonly ReadModel[] = [
  schoolDirectory,
  schoolPlan,
  classJournal,
  pupilDiary,
  markDisputes,
  messages,
  paperDifferences,
  summarySheet,
  printouts,
  auditTrail,
  archiveRegister,
  recordChecks,
]
