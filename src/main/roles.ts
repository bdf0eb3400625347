/** What a process does: answers people, keeps the read models up to date, tells others, seals the log. Without a choice, all of it. */
export const ROLES = ['api', 'projector', 'relay', 'sealer'] as const
export type ServeRole = (typeof ROLES)[number]
