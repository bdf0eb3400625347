import { resolve } from 'node:path'
import { pino } from 'pino'
import type { BackupCopy, RestoreDrill } from '#api/backups.ts'
import type { BackupKey } from '#integrity/backup/backup-key.ts'
import type { Manifest } from '#integrity/backup/manifest.ts'
import { addDays, type Instant, instantAt, type LocalDate, systemClock } from '#values/time.ts'
import type { SchoolSlug } from '#values/school.ts'
import { referenceStream } from '#commands/references.ts'
import { rosterFold } from '#commands/roster/state.ts'
import type { Report } from '../cli/call.ts'
import type { Config } from '../config.ts'
import { Obstacle } from '../explain.ts'
import { FolderInUse } from '../folder-lock.ts'
import { catchUp, type Installation } from '../installation.ts'
import { withInstallation } from '../operations.ts'
import { noteOperatorRead } from '../operator-reads.ts'
import { PersonKeyFolder, personKeysIn } from '../person-key-folder.ts'
import { progress, stagedProgress } from '../progress.ts'
import { SOFTWARE } from '../software.ts'
import { rehearse } from './drill.ts'
import { lastDrill } from './drills.ts'
import { exportSchool } from './export-school.ts'
import { listCopies } from './list-copies.ts'
import { type CopyMade, makeCopy, type Making } from './make-copy.ts'
import { sourceOf } from './source.ts'
import {
  restoreCopy,
  type Restored,
  restorePeriods,
  type RestoreStage,
  type RestoreTarget,
} from './restore-copy.ts'
import { openCopy, verifyCopy } from './verify-copy.ts'

/** Where copies are, and the key by which they are encrypted; null: they are not. */
export interface Copies {
  readonly folder: string
  readonly key: BackupKey | null
}

export async function backUp(config: Config, copies: Copies, anew: boolean): Promise<Report> {
  const days = config.backup?.days ?? 30
  const made = await fromInstallation(config, async (installation) => {
    const bar = progress('Резервная копия, %')
    const making = makingOf(config, installation, copies.key, (done) => bar.to(done, 100))
    const made = await makeCopy(copies.folder, making, { days, zone: config.zone, anew })
    bar.end()
    return made
  })
  return { lines: saidOf(made), json: summary(made) }
}

function saidOf({ manifest, added, begunAnew, removed, unreadable }: CopyMade): string[] {
  return [
    `Копия ${manifest.copy} готова: событий ${manifest.events}, из них новых ${added}.`,
    ...(begunAnew === null ? [] : [`Сделана заново целиком: ${begunAnew}`]),
    ...(removed.length === 0 ? [] : [`Удалены отслужившие копии: ${removed.join(', ')}.`]),
    ...(unreadable.length === 0
      ? []
      : [`Не читаются копии ${unreadable.join(', ')}: пока они лежат здесь, лишние файлы не убираются.`]),
    ...(manifest.key === null ? [NOT_ENCRYPTED] : []),
  ]
}

const NOT_ENCRYPTED =
  'Копия НЕ зашифрована: в ней имена и учётные данные. Храните её как бумажные личные дела.'

function summary({ manifest, added, begunAnew, removed, unreadable }: CopyMade) {
  return { ...shortOf(manifest), added, begunAnew, removed, unreadable }
}

function shortOf({ copy, at, events, streams, headsDigest, key }: Manifest) {
  return { copy, at, events, streams, headsDigest, key }
}

function makingOf(
  { eventStoreUrl }: Config,
  installation: Installation,
  key: BackupKey | null,
  progress: (percent: number) => void,
): Making {
  return {
    source: sourceOf(installation, eventStoreUrl),
    clock: systemClock,
    software: SOFTWARE,
    key,
    progress,
  }
}

/** An installation whose folder a running service has locked says what to do instead. */
async function fromInstallation<Result>(
  config: Config,
  work: (installation: Installation) => Promise<Result>,
): Promise<Result> {
  try {
    return await withInstallation(config, work)
  } catch (cause) {
    if (!(cause instanceof FolderInUse)) throw cause
    throw new Obstacle(
      'Встроенная база открыта работающей службой. Копию сделает она сама: по расписанию (LETOPIS_BACKUP_DIR) или по ' +
        'запросу системного администратора POST /v1/schools/<школа>/backups. Либо остановите службу.',
      { cause },
    )
  }
}

export function listOf(folder: string): Report {
  const copies = listCopies(folder)
  const drill = copies.length === 0 ? null : lastDrill(folder)
  return {
    lines: [
      ...(copies.length === 0 ? ['Копий нет.'] : copies.map(lineOf)),
      drill === null ? 'Учебного восстановления не было.' : drillLine(drill),
    ],
    json: { copies, lastDrill: drill },
  }
}

function lineOf({ copy, at, events, bytes, encrypted, problem }: BackupCopy): string {
  if (problem !== null) return `${copy}\tНЕ ГОДИТСЯ: ${problem}`
  return `${copy}\t${at}\tсобытий ${events}\tбайт ${bytes}\t${encrypted === true ? 'зашифрована' : 'НЕ зашифрована'}`
}

function drillLine({ at, copy, ok, events, seconds, problem }: RestoreDrill): string {
  const of = copy === null ? '' : ` копии ${copy}`
  return ok
    ? `Учебное восстановление ${at}${of}: удалось, событий ${events}, ${seconds} с.`
    : `Учебное восстановление ${at}${of}: НЕ УДАЛОСЬ. ${problem}`
}

export async function verify({ folder, key }: Copies, copy: number | null): Promise<Report> {
  const bar = progress('Проверка копии')
  const { manifest } = await verifyCopy(openCopy(folder, copy, key), { progress: bar.to })
  bar.end()
  const { events, streams, files, headsDigest } = manifest
  return {
    lines: [
      `Копия ${manifest.copy} цела: событий ${events}, потоков ${streams}, файлов ${files.length}.`,
      `Концы потоков: ${headsDigest}`,
    ],
    json: { ...shortOf(manifest), whole: true, files: files.length },
  }
}

export interface Asked {
  readonly school: SchoolSlug
  /** The first and the last date of the period, by record time; both included. */
  readonly since?: LocalDate
  readonly until?: LocalDate
}

export function exportOf(config: Config, copies: Copies, asked: Asked): Promise<Report> {
  return fromInstallation(config, (installation) => exportFrom(installation, config, copies, asked))
}

/** Exports a school, of which the school knows: it is registered before the first event is read (R-A3.3a). */
export async function exportFrom(
  installation: Installation,
  config: Config,
  copies: Copies,
  { school, since, until }: Asked,
): Promise<Report> {
  const midnight = (date: LocalDate): Instant => instantAt(date, '00:00', config.zone)
  const extract = {
    school,
    since: since === undefined ? null : midnight(since),
    until: until === undefined ? null : midnight(addDays(until, 1)),
  }
  const { streams } = installation.execution
  const { state } = await streams.load(rosterFold, referenceStream(school, 'roster', null))
  const words = `letopis export ${since ?? ''}..${until ?? ''}`
  const pupils = [...state.pupils.keys()]
  await noteOperatorRead(installation, { school, operation: 'operator-export', words }, pupils)
  const bar = progress('Выгрузка, %')
  const making = makingOf(config, installation, copies.key, (done) => bar.to(done, 100))
  const manifest = await exportSchool(copies.folder, making, extract)
  bar.end()
  return {
    lines: [
      `Выгружено событий: ${manifest.events}, потоков: ${manifest.streams}.`,
      ...(manifest.key === null ? [NOT_ENCRYPTED] : []),
    ],
    json: { ...shortOf(manifest), ...extract },
  }
}

const STAGES: Readonly<Record<RestoreStage, string>> = {
  verify: 'Проверка копии',
  append: 'Запись событий',
  compare: 'Сверка журнала',
}

export async function restore(config: Config, { folder, key }: Copies, copy: number | null): Promise<Report> {
  const readable = openCopy(folder, copy, key)
  const done = await restoredInto(config, (target, tick) => restoreCopy(readable, target, tick))
  return {
    lines: [`Копия ${readable.manifest.copy} восстановлена: ${done.said}`, ...done.lines],
    json: { copy: readable.manifest.copy, ...done.restored },
  }
}

/** Exports of periods that meet, together (R-A3.4c). */
export async function restorePeriodsOf(
  config: Config,
  folders: readonly string[],
  key: BackupKey | null,
): Promise<Report> {
  const readable = folders.map((folder) => openCopy(resolve(folder), null, key))
  const done = await restoredInto(config, (target, tick) => restorePeriods(readable, target, tick))
  return {
    lines: [`Выгрузки восстановлены, всего ${readable.length}: ${done.said}`, ...done.lines],
    json: { periods: readable.map(({ manifest }) => manifest.export), ...done.restored },
  }
}

async function restoredInto(
  config: Config,
  work: (
    target: RestoreTarget,
    tick: (stage: RestoreStage, done: number, total: number) => void,
  ) => Promise<Restored>,
) {
  const restored = await withInstallation(config, async (installation) => {
    const { execution, database, keys, persons, projectors } = installation
    const lists = [personKeysIn(config.data)]
    const target = { store: execution.store, database: database.kysely, keys, persons, lists }
    const staged = stagedProgress(STAGES)
    const restored = await work(target, staged.to)
    staged.end()
    const bar = progress('Представления')
    await catchUp(installation, (done) => bar.to(done, projectors.length))
    bar.end()
    return restored
  })
  const { events, streams, recorded, people } = restored
  return {
    restored,
    said: `событий ${events}, потоков ${streams}; записано сейчас ${recorded}.`,
    lines: [
      people === null
        ? 'Имена и учётные данные уже были на месте: они не тронуты.'
        : `Имён ${people.names}, учётных данных ${people.credentials}.`,
      'Журнал совпадает с копией. Ключ токенов в копию не входит: всем придётся войти снова.',
    ],
  }
}

export async function drill(
  config: Config,
  { folder, key }: Copies,
  { copy, into }: { readonly copy: number | null; readonly into: string | null },
): Promise<Report & { readonly ok: boolean }> {
  const { to: tick, end } = stagedProgress(STAGES)
  const log = pino({ level: config.logLevel }, pino.destination(2))
  const done = await rehearse({
    folder: resolve(folder),
    copy,
    key,
    into,
    encryption: async () => new PersonKeyFolder(config.data),
    clock: systemClock,
    log,
    tick,
  })
  end()
  return { ok: done.ok, lines: [drillLine(done)], json: done }
}
