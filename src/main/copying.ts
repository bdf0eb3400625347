import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { PGlite, QueryOptions, Transaction } from '@electric-sql/pglite'
import type { PGliteDialectConfig, PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { type CopiedBytes, CopyOut, CopyText } from '#events/store/sql.ts'
import { PreparedStatements } from './prepared-pglite.ts'
import { StatementNames } from './statement-names.ts'

/**
 * A pool whose connections carry out `copy` like any other statement, in whatever transaction they are in: of `from stdin`
 * the rows are its one parameter, a {@link CopyText}, and of `to stdout` that is a {@link CopyOut}, answered with one row:
 * {@link CopiedBytes}. Other statements with parameters are kept prepared.
 */
export function copyingPool(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => copyingClient(await pool.connect()),
    end: () => pool.end(),
  }
}

/** By connection, as long as it lives. */
const named = new WeakMap<pg.PoolClient, StatementNames>()

function copyingClient(client: pg.PoolClient): PostgresPoolClient {
  const names = named.get(client) ?? new StatementNames()
  named.set(client, names)
  const query = async (text: string, values: readonly unknown[]) => {
    const [asked] = values
    if (asked instanceof CopyOut) {
      const pieces = (await client.query(copyTo(text)).toArray()) as Buffer[]
      return {
        command: 'COPY',
        rows: [{ bytes: Buffer.concat(pieces), arrays: false } satisfies CopiedBytes],
      }
    }
    if (!(asked instanceof CopyText)) {
      const name = names.nameOf(text, values)
      return client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) })
    }
    await pipeline(Readable.from(asked.pieces), client.query(copyFrom(text)))
    return { command: 'COPY', rows: [] }
  }
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy),
  }
}

type PGliteOfKysely = Extract<PGliteDialectConfig['pglite'], { closed: boolean }>

/** The same for PGlite, which has no wire: it reads and writes the rows as a file. */
export function copyingPGlite(pglite: PGlite): PGliteOfKysely {
  const prepared = new PreparedStatements(pglite)
  return {
    get closed() {
      return pglite.closed
    },
    get ready() {
      return pglite.ready
    },
    waitReady: pglite.waitReady,
    close: () => pglite.close(),
    query: copyingQuery(pglite, prepared),
    transaction: (work) =>
      pglite.transaction((transaction) =>
        work({ query: copyingQuery(transaction, prepared), rollback: () => transaction.rollback() }),
      ),
  }
}

function copyingQuery(
  engine: Pick<PGlite | Transaction, 'query'>,
  prepared: PreparedStatements,
): PGliteOfKysely['query'] {
  return async <Row>(text: string, values: readonly unknown[] = [], options: QueryOptions = {}) => {
    const [asked] = values
    if (asked instanceof CopyOut) {
      const { blob } = await engine.query(asked.arraysTo('/dev/blob'), [], options)
      const copied: CopiedBytes = { bytes: Buffer.from(await blob!.arrayBuffer()), arrays: true }
      return { rows: [copied as Row], fields: [] }
    }
    if (!(asked instanceof CopyText)) return prepared.query<Row>(text, values)
    const blob = new Blob([...asked.pieces])
    return engine.query<Row>(text.replace(/from stdin$/, `from '/dev/blob'`), [], { ...options, blob })
  }
}
