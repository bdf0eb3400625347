import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { query } from '#events/store/sql.ts'
import { formatPosition } from '#events/store/position.ts'
import { systemClock } from '#values/time.ts'
import type { Config } from './config.ts'
import { describe, Obstacle } from './explain.ts'
import { makeFolder } from './folder.ts'
import { FolderInUse } from './folder-lock.ts'
import { openInstallation } from './installation.ts'
import type { Report } from './cli/call.ts'

interface Check {
  readonly what: string
  readonly ok: boolean
  readonly found: string
}

/** Looks at everything that Letopis needs, for real: writes a file, opens the database, reads the head of the log. */
export async function doctor(config: Config): Promise<Report & { readonly healthy: boolean }> {
  const checks: Check[] = [
    { what: 'Node', ok: true, found: process.version },
    { what: 'Часовой пояс', ok: true, found: `${config.zone}, сейчас ${systemClock()}` },
    await check('Папка данных', () => writable(config.data)),
    {
      what: 'Ключ токенов',
      ok: true,
      found: existsSync(join(config.data, 'keys', 'access-token.pem'))
        ? 'есть'
        : 'будет создан при первом запуске',
    },
  ]
  if (checks.every(({ ok }) => ok)) checks.push(...(await engine(config)))
  const healthy = checks.every(({ ok }) => ok)
  return {
    healthy,
    lines: checks.map(({ what, ok, found }) => `${ok ? '✓' : '✗'} ${what}: ${found}`),
    json: { healthy, checks },
  }
}

async function engine(config: Config): Promise<Check[]> {
  const kind = config.databaseUrl === undefined ? 'встроенная база' : 'PostgreSQL'
  try {
    const open = await openInstallation(config, systemClock, pino({ level: 'silent' }))
    try {
      const { kysely } = open.database
      return [
        await check(kind, async () => {
          const [row] = await query<{ version: string; sync: string }>(
            kysely,
            "select version() as version, current_setting('fsync') as sync",
          )
          if (row!.sync !== 'on')
            throw new Obstacle('fsync выключен: отключение питания может потерять записи')
          return row!.version.split(' on ')[0]!
        }),
        await check('Журнал событий', async () => {
          const head = await open.execution.store.head()
          return head === null ? 'пуст' : `до позиции ${formatPosition(head)}`
        }),
      ]
    } finally {
      await open.close()
    }
  } catch (error) {
    if (error instanceof FolderInUse) {
      return [
        {
          what: kind,
          ok: true,
          found: `занята работающей службой (процесс ${error.pid ?? 'неизвестен'}); её состояние — /health/ready`,
        },
      ]
    }
    return [{ what: kind, ok: false, found: describe(error) }]
  }
}

function writable(folder: string): string {
  makeFolder(folder)
  const probe = join(folder, `.probe-${process.pid}`)
  writeFileSync(probe, 'ok')
  rmSync(probe)
  accessSync(folder, constants.W_OK)
  return folder
}

async function check(what: string, look: () => string | Promise<string>): Promise<Check> {
  try {
    return { what, ok: true, found: await look() }
  } catch (error) {
    return { what, ok: false, found: describe(error) }
  }
}
