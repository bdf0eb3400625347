import { EventStoreLog } from '#events/store/eventstore-log.ts'
import { eachEventStore, keptJournal } from '#support/eventstore.ts'
import { conformance } from './event-store.conformance.ts'

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
})
