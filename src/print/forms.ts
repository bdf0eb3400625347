import { hash } from 'node:crypto'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import {
  type ArchivedJournalContent,
  type ArchivedSummaryContent,
  layoutArchivedJournal,
  layoutArchivedSummary,
  layoutTransferExtract,
  type TransferExtractContent,
} from './archived.ts'
import { type AttendanceSheetContent, layoutAttendanceSheet } from './attendance-sheet.ts'
import { type BlankPageContent, layoutBlankPage } from './blank-page.ts'
import type { Names, Paper, PrintDocument, Stamp } from './document.ts'
import { type ErasureActContent, layoutErasureAct } from './erasure-act.ts'
import { writeHtml } from './html.ts'
import { type JournalPageContent, layoutJournalPage } from './journal-page.ts'
import { writePdf } from './pdf.ts'
import {
  type DiaryWeekContent,
  layoutDiaryWeek,
  layoutPupilExtract,
  type PupilExtractContent,
} from './pupil-forms.ts'
import { layoutReportSheet, type ReportSheetContent } from './report-sheet.ts'
import { layoutSubstitutionLog, type SubstitutionLogContent } from './substitution-log.ts'
import { layoutSummarySheet, type SummarySheetContent } from './summary-sheet.ts'

/**
 * What is printed: a form in a version, with its content by ids. A form that looks otherwise, or says something else, is
 * another version: what stands in an archive names the one by which it was made.
 */
export type PrintForm = ServiceForm | ArchivedForm | ReportSheet

/** What somebody prints: its content can be made again from its address, as the journal says it then. */
type ServiceForm =
  | { readonly template: JournalPageTemplate; readonly content: JournalPageContent }
  | { readonly template: 'summary-sheet/1'; readonly content: SummarySheetContent }
  | { readonly template: 'pupil-extract/1'; readonly content: PupilExtractContent }
  | { readonly template: 'diary-week/1'; readonly content: DiaryWeekContent }
  | { readonly template: 'attendance-sheet/1'; readonly content: AttendanceSheetContent }
  | { readonly template: 'substitution-log/1'; readonly content: SubstitutionLogContent }
  | { readonly template: 'blank-page/1'; readonly content: BlankPageContent }
  | { readonly template: 'erasure-act/1'; readonly content: ErasureActContent }
/** The first said nothing of exemptions from practice: it is printed no more, but a sheet of it can be compared. */
export type JournalPageTemplate = 'journal-page/1' | 'journal-page/2'
/** What goes into a package of the archive, made of the records in it alone. */
export type ArchivedForm =
  | { readonly template: 'archived-journal/1'; readonly content: ArchivedJournalContent }
  | { readonly template: 'archived-summary/1'; readonly content: ArchivedSummaryContent }
  | { readonly template: 'transfer-extract/1'; readonly content: TransferExtractContent }
/** A control report in the form of the school: it is asked for anew, and no document (docs/decisions/0086). */
interface ReportSheet {
  readonly template: 'report-sheet/1'
  readonly content: ReportSheetContent
}
export type TemplateId = ServiceForm['template']

/** What is decided when a form is written, beside what it says. */
export interface Writing {
  readonly names: Names
  readonly stamp: Stamp
  /** Of a form that has both sizes; A4 without it. */
  readonly paper?: Paper
}

/** A form as PDF/A-1b: the same form, names and stamp give the same bytes. */
export function renderPdf(form: PrintForm, { names, stamp, paper }: Writing): Promise<Uint8Array> {
  return writePdf(layout(form, names, paper), stamp)
}

/** The same form as one HTML file. */
export function renderHtml(form: PrintForm, { names, stamp, paper }: Writing): string {
  return writeHtml(layout(form, names, paper), stamp)
}

/** SHA-256 over what a form says, without names, so that one who is renamed or erased changes no printout. */
export function contentHash({ template, content }: PrintForm): string {
  return hash('sha256', canonicalJson({ template, content }))
}

function layout(form: PrintForm, names: Names, paper?: Paper): PrintDocument {
  switch (form.template) {
    case 'journal-page/1':
    case 'journal-page/2':
      return layoutJournalPage(form.content, names)
    case 'summary-sheet/1':
      return layoutSummarySheet(form.content, names, paper)
    case 'pupil-extract/1':
      return layoutPupilExtract(form.content, names)
    case 'diary-week/1':
      return layoutDiaryWeek(form.content, names)
    case 'attendance-sheet/1':
      return layoutAttendanceSheet(form.content, names)
    case 'substitution-log/1':
      return layoutSubstitutionLog(form.content, names)
    case 'erasure-act/1':
      return layoutErasureAct(form.content, names)
    case 'archived-journal/1':
      return layoutArchivedJournal(form.content, names)
    case 'archived-summary/1':
      return layoutArchivedSummary(form.content, names, paper)
    case 'report-sheet/1':
      return layoutReportSheet(form.content, names)
    case 'transfer-extract/1':
      return layoutTransferExtract(form.content, names)
    default:
      return layoutBlankPage(form.content, names)
  }
}
