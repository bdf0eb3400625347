import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { archiveFold, isIssued } from './state.ts'

const SupersedeSnapshot = z.strictObject({ package: Uuid, by: Uuid })

/** Says of a package that another one of the same scope takes its place. It stays, and its term runs on. */
export const supersedeSnapshot = defineCommand({
  name: 'supersede-snapshot',
  path: 'packages/:package',
  summary: 'Отметить, что архивный пакет заменён новым',
  operation: '35',
  input: SupersedeSnapshot,
  fold: archiveFold,
  stream: ({ package: id }) => id,
  needs: [],
  decide({ input: { package: id, by }, state }) {
    if (!isIssued(state)) return refuse('package-unknown', { package: id })
    return state.supersededBy === by ? [] : [{ type: 'SnapshotSuperseded', data: { by } }]
  },
})
