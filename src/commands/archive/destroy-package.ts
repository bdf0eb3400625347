import { z } from 'zod'
import { label, note } from '#values/text.ts'
import { dateAt } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { archiveFold, isIssued } from './state.ts'

const DestroyPackage = z.strictObject({
  package: Uuid,
  act: label(40).describe('Номер акта об уничтожении'),
  text: note().nullable().default(null),
})

/**
 * Records that a package is destroyed by an act, which the head must have approved (R-3.4a). The service removes the file
 * after this; nothing is ever destroyed by itself.
 */
export const destroyPackage = defineCommand({
  name: 'destroy-package',
  path: 'packages/:package',
  summary: 'Уничтожить по акту архивный пакет с истёкшим сроком хранения',
  operation: '37',
  input: DestroyPackage,
  fold: archiveFold,
  stream: ({ package: id }) => id,
  needs: ['schoolYear'],
  year: (_input, { sealed }) => sealed?.year ?? refuse('package-unknown'),
  decide({ input: { package: id, act, text }, state, references, now }) {
    if (!isIssued(state)) return refuse('package-unknown', { package: id })
    if (state.destroyed !== null) return refuse('package-destroyed', { package: id })
    const { retainUntil } = state.sealed
    const date = dateAt(now, references.schoolYear.year?.zone ?? DEFAULT_ZONE)
    if (date < retainUntil) return refuse('retention-running', { retainUntil, today: date })
    if (state.approved === null) return refuse('destruction-not-approved', { package: id })
    return [{ type: 'SnapshotDestroyed', data: { act, date, text } }]
  },
})
