/**
 * A process that writes numbered batches until it is killed: `write-batches.ts <folder or URL> <writers>`.
 * It prints `<writer> <batch>` after each that was acknowledged, and goes on where its streams stand.
 */
import { PostgresLog } from '#events/store/postgres-log.ts'
import { openEmbedded, openPostgres } from '#main/database.ts'
import { migrate } from '#main/migrations.ts'
import { BATCH, expectedBefore, numberedBatch, numberedStream } from './numbered-batches.ts'

const [at, writers] = process.argv.slice(2)
const embedded = !at!.startsWith('postgres')
const database = embedded ? await openEmbedded(at!) : openPostgres(at!)
await migrate(database.kysely)
const store = await PostgresLog.open(database.kysely, { soleWriter: embedded })

await Promise.all(
  Array.from({ length: Number(writers) }, async (_, writer) => {
    const stream = numberedStream(writer)
    let events = 0
    for await (const { revision } of store.readStream(stream)) events = Number(revision) + 1
    for (let n = events / BATCH; ; n++) {
      await store.append(stream, expectedBefore(n), numberedBatch(writer, n))
      console.log(`${writer} ${n}`)
    }
  }),
)
