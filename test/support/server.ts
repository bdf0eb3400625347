import pg from 'pg'

/** The PostgreSQL server of the tests. */
export const SERVER = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'

/** One statement on it, or a question. */
export async function onServer<Row extends object = never>(statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 2_000 })
  await client.connect()
  try {
    return (await client.query<Row>(statement)).rows
  } finally {
    await client.end()
  }
}
