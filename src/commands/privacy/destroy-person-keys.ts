import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { privacyFold } from './state.ts'

const DestroyPersonKeys = z.strictObject({
  person: Uuid,
  keys: z.array(Uuid).max(3).describe('Ключи в карантине, которые уничтожаются'),
})

/** Records that keys are destroyed, when their quarantine is over: the service does it by itself. */
export const destroyPersonKeys = defineCommand({
  name: 'destroy-person-keys',
  path: 'persons/:person',
  summary: 'Уничтожить ключи человека: выдержка кончилась',
  operation: '37b',
  input: DestroyPersonKeys,
  fold: privacyFold,
  stream: ({ person }) => person,
  needs: [],
  decide({ input: { person, keys }, state: { underWay }, now }) {
    if (underWay === null || underWay.destroyAt === null) return refuse('destruction-unknown', { person })
    if (now < underWay.destroyAt) return refuse('retention-not-lapsed', { person, until: underWay.destroyAt })
    return [{ type: 'PersonKeyDestroyed', data: { person, purposes: [...underWay.purposes], keys } }]
  },
})
