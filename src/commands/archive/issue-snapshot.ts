import { z } from 'zod'
import { archiveEvents } from '#events/archive.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { archiveFold, isIssued } from './state.ts'

const IssueSnapshot = z.strictObject({ package: Uuid, ...archiveEvents.SnapshotIssued.data.shape })

/** Enters a package that lies in the archive into the register. The service gives it when the file is on the disk. */
export const issueSnapshot = defineCommand({
  name: 'issue-snapshot',
  path: 'packages/:package',
  summary: 'Внести готовый архивный пакет в реестр',
  operation: '35',
  input: IssueSnapshot,
  fold: archiveFold,
  stream: ({ package: id }) => id,
  needs: [],
  decide({ input: { package: id, ...issued }, state }) {
    if (state.sealed === null) return refuse('package-unknown', { package: id })
    if (isIssued(state)) return refuse('package-exists', { package: id })
    return [{ type: 'SnapshotIssued', data: issued }]
  },
})
