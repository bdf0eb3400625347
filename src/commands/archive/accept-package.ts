import { z } from 'zod'
import { label } from '#values/text.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { archiveFold, isIssued } from './state.ts'

const AcceptPackage = z.strictObject({
  package: Uuid,
  act: label(40).nullable().default(null).describe('Номер акта приёма-передачи, если он составлен'),
})

/** The archivist takes a package over: until then the register says that it is not transferred. */
export const acceptPackage = defineCommand({
  name: 'accept-package',
  path: 'packages/:package',
  summary: 'Принять архивный пакет на хранение',
  operation: '35a',
  input: AcceptPackage,
  fold: archiveFold,
  stream: ({ package: id }) => id,
  needs: [],
  decide({ input: { package: id, act }, state }) {
    if (!isIssued(state)) return refuse('package-unknown', { package: id })
    if (state.destroyed !== null) return refuse('package-destroyed', { package: id })
    // The archivist answers for a file that is whole; one that was mended is checked again first.
    if (state.checked === 'failed' || state.checked === 'missing')
      return refuse('package-damaged', { package: id, result: state.checked })
    if (state.accepted !== null) return refuse('package-accepted', { package: id, at: state.accepted })
    return [{ type: 'SnapshotAccepted', data: { act } }]
  },
})
