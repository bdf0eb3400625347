import type { Logger } from 'pino'
import { afterAll, beforeAll, expect } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import type { Backups } from '#api/backups.ts'
import type { DomainEvent } from '#events/registry.ts'
import type { PositionedEvent } from '#events/store/event-store.ts'
import type { AuditLine } from '#projections/audit-trail/queries.ts'
import type { Grid } from '#projections/class-journal/queries.ts'
import type { DiaryLesson } from '#projections/pupil-diary/queries.ts'
import { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Answer, type Api, beforehand, type LogIn, MORNING, openApi } from './api.ts'
import { PAGE } from './class-7a.ts'
import { testEngine } from './databases.ts'
import type { Past } from './spec.ts'

export interface Recorded {
  readonly revision: number
  readonly position: string | null
  readonly repeated: boolean
  readonly events: ReadonlyArray<{ id: string; type: DomainEvent['type']; revision: number; data: unknown }>
}

/** What the grid of a page answers. */
export interface GridPage extends Grid {
  readonly page: { readonly revision: number }
  readonly pupils: ReadonlyArray<{ pupil: Uuid; name: string; spans: unknown[]; now: boolean }>
}

/** A command as its address names it: anything that the catalogue holds. */
interface Addressed {
  readonly name: string
  readonly path: string
}
type Headers = Readonly<Record<string, string>>

/** One school whose people work through the API and read their own writes. */
export class SchoolAtWork {
  readonly name: SchoolSlug
  readonly api: Api
  #position: string | null = null

  constructor(name: SchoolSlug, api: Api) {
    this.name = name
    this.api = api
  }

  /** Turns the clock of the service. */
  at(instant: string): this {
    this.api.at(instant)
    return this
  }

  /** Gives a command; the fields of `input` that its address names go there, the others into the body. */
  async give(
    login: LogIn,
    command: Addressed,
    input: Readonly<Record<string, unknown>>,
    headers: Headers = {},
  ): Promise<Answer<Recorded & { readonly reason?: string; readonly facts?: Record<string, unknown> }>> {
    const inPath = new Set([...command.path.matchAll(/:(\w+)/g)].map(([, field]) => field!))
    const path = command.path.replaceAll(/:(\w+)/g, (_, field: string) => String(input[field]))
    const body = Object.fromEntries(Object.entries(input).filter(([field]) => !inPath.has(field)))
    const client = await this.api.as(login, this.name)
    const answer = await client.post<Recorded>(`${path}/${command.name}`, body, headers)
    if (answer.status === 201) this.#position = answer.body.position
    return answer
  }

  /** The same, and it is accepted. */
  async done(
    login: LogIn,
    command: Addressed,
    input: Readonly<Record<string, unknown>>,
    headers: Headers = {},
  ): Promise<Recorded> {
    const { status, body } = await this.give(login, command, input, headers)
    if (status !== 201) expect.fail(`${command.name}: ${status} ${JSON.stringify(body)}`)
    return body
  }

  /** The mathematician records the third lesson of Monday, or another of algebra. */
  async recordLesson(date = '2026-11-09', number = 3): Promise<this> {
    const topic = 'Степень с натуральным показателем'
    await this.done('mathematician', recordLesson, { page: PAGE, date, number, topic })
    return this
  }

  /** Asks for a page of the service that includes everything that this school has written. */
  async ask<Body = Readonly<Record<string, unknown>>>(
    login: LogIn,
    path: string,
    headers: Headers = {},
  ): Promise<Answer<Body>> {
    const client = await this.api.as(login, this.name)
    const includes: Headers = this.#position === null ? {} : { 'min-position': this.#position }
    return client.get<Body>(path, { ...includes, ...headers })
  }

  /** The same, and it is answered. */
  async seen<Body>(login: LogIn, path: string, headers: Headers = {}): Promise<Body> {
    const { status, body } = await this.ask<Body>(login, path, headers)
    if (status !== 200) expect.fail(`${path}: ${status} ${JSON.stringify(body)}`)
    return body
  }

  grid(page: Uuid = PAGE, login: LogIn = 'deputy'): Promise<GridPage> {
    return this.seen(login, `pages/${page}`)
  }

  /** The lessons of a pupil's diary in the week that holds `day`. */
  async diary(pupil: Uuid, from: string, login: LogIn = 'deputy'): Promise<DiaryLesson[]> {
    const path = `pupils/${pupil}/diary?from=${from}`
    return (await this.seen<{ lessons: DiaryLesson[] }>(login, path)).lessons
  }

  async cell(pupil: Uuid, lesson: Uuid, page: Uuid = PAGE): Promise<AuditLine[]> {
    const path = `pages/${page}/lessons/${lesson}/pupils/${pupil}/history`
    return (await this.seen<{ lines: AuditLine[] }>('deputy', path)).lines
  }

  /** `audit-trail?type=MarkCorrected`, `corrections?journal=…` */
  async lines(path: string, login: LogIn = 'deputy'): Promise<AuditLine[]> {
    return (await this.seen<{ lines: AuditLine[] }>(login, path)).lines
  }

  /** What the log holds of this school, in its order. */
  async log(): Promise<PositionedEvent[]> {
    const events: PositionedEvent[] = []
    for await (const event of this.api.installation.execution.store.readAll({ school: this.name }))
      events.push(event)
    return events
  }
}

/**
 * The schools of a test file: class 7А, in one installation, a school for each test.
 *
 * @param people those who log in
 * @param log where the service writes its lines; nowhere without it
 * @param backups what the service knows of its copies; nothing without it
 */
export function schoolsAtWork(
  count: number,
  people: readonly LogIn[],
  history: readonly Past[] = beforehand,
  rolesFrom?: string,
  log?: Logger,
  backups?: () => Backups,
): { next(): SchoolAtWork } {
  const engine = testEngine('pglite')
  const names = Array.from({ length: count }, (_, i) => SchoolSlug.parse(`tomsk${i + 1}`))
  let api: Api
  let taken = 0
  beforeAll(async () => {
    api = await openApi(engine, {
      schools: names,
      people,
      history,
      patience: 30_000,
      ...(rolesFrom === undefined ? {} : { rolesFrom }),
      ...(log === undefined ? {} : { log }),
      ...(backups === undefined ? {} : { backups }),
    })
  })
  afterAll(() => api.close())
  return {
    next() {
      const name = names[taken++]
      if (name === undefined) throw new Error(`the file has asked for ${count} schools only`)
      return new SchoolAtWork(name, api).at(MORNING)
    },
  }
}
