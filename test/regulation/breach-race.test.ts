import { textsOn } from '#support/person-keys.ts'
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { openAccount } from '#commands/access/open-account.ts'
import type { Command, Places } from '#commands/command.ts'
import { execute, type Execution } from '#commands/execute.ts'
import { FoldedStreams } from '#commands/folded-streams.ts'
import { reportBreach } from '#commands/incident/report-breach.ts'
import { withdrawBreach } from '#commands/incident/withdraw-breach.ts'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { isRefusal, type Reason } from '#commands/refusal.ts'
import { incidentsOf } from '#commands/references.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { openPostgres } from '#main/database.ts'
import {
  administrator,
  head,
  LESSON,
  lessonRecorded,
  mathematician,
  PAGE,
  pageOpened,
  school,
} from '#support/class-7a.ts'
import { eachEngine } from '#support/databases.ts'
import { recordPast } from '#support/past-in-log.ts'
import { SCHOOL } from '#support/spec.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'

const ROUNDS = 200
const NOW = Instant.parse('2026-11-10T04:00:00.000Z')
const { account } = mathematician
const nothing = () => Promise.resolve(true) as never
const places: Places = {
  persons: { keep: nothing, correct: nothing, takeBack: nothing },
  keys: { quarantine: nothing },
  credentials: {
    keep: nothing,
    rename: nothing,
    change: nothing,
    isPasswordOf: nothing,
    renew: nothing,
    issueCode: nothing,
    linkIdentity: nothing,
    unlinkIdentity: nothing,
    issueServiceToken: nothing,
  },
}

const give = (by: Execution, command: Command, actor: typeof head, input: object) =>
  execute(by, command, {
    school: SCHOOL,
    id: Uuid.parse(randomUUID()),
    actor,
    input: command.input.parse(input),
  })

eachEngine(
  (engine) => {
    it('R-D7: a command in flight when the breach is reported, by two processes: it stands before the report, or it is refused', async () => {
      const database = await engine.open()
      const other = openPostgres(database.at!)
      const stores = [await PostgresLog.open(database.kysely), await PostgresLog.open(other.kysely)] as const
      try {
        await recordPast(stores[0], [...school, pageOpened, lessonRecorded])
        const [intruder, office] = stores.map(
          (store): Execution => ({
            store,
            streams: new FoldedStreams(store),
            places,
            texts: textsOn(database.kysely),
            accountsWith: () => Promise.resolve([]),
            clock: () => NOW,
          }),
        ) as [Execution, Execution]
        const opened = {
          account,
          person: mathematician.person,
          login: 'mathematician',
          password: 'pen-and-paper-7A',
        }
        expect(isRefusal(await give(office, openAccount, administrator, opened))).toBe(false)
        const write = () =>
          give(intruder, addComment, mathematician, {
            page: PAGE,
            lesson: LESSON,
            on: { kind: 'lesson' },
            text: 'Кабинет 305',
          })
        const report = () => give(office, reportBreach, head, { account, learnedAt: NOW })

        const outcomes = { written: 0, refused: 0 }
        for (let round = 0; round < ROUNDS; round++) {
          const first = round % 2 === 0 ? write() : report()
          for (let turn = 0; turn < round % 7; turn++) await new Promise(setImmediate)
          const second = round % 2 === 0 ? report() : write()
          const [written, reported] = await Promise.all(round % 2 === 0 ? [first, second] : [second, first])
          if (isRefusal(reported)) throw new Error(reported.refused)
          if (isRefusal(written)) expect(written.refused).toBe('account-blocked' satisfies Reason)
          outcomes[isRefusal(written) ? 'refused' : 'written'] += 1
          const { incident } = reported.events[0]!.data as { readonly incident: Uuid }
          const withdrawn = await give(office, withdrawBreach, head, { incident, text: 'Ошиблись' })
          expect(isRefusal(withdrawn)).toBe(false)
        }
        let open = true
        for await (const event of stores[0].readAll({ school: SCHOOL })) {
          if (event.stream === incidentsOf(SCHOOL)) open = event.type === 'BreachWithdrawn'
          else if (event.meta['by'] === account) expect(open, `${event.type} after a report`).toBe(true)
        }
        expect(outcomes.written).toBeGreaterThan(ROUNDS / 20)
        expect(outcomes.refused).toBeGreaterThan(ROUNDS / 20)
      } finally {
        for (const store of stores) await store.close()
        await other.close()
      }
    }, 120_000)
  },
  ['postgres'],
)
