import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { endRole } from '#commands/access/end-role.ts'
import { grantRole } from '#commands/access/grant-role.ts'
import { accessFold, rolesAt } from '#commands/access/state.ts'
import type { Command, Places } from '#commands/command.ts'
import { execute, type Execution } from '#commands/execute.ts'
import { FoldedStreams } from '#commands/folded-streams.ts'
import { isRefusal, type Reason } from '#commands/refusal.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { streamName } from '#events/stream-name.ts'
import { openPostgres } from '#main/database.ts'
import { actor, date, id, past, school, ZONE } from '#support/class-7a.ts'
import { eachEngine } from '#support/databases.ts'
import { recordPast } from '#support/past-in-log.ts'
import { textsOn } from '#support/person-keys.ts'
import { SCHOOL } from '#support/spec.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'

const ROUNDS = 100
const NOW = Instant.parse('2026-11-10T04:00:00.000Z')
const role = 'system-administrator'
const people = ['one', 'other'].map((name) => ({
  account: id(`account/${name}`),
  actor: { ...actor(role, id(`staff/${name}`)), account: id(`account/${name}`) },
}))
const nowhere = {} as Places

const give = (by: Execution, command: Command, as: ReturnType<typeof actor>, input: object) =>
  execute(by, command, {
    school: SCHOOL,
    id: Uuid.parse(randomUUID()),
    actor: as,
    input: command.input.parse(input),
  })

eachEngine(
  (engine) => {
    it('R-2.1: two administrators take each other’s role away at once, in two processes: one of them stays', async () => {
      const database = await engine.open()
      const another = openPostgres(database.at!)
      const stores = [
        await PostgresLog.open(database.kysely),
        await PostgresLog.open(another.kysely),
      ] as const
      try {
        await recordPast(stores[0], [
          ...school,
          ...people.flatMap(({ account, actor: { person } }) => [
            past('access', account, { type: 'AccountOpened', data: { account, person } }),
            past('access', account, {
              type: 'RoleGranted',
              data: { account, role, from: date('2026-09-01'), until: null, scope: null },
            }),
          ]),
        ])
        const services = stores.map(
          (store): Execution => ({
            store,
            streams: new FoldedStreams(store),
            places: nowhere,
            texts: textsOn(database.kysely),
            clock: () => NOW,
            accountsWith: () => Promise.resolve(people.map(({ account }) => account)),
          }),
        )
        const end = (which: number) =>
          give(services[which]!, endRole, people[which]!.actor, { account: people[1 - which]!.account, role })

        const stayed = [0, 0]
        for (let round = 0; round < ROUNDS; round++) {
          const [first, second] = round % 2 === 0 ? [0, 1] : ([1, 0] as const)
          const one = end(first)
          for (let turn = 0; turn < round % 5; turn++) await new Promise(setImmediate)
          const answers = await Promise.all([one, end(second)])
          const refused = answers.filter(isRefusal)
          expect(refused.map((answer) => answer.refused)).toEqual(['last-administrator' satisfies Reason])

          const held = []
          for (const { account } of people) {
            const stream = streamName(SCHOOL, 'access', account)
            const { state } = await services[0]!.streams.load(accessFold, stream)
            held.push(rolesAt(state, NOW, ZONE).includes(role))
          }
          expect(held.filter(Boolean)).toHaveLength(1)
          const standing = held.indexOf(true)
          stayed[standing]! += 1
          const again = { account: people[1 - standing]!.account, role, from: '2026-11-10' }
          expect(isRefusal(await give(services[standing]!, grantRole, people[standing]!.actor, again))).toBe(
            false,
          )
        }
        // It was a race: now the one was faster, now the other.
        expect(Math.min(...stayed)).toBeGreaterThan(ROUNDS / 20)
      } finally {
        for (const store of stores) await store.close()
        await another.close()
      }
    }, 120_000)
  },
  ['postgres'],
)
