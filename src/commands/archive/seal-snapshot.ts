import { z } from 'zod'
import { archiveEvents } from '#events/archive.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { archiveFold } from './state.ts'

const SealSnapshot = z.strictObject({
  package: Uuid,
  ...archiveEvents.SnapshotSealed.data.shape,
})

/**
 * Puts into the log what a package holds, before the package is made: so the package can prove that it follows from the
 * log. The service gives this command for whoever asked for the package; nobody could know the digests otherwise.
 */
export const sealSnapshot = defineCommand({
  name: 'seal-snapshot',
  path: 'packages/:package',
  summary: 'Записать, что вошло в архивный пакет',
  operation: '35',
  input: SealSnapshot,
  fold: archiveFold,
  stream: ({ package: id }) => id,
  needs: [],
  decide({ input: { package: id, ...sealed }, state }) {
    if (state.sealed !== null) return refuse('package-exists', { package: id })
    return [{ type: 'SnapshotSealed', data: sealed }]
  },
})
