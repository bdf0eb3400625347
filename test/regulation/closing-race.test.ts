import { textsOn } from '#support/person-keys.ts'
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { execute, type Execution } from '#commands/execute.ts'
import { NOTHING_VOID } from '#commands/fold.ts'
import { FoldedStreams } from '#commands/folded-streams.ts'
import { closePage } from '#commands/journal-page/close-page.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { reopenPage } from '#commands/journal-page/reopen-page.ts'
import { isRefusal, type Reason } from '#commands/refusal.ts'
import type { Places } from '#commands/command.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { streamName } from '#events/stream-name.ts'
import { openPostgres } from '#main/database.ts'
import {
  ANNA,
  BORIS,
  deputy,
  entryOf,
  finalRecorded,
  lessonRecorded,
  markRecorded,
  mathematician,
  PAGE,
  pageOpened,
  school,
  VERA,
  workHeld,
} from '#support/class-7a.ts'
import { eachEngine } from '#support/databases.ts'
import { recordPast } from '#support/past-in-log.ts'
import { SCHOOL } from '#support/spec.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'

/** `CLOSING_RACES=20000 npx vitest run test/regulation/closing-race.test.ts` races longer. */
const ROUNDS = Number(process.env['CLOSING_RACES'] ?? 2_000)
const NOW = Instant.parse('2026-12-29T10:00:00.000Z')
const asked = () => ({ school: SCHOOL, id: Uuid.parse(randomUUID()) })
const unreached = (): never => expect.fail('nothing here is kept aside')
const places: Places = {
  persons: { keep: unreached, correct: unreached, takeBack: unreached },
  keys: { quarantine: unreached },
  credentials: {
    keep: unreached,
    rename: unreached,
    change: unreached,
    isPasswordOf: unreached,
    renew: unreached,
    issueCode: unreached,
    linkIdentity: unreached,
    unlinkIdentity: unreached,
    issueServiceToken: unreached,
  },
}

eachEngine(
  (engine) => {
    it(
      'R-7V.1: a closing and a write of the same moment, by two processes: the write stands before the closing, or it is refused',
      async () => {
        const database = await engine.open()
        const other = openPostgres(database.at!)
        const stores = [
          await PostgresLog.open(database.kysely),
          await PostgresLog.open(other.kysely),
        ] as const
        try {
          const finals = [finalRecorded(ANNA, 5), finalRecorded(BORIS, 3), finalRecorded(VERA, 4)]
          const page = [pageOpened, lessonRecorded, workHeld('test'), markRecorded(ANNA, 5)]
          await recordPast(stores[0], [...school, ...page, ...finals])
          // Two processes of the service, which know of each other by the log alone.
          const [teacher, office] = stores.map(
            (store): Execution => ({
              store,
              streams: new FoldedStreams(store, NOTHING_VOID),
              places,
              texts: textsOn(database.kysely),
              accountsWith: () => Promise.resolve([]),
              clock: () => NOW,
            }),
          ) as [Execution, Execution]

          let [version, value] = [3, 5]
          const write = () => {
            const next = value === 5 ? 4 : 5
            const input = { page: PAGE, entry: entryOf(ANNA, 'test'), value: next, expectedVersion: version }
            return execute(teacher, correctMark, {
              ...asked(),
              actor: mathematician,
              input: correctMark.input.parse({ ...input, reason: 'appeal' }),
            })
          }
          const close = () =>
            execute(office, closePage, {
              ...asked(),
              actor: deputy,
              input: { page: PAGE, excuse: [], carry: [] },
            })
          const reopen = () =>
            execute(office, reopenPage, {
              ...asked(),
              actor: deputy,
              input: reopenPage.input.parse({
                page: PAGE,
                until: '2027-01-29T10:00:00.000Z',
                reason: 'head-order',
                order: { number: '47', date: '2026-12-29' },
              }),
            })

          const outcomes = { written: 0, locked: 0 }
          for (let round = 0; round < ROUNDS; round++) {
            // Who asks first, and how long before the other, differs from round to round.
            const first = round % 2 === 0 ? write() : close()
            for (let turn = 0; turn < round % 7; turn++) await new Promise(setImmediate)
            const second = round % 2 === 0 ? close() : write()
            const [written, closed] = await Promise.all(round % 2 === 0 ? [first, second] : [second, first])
            expect(isRefusal(closed)).toBe(false)
            if (isRefusal(written)) {
              expect(written.refused).toBe('period-locked' satisfies Reason)
              outcomes.locked += 1
            } else {
              version = Number(written.revision)
              value = (written.events[0]!.data as { value: number }).value
              outcomes.written += 1
            }
            expect(isRefusal(await reopen())).toBe(false)
          }
          expect(outcomes.written).toBeGreaterThan(ROUNDS / 20)
          expect(outcomes.locked).toBeGreaterThan(ROUNDS / 20)

          const types: string[] = []
          for await (const { type } of stores[0].readStream(streamName(SCHOOL, 'journalPage', PAGE)))
            types.push(type)
          let open = true
          for (const [revision, type] of types.entries()) {
            if (type === 'PageClosed') open = false
            else if (type === 'PageReopened') open = true
            else expect(open, `${type} at ${revision}`).toBe(true)
          }
          expect(types.filter((type) => type === 'PageClosed')).toHaveLength(ROUNDS)
          expect(types.filter((type) => type === 'MarkCorrected')).toHaveLength(outcomes.written)
        } finally {
          for (const store of stores) await store.close()
          await other.close()
        }
      },
      120_000 + ROUNDS * 60,
    )
  },
  ['postgres'],
)
