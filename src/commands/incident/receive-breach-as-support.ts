import { defineCommand } from '../command.ts'
import { onIncidents } from './about.ts'
import { Received, received } from './receipts.ts'

/** The support service has the report. */
export const receiveBreachAsSupport = defineCommand({
  ...onIncidents,
  name: 'receive-breach-as-support',
  path: 'incidents/:incident',
  summary: 'Подтвердить получение сообщения службой поддержки',
  operation: '39a',
  input: Received,
  needs: [],
  decide: (given) => received('support', given),
})
