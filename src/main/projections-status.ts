import { formatPosition, type Position } from '#events/store/position.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { resume } from '#projections/checkpoint.ts'
import type { ReadModel } from '#projections/read-model.ts'
import { type ModelStatus, statusOf } from '#projections/status.ts'
import type { Report } from './cli/call.ts'
import type { Config } from './config.ts'
import { withInstallation } from './operations.ts'

/** How far each read model has come, whatever process keeps it, and the event at which one has stopped. */
export function projectionsStatus(config: Config): Promise<Report & { readonly stopped: number }> {
  return withInstallation(config, async ({ database, execution }) => {
    const all = await statusOf(database.kysely, READ_MODELS, execution.store)
    return {
      lines: all.flatMap(linesOf),
      json: all.map((status) => ({ ...status, position: text(status.position), head: text(status.head) })),
      stopped: all.filter(({ failure }) => failure !== null).length,
    }
  })
}

/** Lets a read model that has stopped try its event again. */
export function resumeProjection(config: Config, model: ReadModel): Promise<Report> {
  return withInstallation(config, async ({ database }) => {
    const resumed = await resume(database.kysely, model)
    return {
      lines: [
        resumed
          ? `${model.name}: продолжится с события, на котором остановилось. Дошло ли — letopis projections status.`
          : `${model.name}: не останавливалось.`,
      ],
      json: { readModel: model.name, resumed },
    }
  })
}

function linesOf({ name, version, position, lag, complete, failure, rebuild }: ModelStatus): string[] {
  const behind =
    lag === null
      ? 'отстаёт на 1000 событий и больше'
      : lag === 0
        ? 'показывает всё'
        : `отстаёт на событий: ${lag}`
  const lines = [
    `${name} (версия ${version}): до ${text(position) ?? 'начала'}, ${behind}${complete ? '' : ', строится впервые'}`,
  ]
  if (failure !== null) {
    lines.push(
      `  ОСТАНОВЛЕНО ${failure.at} на событии ${failure.type}, поток ${failure.stream}, ревизия ${failure.revision}: ${failure.problem}`,
      `  Когда причина устранена: letopis projections resume ${name}`,
    )
  }
  if (rebuild !== null) {
    const { running, events, total, rate, secondsLeft } = rebuild
    const pace = rate === null ? '' : `, ${Math.round(rate)} в секунду`
    const left = secondsLeft === null ? '' : `, осталось секунд: ${secondsLeft}`
    lines.push(
      `  ${running ? 'Перестраивается' : 'Перестройка прервана, её можно продолжить'}: ${events} из ${total ?? '?'} событий${pace}${left}`,
    )
  }
  return lines
}

const text = (position: Position | null): string | null =>
  position === null ? null : formatPosition(position)
