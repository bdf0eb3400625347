import { keysOn, namesOn, textsOn } from '#support/person-keys.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { Credentials } from '#api/credentials.ts'
import { openAccount } from '#commands/access/open-account.ts'
import type { Command } from '#commands/command.ts'
import { execute, type Execution } from '#commands/execute.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { NOTHING_VOID } from '#commands/fold.ts'
import { FoldedStreams } from '#commands/folded-streams.ts'
import type { ReferenceName } from '#commands/references.ts'
import { isRefusal } from '#commands/refusal.ts'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { hireStaff } from '#commands/roster/hire-staff.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import type { PersonNames } from '#integrity/person-store.ts'
import { type Database, openInMemory } from '#main/database.ts'
import { migrate } from '#main/migrations.ts'
import { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { administrator, ANNA, id, school } from '#support/class-7a.ts'
import { recordPast } from '#support/past-in-log.ts'
import { SCHOOL } from '#support/spec.ts'

const name = { family: 'Звягинцева', given: 'Аглая', patronymic: 'Ефимовна' }
const now = Instant.parse('2026-11-09T03:00:00.000Z')

describe('what must not stand in the log (152-ФЗ)', () => {
  let database: Database
  let log: PostgresLog
  let persons: PersonNames
  let credentials: Credentials
  let execution: Execution

  beforeAll(async () => {
    database = await openInMemory()
    await migrate(database.kysely)
    log = await PostgresLog.open(database.kysely)
    await recordPast(log, school)
    persons = namesOn(database.kysely)
    credentials = new Credentials(database.kysely)
    const streams = new FoldedStreams(log, NOTHING_VOID)
    execution = {
      store: log,
      streams,
      places: { persons, credentials, keys: keysOn(database.kysely) },
      texts: textsOn(database.kysely),
      accountsWith: () => Promise.resolve([]),
      clock: () => now,
    }
  })
  afterAll(async () => {
    await log.close()
    await database.close()
  })

  function ask<Input extends z.ZodObject, State, Needs extends ReferenceName>(
    command: Command<Input, State, Needs>,
    input: z.input<Input>,
    commandId: string,
  ) {
    const asked = {
      school: SCHOOL,
      actor: administrator,
      id: id(commandId),
      input: command.input.parse(input),
    }
    return execute(execution, command, asked)
  }

  async function accepted(answer: ReturnType<typeof ask>) {
    const value = await answer
    return isRefusal(value) ? expect.fail(`refused: ${value.refused}`) : value
  }

  const nameOf = async (person: Uuid) => (await persons.names(SCHOOL, [person])).get(person)

  async function wholeLog(): Promise<string> {
    const texts: string[] = []
    for await (const event of log.readAll()) texts.push(event.canonical)
    return texts.join('\n')
  }

  it.each([
    ['pupil', 'enrol', () => ask(enrolPupil, { name, from: '2026-11-09' }, 'enrol')],
    ['staff', 'hire', () => ask(hireStaff, { name, from: '2026-11-09' }, 'hire')],
    [
      'representative',
      'register',
      () =>
        ask(registerRepresentative, { pupil: ANNA, name, kinship: 'mother', from: '2026-11-09' }, 'register'),
    ],
  ] as const)('keeps the name of a new %s under the id that the event carries', async (field, _, give) => {
    const { events } = await accepted(give())
    const person = (events[0]!.data as Record<string, Uuid>)[field]!
    expect(await nameOf(person)).toEqual(name)
    for (const word of Object.values(name)) expect(await wholeLog()).not.toContain(word)
  })

  it('keeps the name under the id that an import chose', async () => {
    const pupil = id('pupil/imported')
    await accepted(ask(enrolPupil, { pupil, name, from: '2026-11-09' }, 'import'))
    expect(await nameOf(pupil)).toEqual(name)
  })

  it('makes one person of a command that is sent twice', async () => {
    const first = await accepted(ask(enrolPupil, { name, from: '2026-11-10' }, 'twice'))
    const second = await accepted(ask(enrolPupil, { name, from: '2026-11-10' }, 'twice'))
    expect(second).toEqual({ ...first, repeated: true })
    expect(second.events.map(({ type }) => type)).toEqual(['PupilEnrolled'])
  })

  it('keeps no name of a pupil whom the rule refuses', async () => {
    const other = { ...name, family: 'Иная' }
    const answer = await ask(enrolPupil, { pupil: ANNA, name: other, from: '2026-11-09' }, 'refused')
    expect(answer).toMatchObject({ refused: 'pupil-exists' })
    expect(await nameOf(ANNA)).toBeUndefined()
  })

  it('keeps log-in and password of an account, and neither in the log', async () => {
    const account = id('account/new')
    const asked = { account, person: id('person'), login: 'zvyagintseva', password: 'осенний лист 35' }
    await accepted(ask(openAccount, asked, 'open'))
    expect(await credentials.verify(SCHOOL, 'zvyagintseva', 'осенний лист 35')).toBe(account)
    const text = await wholeLog()
    expect(text).toContain(account)
    expect(text).not.toContain('zvyagintseva')
    expect(text).not.toContain('осенний')
  })

  it('opens no account under the log-in of another', async () => {
    const first = id('account/first')
    const second = id('account/second')
    const asked = { person: id('person'), login: 'one.for.two', password: 'осенний лист 35' }
    await accepted(ask(openAccount, { ...asked, account: first }, 'first'))
    const answer = await ask(openAccount, { ...asked, account: second }, 'second')
    expect(answer).toMatchObject({ refused: 'login-taken' })
    expect(await credentials.verify(SCHOOL, 'one.for.two', asked.password)).toBe(first)
    expect(await wholeLog()).not.toContain(second)
  })
})
