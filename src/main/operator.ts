import type { Actor } from '#commands/command.ts'
import { Uuid } from '#values/uuid.ts'

/** The hand that sets up an installation before anybody has an account. */
export const OPERATOR: Actor = {
  account: Uuid.parse('00000000-0000-0000-0000-000000000000'),
  person: Uuid.parse('00000000-0000-0000-0000-000000000000'),
  role: 'operator',
  cred: 0,
}
