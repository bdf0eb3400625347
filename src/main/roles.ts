/** What a process does: answers people, keeps the read models up to date, tells others. Without a choice, all of it. */
export const ROLES = ['api', 'projector', 'relay'] as const
export type ServeRole = (typeof ROLES)[number]
