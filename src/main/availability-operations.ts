import { Temporal } from 'temporal-polyfill'
import { type Instant, instantAt, LocalDate, plusMinutes, systemClock, type TimeZone } from '#values/time.ts'
import { type Limit, type Month, monthAt, monthReport, type MonthReport, PERMITTED } from './availability.ts'
import type { Report } from './cli/call.ts'
import type { Config } from './config.ts'
import { type Database, openEmbedded, openPostgres } from './database.ts'
import { Obstacle } from './explain.ts'
import { FolderInUse } from './folder-lock.ts'
import { migrate } from './migrations.ts'
import { type Outage, OutageLedger } from './outage-ledger.ts'

/** The ledger of a month. Where the running service holds the embedded database, the service is asked. */
export async function availability(
  config: Config,
  asked: Month | null,
): Promise<Report & { readonly exceeded: number }> {
  const month = asked ?? monthAt(systemClock(), config.zone)
  const report = await withLedger(
    config,
    (ledger) => monthReport(ledger, month, config.zone, systemClock()),
    () => fromService(config, month),
  )
  return { lines: linesOf(report), json: report, exceeded: report.exceeded.length }
}

export interface Announced {
  readonly from: string
  readonly minutes: number
  readonly reason: string
}

/** Announces work. Only what lies ahead can be announced. @throws {Obstacle} */
export async function announce(config: Config, { from, minutes, reason }: Announced): Promise<Report> {
  const [date = '', time = ''] = from.split('T')
  if (!LocalDate.safeParse(date).success) throw new Obstacle(`Такого дня нет: ${date}.`)
  const began = instantAt(LocalDate.parse(date), time, config.zone)
  const ended = plusMinutes(began, minutes)
  if (began <= systemClock())
    throw new Obstacle('Предупредить можно только о том, что впереди: это время уже началось.')
  const notice = { began, ended, reason: reason.trim() }
  await withLedger(
    config,
    (ledger) => ledger.announce(notice),
    () => {
      throw new Obstacle(
        'Служба работает и держит встроенную базу. Предупреждение здесь и не нужно: остановка по SIGTERM — плановая.',
      )
    },
  )
  const lines = [`Плановые работы: ${shown(began, config.zone)}, ${minutes} мин. «${notice.reason}»`]
  if (minutes * 60 > PERMITTED['planned-single'])
    lines.push('Это дольше часа: регламент допускает один перерыв не длиннее 60 минут.')
  return { lines, json: notice }
}

async function withLedger<Result>(
  config: Config,
  work: (ledger: OutageLedger) => Promise<Result>,
  whileServed: () => Promise<Result>,
): Promise<Result> {
  let database: Database
  try {
    database =
      config.databaseUrl === undefined ? await openEmbedded(config.data) : openPostgres(config.databaseUrl)
  } catch (error) {
    if (error instanceof FolderInUse) return whileServed()
    throw error
  }
  try {
    await migrate(database.kysely)
    return await work(new OutageLedger(database.kysely))
  } finally {
    await database.close()
  }
}

async function fromService({ host, port }: Config, month: Month): Promise<MonthReport> {
  const own = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host
  const address = `http://${own.includes(':') ? `[${own}]` : own}:${port}`
  const unreachable = `Служба держит встроенную базу, но не отвечает по адресу ${address}: проверьте LETOPIS_HOST и LETOPIS_PORT.`
  const response = await fetch(`${address}/health/availability?month=${month}`).catch((cause: unknown) => {
    throw new Obstacle(unreachable, { cause })
  })
  if (!response.ok) throw new Obstacle(unreachable)
  return (await response.json()) as MonthReport
}

const LIMITS: Readonly<Record<Limit, string>> = {
  'planned-total': 'плановые перерывы за месяц вместе',
  'planned-single': 'плановый перерыв',
  'emergency-single': 'аварийная остановка',
}

function linesOf(report: MonthReport): string[] {
  const { month, zone, covered, up, planned, emergency, availability: percent, exceeded, outages } = report
  if (covered === null) return [`${month}: служба ещё не подавала признаков жизни.`]
  const lines = [
    `${month} (${zone}): с ${shown(covered.from, zone)} до ${shown(covered.until, zone)}`,
    ...outages.map((outage) => `  ${lineOf(outage, zone)}`),
    `Плановые:  ${planned.count}, вместе ${span(planned.seconds)} из ${span(PERMITTED['planned-total'])}, самый долгий ${span(planned.longest)}`,
    `Аварийные: ${emergency.count}, вместе ${span(emergency.seconds)}, самый долгий ${span(emergency.longest)}`,
    `Доступность: ${percent === null ? '—' : `${percent} %`}`,
    ...exceeded.map(
      ({ limit, seconds, permitted, began }) =>
        `ПРЕВЫШЕНО: ${LIMITS[limit]}${began === null ? '' : ` ${shown(began, zone)}`} — ${span(seconds)} при допустимых ${span(permitted)}`,
    ),
  ]
  return up ? lines : [...lines, 'Сейчас служба признаков жизни не подаёт.']
}

function lineOf(
  { began, kind, reason, seconds, whole }: MonthReport['outages'][number],
  zone: TimeZone,
): string {
  const why = reason ?? (kind === 'planned' ? 'остановлена штатно' : 'без остановки по команде')
  const parts = whole === seconds ? '' : ` (всего ${span(whole)})`
  return `${shown(began, zone)}  ${KINDS[kind]}  ${span(seconds)}${parts}  ${why}`
}

const KINDS: Readonly<Record<Outage['kind'], string>> = { planned: 'плановый ', emergency: 'аварийный' }

/** `4:05` is four minutes and five seconds. */
const span = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`

function shown(instant: Instant, zone: TimeZone): string {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime()
  return local.toString({ smallestUnit: 'second' }).replace('T', ' ')
}
