import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { PGlite, QueryOptions, Transaction } from '@electric-sql/pglite'
import type { PGliteDialectConfig, PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { CopyText } from '#events/store/sql.ts'
import { statementName } from './statement-names.ts'

/**
 * A pool whose connections carry out `copy … from stdin` like any other statement, in whatever transaction they are in:
 * the rows are its one parameter, a {@link CopyText}. Other statements with parameters are kept prepared.
 */
export function copyingPool(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => copyingClient(await pool.connect()),
    end: () => pool.end(),
  }
}

function copyingClient(client: pg.PoolClient): PostgresPoolClient {
  const query = async (text: string, values: readonly unknown[]) => {
    const [rows] = values
    if (!(rows instanceof CopyText)) {
      const name = statementName(text, values)
      return client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) })
    }
    await pipeline(Readable.from(rows.pieces), client.query(copyFrom(text)))
    return { command: 'COPY', rows: [] }
  }
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy),
  }
}

type PGliteOfKysely = Extract<PGliteDialectConfig['pglite'], { closed: boolean }>

/** The same for PGlite, which has no wire: it reads the rows as a file. */
export function copyingPGlite(pglite: PGlite): PGliteOfKysely {
  return {
    get closed() {
      return pglite.closed
    },
    get ready() {
      return pglite.ready
    },
    waitReady: pglite.waitReady,
    close: () => pglite.close(),
    query: copyingQuery(pglite),
    transaction: (work) =>
      pglite.transaction((transaction) =>
        work({ query: copyingQuery(transaction), rollback: () => transaction.rollback() }),
      ),
  }
}

function copyingQuery(engine: Pick<PGlite | Transaction, 'query'>): PGliteOfKysely['query'] {
  return async <Row>(text: string, values: readonly unknown[] = [], options: QueryOptions = {}) => {
    const [rows] = values
    if (!(rows instanceof CopyText)) return engine.query<Row>(text, [...values], options)
    const blob = new Blob(await Array.fromAsync(rows.pieces))
    return engine.query<Row>(text.replace(/from stdin$/, `from '/dev/blob'`), [], { ...options, blob })
  }
}
