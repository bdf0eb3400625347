import { testKeys } from './person-keys.ts'
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { type Logger, pino } from 'pino'
import { expect } from 'vitest'
import { createApp } from '#api/app.ts'
import type { Backups } from '#api/backups.ts'
import { ExternalIssuer, type IssuerSettings } from '#api/external-issuer.ts'
import type { StreamLimits } from '#api/open-streams.ts'
import type { Packages } from '#api/packages.ts'
import { hashPassword } from '#api/password-hash.ts'
import { Pasts } from '#api/past.ts'
import type { Problem } from '#api/problems.ts'
import { fixedTokenKeys, type TokenKeys } from '#api/token-keys.ts'
import { grantRole } from '#commands/access/grant-role.ts'
import { openAccount } from '#commands/access/open-account.ts'
import type { Actor } from '#commands/command.ts'
import { execute, type Execution } from '#commands/execute.ts'
import { isRefusal } from '#commands/refusal.ts'
import type { RecordedEvent } from '#events/store/event-store.ts'
import { query } from '#events/store/sql.ts'
import type { StreamName } from '#events/stream-name.ts'
import { type Database, openInMemory } from '#main/database.ts'
import { catchUp, install, type Installation, servedBy } from '#main/installation.ts'
import type { Watching } from '#main/watching.ts'
import type { Role } from '#values/role.ts'
import { SchoolSlug } from '#values/school.ts'
import { type Clock, Instant, LocalDate, TimeZone } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import {
  ANNA,
  BORIS,
  ENGLISH_TEACHER,
  id,
  MATHEMATICIAN,
  pageOpened,
  past,
  school as class7a,
  STRANGER,
  consented,
} from './class-7a.ts'
import { keptOpen, type TestDatabase, type TestEngine } from './databases.ts'
import { recordPast } from './past-in-log.ts'
import { type Past, SCHOOL } from './spec.ts'

/** Another school of the same installation: the same people, classes and pages by id, and none of its data. */
export const OTHER_SCHOOL = SchoolSlug.parse('tomsk36')

/** Monday 9 November 2026, 10:50 in Tomsk: the third lesson is on. */
export const MORNING = '2026-11-09T03:50:00.000Z'
const ZONE = TimeZone.parse('Asia/Tomsk')
const TOKEN_SECONDS = 3_600
export const PASSWORD = 'pen-and-paper-7A'

export const MOTHER = id('person/mother-of-anna')

/** The operator of an installation has no account. */
const operator: Actor = {
  account: id('account/operator'),
  person: id('person/operator'),
  role: 'operator',
  cred: 1,
}

type Granted = readonly [role: Exclude<Role, 'operator' | 'external-system'>, from?: string, until?: string]

/** Everybody who can log in, by log-in: the person, and the roles with their terms. */
export const PEOPLE = {
  head: [id('staff/head'), [['head']]],
  deputy: [id('staff/deputy'), [['deputy']]],
  auditor: [id('person/auditor'), [['auditor']]],
  administrator: [id('staff/administrator'), [['system-administrator']]],
  archivist: [id('staff/archivist'), [['archivist']]],
  mathematician: [MATHEMATICIAN, [['teacher']]],
  /** Teaches English in 7А and leads the class: two roles, two accounts would be one too many. */
  english: [ENGLISH_TEACHER, [['teacher'], ['class-teacher']]],
  stranger: [STRANGER, [['teacher'], ['class-teacher']]],
  'head-and-deputy': [id('staff/head-and-deputy'), [['head'], ['deputy'], ['system-administrator']]],
  anna: [ANNA, [['pupil']]],
  boris: [BORIS, [['pupil']]],
  mother: [MOTHER, [['parent']]],
  /** Was deputy until today: yesterday was the last day. */
  retired: [id('staff/retired'), [['deputy', '2026-09-01', '2026-11-09']]],
  /** Is deputy from tomorrow. */
  coming: [id('staff/coming'), [['deputy', '2026-11-10']]],
} as const satisfies Record<string, readonly [Uuid, readonly Granted[]]>
export type LogIn = keyof typeof PEOPLE

/** Somebody who holds each role of a person. */
export const IN_ROLE: Readonly<Record<Exclude<Role, 'operator' | 'external-system'>, LogIn>> = {
  head: 'head',
  deputy: 'deputy',
  'class-teacher': 'english',
  teacher: 'mathematician',
  'system-administrator': 'administrator',
  parent: 'mother',
  pupil: 'anna',
  auditor: 'auditor',
  archivist: 'archivist',
}

export const accountOf = (login: LogIn): Uuid => uuidV5(PEOPLE[login][0], 'account')

/** What a school has written before anybody calls the API: class 7А with its page of algebra open, and Anna's mother. */
export const beforehand: readonly Past[] = [
  ...class7a,
  past('family', ANNA, {
    type: 'RepresentativeRegistered',
    data: {
      pupil: ANNA,
      representative: MOTHER,
      kinship: 'mother',
      from: LocalDate.parse('2026-09-01'),
    },
  }),
  consented(ANNA, MOTHER),
  pageOpened,
]

export interface Answer<Body> {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Body
}

type Headers = Readonly<Record<string, string>>

/** One person at the API of one school. */
export interface Client {
  readonly token: string
  get<Body = unknown>(path: string, headers?: Headers): Promise<Answer<Body>>
  post<Body = unknown>(path: string, body?: unknown, headers?: Headers): Promise<Answer<Body>>
}

export interface Api {
  readonly app: FastifyInstance
  readonly installation: Installation
  readonly tokenKeys: { readonly private: string; readonly public: string }
  /** Moves the clock of the service. */
  at(instant: string): void
  now(): Instant
  send<Body = unknown>(request: InjectOptions): Promise<Answer<Body>>
  /** Logs in through the API, once for each person, school and hour. */
  as(login: LogIn, school?: SchoolSlug): Promise<Client>
  /** A client with a token that somebody made. */
  withToken(token: string, school?: SchoolSlug): Client
  events(stream: StreamName): Promise<RecordedEvent[]>
  /** Waits until every read model shows what the log holds. */
  shown(): Promise<void>
  close(): Promise<void>
}

/** The service as it is put together for production, on a database of its own, with a clock that the test turns. */
export async function openApi(
  engine: TestEngine,
  {
    patience = 5_000,
    schools = [SCHOOL],
    people = Object.keys(PEOPLE) as LogIn[],
    history = beforehand,
    through = (execution) => execution,
    streams,
    backups = () => null,
    packages = () => null,
    watching,
    keys,
    issuer = null,
    log = pino({ level: 'silent' }),
    rolesFrom,
    prepared = false,
  }: {
    patience?: number
    schools?: readonly SchoolSlug[]
    people?: readonly LogIn[]
    history?: readonly Past[]
    through?: (execution: Execution) => Execution
    streams?: StreamLimits
    backups?: (installation: Installation, clock: Clock) => Backups | null
    packages?: (installation: Installation, clock: Clock) => Packages | null
    watching?: Pick<Watching, 'watch' | 'metrics'>
    /** In the place of one key for the test. */
    keys?: TokenKeys
    issuer?: IssuerSettings | null
    log?: Logger
    /** The first day of the roles that name none; 25 August 2026 without it. */
    rolesFrom?: string
    /** For a file that opens the same several times: it is written once, and copied. */
    prepared?: boolean
  } = {},
): Promise<Api> {
  let now = Instant.parse(MORNING)
  const clock = () => now
  const fill = async ({ execution, database }: Installation): Promise<void> => {
    for (const school of schools) {
      await recordPast(execution.store, history, school)
      for (const login of people) await letIn(execution, school, login, rolesFrom)
    }
    await setPasswords(database)
  }
  const written = (): Promise<TestDatabase> =>
    engine.openPrepared(nameOf({ schools, people, history, rolesFrom }), async (database) => {
      const once = await install(keptOpen(database), clock, log, testKeys)
      await fill(once)
      await catchUp(once)
      await once.close()
    })
  const installation = await install(
    prepared ? await written() : await engine.openStarted(),
    clock,
    log,
    testKeys,
    undefined,
    watching?.watch,
  )
  if (!prepared) await fill(installation)
  await catchUp(installation)
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const tokenKeys = { private: privateKey, public: publicKey }
  const { database, execution, projectors } = installation
  const pasts = new Pasts(openInMemory)
  const parts = {
    ...servedBy(installation),
    execution: through(execution),
    externalIssuer: issuer === null ? null : new ExternalIssuer(database.kysely, issuer),
    backups: backups(installation, clock),
    packages: packages(installation, clock),
    models: projectors,
    pasts,
    duties: [],
    tokenKeys: keys ?? fixedTokenKeys(tokenKeys),
    zone: ZONE,
    tokenSeconds: TOKEN_SECONDS,
    patience,
    ...(streams === undefined ? {} : { streams }),
    ...watching,
  }
  const app = await createApp(parts, log)

  async function send<Body>(request: InjectOptions): Promise<Answer<Body>> {
    const { statusCode, headers, payload } = await app.inject(request)
    const json = /json/.test(String(headers['content-type']))
    const body = (json ? JSON.parse(payload) : payload) as Body
    return { status: statusCode, headers: headers as Answer<Body>['headers'], body }
  }
  function withToken(token: string, school: SchoolSlug = SCHOOL): Client {
    const url = (path: string): string => (path.startsWith('/') ? path : `/v1/schools/${school}/${path}`)
    const authorization = `Bearer ${token}`
    return {
      token,
      get: (path, headers = {}) =>
        send({ method: 'GET', url: url(path), headers: { authorization, ...headers } }),
      post: (path, body, headers = {}) =>
        send({
          method: 'POST',
          url: url(path),
          headers: { authorization, ...headers },
          ...(body === undefined ? {} : { payload: body as object }),
        }),
    }
  }
  const tokens = new Map<string, string>()
  async function as(login: LogIn, school: SchoolSlug = SCHOOL): Promise<Client> {
    const key = `${login} ${school} ${now.slice(0, 13)}`
    const token = tokens.get(key) ?? (await logIn(login, school))
    tokens.set(key, token)
    return withToken(token, school)
  }
  async function logIn(login: LogIn, school: SchoolSlug): Promise<string> {
    const payload = { school, login, password: PASSWORD }
    const answer = await send<{ token: string }>({ method: 'POST', url: '/v1/log-in', payload })
    expect(answer).toMatchObject({ status: 200 })
    return answer.body.token
  }
  async function events(stream: StreamName): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = []
    for await (const event of execution.store.readStream(stream)) found.push(event)
    return found
  }
  async function shown(): Promise<void> {
    const head = (await execution.store.head())!
    const reached = await Promise.all(projectors.map((projector) => projector.reaches(head, 30_000)))
    expect(reached).toEqual(projectors.map(() => true))
  }
  const close = async (): Promise<void> => {
    await app.close()
    await pasts.close()
    await installation.close()
  }
  const at = (instant: string): void => {
    now = Instant.parse(instant)
  }
  return { app, installation, tokenKeys, at, now: clock, send, as, withToken, events, shown, close }
}

/** A name for what a database was filled with: another for everything else. */
const nameOf = (content: object): string => createHash('sha256').update(JSON.stringify(content)).digest('hex')

let hashed: Promise<string> | undefined

/** Everybody has the password of the tests: hashing it for each of them would take longer than all the rest. */
async function setPasswords({ kysely }: Database): Promise<void> {
  hashed ??= hashPassword(PASSWORD)
  await query(kysely, 'update access.credential set hash = $1', [await hashed])
}

/** Opens an account and grants its roles by the commands of the operator. */
async function letIn(
  execution: Execution,
  school: SchoolSlug,
  login: LogIn,
  rolesFrom = '2026-08-25',
): Promise<void> {
  const [person, roles]: readonly [Uuid, readonly Granted[]] = PEOPLE[login]
  const account = accountOf(login)
  const asked = () => ({ school, actor: operator, id: Uuid.parse(randomUUID()) })
  const input = { account, person, login }
  const opened = await execute(execution, openAccount, { ...asked(), input })
  if (isRefusal(opened)) expect.fail(opened.refused)
  for (const [role, from = rolesFrom, until] of roles) {
    const input = grantRole.input.parse({ account, role, from, until })
    const granted = await execute(execution, grantRole, { ...asked(), input })
    if (isRefusal(granted)) expect.fail(granted.refused)
  }
}

/** A command id that reads: `commandId('marks')`. */
export const commandId = (name: string): string =>
  uuidV5(Uuid.parse('5c0c6a52-97fc-4d57-8f0d-6f2fb0d6c0aa'), createHash('sha256').update(name).digest('hex'))

/** Says that an answer is this problem, complete: status, both titles, the id of the request. */
export function expectProblem(answer: Answer<unknown>, reason: Problem, facts: object = {}): void {
  expect(answer.body).toMatchObject({ reason, ...(Object.keys(facts).length === 0 ? {} : { facts }) })
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(answer.body).toMatchObject({
    type: `/problems/${reason}`,
    status: answer.status,
    title: expect.stringMatching(/^[А-ЯЁ].*[.?]$/su) as string,
    titleEn: expect.stringMatching(/^[A-Z].*\.$/su) as string,
    instance: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  })
}
