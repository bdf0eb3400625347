import { Credentials } from '#api/credentials.ts'
import type { PersonNames } from '#integrity/person-store.ts'
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

/** Gives everybody of a region a name. */
export async function writeNames(persons: PersonNames, { schools, today }: Region): Promise<void> {
  const at = Instant.parse(`${today}T00:00:00.000Z`)
  for (const { slug, classes, teachers, deputy } of schools) {
    const all = [...teachers.map(({ person }) => person), ...classes.flatMap(({ pupils }) => pupils)]
    const names = all.map((person, n) => {
      const name = { family: `Фамилия-${n}`, given: 'Имя', patronymic: 'Отчество' }
      return { person, name, by: deputy.account, at }
    })
    await persons.keepAll(slug, names)
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
