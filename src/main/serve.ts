import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { createApp } from '#api/app.ts'
import { systemClock } from '#values/time.ts'
import { serviceBackups } from './backup/service-backups.ts'
import type { Config } from './config.ts'
import { DEMO_PASSWORD, DEMO_SCHOOL, type Demo, FOREIGN_SCHOOL, schoolOfDemo, seedDemo } from './demo.ts'
import { Obstacle } from './explain.ts'
import { catchUp, openInstallation } from './installation.ts'
import { keepTidy, tidy } from './housekeeping.ts'
import { progress } from './progress.ts'
import { tokenKeys } from './token-keys.ts'

const TOKEN_SECONDS = 8 * 60 * 60
const PATIENCE = 5_000

export interface Served {
  readonly address: string
  /** What the operator is told. */
  readonly welcome: string
  /** Stops taking requests, finishes those at hand, and closes everything. */
  close(): Promise<void>
}

/** Opens the installation, brings the read models up to date and listens. With `demo`, an empty one gets a school. */
export async function serve(config: Config, { demo }: { readonly demo: boolean }): Promise<Served> {
  const log = pino({ level: config.logLevel })
  const installation = await openInstallation(config, systemClock, log)
  try {
    const seeded = demo ? await withDemo(config, installation) : null
    await showing(installation)
    const { database, execution, persons, credentials, requests, projectors } = installation
    const backups = serviceBackups(config, installation, log)
    await tidy(database)
    const app = await createApp(
      {
        database: database.kysely,
        execution,
        persons,
        credentials,
        requests,
        backups: backups?.desk ?? null,
        models: projectors,
        tokenKeys: tokenKeys(config.data),
        zone: config.zone,
        tokenSeconds: TOKEN_SECONDS,
        patience: PATIENCE,
      },
      log,
    )
    const address = await listen(app, config)
    backups?.schedule.start()
    const stopTidying = await keepTidy(database, execution.store, log)
    return {
      address,
      welcome: welcome(address, seeded),
      close: async () => {
        stopTidying()
        await app.close()
        await backups?.schedule.stop()
        await backups?.desk.stop()
        await installation.close()
      },
    }
  } catch (error) {
    await installation.close()
    throw error
  }
}

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

async function showing(installation: Open): Promise<void> {
  const bar = progress('Представления')
  await catchUp(installation, (done) => bar.to(done, installation.projectors.length))
  bar.end()
}

function welcome(address: string, demo: Demo | 'foreign' | null): string {
  const lines = [
    '',
    'Летопись работает.',
    `  Адрес:         ${address}`,
    `  Документация:  ${address}/docs`,
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
