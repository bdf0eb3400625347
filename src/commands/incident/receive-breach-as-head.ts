import { defineCommand } from '../command.ts'
import { onIncidents } from './about.ts'
import { Received, received } from './receipts.ts'

/** The head of the school, or a deputy in his place, has the report. */
export const receiveBreachAsHead = defineCommand({
  ...onIncidents,
  name: 'receive-breach-as-head',
  path: 'incidents/:incident',
  summary: 'Подтвердить получение сообщения руководителем (или заместителем вместо него)',
  operation: '39',
  input: Received,
  needs: [],
  decide: (given) => received('head', given),
})
