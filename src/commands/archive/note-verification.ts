import { z } from 'zod'
import { archiveEvents } from '#events/archive.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { archiveFold, isIssued } from './state.ts'

const NoteVerification = z.strictObject({ package: Uuid, ...archiveEvents.SnapshotVerified.data.shape })

/** Records how a check of a package ended. The service gives it after the check, by schedule or on demand. */
export const noteVerification = defineCommand({
  name: 'note-verification',
  path: 'packages/:package',
  summary: 'Записать результат проверки архивного пакета',
  operation: '36',
  input: NoteVerification,
  fold: archiveFold,
  stream: ({ package: id }) => id,
  needs: [],
  decide({ input: { package: id, ...verified }, state }) {
    if (!isIssued(state)) return refuse('package-unknown', { package: id })
    if (state.destroyed !== null) return refuse('package-destroyed', { package: id })
    return [{ type: 'SnapshotVerified', data: verified }]
  },
})
