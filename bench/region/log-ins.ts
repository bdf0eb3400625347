import { Credentials } from '#api/credentials.ts'
import type { Database } from '#main/database.ts'
import { Instant } from '#values/time.ts'
import type { Region } from './plan.ts'

export const PASSWORD = 'pen-and-paper-7A'

/** Gives everybody of a region who has an account a log-in. */
export async function writeLogIns(database: Database, { schools, today }: Region): Promise<void> {
  const credentials = new Credentials(database.kysely)
  const at = Instant.parse(`${today}T00:00:00.000Z`)
  for (const { slug, teachers, deputy, auditor } of schools) {
    for (const { login, account } of [...teachers, deputy, auditor])
      await credentials.keep(slug, account, login, PASSWORD, at)
  }
}

/** A token by the log-in of the API. */
export async function logIn(address: string, school: string, login: string): Promise<string> {
  const answer = await fetch(`${address}/v1/log-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ school, login, password: PASSWORD }),
  })
  if (answer.status !== 200) throw new Error(`${login} of ${school}: ${answer.status} ${await answer.text()}`)
  return ((await answer.json()) as { token: string }).token
}
