import type { Open } from '../append/contestant.ts'
import { peer } from './install.ts'

interface Act {
  readonly PostgresStore: new (
    config: object,
  ) => {
    seed(): Promise<void>
    commit(stream: string, events: readonly object[], meta: object, expected: number): Promise<unknown>
    dispose(): Promise<void>
  }
}

/** `@rotorsoft/act-pg`: a transaction for each append, a statement for each event. */
export const act: Open = async (url, connections) => {
  // Its logger writes to the standard output.
  process.env['LOG_LEVEL'] = 'fatal'
  const act = await peer<Act>('@rotorsoft/act-pg')
  if (act === null) return null
  const { hostname: host, port, username: user, password, pathname } = new URL(url)
  const where = { host, port: Number(port || 5432), user, password, database: pathname.slice(1) }
  const store = new act.PostgresStore({ ...where, max: connections })
  await store.seed()
  return {
    name: 'act-pg',
    kind: 'peer',
    async append(stream, after, events) {
      const messages = events.map(({ type, data }) => ({ name: type, data }))
      const { meta } = events[0]!
      await store.commit(stream, messages, { ...meta, correlation: meta['cmd'], causation: {} }, after - 1)
    },
    close: () => store.dispose(),
  }
}
