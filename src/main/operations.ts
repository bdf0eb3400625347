import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import { auditLines, type AuditLine, cellHistory } from '#projections/audit-trail/queries.ts'
import { auditTrail } from '#projections/audit-trail/projection.ts'
import { summarySheet } from '#projections/summary-sheet/projection.ts'
import type { ReadModel } from '#projections/read-model.ts'
import { rebuildTogether } from '#projections/rebuild.ts'
import { RebuildRunning } from '#projections/rebuild-record.ts'
import { effectsOf } from '#api/effects.ts'
import { streamName } from '#events/stream-name.ts'
import { formatPosition } from '#events/store/position.ts'
import type { SchoolSlug } from '#values/school.ts'
import { systemClock } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Report } from './cli/call.ts'
import type { Config } from './config.ts'
import { DEMO_SCHOOL, FOREIGN_SCHOOL, seedDemo, type Wanted } from './demo.ts'
import { Obstacle } from './explain.ts'
import { catchUp, type Installation, openInstallation } from './installation.ts'
import { noteOperatorRead } from './operator-reads.ts'
import { progress } from './progress.ts'
import { serviceLog } from './service-log.ts'

/** Runs one operation on an installation that is opened for it, and closed whatever happens. */
export async function withInstallation<Result>(
  config: Config,
  work: (open: Installation) => Promise<Result>,
): Promise<Result> {
  const open = await openInstallation(
    config,
    systemClock,
    serviceLog({ level: config.logLevel }, pino.destination(2)),
  )
  try {
    return await work(open)
  } finally {
    await open.close()
  }
}

export function seedOnce(config: Config, wanted: Wanted): Promise<Report> {
  return withInstallation(config, async (open) => {
    const bar = progress('Школа')
    const demo = await seedDemo(open, config.data, systemClock(), bar.to, wanted)
    bar.end()
    if (demo === 'foreign') throw new Obstacle(FOREIGN_SCHOOL)
    const head = await open.execution.store.head()
    const json = { school: DEMO_SCHOOL, ...demo, head: head === null ? null : formatPosition(head) }
    return {
      lines: [`Школа «${DEMO_SCHOOL}» готова: ${demo.year}/${demo.year + 1}, до ${demo.until}.`],
      json,
    }
  })
}

export function rebuildAll(
  config: Config,
  models: readonly ReadModel[],
  school: SchoolSlug | null,
): Promise<Report & { readonly differing: number }> {
  return withInstallation(config, async (open) => {
    await catchUp(open)
    const { store } = open.execution
    const bar = progress('Перестройка')
    const parts = { store, database: open.database.unhurried, clock: systemClock, progress: bar.to }
    const reports = await patiently(() => rebuildTogether(models, school, parts)).finally(bar.end)
    const tables = reports.flatMap(({ readModel, tables }) =>
      tables.map((table) => ({ readModel, ...table })),
    )
    const differing = tables.reduce((sum, table) => sum + table.differing, 0)
    const lines = tables.map(
      ({ readModel, table, rows, differing: n }) =>
        `${readModel}.${table}: ${rows.rebuilt} строк, ${n === 0 ? 'совпали' : `РАСХОЖДЕНИЙ ${n} (было строк: ${rows.live})`}`,
    )
    return { lines, json: reports, differing }
  })
}

/** For how long, in milliseconds, a rebuild may show life though its process was killed, and some more. */
const PATIENCE = 40_000

/** A rebuild that was just killed counts as running for a while: its time is waited for, and then it is gone on with. */
async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  const until = performance.now() + PATIENCE
  for (let told = false; ; told = true) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof RebuildRunning)) throw error
      if (performance.now() > until)
        throw new Obstacle('Это представление уже перестраивают.', { cause: error })
      if (!told) process.stderr.write('Перестройка уже идёт или была прервана только что: жду.\n')
      await setTimeout(1_000)
    }
  }
}

export interface HistoryOf {
  readonly school: SchoolSlug
  readonly page: Uuid
  readonly lesson?: Uuid
  readonly pupil?: Uuid
}

const MOST_LINES = 10_000

export function history(config: Config, of: HistoryOf): Promise<Report> {
  return withInstallation(config, async (open) => {
    await catchUp({
      ...open,
      projectors: open.projectors.filter(({ model }) => model === auditTrail || model === summarySheet),
    })
    return historyIn(open, of)
  })
}

/** What the log says of a page or a cell; that the operator looked is registered before he sees it. */
export async function historyIn(
  open: Pick<Installation, 'database' | 'reads' | 'execution'>,
  { school, page, lesson, pupil }: HistoryOf,
): Promise<Report> {
  const { kysely } = open.database
  const of = (line: AuditLine): boolean =>
    (lesson === undefined || line.lesson === lesson) && (pupil === undefined || line.person === pupil)
  const found =
    lesson !== undefined && pupil !== undefined
      ? await cellHistory(kysely, streamName(school, 'journalPage', page), lesson, pupil)
      : (await auditLines(kysely, school, { page }, null, MOST_LINES)).filter(of).toReversed()
  const words = `letopis history --page ${page}`
  await noteOperatorRead(open, { school, operation: 'operator-history', words }, found)
  const effectOf = await effectsOf(open.execution.streams, school)
  const shown = found.map((line) => ({ ...line, effect: effectOf(line.event) }))
  const lines = shown.map(({ revision, at, type, role, account, before, after, reason, effect }) =>
    [
      revision,
      at,
      type,
      `${role} ${account}`,
      `${show(before)} → ${show(after)}`,
      ...(reason === null ? [] : [`(${reason})`]),
      ...(effect === null ? [] : [`${EFFECTS[effect.state] ?? effect.state} (нарушение ${effect.incident})`]),
    ].join('\t'),
  )
  return { lines: lines.length === 0 ? ['Записей нет.'] : lines, json: shown }
}

/** What a breach did to an operation, which stays in the record (R-4.4b). */
const EFFECTS: Readonly<Record<string, string>> = {
  void: 'НЕДЕЙСТВИТЕЛЬНО',
  annulled: 'АННУЛИРОВАНО',
  confirmed: 'подтверждено автором',
  suspect: 'под сомнением',
}

const show = (value: unknown): string => (value === null || value === undefined ? '—' : JSON.stringify(value))
