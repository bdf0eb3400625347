import { pino } from 'pino'
import { comparePositions, formatPosition, type Position } from '#events/store/position.ts'
import { readCheckpoint, replayFrom } from '#relay/checkpoint.ts'
import { NatsBus, probeNats } from '#relay/nats-bus.ts'
import { CheckpointRelay } from '#relay/nats-checkpoints.ts'
import { Relay, type RelayLog } from '#relay/relay.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { systemClock } from '#values/time.ts'
import type { Report } from './cli/call.ts'
import type { Config, Nats } from './config.ts'
import { Obstacle } from './explain.ts'
import { type Installation, openInstallation } from './installation.ts'

/** The stream of NATS, and with it the name of the checkpoint. */
const STREAM = 'LETOPIS'

/** The relay to the NATS that the configuration names; `run` it where this process is to relay. */
export function relayTo(nats: Nats, { execution, database }: Installation, log: RelayLog): Relay {
  let said = ''
  const openBus = async (): Promise<NatsBus> => {
    const bus = await NatsBus.open(nats)
    const differences = bus.differences.join('; ')
    if (differences !== said) log.warn({ differences }, 'the stream of NATS is not as Letopis makes it')
    said = differences
    return bus
  }
  return new Relay({
    store: execution.store,
    database: database.kysely,
    openBus,
    bus: STREAM,
    clock: execution.clock,
    log,
  })
}

/** A checkpoint a minute: half a megabyte a day, of which nothing is ever removed. */
const CHECKPOINT_EVERY = 60_000

/** What tells that NATS the checkpoints of the log; without a seal there are none, and it waits. */
export function checkpointsTo(nats: Nats, { database }: Installation, log: RelayLog): CheckpointRelay {
  return new CheckpointRelay({
    nats,
    checkpoints: new SealedLog(database.kysely),
    log,
    every: CHECKPOINT_EVERY,
  })
}

/** How far the relay has come, and how the bus is. */
export function relayStatus(config: Config): Promise<Report> {
  return withRelay(config, async (nats, { execution, database }) => {
    const { position, replay } = await readCheckpoint(database.kysely, STREAM)
    const head = await execution.store.head()
    const { version, storage, stream } = await probeNats(nats)
    return {
      lines: [
        `Передано до позиции: ${text(position)}${replay ? ' (назначен повтор)' : ''}`,
        `Журнал событий до:   ${text(head)}`,
        `NATS ${version}: занято ${storage.used} байт${storage.limit < 0 ? '' : ` из ${storage.limit}`}`,
        stream === null
          ? `Потока ${STREAM} ещё нет: его создаст первая передача.`
          : `Поток ${STREAM}: сообщений ${stream.messages}, байт ${stream.bytes}, последнее — ${stream.lastSequence}`,
        ...(stream?.differences ?? []).map((difference) => `  отличается: ${difference}`),
      ],
      json: { position: json(position), replay, head: json(head), version, storage, stream },
    }
  })
}

/** Before every event, as a position. */
const START: Position = { commit: 0n, prepare: 0n }

/** Lets everything after a position be told again. @throws {Obstacle} it is ahead: what lies between would never be told */
export function replay(config: Config, from: Position): Promise<Report> {
  return withRelay(config, async (_nats, { database }) => {
    const { position } = await readCheckpoint(database.kysely, STREAM)
    if (comparePositions(from, position ?? START) > 0) {
      throw new Obstacle(
        `Передано только до ${text(position)}: с ${formatPosition(from)} события между ними пропали бы.`,
      )
    }
    await replayFrom(database.kysely, STREAM, comparePositions(from, START) === 0 ? null : from)
    const after = formatPosition(from)
    return {
      lines: [
        `События после ${after} будут переданы снова: идущая передача заметит это за несколько секунд.`,
      ],
      json: { replayFrom: after },
    }
  })
}

async function withRelay<Result>(
  config: Config,
  work: (nats: Nats, open: Installation) => Promise<Result>,
): Promise<Result> {
  const { nats } = config
  if (nats === undefined) throw new Obstacle('NATS не настроен: укажите NATS_URL.')
  const log = pino({ level: config.logLevel }, pino.destination(2))
  const open = await openInstallation(config, systemClock, log)
  try {
    return await work(nats, open)
  } finally {
    await open.close()
  }
}

const json = (position: Position | null): string | null =>
  position === null ? null : formatPosition(position)
const text = (position: Position | null): string => json(position) ?? '—'
