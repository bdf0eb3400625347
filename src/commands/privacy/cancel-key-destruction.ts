import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { privacyFold } from './state.ts'

/** Takes a destruction back, before or during its quarantine: the service brings the keys back at its next look. */
export const cancelKeyDestruction = defineCommand({
  name: 'cancel-key-destruction',
  path: 'persons/:person',
  summary: 'Отменить стирание данных человека, пока выдержка не кончилась',
  operation: '37a',
  input: z.strictObject({ person: Uuid }),
  fold: privacyFold,
  stream: ({ person }) => person,
  needs: [],
  decide({ input: { person }, state: { underWay }, now }) {
    if (underWay === null) return refuse('destruction-unknown', { person })
    const { purposes, destroyAt } = underWay
    if (destroyAt !== null && destroyAt <= now) return refuse('destruction-due', { person, at: destroyAt })
    return [{ type: 'PersonKeyDestructionCancelled', data: { person, purposes: [...purposes] } }]
  },
})
