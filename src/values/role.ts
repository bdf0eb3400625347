import { z } from 'zod'

/**
 * The roles in which a person acts (DOMAIN.md B.1). One person may hold several; every command names one,
 * and the event keeps it. `operator` is the hand that sets up an installation before anybody has an account.
 */
export const ROLES = [
  'head',
  'deputy',
  'class-teacher',
  'teacher',
  'system-administrator',
  'parent',
  'pupil',
  'auditor',
  'archivist',
  'operator',
] as const

export const Role = z.enum(ROLES).meta({ id: 'Role' })
export type Role = z.infer<typeof Role>
