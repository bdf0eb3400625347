import { randomUUID } from 'node:crypto'
import { PostgresLog } from '#events/store/postgres-log.ts'
import type { Position } from '#events/store/position.ts'
import { openPostgres } from '#main/database.ts'
import { keepBusy } from '../measure.ts'
import type { Run } from '../scenario.ts'
import { marks } from './events.ts'
import { oursOnPostgres } from './ours.ts'
import { rawReader, rawUnnest } from './raw.ts'

const WRITERS = 64

/**
 * How many events a reader passes by who only ever asks for what comes after the last position that it saw, while 64
 * writers append. Ours is written through two logs with connections of their own, as by two processes.
 */
export async function missedByReaders({ scratch, mode }: Run): Promise<{
  readonly ours: number
  readonly raw: number
  readonly events: number
}> {
  const milliseconds = mode === 'quick' ? 2_000 : 20_000
  const url = await scratch.database()
  const first = (await oursOnPostgres(url, 10))!
  const second = (await oursOnPostgres(url, 10))!
  const readers = openPostgres(url, { pool: 8 })
  const log = await PostgresLog.open(readers.kysely)
  let after: Position | null = null
  const readOurs = async (): Promise<number> => {
    let read = 0
    for await (const { position } of log.readAll({ after, limit: 1_000 })) {
      after = position
      read++
    }
    return read
  }
  const ours = await write(milliseconds, [first, second], readOurs)
  await Promise.all([first.close(), second.close(), log.close()])
  await readers.close()

  const rawUrl = await scratch.database()
  const table = (await rawUnnest(rawUrl, 16))!
  const reader = await rawReader(rawUrl)
  const raw = await write(milliseconds, [table], () => reader.read())
  await Promise.all([table.close(), reader.close()])
  return { ours: ours.written - ours.read, raw: raw.written - raw.read, events: ours.written }
}

async function write(
  milliseconds: number,
  contestants: ReadonlyArray<{ append(stream: string, after: number, events: never): Promise<void> }>,
  read: () => Promise<number>,
): Promise<{ written: number; read: number }> {
  let written = 0
  let writing = true
  const reading = (async () => {
    let all = 0
    for (;;) {
      const over = !writing
      const found = await read()
      all += found
      // Only a look that began after the last append proves that nothing more can be found.
      if (over && found === 0) return all
    }
  })()
  await keepBusy(WRITERS, milliseconds, 1, async (writer) => {
    const contestant = contestants[writer % contestants.length]!
    await contestant.append(randomUUID(), 0, marks(1) as never)
    written++
  })
  writing = false
  return { written, read: await reading }
}
