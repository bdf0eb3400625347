import { describe, expect, it, onTestFinished } from 'vitest'
import { parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { CheckpointRelay } from '#relay/nats-checkpoints.ts'
import { checkpointOf } from '#support/grown-trees.ts'
import { natsAbsence, testStream } from '#support/nats.ts'
import { LOG_KEY } from '#support/sealing.ts'
import { until } from '#support/until.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }

describe.skipIf(natsAbsence !== null)(
  `checkpoints on NATS${natsAbsence === null ? '' : `: ${natsAbsence}`}`,
  () => {
    it('are told once each, stay, and go on after a restart', async () => {
      const { settings, manager } = await testStream()
      const name = `${settings.stream}_CHECKPOINTS`
      const subject = `${settings.subjects}-integrity.checkpoint`
      onTestFinished(async () => {
        await manager.streams.delete(name)
      })
      let size = 3
      const tell = async (upTo: number): Promise<void> => {
        const relay = new CheckpointRelay({
          nats: settings,
          checkpoints: { newest: async () => ({ size, note: checkpointOf(size, LOG_KEY) }) },
          log: silent,
          every: 5,
        })
        const stop = new AbortController()
        const running = relay.run(stop.signal)
        await until(async () => relay.told === size)
        size = upTo
        await until(async () => relay.told === upTo)
        stop.abort()
        await running
      }
      await tell(7)
      await tell(100)
      // Shorter than what was told: whoever reads the stream sees it.
      await tell(90)
      const { state, config } = await manager.streams.info(name)
      expect(config).toMatchObject({ deny_delete: true, deny_purge: true, max_age: 0, subjects: [subject] })
      const sizes: number[] = []
      for (let seq = 1; seq <= state.last_seq; seq++) {
        const message = await manager.streams.getMessage(name, { seq })
        sizes.push(parseCheckpoint(message!.data).size)
        expect(message!.header.get('Nats-Msg-Id')).toBe(`${LOG_KEY.name}/${sizes.at(-1)}`)
      }
      expect(sizes).toEqual([3, 7, 100, 90])
      await expect(manager.streams.purge(name)).rejects.toThrow()
      await expect(manager.streams.deleteMessage(name, 1)).rejects.toThrow()
    })

    it('are waited for while NATS is away', async () => {
      const told: string[] = []
      const relay = new CheckpointRelay({
        nats: { servers: ['nats://127.0.0.1:1'], credentials: undefined, replicas: 1 },
        checkpoints: { newest: async () => null },
        log: { ...silent, warn: (_facts: object, message: string) => told.push(message) },
        every: 5,
      })
      const stop = new AbortController()
      const running = relay.run(stop.signal)
      await until(async () => told.length > 0)
      stop.abort()
      await running
      expect(told).toEqual(['checkpoints cannot be told to NATS yet; waiting'])
      expect(relay.told).toBeNull()
    })
  },
)
