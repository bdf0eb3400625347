import type { Report } from './cli/call.ts'
import type { Config } from './config.ts'
import { openPostgres } from './database.ts'
import { type DatabaseRoles, grantRoles } from './grants.ts'
import { migrate, MIGRATIONS, pendingMigrations } from './migrations.ts'

type Migrated = Report & { readonly pending: number }

/** What the tables still lack for this release. */
export async function checkMigrations({ databaseUrl }: Config): Promise<Migrated> {
  const database = openPostgres(databaseUrl!)
  try {
    const pending = await pendingMigrations(database.kysely)
    const lines = pending.length === 0 ? ['Таблицы соответствуют выпуску.'] : ['Не выполнены:', ...pending]
    return { lines, json: { pending }, pending: pending.length }
  } finally {
    await database.close()
  }
}

/** Brings the tables to this release as their owner, and grants to the other roles what they need. */
export async function migrateDatabase(
  { databaseUrl, databaseOwnerUrl }: Config,
  roles: DatabaseRoles,
): Promise<Migrated> {
  const database = openPostgres((databaseOwnerUrl ?? databaseUrl)!)
  try {
    const done = await migrate(database.unhurried)
    const granted = await grantRoles(database.unhurried, roles)
    const lines = [
      done.length === 0 ? 'Таблицы уже соответствуют выпуску.' : `Выполнено: ${done.join(', ')}.`,
      granted.length === 0
        ? 'Других ролей на сервере нет: служба работает от имени владельца таблиц.'
        : `Права выданы: ${granted.join(', ')}.`,
    ]
    return { lines, json: { done, granted, known: MIGRATIONS.map(({ name }) => name) }, pending: 0 }
  } finally {
    await database.close()
  }
}
