import { z } from 'zod'

/**
 * The roles in which a person acts (DOMAIN.md B.1). One person may hold several; every command names one,
 * and the event keeps it. `operator` is the hand that sets up an installation before anybody has an account;
 * `external-system` has none either: it comes with a token of its own, for what was agreed (R-A3.4a).
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
  'external-system',
  'operator',
] as const

export const Role = z.enum(ROLES).meta({ id: 'Role' })
export type Role = z.infer<typeof Role>

/** The roles of those who work at the school. An auditor comes from outside. */
export const STAFF_ROLES: readonly Role[] = [
  'head',
  'deputy',
  'class-teacher',
  'teacher',
  'system-administrator',
  'archivist',
]

/** The roles as people call them. */
export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  head: 'руководитель',
  deputy: 'заместитель руководителя',
  'class-teacher': 'классный руководитель',
  teacher: 'учитель-предметник',
  'system-administrator': 'системный администратор',
  parent: 'родитель (законный представитель)',
  pupil: 'обучающийся',
  auditor: 'аудитор',
  archivist: 'архивариус',
  'external-system': 'внешняя информационная система',
  operator: 'оператор установки',
}
