import { query } from '#events/store/sql.ts'
import { Proofs } from '#integrity/proofs.ts'
import { SealedLog, type Leaf } from '#integrity/sealed-log.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { Frontier, type TreeHash } from '#integrity/tlog/merkle-tree.ts'
import { verifyLog } from '#integrity/verify-log.ts'
import type { Installation } from '#main/installation.ts'
import { KEY, sealAll } from '../integrity/sealed-to-the-end.ts'
import { inTurns, medianRate, oneByOne, quantile, ratio, type Sample, sampleOf } from '../measure.ts'
import type { Shape } from '../region/plan.ts'
import { installed, newPlace, prepare } from '../region/prepared.ts'
import { figure } from '../report.ts'
import { type Mode, type Scenario, skipped } from '../scenario.ts'

const SHAPES: Readonly<Record<Mode, Shape>> = {
  quick: { schools: 4, classes: 20, journals: 10, pupils: 25, lessons: 16, entries: true, teachers: 4 },
  full: { schools: 5, classes: 20, journals: 10, pupils: 25, lessons: 80, entries: true, teachers: 4 },
}

/** Leaves of one statement, as the sealer has them. */
const BATCH = 1_000
const PROOFS = 2_000
const ROUNDS = 5

const SEALER = 'sealer, from the log to the signature'
const HASHING = 'leaf hash and tree in memory'
const ROWS = 'bare rows of leaves and tiles, batches of 1,000'

function rootOver(texts: readonly string[]): TreeHash {
  const frontier = new Frontier()
  for (const text of texts) frontier.append(Buffer.from(leafHash(text), 'base64'))
  return frontier.root()
}

const tail = (name: string, latencies: readonly number[]): [string, string, string] => [
  name,
  figure(quantile(latencies, 0.5)),
  figure(quantile(latencies, 0.99)),
]

/** The log sealed and verified from its beginning, and proofs of single records. */
export const seal: Scenario = {
  name: 'seal',
  about:
    'the log sealed and verified from its beginning, proofs: against hashing in memory and bare rows of leaves',
  async run(run) {
    const absence = await run.scratch.postgresAbsence()
    if (absence !== null) return skipped(absence)
    run.say('writing a log')
    const written = await newPlace(run, 'PostgreSQL')
    const { events } = await prepare(run, written, SHAPES[run.mode], { logIns: false })
    // A copy for whoever writes: the same log beside tables in which nothing is sealed yet.
    const copy = async (): Promise<Installation> =>
      installed({ folder: run.scratch.folder(), url: await run.scratch.database(written.url) })
    const records: Leaf[] = []
    const texts: string[] = []
    let installation = await copy()
    try {
      for await (const { stream, revision, id, canonical } of installation.execution.store.readAll()) {
        const hash = Buffer.from(leafHash(canonical), 'base64')
        records.push({ stream, rev: Number(revision), event: id, hash })
        texts.push(canonical)
      }
      const root = rootOver(texts)
      const sampled = (seconds: number): Sample => sampleOf([], events, seconds)
      const contestants = [
        {
          name: SEALER,
          async measure() {
            await installation.close()
            installation = await copy()
            return sampled(await sealAll(installation, run.scratch.folder(), events))
          },
        },
        {
          name: HASHING,
          async measure() {
            const began = performance.now()
            rootOver(texts)
            return sampled((performance.now() - began) / 1_000)
          },
        },
        {
          name: ROWS,
          async measure() {
            const bare = await copy()
            try {
              const rows = new SealedLog(bare.database.kysely)
              const began = performance.now()
              for (let size = 0; size < events; size += BATCH)
                await rows.append(size, records.slice(size, size + BATCH))
              return sampled((performance.now() - began) / 1_000)
            } finally {
              await bare.close()
            }
          },
        },
      ]
      run.say('sealing; hashing in memory, bare rows')
      const samples = await inTurns(contestants, ROUNDS, (contestant) => contestant.measure())

      // Who verifies does not hold the log: the garbage collector would look through it again and again.
      const ids = records.map(({ event }) => event)
      records.length = 0
      texts.length = 0

      run.say('verifying')
      const sealed = new SealedLog(installation.database.kysely)
      const trust = { keys: [KEY], witnesses: [], quorum: 0 }
      let heap = 0
      const verified: Sample[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const began = performance.now()
        await verifyLog(installation.execution.store, { sealed, trust, pinned: [] }, () => {
          heap = Math.max(heap, process.memoryUsage().heapUsed)
        })
        verified.push(sampled((performance.now() - began) / 1_000))
      }

      run.say('proofs')
      const tree = { size: events, root }
      const prove = (proofs: () => Proofs): Promise<number[]> =>
        oneByOne(PROOFS, async (n) => {
          const found = await sealed.find(ids[(n * 7_919) % ids.length]!)
          await proofs().inclusion(found!.index, tree, found!.tile)
        })
      // A service that has run for a while: of its first proofs most of the time is the engine that makes code of them.
      await prove(() => new Proofs(sealed))
      const bare = await oneByOne(PROOFS, () => query(installation.database.kysely, 'select 1'))
      const proofs = new Proofs(sealed)
      const latencies = await prove(() => proofs)
      const first = await prove(() => new Proofs(sealed))
      const [sealer, hashing, rows] = [SEALER, HASHING, ROWS].map((name) => samples.get(name)!)
      // Whoever seals must hash and must write; the slower of the two is what nobody can pass who does one after the other.
      const limits = rows!.map((row, round) => (row.rate < hashing![round]!.rate ? row : hashing![round]!))
      return {
        tables: [
          {
            title: `${figure(events)} records, a second`,
            columns: ['', 'records a second'],
            rows: [
              ...[SEALER, HASHING, ROWS].map((name): [string, string] => [
                name,
                figure(medianRate(samples.get(name)!)),
              ]),
              ['verify log', figure(medianRate(verified))],
            ],
          },
          {
            title: 'proof of one record from PostgreSQL, ms',
            columns: ['', 'p50', 'p99'],
            rows: [
              tail('find and prove', latencies),
              tail('the same, no tile kept', first),
              tail('a statement that asks for nothing', bare),
            ],
          },
        ],
        checks: [
          {
            what: 'sealer to hashing and rows',
            value: ratio(sealer!, limits),
            unit: '×',
            target: { least: 0.7 },
          },
          { what: 'verify log', value: medianRate(verified), unit: 'events/s', target: { least: 150_000 } },
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
        samples: { events, ...Object.fromEntries(samples), verified, heap, latencies, first, bare },
      }
    } finally {
      await installation.close()
    }
  },
}
