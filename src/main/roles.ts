/** What a process does: answers people, keeps the read models up to date. Without a choice, all of it. */
export const ROLES = ['api', 'projector'] as const
export type ServeRole = (typeof ROLES)[number]
