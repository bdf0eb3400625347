import type { ApiParts } from '../parts.ts'

/** What of the service a print of a pupil is made from: so little that a seeding has it too. */
export type PrintParts = Pick<ApiParts, 'database' | 'execution' | 'persons' | 'texts' | 'unhurried' | 'zone'>
