import { Proofs } from '#integrity/proofs.ts'
import { SealedLog, type Leaf } from '#integrity/sealed-log.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { Frontier } from '#integrity/tlog/merkle-tree.ts'
import { verifyLog } from '#integrity/verify-log.ts'
import type { Uuid } from '#values/uuid.ts'
import { KEY, sealAll } from '../integrity/sealed-to-the-end.ts'
import { quantile } from '../measure.ts'
import type { Shape } from '../region/plan.ts'
import { installed, newPlace, prepare } from '../region/prepared.ts'
import { figure } from '../report.ts'
import { type Mode, type Scenario, skipped } from '../scenario.ts'

const SHAPES: Readonly<Record<Mode, Shape>> = {
  quick: { schools: 1, classes: 20, journals: 10, pupils: 25, lessons: 16, entries: true, teachers: 4 },
  full: { schools: 5, classes: 20, journals: 10, pupils: 25, lessons: 80, entries: true, teachers: 4 },
}

/** Leaves of one statement, as the sealer has them. */
const BATCH = 1_000
const PROOFS = 2_000

/** The log sealed and verified from its beginning, and proofs of single records. */
export const seal: Scenario = {
  name: 'seal',
  about:
    'the log sealed and verified from its beginning, proofs: against hashing in memory and bare rows of leaves',
  async run(run) {
    const absence = await run.scratch.postgresAbsence()
    if (absence !== null) return skipped(absence)
    run.say('writing a log')
    const place = await newPlace(run, 'PostgreSQL')
    const { events } = await prepare(run, place, SHAPES[run.mode], { logIns: false })
    const installation = await installed(place)
    const bare = await installed(await newPlace(run, 'PostgreSQL'))
    try {
      run.say('sealing')
      const sealing = await sealAll(installation, place.folder, events)

      run.say('hashing in memory, bare rows')
      const records: Array<{ stream: string; rev: number; event: Uuid; canonical: string }> = []
      for await (const { stream, revision, id, canonical } of installation.execution.store.readAll())
        records.push({ stream, rev: Number(revision), event: id, canonical })
      const began = performance.now()
      const frontier = new Frontier()
      const leaves: Leaf[] = records.map(({ canonical, ...of }) => {
        const hash = Buffer.from(leafHash(canonical), 'base64')
        frontier.append(hash)
        return { ...of, hash }
      })
      const hashing = (performance.now() - began) / 1_000
      const rowsBegan = performance.now()
      const rows = new SealedLog(bare.database.kysely)
      for (let size = 0; size < leaves.length; size += BATCH)
        await rows.append(size, leaves.slice(size, size + BATCH))
      const writing = (performance.now() - rowsBegan) / 1_000

      run.say('verifying')
      const sealed = new SealedLog(installation.database.kysely)
      const trust = { keys: [KEY], witnesses: [], quorum: 0 }
      let heap = 0
      const verifyBegan = performance.now()
      await verifyLog(installation.execution.store, { sealed, trust, pinned: [] }, () => {
        heap = Math.max(heap, process.memoryUsage().heapUsed)
      })
      const verifying = (performance.now() - verifyBegan) / 1_000

      run.say('proofs')
      const tree = { size: events, root: frontier.root() }
      const prove = async (proofs: () => Proofs): Promise<number[]> => {
        const latencies: number[] = []
        for (let n = 0; n < PROOFS; n++) {
          const { event } = records[(n * 7_919) % records.length]!
          const before = performance.now()
          const found = await sealed.find(event)
          await proofs().inclusion(found!.index, tree)
          latencies.push(performance.now() - before)
        }
        return latencies
      }
      const proofs = new Proofs(sealed)
      const latencies = await prove(() => proofs)
      const first = await prove(() => new Proofs(sealed))
      // Whoever seals must hash and must write; the slower of the two is what nobody can pass who does one after the other.
      const limit = Math.max(hashing, writing)
      const rate = (seconds: number): string => figure(events / seconds)
      return {
        tables: [
          {
            title: `${figure(events)} records, a second`,
            columns: ['', 'records a second'],
            rows: [
              ['sealer, from the log to the signature', rate(sealing)],
              ['leaf hash and tree in memory', rate(hashing)],
              ['bare rows of leaves and tiles, batches of 1,000', rate(writing)],
              ['verify log', rate(verifying)],
            ],
          },
          {
            title: 'proof of one record from PostgreSQL, ms',
            columns: ['', 'p50', 'p99'],
            rows: [
              ['find and prove', figure(quantile(latencies, 0.5)), figure(quantile(latencies, 0.99))],
              ['the same, no tile kept', figure(quantile(first, 0.5)), figure(quantile(first, 0.99))],
            ],
          },
        ],
        checks: [
          { what: 'sealer to hashing and rows', value: limit / sealing, unit: '×', target: { least: 0.7 } },
          { what: 'verify log', value: events / verifying, unit: 'events/s', target: { least: 150_000 } },
          {
            what: 'p99 of a proof from PostgreSQL',
            value: quantile(latencies, 0.99),
            unit: 'ms',
            target: { most: 1 },
          },
        ],
        notes: [
          `verify log held ${figure(heap / 1_048_576)} MiB of heap at most: the head of each stream, every id, and a page of the tables`,
          `of the ${Math.ceil(events / 256)} tiles of leaves each is asked for several times, so most proofs find theirs kept; the second row is of those that do not`,
          'verify log reads from the same server, checks each record strictly and each chain, and holds every leaf against the table; the two bounds read nothing',
        ],
        samples: { events, sealing, hashing, writing, verifying, heap, latencies, first },
      }
    } finally {
      await installation.close()
      await bare.close()
    }
  },
}
