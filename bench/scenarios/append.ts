import { randomUUID } from 'node:crypto'
import type { Contestant, Open } from '../append/contestant.ts'
import { marks } from '../append/events.ts'
import { oursEmbedded, oursOnPostgres } from '../append/ours.ts'
import { rawUnnest } from '../append/raw.ts'
import { missedByReaders } from '../append/readers.ts'
import { inTurns, keepBusy, median, medianRate, ratio, type Sample } from '../measure.ts'
import { act } from '../peers/act.ts'
import { castore } from '../peers/castore.ts'
import { messageDb } from '../peers/message-db.ts'
import { figure } from '../report.ts'
import { type Check, type Outcome, type Run, type Scenario, skipped } from '../scenario.ts'

/** Events of one append, and how many appends are under way at once. */
interface Load {
  readonly k: number
  readonly w: number
}

const LOADS: readonly Load[] = [
  { k: 1, w: 1 },
  { k: 1, w: 16 },
  { k: 1, w: 64 },
  { k: 25, w: 16 },
  { k: 25, w: 64 },
]

/** Connections of everybody: more of them are slower on two cores, also for the bare statement. */
const CONNECTIONS = 16

/** Streams of one writer, so that many are open at once, as the pages of a school are. */
const STREAMS = 20

export const append: Scenario = {
  name: 'append',
  about: 'events appended to the log: against the bare INSERT and other event stores',
  async run(run) {
    const absence = await run.scratch.postgresAbsence()
    if (absence !== null) return skipped(absence)
    const seconds = run.mode === 'quick' ? 0.8 : 3
    const rounds = run.mode === 'quick' ? 3 : 7
    const contestants = await opened(run)
    const samples = new Map<string, ReadonlyMap<string, readonly Sample[]>>()
    for (const load of LOADS) {
      run.say(nameOf(load))
      const measure = (contestant: Contestant) => appendFor(contestant, load, seconds)
      await inTurns(contestants, 1, (contestant) => appendFor(contestant, load, 0.2))
      samples.set(nameOf(load), await inTurns(contestants, rounds, measure))
    }
    for (const contestant of contestants) await contestant.close()
    run.say('readers')
    const missed = await missedByReaders(run)
    return outcome(contestants, samples, missed)
  },
}

const nameOf = ({ k, w }: Load): string => `k=${k} w=${w}`

async function opened({ scratch, say }: Run): Promise<Contestant[]> {
  const open: readonly Open[] = [oursOnPostgres, rawUnnest, castore, act, messageDb]
  const contestants: Contestant[] = []
  for (const one of open) {
    const contestant = await one(await scratch.database(), CONNECTIONS)
    if (contestant === null) say('a peer is not installed and left out')
    else contestants.push(contestant)
  }
  return [...contestants, await oursEmbedded(scratch.folder())]
}

async function appendFor(contestant: Contestant, { k, w }: Load, seconds: number): Promise<Sample> {
  const streams = Array.from({ length: w }, () =>
    Array.from({ length: STREAMS }, () => ({ id: randomUUID(), events: 0 })),
  )
  let turn = 0
  return keepBusy(w, seconds * 1_000, k, async (writer) => {
    const stream = streams[writer]![turn++ % STREAMS]!
    const { id, events } = stream
    stream.events += k
    await contestant.append(id, events, marks(k))
  })
}

function check(what: string, value: number | null, least: number): Check {
  return { what, value, unit: '×', target: { least } }
}

function outcome(
  contestants: readonly Contestant[],
  samples: ReadonlyMap<string, ReadonlyMap<string, readonly Sample[]>>,
  missed: { readonly ours: number; readonly raw: number; readonly events: number },
): Outcome {
  const peers = contestants.filter(({ kind }) => kind === 'peer').map(({ name }) => name)
  const ours = 'Letopis, PostgreSQL'
  const raw = 'raw INSERT … unnest'
  const embedded = 'Letopis, embedded'
  const of = ({ k, w }: { k: number; w: number }, name: string) => samples.get(`k=${k} w=${w}`)!.get(name)!
  const toPeer = (load: { k: number; w: number }): number | null => {
    const best = peers.toSorted((a, b) => medianRate(of(load, b)) - medianRate(of(load, a)))[0]
    return best === undefined ? null : ratio(of(load, ours), of(load, best))
  }
  const toRaw = (k: number, w: number) => ratio(of({ k, w }, ours), of({ k, w }, raw))
  return {
    tables: [
      {
        title: 'Events a second (p99 of an append in ms), medians',
        columns: ['', ...contestants.map(({ name }) => name)],
        rows: LOADS.map((load) => [
          nameOf(load),
          ...contestants.map(({ name }) => {
            const taken = of(load, name)
            return `${figure(medianRate(taken))} (${figure(median(taken.map(({ p99 }) => p99)))})`
          }),
        ]),
      },
    ],
    checks: [
      check('k=1 w=64, PostgreSQL to the best peer', toPeer({ k: 1, w: 64 }), 2.5),
      check('k=1 w=64, PostgreSQL to raw', toRaw(1, 64), 2),
      check('k=25 w=16, PostgreSQL to the best peer', toPeer({ k: 25, w: 16 }), 1.7),
      check('k=25 w=16, PostgreSQL to raw', toRaw(25, 16), 0.75),
      check('k=1 w=1, PostgreSQL to raw', toRaw(1, 1), 0.8),
      ...LOADS.map((load) =>
        check(`${nameOf(load)}, embedded to PostgreSQL`, ratio(of(load, embedded), of(load, ours)), 0.7),
      ),
      { what: 'events that a reader missed', value: missed.ours, unit: 'events', target: { most: 0 } },
    ],
    notes: [
      `two processes' logs wrote ${figure(missed.events)} events while a reader followed; a reader of the raw table missed ${figure(missed.raw)} of as many`,
      ...(peers.length === 3 ? [] : [`of the peers only these are installed: ${peers.join(', ') || 'none'}`]),
    ],
    samples: Object.fromEntries([...samples].map(([load, taken]) => [load, Object.fromEntries(taken)])),
  }
}
