import { randomInt } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { PersonKeys } from '#integrity/privacy/person-keys.ts'
import { PersonNames } from '#integrity/person-store.ts'
import { PersonKeyFolder } from '#main/person-key-folder.ts'
import { openPlace } from '#main/place.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { CHAINED_SCHOOLS, ChainedLog } from '#support/chained-log.ts'
import { folders } from '#support/copies.ts'
import { eachEngine, terminateConnections } from '#support/databases.ts'
import { processes, type Variables } from '#support/process.ts'
import { fill, noTmpfs, smallDisks } from '#support/small-disk.ts'

// Every start of a process is seconds where many tests run at once.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const EVENTS = 3_000
const letopis = processes()
const place = folders()
const disks = smallDisks()

/** A data folder with a log of some thousand events and a name, and a key. */
const data = place.folder()
const keyFile = place.folder()
beforeAll(async () => {
  writeFileSync(keyFile, 'a5'.repeat(32))
  mkdirSync(data)
  const made = await openPlace(data, { mustExist: false })
  await new ChainedLog().write(made.store, EVENTS)
  const { kysely } = made.database!
  const persons = new PersonNames(kysely, new PersonKeys(kysely, new PersonKeyFolder(data)))
  const somebody = Uuid.parse('00000000-0000-4000-8000-000000000001')
  const name = { family: 'Абрамова', given: 'Анна', patronymic: null }
  await persons.keep(CHAINED_SCHOOLS[0]!, somebody, name, somebody, Instant.parse('2026-09-01T03:00:00.000Z'))
  await made.close()
})

/** A folder to which the keys of people came out of the safe, and nothing else. */
function folderWithKeys(): string {
  const folder = place.folder()
  cpSync(join(data, 'keys'), join(folder, 'keys'), { recursive: true })
  return folder
}

/** A copy of the data: a process that is killed may have to repair its own. */
function ownData(): Variables {
  const folder = place.folder()
  cpSync(data, folder, { recursive: true })
  return { LETOPIS_DATA: folder, LETOPIS_BACKUP_KEY_FILE: keyFile }
}

async function json(args: readonly string[], variables: Variables): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await letopis.run([...args, '--json'], variables)
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as Record<string, unknown>
}

/** Starts a command and kills it when it has said this. */
async function killedAt(said: RegExp, args: readonly string[], variables: Variables): Promise<void> {
  const running = letopis.start(args, variables)
  await running.prints(said)
  const { code } = await running.end('SIGKILL')
  expect(code).toBeNull()
}

/** Some tenth of the way of a stage. */
const somewhere = (stage: string): RegExp => new RegExp(`${stage}: [${randomInt(1, 6)}-8]\\d/`)

describe('a backup that is killed', () => {
  it('leaves nothing that looks like a copy, and the next one makes a whole one and cleans up', async () => {
    const variables = ownData()
    const copies = place.folder()
    for (let n = 0; n < 2; n++) {
      await killedAt(somewhere('Резервная копия, %'), ['backup', '--to', copies], variables)
      expect(await json(['backup', 'list', '--from', copies], variables)).toMatchObject({ copies: [] })
    }
    expect(readdirSync(copies).some((name) => name.includes('events'))).toBe(true)
    const made = await json(['backup', '--to', copies], variables)
    expect(made).toMatchObject({ copy: 1, begunAnew: null })
    expect(made['events']).toBeGreaterThanOrEqual(EVENTS)
    expect(readdirSync(copies).filter((name) => !name.startsWith('letopis.'))).toHaveLength(6)
    expect(await json(['backup', 'verify', '--from', copies], variables)).toMatchObject({ whole: true })
  })
})

eachEngine(
  (engine) => {
    /** An empty place: what the command line is told of it, and how it is left when its process was killed. */
    async function emptyPlace() {
      if (engine.name === 'postgres') {
        const url = (await engine.open()).at!
        const variables = { DATABASE_URL: url, LETOPIS_DATA: folderWithKeys() }
        return { text: url, variables, settle: () => terminateConnections(url) }
      }
      const folder = folderWithKeys()
      return { text: `folder:${folder}`, variables: { LETOPIS_DATA: folder }, settle: async () => {} }
    }

    it('a log that is copied and killed on the way is copied on, with the same heads and names', async () => {
      const variables = ownData()
      const target = await emptyPlace()
      const copy = ['log', 'copy', '--from', variables['LETOPIS_DATA']!, '--to', target.text]
      for (let n = 0; n < 2; n++) {
        await killedAt(somewhere('Перенос, %'), copy, variables)
        await target.settle()
      }
      const copied = await json(copy, variables)
      expect(copied['recorded']).toBeLessThan(copied['events'] as number)
      expect(copied).toMatchObject({ behind: false, people: { names: 1, credentials: 0 } })
      const back = place.folder()
      const returned = await json(['log', 'copy', '--from', target.text, '--to', back], variables)
      expect(returned).toMatchObject({ headsDigest: copied['headsDigest'], people: { names: 1 } })
    })

    it('R-A3.4b: a restore that is killed on the way is finished by the next one', async () => {
      const variables = ownData()
      const copies = place.folder()
      const { headsDigest, events } = await json(['backup', '--to', copies], variables)
      const target = await emptyPlace()
      const own = { ...variables, ...target.variables }
      const restore = ['restore', '--from', copies]
      await killedAt(/Запись событий: [1-9]\d+\//, restore, own)
      await target.settle()
      const restored = await json(restore, own)
      expect(restored).toMatchObject({ headsDigest, events, people: { names: 1, credentials: 0 } })
      expect(restored['recorded']).toBeLessThan(events as number)
      // It is an installation like any other: its own copy has the same heads.
      const again = await json(['backup', '--to', place.folder()], own)
      expect(again).toMatchObject({ headsDigest, events })
    })
  },
  ['pglite on disk', 'postgres'],
)

describe('the command line of copies', () => {
  it('ends with 3 for a copy that is damaged and 1 for another key, and says what it is', async () => {
    const variables = ownData()
    const copies = place.folder()
    await json(['backup', '--to', copies], variables)
    const other = place.folder()
    writeFileSync(other, 'b6'.repeat(32))
    const wrong = await letopis.run(['backup', 'verify', '--from', copies, '--key-file', other], variables)
    expect(wrong).toMatchObject({ code: 1, stdout: '' })
    expect(wrong.stderr).toMatch(
      /^Ключ не тот: копия зашифрована ключом [0-9a-f]{16}, а дан [0-9a-f]{16}\.\n$/,
    )

    const name = readdirSync(copies).find((file) => file.startsWith('names'))!
    rmSync(join(copies, name))
    for (const args of [['backup', 'verify'], ['restore']]) {
      const found = await letopis.run([...args, '--from', copies], {
        ...variables,
        LETOPIS_DATA: place.folder(),
      })
      expect(found).toMatchObject({ code: 3, stdout: '' })
      expect(found.stderr).toContain(`Копия повреждена: ${name}: файла нет.\n`)
    }
    const drill = await letopis.run(['restore', 'drill', '--from', copies], variables)
    expect(drill).toMatchObject({ code: 3 })
    expect(drill.stdout).toMatch(/^Учебное восстановление .*: НЕ УДАЛОСЬ. Копия повреждена: /)
    expect((await letopis.run(['backup', 'list', '--from', copies], variables)).stdout).toContain(
      'НЕ УДАЛОСЬ',
    )
  })

  it('R-F9: a copy is verified where nothing can be written and no database is', async () => {
    const variables = ownData()
    const copies = place.folder()
    await json(['backup', '--to', copies], variables)
    const before = readdirSync(copies)
    const nowhere = { LETOPIS_DATA: '/nowhere/at/all', LETOPIS_BACKUP_KEY_FILE: keyFile }
    rmSync(join(copies, 'letopis.lock'))
    expect(await json(['backup', 'verify', '1', '--from', copies], nowhere)).toMatchObject({ whole: true })
    expect(readdirSync(copies)).toEqual(before.filter((name) => name !== 'letopis.lock'))
  })

  it('leaves the copy to the service that has the folder open, which makes it by its schedule', async () => {
    const copies = place.folder()
    const variables: Variables = { ...ownData(), LETOPIS_BACKUP_DIR: copies }
    const { LETOPIS_BACKUP_KEY_FILE: _, ...keyless } = variables
    const refused = await letopis.run(['serve'], { LETOPIS_PORT: '0', ...keyless })
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toMatch(/нужен ключ шифрования/)

    const service = await letopis.serve(variables)
    const tried = await letopis.run(['backup', '--to', place.folder()], variables)
    expect(tried).toMatchObject({ code: 1 })
    expect(tried.stderr).toMatch(/Встроенная база открыта работающей службой/)
    // There is none yet, so one is due at once; the service finishes it before it stops.
    expect(await service.end('SIGTERM')).toMatchObject({ code: 0 })
    expect(existsSync(join(copies, 'copy-000001.json'))).toBe(true)
    expect(await json(['backup', 'verify', '--from', copies], variables)).toMatchObject({ whole: true })
  })

  it.skipIf(noTmpfs !== null)(
    `says that the disk is full, loses no copy for it, and works when there is space${noTmpfs ?? ''}`,
    async () => {
      const variables = ownData()
      const disk = disks.mount(place.folder(), 8)
      const copies = join(disk, 'copies')
      await json(['backup', '--to', copies], variables)
      const filler = join(disk, 'filler')
      fill(filler)
      const full = await letopis.run(['backup', '--to', copies], variables)
      expect(full).toMatchObject({ code: 1, stdout: '' })
      expect(full.stderr).toMatch(/На диске нет места/)
      expect(await json(['backup', 'verify', '--from', copies], variables)).toMatchObject({
        copy: 1,
        whole: true,
      })
      rmSync(filler)
      expect(await json(['backup', '--to', copies], variables)).toMatchObject({ copy: 2, added: 0 })
    },
  )
})
