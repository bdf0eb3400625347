import type { CloudEvent } from '#relay/announcement.ts'
import { SCHOOL } from './spec.ts'

/** One who listens to the events of a school over a real connection, as a browser would. */
export class EventListener {
  readonly heard: CloudEvent[] = []
  /** The last id that was sent, with an event or without. */
  lastId: string | null = null
  readonly status: number
  readonly headers: Headers
  /** Resolves when the stream has ended, whoever ended it. */
  readonly ended: Promise<void>
  readonly #cut: AbortController

  private constructor(response: Response, cut: AbortController) {
    this.status = response.status
    this.headers = response.headers
    this.#cut = cut
    this.ended = this.#read(response).catch(() => {})
  }

  static async open(
    address: string,
    token: string,
    { query = '', headers = {} }: { query?: string; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<EventListener> {
    const cut = new AbortController()
    const response = await fetch(`${address}/v1/schools/${SCHOOL}/events/stream${query}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: cut.signal,
    })
    return new EventListener(response, cut)
  }

  /** Goes away. */
  async leave(): Promise<void> {
    this.#cut.abort()
    await this.ended
  }

  async #read(response: Response): Promise<void> {
    let text = ''
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
      text += piece
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) this.#take(block)
    }
  }

  /** By the rules of the standard: an id counts also where there is no data, and then there is no event. */
  #take(block: string): void {
    for (const line of block.split('\n')) {
      const [, field, value] = /^([a-z]*): ?(.*)$/.exec(line) ?? []
      if (field === 'id') this.lastId = value!
      if (field === 'data') this.heard.push(JSON.parse(value!) as CloudEvent)
    }
  }
}
