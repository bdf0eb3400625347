import { Obstacle } from './explain.ts'

/** Whoever calls a running service from the command line: the same rights as anywhere, and the same traces. */
export interface Caller {
  readonly url: string
  readonly school: string
  readonly login: string
  readonly password: string
  /** The role, where the person has several that would do. */
  readonly role?: string | undefined
}

/** An answer of the service. `body` is parsed where it is JSON. */
export interface ServiceAnswer {
  readonly status: number
  readonly location: string | null
  readonly body: unknown
}

interface ProblemBody {
  readonly title?: string
  readonly facts?: Readonly<Record<string, unknown>>
}

/** A client of a running service, logged in. */
export class ServiceClient {
  readonly #caller: Caller
  readonly #token: string

  private constructor(caller: Caller, token: string) {
    this.#caller = caller
    this.#token = token
  }

  /** @throws {Obstacle} the service does not answer, or does not let the person in */
  static async logIn(caller: Caller): Promise<ServiceClient> {
    const { school, login, password } = caller
    const answer = await ask(caller.url, '/v1/log-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ school, login, password }),
    })
    return new ServiceClient(caller, (expectGood(answer).body as { token: string }).token)
  }

  /** @param path from the school on, or from the root where it begins with a slash */
  async send(
    method: 'GET' | 'POST',
    path: string,
    { body, headers = {} }: { body?: Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {},
  ): Promise<ServiceAnswer> {
    const { url, school, role } = this.#caller
    const at = path.startsWith('/') ? path : `/v1/schools/${encodeURIComponent(school)}/${path}`
    return ask(url, at, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(role === undefined ? {} : { 'letopis-role': role }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    })
  }
}

async function ask(url: string, path: string, request: RequestInit): Promise<ServiceAnswer> {
  try {
    const answer = await fetch(new URL(path, url), request)
    const isJson = /json/.test(answer.headers.get('content-type') ?? '')
    // The mark by which Excel knows UTF-8 is part of a file: `text()` would take it away.
    const body: unknown = isJson ? await answer.json() : Buffer.from(await answer.arrayBuffer())
    return { status: answer.status, location: answer.headers.get('location'), body }
  } catch (error) {
    throw new Obstacle(
      `Служба по адресу ${url} не отвечает: запустите её или укажите другой адрес в --url.`,
      {
        cause: error,
      },
    )
  }
}

/** @throws {Obstacle} the answer is a problem, said in its own words */
export function expectGood(answer: ServiceAnswer): ServiceAnswer {
  if (answer.status < 400) return answer
  const { title, facts } = answer.body as ProblemBody
  throw new Obstacle(saidWith(title ?? `Служба ответила ${answer.status}.`, facts))
}

/** A problem in a sentence, with what is known of this one. */
export function saidWith(title: string, facts: Readonly<Record<string, unknown>> = {}): string {
  const known = Object.entries(facts).map(([name, value]) => `${FACTS[name] ?? name}: ${shown(value)}`)
  return known.length === 0 ? title : `${title} (${known.join('; ')})`
}

const shown = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(String).join(', ')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)

const FACTS: Readonly<Record<string, string>> = {
  line: 'строка',
  column: 'столбец',
  heading: 'заголовок',
  known: 'есть',
  missing: 'нет',
  problem: 'что',
  file: 'файл',
}
