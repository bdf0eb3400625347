import { z } from 'zod'
import { IMPORT_NAMES } from '#exchange/lists/catalogue.ts'
import { ONEROSTER } from '#exchange/oneroster/import-bundle.ts'
import type { ImportReport } from '#exchange/report.ts'
import { Uuid } from '#values/uuid.ts'
import { type ImportRecord, ImportRecords } from '../import-record.ts'
import { type Problem, PROBLEMS, ProblemError } from '../problems.ts'
import { ImportReply } from './replies.ts'
import { defineView } from './view.ts'

/** How far an import is, and what it found. */
export const importStatus = defineView({
  name: 'import-status',
  path: 'imports/:list/:import',
  summary: 'Ход и отчёт импорта',
  tag: 'Импорт и экспорт',
  operation: '23',
  readsNoModel: true,
  input: z.strictObject({ list: z.enum([...IMPORT_NAMES, ONEROSTER]), import: Uuid }),
  reply: ImportReply,
  async answer({ school, parts, input }) {
    const found = await new ImportRecords(parts.database).find(school, input.import)
    if (found?.list !== input.list) throw new ProblemError('import-unknown', { import: input.import })
    return { body: importReplyOf(found) }
  },
})

/** An import as it is shown: the reasons of commands get the wording that they have everywhere. */
export function importReplyOf(record: ImportRecord): z.output<typeof ImportReply> & Record<string, unknown> {
  const { id, list, began, finished, phase, done, total, problem, report } = record
  return {
    import: id,
    list,
    state: stateOf(record),
    began,
    finished,
    progress: { phase: phase as 'deciding' | 'recording', done, total },
    problem:
      problem === null ? null : { reason: problem, title: PROBLEMS[problem].ru, facts: record.facts ?? {} },
    report: report === null ? null : { ...report, errors: report.errors.map(worded) },
  }
}

function stateOf({ finished, alive, problem, report }: ImportRecord): z.output<typeof ImportReply>['state'] {
  if (finished === null) return alive ? 'running' : 'interrupted'
  if (problem !== null || report === null) return 'failed'
  const { dryRun, partial, errors } = report
  return errors.length > 0 && !dryRun && !partial ? 'refused' : 'finished'
}

function worded({ message, ...error }: ImportReport['errors'][number]) {
  return { ...error, message: message ?? PROBLEMS[error.problem as Problem].ru }
}
