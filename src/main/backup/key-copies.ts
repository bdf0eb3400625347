import { createHash, createSecretKey, randomBytes } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import { gunzipLines, gzipLines } from '#integrity/backup/gzip-lines.ts'
import { seal, unseal } from '#integrity/backup/sealed-file.ts'
import { type KeyEncryption, type KeyEncryptionKey, rewrap } from '#integrity/privacy/key-encryption.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import type { SchoolSlug } from '#values/school.ts'
import { Obstacle } from '../explain.ts'
import { makeFolder } from '../folder.ts'
import { destroyedIn } from '../destroyed-list.ts'
import { flushNames, type Storing, writeWhole } from './stored-file.ts'

/** How many copies of the keys are kept: an older one would only keep alive what was destroyed. */
const KEPT = 7
const PAGE = 1_000
const FILE = /^keys-(\d{6,})\.ndjson\.gz(\.sealed)?$/

/**
 * The copies of people's keys lie beside the folder of copies and not in it: whoever archives the copies archives no
 * keys, and a key that was destroyed is nowhere after some days (docs/spec/backup.md).
 */
export const keysFolderOf = (copies: string): string => `${copies}-keys`

const TABLES = {
  dek: ['id', 'school', 'person', 'purpose', 'kek', 'wrapped', 'made_at'],
  quarantine: ['id', 'school', 'person', 'purpose', 'kek', 'wrapped', 'made_at', 'taken_at'],
} as const
type Table = keyof typeof TABLES
interface Row {
  readonly table: Table
  readonly id: string
  readonly kek: string
  readonly wrapped: string
}

/**
 * Stores the keys of people as they stand, wrapped: without the folder of the installation's keys nobody opens them. Those
 * of one school, which leave it, are wrapped by a key that is made for the journey and lies beside them.
 */
export async function storeKeys(
  { folder, copy, key }: Storing,
  database: Kysely<unknown>,
  encryption: KeyEncryption,
  school: SchoolSlug | null = null,
): Promise<void> {
  const keys = keysFolderOf(folder)
  makeFolder(keys, 0o700)
  const journey = school === null ? null : journeyKey(keys)
  const name = `keys-${String(copy).padStart(6, '0')}.ndjson.gz${key === null ? '' : '.sealed'}`
  const zipped = gzipLines(keyLines(database, encryption, school, journey))
  await writeWhole(keys, name, key === null ? zipped : seal(zipped, key, name))
  for (const old of keyCopies(keys).slice(0, -KEPT)) rmSync(join(keys, old))
  flushNames(keys)
}

async function* keyLines(
  database: Kysely<unknown>,
  encryption: KeyEncryption,
  school: SchoolSlug | null,
  to: KeyEncryptionKey | null,
): AsyncGenerator<string> {
  for (const table of Object.keys(TABLES) as Table[]) {
    for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
      const rows = await query<Row>(
        database,
        `select ${TABLES[table].join(', ')} from privacy.${table} where id > $1::uuid
         and ($2::text is null or school = $2) order by id limit ${PAGE}`,
        [after, school],
      )
      for (const row of rows) yield canonicalJson({ ...row, table, ...wrappedBy(row, encryption, to) })
      if (rows.length < PAGE) break
      after = rows.at(-1)!.id
    }
  }
}

function wrappedBy({ id, kek, wrapped }: Row, encryption: KeyEncryption, to: KeyEncryptionKey | null) {
  if (to === null) return {}
  const from = encryption.byId(kek)
  if (from === null) throw new Obstacle(`Нет ключа ${kek}, которым закрыты ключи людей.`)
  return { kek: to.id, wrapped: rewrap(id, wrapped, from, to) }
}

/**
 * Puts back the newest copy of the keys, but none that was destroyed since, as the lists beside the keys know: an old copy
 * brings nobody back (R-D8).
 *
 * @param lists folders in which a list of destroyed keys may lie
 * @throws {Obstacle} no copy of the keys, or none that opens here
 */
export async function putBackKeys(
  { folder, key }: Pick<Storing, 'folder' | 'key'>,
  database: Kysely<unknown>,
  encryption: KeyEncryption,
  lists: readonly string[],
): Promise<void> {
  const keys = keysFolderOf(folder)
  const newest = existsSync(keys) ? keyCopies(keys).at(-1) : undefined
  if (newest === undefined) {
    throw new Obstacle(
      `Нет копии ключей людей в ${keys}: без неё не прочесть ни имён, ни текстов. Верните эту папку и повторите.`,
    )
  }
  if (newest.endsWith('.sealed') && key === null) throw new Obstacle(`Для ${newest} нужен ключ копий.`)
  const bytes = createReadStream(join(keys, newest))
  const journey = journeyKeysIn(keys)
  for await (const lines of gunzipLines(newest.endsWith('.sealed') ? unseal(bytes, key!, newest) : bytes)) {
    const rows = lines.map((line) => known(JSON.parse(line) as Row, encryption, journey))
    for (const table of Object.keys(TABLES) as Table[]) {
      const columns = TABLES[table].join(', ')
      await query(
        database,
        `insert into privacy.${table} (${columns}) select ${columns} from json_to_recordset($1::json) as given(id uuid,
           school text, person uuid, purpose text, kek text, wrapped text, made_at text, taken_at text)
         on conflict do nothing`,
        [JSON.stringify(rows.filter((row) => row.table === table))],
      )
    }
  }
  await destroyAgain(database, [...lists, keys])
}

/** Destroys the keys that the lists in these folders name, if they are there. */
export async function destroyAgain(database: Kysely<unknown>, folders: readonly string[]): Promise<void> {
  const listed = JSON.stringify(folders.flatMap(destroyedIn))
  const as = 'json_to_recordset($1::json) as gone(school text, person uuid, purpose text, at text)'
  await query(
    database,
    `insert into privacy.destroyed (school, person, purpose, at) select school, person, purpose, at from ${as}
     on conflict do nothing`,
    [listed],
  )
  for (const table of Object.keys(TABLES)) {
    await query(
      database,
      `delete from privacy.${table} k using ${as}
       where k.school = gone.school and k.person = gone.person and k.purpose = gone.purpose`,
      [listed],
    )
  }
}

/** A key as this installation can unwrap it. */
function known(row: Row, encryption: KeyEncryption, journey: ReadonlyMap<string, KeyEncryptionKey>): Row {
  if (encryption.byId(row.kek) !== null) return row
  const by = journey.get(row.kek)
  if (by === undefined) {
    throw new Obstacle(
      `Ключи людей в копии закрыты ключом ${row.kek}, а его здесь нет. Верните папку keys/persons той установки.`,
    )
  }
  const { current } = encryption
  return { ...row, kek: current.id, wrapped: rewrap(row.id, row.wrapped, by, current) }
}

const keyCopies = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => FILE.test(name))
    .toSorted()

const JOURNEY = /^journey-([0-9a-f]{16})\.key$/

function journeyKey(folder: string): KeyEncryptionKey {
  const bytes = randomBytes(32)
  const id = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
  writeFileSync(join(folder, `journey-${id}.key`), `${bytes.toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  return { id, secret: createSecretKey(bytes) }
}

function journeyKeysIn(folder: string): ReadonlyMap<string, KeyEncryptionKey> {
  return new Map(
    readdirSync(folder).flatMap((name) => {
      const id = JOURNEY.exec(name)?.[1]
      if (id === undefined) return []
      const bytes = Buffer.from(readFileSync(join(folder, name), 'utf8').trim(), 'hex')
      return [[id, { id, secret: createSecretKey(bytes) }]]
    }),
  )
}
