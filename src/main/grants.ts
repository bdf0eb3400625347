import type { Kysely } from 'kysely'
import { query, transaction } from '#events/store/sql.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { schemaOf } from '#projections/read-model.ts'
import { Obstacle } from './explain.ts'

/** The roles besides the owner of the tables (`scripts/postgres-roles.sql`). */
export interface DatabaseRoles {
  readonly application: string
  readonly auditor: string
}

interface TableRights {
  readonly application: string | null
  readonly auditor: string | null
}

/** What each may do with a table of the owner. A test asks for a line when a migration makes another. */
export const RIGHTS: Readonly<Record<string, TableRights>> = {
  // Written by log.append alone, which works with the rights of the owner.
  'log.event': { application: 'select', auditor: 'select' },
  // Names are corrected and erased, and put back by a restore.
  'person.name': { application: 'select, insert, update, delete', auditor: 'select' },
  // Keys come, are wrapped anew, wait for their end and go; an auditor sees whose there are, and none of them.
  'privacy.dek': {
    application: 'select, insert, update, delete',
    auditor: 'select (id, school, person, purpose, kek, made_at)',
  },
  'privacy.quarantine': {
    application: 'select, insert, update, delete',
    auditor: 'select (id, school, person, purpose, kek, made_at, taken_at)',
  },
  'privacy.destroyed': { application: 'select, insert', auditor: 'select' },
  'access.credential': {
    application: 'select, insert, update, delete',
    auditor: 'select (school, login, account, kept_at)',
  },
  // Of sessions, codes and tries an auditor sees that they were, and nothing by which somebody could enter.
  'access.session': {
    application: 'select, insert, update, delete',
    auditor: 'select (id, school, account, cred, began, seen, expires, address, agent, ended, why)',
  },
  'access.activation_code': {
    application: 'select, insert, update, delete',
    auditor: 'select (school, account, code, kept_at)',
  },
  'access.log_in_attempt': { application: 'select, insert, update, delete', auditor: null },
  'access.service_token': {
    application: 'select, insert, update',
    auditor: 'select (token, school, kept_at, seen)',
  },
  'access.external_identity': {
    application: 'select, insert, delete',
    auditor: 'select (school, identity, account, kept_at)',
  },
  // Of some minutes, and all of it secret.
  'access.external_log_in': { application: 'select, insert, delete', auditor: null },
  // The school may purge old ones: that is for the owner.
  'access.request': { application: 'select, insert', auditor: 'select' },
  // What is older than its term goes.
  'access.read': { application: 'select, insert, delete', auditor: 'select' },
  // Those of versions that nobody follows any more go.
  'projection.checkpoint': { application: 'select, insert, update, delete', auditor: 'select' },
  'projection.rebuild': { application: 'select, insert, update', auditor: 'select' },
  'projection.log_engine': { application: 'select, insert, update', auditor: 'select' },
  'relay.checkpoint': { application: 'select, insert, update', auditor: 'select' },
  'integrity.leaf': { application: 'select, insert', auditor: 'select' },
  // The last tile of a level grows.
  'integrity.tile': { application: 'select, insert, update', auditor: 'select' },
  'integrity.checkpoint': { application: 'select, insert', auditor: 'select' },
  'integrity.cosignature': { application: 'select, insert', auditor: 'select' },
  // Up to where a key has signed grows.
  'integrity.key': { application: 'select, insert, update (last_size)', auditor: 'select' },
  // Positions of another engine say nothing: it is forgotten when a log is adopted.
  'integrity.progress': { application: 'select, insert, update, delete', auditor: 'select' },
  'operations.process': { application: 'select, insert, update, delete', auditor: 'select' },
  'operations.outage': { application: 'select, insert, update, delete', auditor: 'select' },
  'operations.import': { application: 'select, insert, update, delete', auditor: 'select' },
  'operations.archive_job': { application: 'select, insert, update, delete', auditor: 'select' },
  // Tries of deliveries that have not ended; how they ended stands in the log.
  'operations.delivery': { application: 'select, insert, update, delete', auditor: 'select' },
  // How often the code of a contact was tried, and no code.
  'operations.contact_try': { application: 'select, insert, update, delete', auditor: 'select' },
  'operations.maintenance': { application: 'select, insert, update, delete', auditor: 'select' },
  'letopis.migration': { application: 'select', auditor: 'select' },
  'letopis.migration_lock': { application: null, auditor: null },
}

const SCHEMAS = [...new Set(Object.keys(RIGHTS).map((table) => table.split('.')[0]!))].join(', ')

/**
 * Grants to the roles what they need and takes everything else; safe to repeat. The application appends to the log by
 * its function alone, and owns the read models, for which the auditor is granted reading as they are made.
 *
 * @param owner a connection of the role that owns the tables
 * @returns the roles among these that the server has
 * @throws {Obstacle} a role can be no such role
 */
export function grantRoles(owner: Kysely<unknown>, roles: DatabaseRoles): Promise<string[]> {
  return transaction(owner, async (together) => {
    const [application, auditor] = await suitable(together, roles)
    if (application !== null) await grantApplication(together, application)
    if (auditor !== null) await grantTables(together, auditor, 'auditor')
    if (application !== null && auditor !== null) await grantWhatIsMade(together, application, auditor)
    return [application, auditor].filter((role) => role !== null)
  })
}

/** The roles, null for one that the server does not have, or that is the owner itself. */
async function suitable(
  owner: Kysely<unknown>,
  { application, auditor }: DatabaseRoles,
): Promise<[string | null, string | null]> {
  const known = await query<{ name: string; self: string; owns: boolean; lent: boolean }>(
    owner,
    `select rolname as name, current_user as self, pg_has_role(oid, current_user, 'member') as owns,
       pg_has_role(current_user, oid, 'member') as lent from pg_roles
     where rolname in ($1, $2) and rolname <> current_user`,
    [application, auditor],
  )
  if (application === auditor && known.length > 0) throw new Obstacle('Служба и аудитор — разные роли.')
  for (const { name, self, owns, lent } of known) {
    if (owns) {
      throw new Obstacle(`У роли ${name} есть все права владельца таблиц (${self}): ограничить её нельзя.`)
    }
    if (name === application && !lent) {
      throw new Obstacle(
        `Владелец таблиц должен действовать и от имени службы. Администратор: grant ${name} to ${self};`,
      )
    }
  }
  const found = (role: string): string | null => (known.some(({ name }) => name === role) ? role : null)
  return [found(application), found(auditor)]
}

async function grantApplication(owner: Kysely<unknown>, application: string): Promise<void> {
  const role = quoted(application)
  await grantTables(owner, application, 'application')
  for (const parameters of ['json', 'text, text, text, text, text', Array(7).fill('text').join(', ')]) {
    await query(owner, `grant execute on function log.append(${parameters}) to ${role}`)
  }
  // Read models that were made while one role did everything.
  for (const { schema, tables } of await readModels(owner)) {
    // The schema first: a table is handed only to who may make one there.
    await query(owner, `alter schema ${schema} owner to ${role}`)
    for (const table of tables) await query(owner, `alter table ${schema}.${table} owner to ${role}`)
  }
}

async function grantTables(
  owner: Kysely<unknown>,
  role: string,
  purpose: 'application' | 'auditor',
): Promise<void> {
  await query(owner, `grant usage on schema ${SCHEMAS} to ${quoted(role)}`)
  await query(owner, `revoke all on all tables in schema ${SCHEMAS} from ${quoted(role)}`)
  for (const [table, { [purpose]: rights }] of Object.entries(RIGHTS)) {
    if (rights !== null) await query(owner, `grant ${rights} on ${table} to ${quoted(role)}`)
  }
}

/** Reading for the auditor, of every read model: those that stand, and those that the application will make. */
async function grantWhatIsMade(owner: Kysely<unknown>, application: string, auditor: string): Promise<void> {
  const [role, reader] = [quoted(application), quoted(auditor)]
  await query(owner, `alter default privileges for role ${role} grant usage on schemas to ${reader}`)
  await query(owner, `alter default privileges for role ${role} grant select on tables to ${reader}`)
  for (const { schema } of await readModels(owner)) {
    await query(owner, `grant usage on schema ${schema} to ${reader}`)
    await query(owner, `grant select on all tables in schema ${schema} to ${reader}`)
  }
}

/** The schemas of the read models, with what rebuilds build beside them, and their tables. */
function readModels(
  owner: Kysely<unknown>,
): Promise<Array<{ readonly schema: string; readonly tables: readonly string[] }>> {
  return query(
    owner,
    `select nspname as schema, coalesce(json_agg(relname) filter (where relname is not null), '[]') as tables
     from pg_namespace left join pg_class on relnamespace = pg_namespace.oid and relkind = 'r'
     where regexp_replace(nspname, '_[0-9a-f]{8}$', '') in (select json_array_elements_text($1::json))
     group by nspname`,
    [JSON.stringify(READ_MODELS.map(schemaOf))],
  )
}

const quoted = (role: string): string => `"${role.replaceAll('"', '""')}"`
