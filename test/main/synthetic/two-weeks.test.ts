import { textsOn } from '#support/person-keys.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CredentialStore, PersonName, PersonStore, Places } from '#commands/command.ts'
import { execute } from '#commands/execute.ts'
import { NOTHING_VOID } from '#commands/fold.ts'
import { FoldedStreams } from '#commands/folded-streams.ts'
import { isRefusal } from '#commands/refusal.ts'
import { type Database, openInMemory } from '#main/database.ts'
import { migrate } from '#main/migrations.ts'
import { synthesize } from '#main/synthetic/synthesize.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { SchoolSlug } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

const SCHOOL = SchoolSlug.parse('village')
const UNTIL = '2025-09-14' as LocalDate

/** Keeps names and log-ins for the length of a test; what it takes and refuses is that of the real stores. */
function placesInMemory(): Places & {
  readonly names: Map<Uuid, PersonName>
  readonly logins: Map<string, Uuid>
} {
  const names = new Map<Uuid, PersonName>()
  const logins = new Map<string, Uuid>()
  const persons: PersonStore = {
    async keep(_school, person, name) {
      if (!names.has(person)) names.set(person, name)
    },
    correct: unasked,
    takeBack: unasked,
  }
  const credentials: CredentialStore = {
    async keep(_school, account, login) {
      const taken = logins.get(login)
      if (taken === undefined) logins.set(login, account)
      return taken === undefined || taken === account
    },
    rename: unasked,
    change: unasked,
    isPasswordOf: unasked,
    renew: unasked,
    issueCode: unasked,
    issueServiceToken: unasked,
    linkIdentity: unasked,
    unlinkIdentity: unasked,
  }
  return { persons, credentials, keys: { quarantine: unasked }, names, logins }
}

const unasked = () => Promise.reject(new Error('a synthetic school opens accounts, and no more'))

describe('the first two weeks, carried out by the real commands', () => {
  let database: Database
  beforeAll(async () => {
    database = await openInMemory()
    await migrate(database.kysely)
  })
  afterAll(() => database.close())

  it('are accepted command by command, each recording something', async () => {
    const store = await PostgresLog.open(database.kysely, { soleWriter: true })
    const streams = new FoldedStreams(store, NOTHING_VOID)
    const places = placesInMemory()
    const synthetic = synthesize({
      seed: 'letopis',
      preset: 'S',
      year: 2025,
      until: UNTIL,
      password: 'correct horse',
    })
    let now = '' as Instant
    const execution = {
      store,
      streams,
      places,
      texts: textsOn(database.kysely),
      clock: () => now,
      accountsWith: () => Promise.resolve([]),
    }
    const carriedOut = new Set<string>()
    for (const { at, id, command, input, actor } of synthetic.commands()) {
      now = at
      const answer = await execute(execution, command, { school: SCHOOL, id, input, actor })
      if (isRefusal(answer))
        expect.fail(`${at} ${command.name}: ${answer.refused} ${JSON.stringify(answer.detail)}`)
      expect(answer.events.length, `${at} ${command.name}`).toBeGreaterThan(0)
      carriedOut.add(command.name)
    }
    for (const name of ['open-page', 'record-marks', 'correct-mark', 'change-absence-code', 'add-comment'])
      expect(carriedOut).toContain(name)
    expect(places.logins.size).toBe(19)
    for (const { person } of Object.values(synthetic.people)) expect(places.names.has(person)).toBe(true)
  }, 240_000)
})
