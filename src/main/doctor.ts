import { systemClock } from '#values/time.ts'
import type { Report } from './cli/call.ts'
import type { Config } from './config.ts'
import { openEmbedded } from './database.ts'
import { type Check, check, good, type Verdict } from './doctor/check.ts'
import { embeddedChecks, postgresChecks } from './doctor/database-checks.ts'
import { machineChecks } from './doctor/machine-checks.ts'
import { PROBES, type Probes } from './doctor/probes.ts'
import { FolderInUse } from './folder-lock.ts'
import { Obstacle } from './explain.ts'
import { VERSION } from './software.ts'

const SIGNS = { good: '✓', mind: '!', bad: '✗' } as const

/** Looks at everything that Letopis needs, for real: writes files, asks engines, appends and reads, and leaves no trace. */
export async function doctor(
  config: Config,
  probes: Probes = PROBES,
): Promise<Report & { readonly healthy: boolean }> {
  const machine = await machineChecks(config, probes, Date.parse(systemClock()))
  const checks: Check[] = [
    { what: 'Летопись', ...good(`${VERSION}, Node ${process.version}`) },
    { what: 'Часовой пояс', ...good(config.zone) },
    ...machine,
    ...(machine.some(({ state }) => state === 'bad') && config.databaseUrl === undefined
      ? []
      : await databaseChecks(config, probes)),
    ...(await engineChecks(config, probes)),
  ]
  const healthy = checks.every(({ state }) => state !== 'bad')
  return { healthy, lines: checks.flatMap(linesOf), json: { healthy, checks } }
}

async function databaseChecks(config: Config, probes: Probes): Promise<Check[]> {
  if (config.databaseUrl !== undefined) return postgresChecks(config, probes)
  try {
    const database = await openEmbedded(config.data)
    try {
      return await embeddedChecks(database.kysely)
    } finally {
      await database.close()
    }
  } catch (error) {
    return [await check('встроенная база', () => inUse(error))]
  }
}

/** A service that runs is no fault: its state is asked of itself. */
function inUse(error: unknown): Verdict {
  if (!(error instanceof FolderInUse)) throw error
  return good(
    `занята работающей службой (процесс ${error.pid ?? 'неизвестен'}); её состояние — /health/ready`,
  )
}

async function engineChecks({ eventStoreUrl, nats, delivery }: Config, probes: Probes): Promise<Check[]> {
  const checks = await Promise.all([
    engineCheck('EventStoreDB', eventStoreUrl, probes.eventStore),
    engineCheck('NATS JetStream', nats, probes.nats),
    engineCheck('почтовый сервер', delivery.smtp, probes.mail),
  ])
  return checks.filter((found) => found !== null)
}

/** Of an engine that is configured; null of another. */
async function engineCheck<Settings>(
  what: string,
  settings: Settings | undefined,
  probe: ((settings: Settings) => Promise<Verdict>) | undefined,
): Promise<Check | null> {
  if (settings === undefined) return null
  return check(what, () => {
    if (probe === undefined) throw new Obstacle(`Этот выпуск не умеет проверить ${what}.`)
    return probe(settings)
  })
}

function linesOf({ what, state, found, advice }: Check): string[] {
  return [`${SIGNS[state]} ${what}: ${found}`, ...(advice === null ? [] : [`    ${advice}`])]
}
