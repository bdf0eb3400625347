import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { createApp, createHealthApp } from '#api/app.ts'
import { ExternalIssuer } from '#api/external-issuer.ts'
import type { StandingFor } from '#api/parts.ts'
import { Pasts } from '#api/past.ts'
import type { EventStore } from '#events/store/event-store.ts'
import type { ModelProgress } from '#projections/progress.ts'
import { systemClock } from '#values/time.ts'
import { keysFolderOf } from './backup/key-copies.ts'
import { counts } from '#projections/archive-register/queries.ts'
import { checksStanding } from '#projections/record-checks/queries.ts'
import { serviceArchive } from './archive/service-archive.ts'
import { serviceBackups } from './backup/service-backups.ts'
import type { Config } from './config.ts'
import { type Database, openInMemory } from './database.ts'
import { DEMO_PASSWORD, DEMO_SCHOOL, type Demo, FOREIGN_SCHOOL, schoolOfDemo, seedDemo } from './demo.ts'
import { openDeliveries } from './delivery/open-deliveries.ts'
import { Erasure } from './erasure.ts'
import { Obstacle } from './explain.ts'
import { caughtUp, openInstallation, servedBy } from './installation.ts'
import { keepTidy, tidy } from './housekeeping.ts'
import { NightlyCheck } from './nightly-check.ts'
import { aborted, Alone, type Duty, Leadership } from './leadership.ts'
import { personKeysIn } from './person-key-folder.ts'
import { progress } from './progress.ts'
import { checkpointsTo, relayTo } from './relay.ts'
import { startProjecting } from './projecting.ts'
import { opensslGost } from './openssl-gost.ts'
import { keepRightsNoted } from './rights-edition.ts'
import { ROLES, type ServeRole } from './roles.ts'
import { lastSigned, openSealing } from './sealing.ts'
import { serviceLog } from './service-log.ts'
import { signing } from './signature-check.ts'
import { keepWasmSmall } from './small-wasm.ts'
import { supervise } from './supervision.ts'
import { TOKEN_SECONDS, TokenKeyFolder } from './token-key-folder.ts'
import { openWatching } from './watching.ts'

const PATIENCE = 5_000

export interface Served {
  readonly address: string
  /** What the operator is told. */
  readonly welcome: string
  /** Stops taking requests, finishes those at hand, and closes everything. */
  close(): Promise<void>
}

/** Opens the installation and does what its roles are. With `demo`, an empty installation gets a school first. */
export async function serve(
  config: Config,
  { demo, roles }: { readonly demo: boolean; readonly roles: readonly ServeRole[] },
): Promise<Served> {
  // Then PGlite is only for looks at the past.
  if (config.databaseUrl !== undefined) keepWasmSmall()
  const log = serviceLog({ level: config.logLevel, roles })
  const watching = await openWatching(config, log, roles)
  const { metrics } = watching
  const installation = await openInstallation(config, systemClock, log, watching.watch)
  const { database, execution, persons } = installation
  const closing: Array<() => unknown> = [() => watching.close(), () => installation.close()]
  const close = async (): Promise<void> => {
    // The other way round: who was opened last needs those before it.
    for (const end of closing.toReversed()) await end()
  }
  try {
    const api = roles.includes('api')
    const seals = roles.includes('sealer')
    const seeded = demo ? await withDemo(config, installation) : null
    const projecting = await startProjecting(installation, config, roles.includes('projector'), log)
    closing.push(() => projecting.stop())
    // Whoever keeps the read models here shows people everything from the first answer on.
    if (roles.includes('projector') && api) await shown(execution.store, projecting.models)
    await tidy(database)

    const duties: StandFor[] = []
    const leads = (duty: Duty): boolean => duties.some((own) => own.duty === duty && own.leads)
    const standFor = (duty: Duty, work: (signal: AbortSignal) => Promise<void>): void => {
      const url = config.databaseUrl
      const standing =
        url === undefined ? new Alone(duty, { log, work }) : new Leadership(duty, { url, log, work })
      duties.push(standing)
      metrics.leadership(duty, () => standing.leads)
      standing.start()
      closing.push(() => standing.stop())
    }
    if (roles.includes('relay') && config.nats !== undefined) {
      const relay = relayTo(config.nats, installation, log)
      const checkpoints = checkpointsTo(config.nats, installation, log)
      standFor('relay', async (signal) => {
        await Promise.all([relay.run(signal), checkpoints.run(signal)])
      })
      metrics.relay(relay, { store: execution.store, clock: systemClock }, () => leads('relay'))
    }
    if (roles.includes('relay')) {
      const deliveries = openDeliveries(config.delivery, installation, log)
      standFor('delivery', (signal) => deliveries.run(signal))
      metrics.deliveries(deliveries, () => leads('delivery'))
    }
    if (seals && config.seal !== undefined) {
      const { sealer, witnessings, run } = openSealing(
        { folder: config.seal, witnesses: config.witnesses },
        installation,
        log,
      )
      standFor('sealer', run)
      metrics.sealer(sealer, { store: execution.store, clock: systemClock }, () => leads('sealer'))
      metrics.witnesses(witnessings, () => leads('sealer'))
    }
    const archive = api || seals ? serviceArchive(config, installation, log, seals) : null
    if (archive !== null && seals) {
      // Whoever seals has the key, and packages are signed with it too.
      standFor('archive', (signal) => archive.run(signal))
      metrics.archive(
        () => counts(database.kysely),
        () => leads('archive'),
      )
    }
    if (api) {
      const lists = [personKeysIn(config.data)]
      if (config.backup !== undefined) lists.push(keysFolderOf(config.backup.folder))
      const erasure = new Erasure(installation, lists, log)
      standFor('erasure', (signal) => erasure.run(signal))
    }
    const backups = api ? serviceBackups(config, installation, log) : null
    if (backups !== null) {
      const { desk, schedule } = backups
      closing.push(() => desk.stop())
      standFor('backup', async (signal) => {
        schedule.start()
        await aborted(signal)
        await schedule.stop()
      })
    }

    const { models, leadership } = projecting
    if (leadership !== null) {
      duties.push(leadership)
      metrics.leadership(leadership.duty, () => leadership.leads)
    }
    if (roles.includes('projector')) {
      const check = new NightlyCheck({
        installation,
        models: projecting.models,
        daily: { ...config.check, zone: config.zone },
        signed: () => lastSigned(config.seal),
        log,
      })
      const rights = { installation, since: systemClock(), log }
      standFor('check', async (signal) => {
        await Promise.all([check.run(signal), keepRightsNoted(rights, signal)])
      })
      metrics.checks(
        () => checksStanding(database.kysely),
        () => leads('check'),
      )
    }
    const supervision = supervise(config, installation, models, watching, log)
    const pasts = new Pasts(openInMemory)
    closing.push(() => pasts.close())
    const app = api
      ? await createApp(
          {
            ...servedBy(installation),
            execution: signing(execution, config.signatureAuthorities, persons, opensslGost(config.openssl)),
            externalIssuer: externalIssuer(config, database),
            backups: backups?.desk ?? null,
            packages: archive,
            models,
            pasts,
            duties,
            tokenKeys: new TokenKeyFolder(config.data),
            zone: config.zone,
            tokenSeconds: TOKEN_SECONDS,
            patience: PATIENCE,
            ...supervision.parts,
          },
          log,
        )
      : await createHealthApp({ execution, models, duties, ...supervision.parts }, log)
    const address = await listen(app, config)
    if (api) closing.push(await supervision.begin())
    closing.push(() => app.close())
    closing.push(await keepTidy(installation, systemClock, log, config.readDays))
    return { address, welcome: welcome(address, roles, seeded), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** @throws {Obstacle} the secret of the client cannot be read */
function externalIssuer({ oidc }: Config, { kysely }: Database): ExternalIssuer | null {
  if (oidc === undefined) return null
  const { issuer, clientId, redirect, claim, secretFile } = oidc
  const clientSecret = secretFile === undefined ? null : secretIn(secretFile)
  return new ExternalIssuer(kysely, { issuer, clientId, clientSecret, redirect, claim })
}

function secretIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new Obstacle(`${file}: не читается (LETOPIS_OIDC_CLIENT_SECRET_FILE).`, { cause })
  }
}

type StandFor = StandingFor & { readonly duty: Duty }

/** @throws {Obstacle} the address is another's, or nobody's here */
async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (cause) {
    await app.close()
    switch ((cause as NodeJS.ErrnoException).code) {
      case 'EADDRINUSE':
        throw new Obstacle(`Адрес ${host}, порт ${port} уже заняты: укажите другой порт в LETOPIS_PORT.`, {
          cause,
        })
      case 'EACCES':
        throw new Obstacle(`Порт ${port} открывать не разрешено: укажите другой в LETOPIS_PORT.`, { cause })
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        throw new Obstacle(`У этой машины нет адреса ${host}: укажите другой в LETOPIS_HOST.`, { cause })
      default:
        throw cause
    }
  }
}

type Open = Awaited<ReturnType<typeof openInstallation>>

/** A school for a visitor, unless the log holds another one. */
async function withDemo(config: Config, installation: Open): Promise<Demo | 'foreign'> {
  const bar = progress('Школа для знакомства')
  const demo = await seedDemo(installation, config.data, systemClock(), bar.to)
  bar.end()
  return demo
}

async function shown(store: EventStore, models: readonly ModelProgress[]): Promise<void> {
  const bar = progress('Представления')
  await caughtUp(store, models, (done) => bar.to(done, models.length))
  bar.end()
}

function welcome(address: string, roles: readonly ServeRole[], demo: Demo | 'foreign' | null): string {
  const some = roles.length < ROLES.length
  const lines = [
    '',
    'Летопись работает.',
    ...(some ? [`  Роли:          ${roles.join(', ')}`] : []),
    `  Адрес:         ${address}`,
    roles.includes('api') ? `  Документация:  ${address}/docs` : `  Состояние:     ${address}/health/ready`,
    '',
  ]
  if (demo === 'foreign') lines.push(FOREIGN_SCHOOL, '')
  else if (demo !== null) {
    const { people, unrecorded } = schoolOfDemo(demo)
    lines.push(
      `Школа для знакомства «${DEMO_SCHOOL}», учебный год ${demo.year}/${(demo.year + 1) % 100}, до ${demo.until}.`,
    )
    lines.push(`Пароль у всех: ${DEMO_PASSWORD}`, '')
    for (const { login, roles } of Object.values(people))
      lines.push(`  ${login.padEnd(14)} ${roles.join(', ')}`)
    const [lesson] = unrecorded
    if (lesson !== undefined) {
      lines.push(
        '',
        `Для пробы учителю (teacher) оставлены незаписанными уроки ${lesson.date}, например «${lesson.name}».`,
      )
    }
    lines.push('', 'С чего начать — README, «Пять минут с curl». Остановить: Ctrl+C.', '')
  }
  return `${lines.join('\n')}\n`
}
