import { z } from 'zod'
import { plusMinutes } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { privacyFold } from './state.ts'

/** For how long a destruction that was confirmed can still be taken back: thirty days. */
const QUARANTINE_MINUTES = 30 * 24 * 60

/** Confirms a destruction: by the head, who is another one than whoever asked. From then on nothing opens with the keys. */
export const confirmKeyDestruction = defineCommand({
  name: 'confirm-key-destruction',
  path: 'persons/:person',
  summary: 'Подтвердить стирание данных человека: директор',
  operation: '37a',
  input: z.strictObject({ person: Uuid }),
  fold: privacyFold,
  stream: ({ person }) => person,
  needs: [],
  decide({ input: { person }, state: { underWay }, actor, now }) {
    if (underWay === null) return refuse('destruction-unknown', { person })
    if (underWay.destroyAt !== null)
      return refuse('destruction-under-way', { person, at: underWay.destroyAt })
    if (underWay.by === actor.account) return refuse('second-person-required', { person })
    const destroyAt = plusMinutes(now, QUARANTINE_MINUTES)
    const purposes = [...underWay.purposes]
    return [{ type: 'PersonKeyDestructionConfirmed', data: { person, purposes, destroyAt } }]
  },
  async aside({ school, input: { person }, state: { underWay }, now }, { keys }) {
    await keys.quarantine(school, person, underWay!.purposes, now)
    return null
  },
})
