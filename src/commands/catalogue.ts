import type { Command } from './command.ts'
import { addComment } from './journal-page/add-comment.ts'
import { changeAbsenceCode } from './journal-page/change-absence-code.ts'
import { correctComment } from './journal-page/correct-comment.ts'
import { correctHomework } from './journal-page/correct-homework.ts'
import { correctLesson } from './journal-page/correct-lesson.ts'
import { correctMark } from './journal-page/correct-mark.ts'
import { declineHomework } from './journal-page/decline-homework.ts'
import { openPage } from './journal-page/open-page.ts'
import { recordLesson } from './journal-page/record-lesson.ts'
import { recordMarks } from './journal-page/record-marks.ts'
import { setHomework } from './journal-page/set-homework.ts'
import { takeAttendance } from './journal-page/take-attendance.ts'
import { withdrawMark } from './journal-page/withdraw-mark.ts'

/**
 * Every command, in the order of a school's life. The one table from which the HTTP routes, the API document and
 * the tests of rights are made: what does not stand here cannot be done.
 */
export const COMMANDS = [
  openPage,
  recordLesson,
  correctLesson,
  takeAttendance,
  changeAbsenceCode,
  recordMarks,
  correctMark,
  withdrawMark,
  setHomework,
  correctHomework,
  declineHomework,
  addComment,
  correctComment,
] as const satisfies readonly Command[]
