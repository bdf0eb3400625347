import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { serviceArchive } from '#main/archive/service-archive.ts'
import { openInMemory } from '#main/database.ts'
import { Obstacle } from '#main/explain.ts'
import { install, type Installation } from '#main/installation.ts'
import type { SchoolSlug } from '#values/school.ts'
import { systemClock } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { temporaryFolder } from '#support/databases.ts'
import { testKeys } from '#support/person-keys.ts'

const log = pino({ level: 'silent' })
const folder = temporaryFolder()
let installation: Installation
beforeEach(async () => {
  installation = await install(await openInMemory(), systemClock, log, testKeys)
})
afterEach(async () => {
  await installation.close()
  folder.remove()
})

const archive = { folder: folder.path, verifyDays: 30 }

it('an archive that makes packages has the key of the seal, and one that takes orders and hands out has none', async () => {
  expect(serviceArchive({ archive: undefined, seal: undefined }, installation, log, true)).toBeNull()
  expect(() => serviceArchive({ archive, seal: undefined }, installation, log, true)).toThrow(Obstacle)

  const desk = serviceArchive({ archive, seal: undefined }, installation, log, false)!
  const id = randomUUID() as Uuid
  const order = { school: 'tomsk35' as SchoolSlug, id, work: 'verify', package: id, scope: null } as const
  const actor = { account: id, person: id, role: 'archivist', cred: 1 } as const
  expect(await desk.ask({ ...order, actor, corr: null })).toMatchObject({ phase: 'waiting', finished: null })
  expect(desk.bytes('0'.repeat(128))).toBeNull()
})
