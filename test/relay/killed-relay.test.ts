import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { PostgresLog } from '#events/store/postgres-log.ts'
import type { CloudEvent } from '#relay/announcement.ts'
import { type Child, startChild } from '#support/child.ts'
import { postgresAbsence, temporaryFolder, testEngine } from '#support/databases.ts'
import { MarkWriter } from '#support/mark-writer.ts'
import { natsAbsence, testStream } from '#support/nats.ts'
import { until } from '#support/until.ts'

const CONSUMER = join(import.meta.dirname, '../../docs/examples/consumer.mjs')
const absence = natsAbsence ?? postgresAbsence
const skipped = absence === null ? '' : `: ${absence}`
const engine = testEngine('postgres')

/** Processes that outlive a test that fails would keep the whole run waiting. */
const children: Array<ChildProcess | Child> = []
afterAll(() => {
  for (const child of children) void child.kill('SIGKILL')
})
const relaying = (...given: readonly string[]): Child => {
  const child = startChild('relay-log.ts', ...given)
  children.push(child)
  return child
}

/** The ids of one school, in order. */
const idsOf = (messages: readonly CloudEvent[], { school }: MarkWriter): string[] =>
  messages.filter((message) => message.school === school).map(({ id }) => id)

describe.skipIf(absence !== null)(`a process that relays${skipped}`, () => {
  it('killed in the middle, time and again, has told each event once and in order when it ran to the end', async () => {
    const database = await engine.open()
    const store = await PostgresLog.open(database.kysely)
    const stream = await testStream()
    const schools = [new MarkWriter('tomsk35'), new MarkWriter('tomsk36')]
    const {
      servers: [server],
      stream: name,
      subjects,
    } = stream.settings
    for (let round = 0; round < 4; round++) {
      for (const one of schools) await one.write(store, 1_500)
      const relay = relaying(database.at!, server!, name, subjects)
      for (let sent = 0; sent < 200 + round * 313; ) sent = Number((await relay.lines.next()).value)
      await relay.kill()
    }
    const last = relaying(database.at!, server!, name, subjects)
    const total = schools.reduce((sum, { written }) => sum + written.length, 0)
    const messages = await stream.holding(total)
    await last.kill()
    expect(messages).toHaveLength(total)
    for (const one of schools) expect(idsOf(messages, one)).toEqual(one.written)
    await store.close()
  }, 120_000)
})

describe.skipIf(absence !== null)(`the consumer of the documentation${skipped}`, () => {
  it('writes down every event of its school once and in order, also when it is killed in the middle', async () => {
    const database = await engine.open()
    const store = await PostgresLog.open(database.kysely)
    const stream = await testStream()
    const folder = temporaryFolder()
    const schools = [new MarkWriter('tomsk35'), new MarkWriter('tomsk36')]
    for (const one of schools) await one.write(store, 1_000)
    const {
      servers: [server],
      stream: name,
      subjects,
    } = stream.settings
    const relay = relaying(database.at!, server!, name, subjects)
    await stream.holding(1)

    const file = join(folder.path, 'events.tsv')
    const consume = () => {
      const child = spawn(process.execPath, [CONSUMER, 'tomsk35'], {
        env: {
          ...process.env,
          NATS_URL: server!,
          NATS_STREAM: name,
          NATS_SUBJECTS: subjects,
          FILE: file,
          ACK_WAIT_SECONDS: '1',
        },
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      children.push(child)
      return child
    }
    const lines = (): string[] =>
      existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
    const killed = consume()
    await until(() => lines().length > 100)
    killed.kill('SIGKILL')
    await once(killed, 'close')
    expect(lines().length).toBeLessThan(1_000)
    const whole = consume()
    await until(() => lines().length >= 1_000)
    whole.kill('SIGTERM')
    const [code] = (await once(whole, 'close')) as [number]
    await relay.kill()
    expect(code).toBe(0)
    const { written } = schools[0]!
    const expected: string[] = []
    for await (const { position } of store.readAll({ school: schools[0]!.school }))
      expected.push(`${position.commit}-${position.prepare}`)
    expect(lines().map((line) => line.split('\t')[1])).toEqual(expected)
    expect(expected).toHaveLength(written.length)
    expect(lines()[0]).toMatch(
      /^[\da-f-]{36}\t1-1\t2026-11-09T03:50:00\.000Z\tjournal\.MarkRecorded\.v1\ttomsk35\.journalPage-/,
    )
    folder.remove()
    await store.close()
  }, 120_000)
})
