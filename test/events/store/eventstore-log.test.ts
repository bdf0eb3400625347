import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventStoreLog } from '#events/store/eventstore-log.ts'
import { eachEventStore, keptJournal } from '#support/eventstore.ts'
import { recordAt, someId, someStream } from '#support/random-records.ts'
import { conformance, streamOf, writersAndReader } from './event-store.conformance.ts'

eachEventStore((eventStore) => {
  const open = () => EventStoreLog.open(eventStore.url, { log: keptJournal().journal })

  conformance(
    eventStore.name,
    async () => {
      let store = await open()
      return {
        store,
        async reopen() {
          await store.close()
          store = await open()
          return store
        },
        close: () => store.close(),
      }
    },
    { refusesTakenIds: false, largestAppend: 1024 * 1024 },
  )

  describe('several processes on one EventStoreDB', () => {
    let stores: EventStoreLog[]
    beforeAll(async () => {
      stores = await Promise.all(Array.from({ length: 4 }, open))
    })
    afterAll(async () => {
      for (const store of stores) await store.close()
    })

    it.each([
      { streams: 32, writers: 32, appends: 6 },
      { streams: 4, writers: 32, appends: 4 },
    ])('have one winner a revision, and miss nothing ($streams streams)', async (stress) => {
      await writersAndReader(stores, stress)
    })

    it('that made records of one command at once agree on whose stand, and one alone calls its own fresh', async () => {
      const stream = someStream()
      const id = someId()
      const made = stores.map((_, process) => [recordAt(stream, 0n, id, { process })])
      const answers = await Promise.all(stores.map((store, i) => store.append(stream, 'no-stream', made[i]!)))
      const [stands] = await streamOf(stores[0]!, stream)
      expect(answers.map(({ fresh }) => fresh)).toEqual(
        made.map(([record]) => record!.canonical === stands!.canonical),
      )
      expect(new Set(answers.map(({ position }) => position.commit)).size).toBe(1)
    })
  })
})
