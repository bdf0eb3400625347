import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { schemaOf, tablesOf } from '#projections/read-model.ts'

/** The roles besides the owner of the tables (`scripts/postgres-roles.sql`). */
export interface DatabaseRoles {
  readonly application: string
  readonly auditor: string
}

/** What the application may do with each table that it does not own; `*` is every table of the schema. */
const APPLICATION: Readonly<Record<string, string>> = {
  'log.*': 'select',
  'person.*': 'select, insert, update, delete',
  'access.*': 'select, insert, update, delete',
  'projection.*': 'select, insert, update, delete',
  'relay.*': 'select, insert, update, delete',
  'letopis.*': 'select',
  'operations.*': 'select, insert, update, delete',
}

/** What an auditor may read: everything but password hashes. */
const AUDITOR = [
  'log.*',
  'person.*',
  'access.request',
  'projection.*',
  'relay.*',
  'letopis.*',
  'operations.*',
]

/**
 * Grants to the roles what they need and nothing else; safe to repeat. The application appends to the log by its
 * function alone, and owns the read models, for which the auditor is granted reading as they are made.
 *
 * @param owner a connection of the role that owns the tables
 * @returns the roles among these that the server has
 */
export async function grantRoles(owner: Kysely<unknown>, roles: DatabaseRoles): Promise<string[]> {
  const known = await query<{ name: string }>(
    owner,
    'select rolname as name from pg_roles where rolname in ($1, $2) and rolname <> current_user',
    [roles.application, roles.auditor],
  )
  const names = known.map(({ name }) => name)
  const has = (role: string): boolean => names.includes(role)
  if (has(roles.application)) await grantApplication(owner, quoted(roles.application))
  if (has(roles.auditor)) await grantAuditor(owner, quoted(roles.auditor))
  if (has(roles.application) && has(roles.auditor)) {
    await grantWhatIsMade(owner, quoted(roles.application), quoted(roles.auditor))
  }
  return names
}

async function grantApplication(owner: Kysely<unknown>, application: string): Promise<void> {
  for (const [tables, rights] of Object.entries(APPLICATION)) await grant(owner, rights, tables, application)
  for (const parameters of ['json', 'text, text, text, text, text'])
    await query(owner, `grant execute on function log.append(${parameters}) to ${application}`)
  // Read models that were made while one role did everything.
  for (const model of READ_MODELS) {
    const schema = schemaOf(model)
    const [made] = await query(owner, 'select from pg_namespace where nspname = $1', [schema])
    if (made === undefined) continue
    for (const { name } of tablesOf(model)) {
      await query(owner, `alter table if exists ${schema}.${name} owner to ${application}`)
    }
    await query(owner, `alter schema ${schema} owner to ${application}`)
  }
}

async function grantAuditor(owner: Kysely<unknown>, auditor: string): Promise<void> {
  for (const tables of AUDITOR) await grant(owner, 'select', tables, auditor)
}

/** Reading for the auditor, of every read model: those that stand, and those that the application will make. */
async function grantWhatIsMade(owner: Kysely<unknown>, application: string, auditor: string): Promise<void> {
  const made = `alter default privileges for role ${application} grant`
  await query(owner, `${made} usage on schemas to ${auditor}`)
  await query(owner, `${made} select on tables to ${auditor}`)
  for (const model of READ_MODELS) {
    const schema = schemaOf(model)
    const [found] = await query(owner, 'select from pg_namespace where nspname = $1', [schema])
    if (found !== undefined) await grant(owner, 'select', `${schema}.*`, auditor)
  }
}

async function grant(owner: Kysely<unknown>, rights: string, tables: string, role: string): Promise<void> {
  const [schema, table] = tables.split('.')
  await query(owner, `grant usage on schema ${schema} to ${role}`)
  const on = table === '*' ? `all tables in schema ${schema}` : `${schema}.${table}`
  await query(owner, `grant ${rights} on ${on} to ${role}`)
}

const quoted = (role: string): string => `"${role.replaceAll('"', '""')}"`
