import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { dateAt } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { archiveFold, isIssued } from './state.ts'

const ApproveDestruction = z.strictObject({ package: Uuid, order: Order })

/** The head approves that a package is destroyed: not before the first day after its term (R-3.4a, R-3.4b). */
export const approveDestruction = defineCommand({
  name: 'approve-destruction',
  path: 'packages/:package',
  summary: 'Утвердить уничтожение архивного пакета с истёкшим сроком хранения',
  operation: '37a',
  input: ApproveDestruction,
  fold: archiveFold,
  stream: ({ package: id }) => id,
  needs: ['schoolYear'],
  year: (_input, { sealed }) => sealed?.year ?? refuse('package-unknown'),
  decide({ input: { package: id, order }, state, references, now }) {
    if (!isIssued(state)) return refuse('package-unknown', { package: id })
    if (state.destroyed !== null) return refuse('package-destroyed', { package: id })
    const { retainUntil } = state.sealed
    const today = dateAt(now, references.schoolYear.year?.zone ?? DEFAULT_ZONE)
    if (today < retainUntil) return refuse('retention-running', { retainUntil, today })
    if (state.approved !== null) return []
    return [{ type: 'DestructionApproved', data: { order } }]
  },
})
