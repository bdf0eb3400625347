import { z } from 'zod'
import { Role } from '#values/role.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'

/** An account is one person's. Log-in names, passwords and keys never stand in an event. */
export const accessEvents = {
  AccountOpened: v1(z.strictObject({ account: Uuid, person: Uuid })),
  RoleGranted: v1(
    z.strictObject({ account: Uuid, role: Role, from: LocalDate, until: LocalDate.nullable() }),
  ),
}
export type AccessEvent = EventsOf<typeof accessEvents>
