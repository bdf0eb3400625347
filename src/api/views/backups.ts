import { z } from 'zod'
import type { Backups } from '../backups.ts'
import type { ApiParts } from '../parts.ts'
import { ProblemError } from '../problems.ts'
import { BackupStateReply } from './replies.ts'
import { defineView } from './view.ts'

const tag = 'Резервные копии'

/** Begins a copy of the whole installation now, beside those of the schedule (R-A3.4b). */
export const makeBackup = defineView({
  name: 'make-backup',
  path: 'backups',
  summary: 'Сделать резервную копию установки сейчас',
  tag,
  operation: '44',
  posted: true,
  input: z.strictObject({}),
  reply: z.strictObject({ status: z.string().describe('Где смотреть ход') }),
  async answer({ school, parts }) {
    if (!configured(parts).start()) throw new ProblemError('backup-running')
    return { status: 202, body: { status: `/v1/schools/${school}/backups` } }
  },
})

/** The copies that there are, how the running one goes, and the last rehearsal of a restore (R-7A.18). */
export const backupList = defineView({
  name: 'backup-list',
  path: 'backups',
  summary: 'Резервные копии и последнее учебное восстановление',
  tag,
  operation: '44',
  input: z.strictObject({}),
  reply: BackupStateReply,
  async answer({ parts }) {
    return { body: configured(parts).state() }
  },
})

function configured({ backups }: ApiParts): Backups {
  if (backups === null) throw new ProblemError('backup-not-configured')
  return backups
}
