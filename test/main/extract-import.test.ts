import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { streamName } from '#events/stream-name.ts'
import { openBag } from '#integrity/archive/open-bag.ts'
import { formatVerifierKey, newSignerKey } from '#integrity/tlog/signed-note.ts'
import { type Api, openApi, PASSWORD } from '#support/api.ts'
import { ANNA, BORIS, id, VERA, YEAR } from '#support/class-7a.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { type Archive, closedQuarter, OF_PAGE, openArchive } from '#support/packages.ts'
import { type Ended, processes } from '#support/process.ts'
import { LOG_KEY } from '#support/sealing.ts'
import { SCHOOL } from '#support/spec.ts'
import { hash } from 'node:crypto'

vi.setConfig({ testTimeout: 120_000 })

const letopis = processes()
const root = temporaryFolder()
const engine = testEngine('pglite')
/** The school from which a pupil came, and the one in which she arrives: two installations that share nothing. */
let from: Archive
let to: Api
let url: string
let extract: string
let digest: string
let bag: string
const trust = join(root.path, 'trust.json')

beforeAll(async () => {
  const place = join(root.path, 'from')
  mkdirSync(place)
  from = await openArchive(engine, place, closedQuarter)
  const made = await from.make({ kind: 'pupil', pupil: ANNA, year: YEAR, on: '2026-12-30' as never })
  extract = made.file
  bag = made.package
  const opened = openBag(extract)
  digest = hash('sha512', opened.read('tagmanifest-sha512.txt', 65_536))
  opened.close()
  writeFileSync(trust, from.trust)
  to = await openApi(engine, { people: ['deputy', 'mathematician'] })
  to.at('2027-01-11T03:00:00.000Z')
  await to.shown()
  url = await to.app.listen({ port: 0, host: '127.0.0.1' })
}, 120_000)
afterAll(async () => {
  await to.close()
  await from.close()
  root.remove()
})

const take = (file: string, ...more: string[]): Promise<Ended> =>
  letopis.run(
    ['lists', 'extract', file, '--pupil', VERA, '--trust', trust, '--school', SCHOOL, '--url', url, ...more],
    { LETOPIS_PASSWORD: PASSWORD },
  )
const asDeputy = (file: string, ...more: string[]) => take(file, '--login', 'deputy', ...more)
const credited = async () =>
  (await to.events(streamName(SCHOOL, 'roster', 'main'))).filter(({ type }) => type === 'FinalCredited')

describe('letopis lists extract', () => {
  it('R-A1.1 (import, dry run): verifies the extract of another installation and says what it holds; nothing is recorded', async () => {
    const told = await asDeputy(extract, '--dry-run')
    expect(told).toMatchObject({ code: 0, stderr: '' })
    expect(told.stdout).toContain(`Выписка ${bag}: `)
    expect(told.stdout).toContain(LOG_KEY.name)
    expect(told.stdout).toMatch(/^Алгебра, .+: 5\.$/m)
    expect(told.stdout).toContain('Строк: 1, записано 1.\nЭто была проверка: ничего не записано.\n')
    expect(await credited()).toEqual([])
  })

  it('R-A1.1 (import): a subject or a period that this school does not have is an error of its row, and nothing is recorded', async () => {
    const lost = await asDeputy(extract, '--period', 'q2=t2')
    expect(lost.code).toBe(3)
    expect(lost.stdout).toMatch(/^Алгебра, .+: .+период/m)
    expect(lost.stdout).toContain('Ничего не записано.')
    const nobodys = await asDeputy(extract, '--subject', 'Алгебра=нет-такого')
    expect(nobodys.code).toBe(3)
    expect(nobodys.stdout).toMatch(/^Алгебра, .+: .+предмет/m)
    expect(await credited()).toEqual([])
  })

  it('R-A1.1 (import): credits the finals of the arrived pupil with the package as the document, and once', async () => {
    const done = await asDeputy(extract)
    expect(done).toMatchObject({ code: 0, stderr: '' })
    const document = { number: bag, date: '2026-12-30' }
    const data = { pupil: VERA, year: YEAR, subject: id('subject/algebra'), period: 'q2', value: 5 }
    expect(await credited()).toMatchObject([
      { data: { ...data, previous: null, document, extract: digest }, meta: { role: 'deputy' } },
    ])
    const again = await asDeputy(extract)
    expect(again.stdout).toContain('Строк: 1, уже было 1.\nНичего не записано.\n')
    expect(await credited()).toHaveLength(1)
    const json = await asDeputy(extract, '--dry-run', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ package: bag, digest, errors: [] })
  })

  it('R-A1.1 (import, not to be believed): an extract that nobody vouches for, one that was changed, and a package of something else', async () => {
    const stranger = join(root.path, 'stranger.json')
    writeFileSync(stranger, JSON.stringify({ keys: [formatVerifierKey(newSignerKey(LOG_KEY.name))] }))
    const nobodys = await asDeputy(extract, '--trust', stranger)
    expect(nobodys).toMatchObject({ code: 1, stdout: '' })
    expect(nobodys.stderr).toContain('не ручается никто')

    const opened = openBag(extract)
    const folder = join(root.path, bag)
    for (const name of opened.files.keys()) {
      mkdirSync(join(folder, name, '..'), { recursive: true })
      writeFileSync(join(folder, name), opened.read(name, 1e9))
    }
    opened.close()
    expect(await asDeputy(folder, '--dry-run')).toMatchObject({ code: 0 })
    const said = openBag(folder).read('data/extract.json', 1e9).toString()
    expect(said).toContain('"value":5')
    writeFileSync(join(folder, 'data/extract.json'), said.replace('"value":5', '"value":4'))
    const changed = await asDeputy(folder)
    expect(changed).toMatchObject({ code: 3, stdout: '' })
    expect(changed.stderr).toContain('data/extract.json')

    const page = await from.make(OF_PAGE)
    expect(await asDeputy(page.file)).toMatchObject({ code: 1, stdout: '' })
    expect(await credited()).toHaveLength(1)
  })

  it('R-A1.1 (import, open period): marks and absences of a period that is not over are shown, and recorded by nobody', async () => {
    const place = join(root.path, 'open')
    mkdirSync(place)
    const open = closedQuarter.filter(
      ({ event }) => !['PageClosed', 'FinalMarkRecorded'].includes(event.type),
    )
    const school = await openArchive(engine, place, open)
    try {
      const of = async (pupil: typeof ANNA, name: string) => {
        const scope = { kind: 'pupil' as const, pupil, year: YEAR, on: '2026-12-01' as never }
        return (await asDeputy((await school.make(scope, name)).file)).stdout
      }
      const ofAnna = await of(ANNA, 'of anna')
      expect(ofAnna).toMatch(/^Алгебра, .+, период не закончен: отметки 5; пропусков 0\.$/m)
      expect(ofAnna).toMatch(/Ничего не записано\.\n$/)
      expect(await of(BORIS, 'of boris')).toMatch(
        /^Алгебра, .+, период не закончен: отметки не выставлялись; пропусков 1\.$/m,
      )
      expect(await credited()).toHaveLength(1)
    } finally {
      await school.close()
    }
  })

  it('is for whoever may credit finals, and a call that is wrong is said to be', async () => {
    const teacher = await take(extract, '--login', 'mathematician')
    expect(teacher).toMatchObject({ code: 1, stdout: '' })
    expect(await asDeputy(extract, '--subject', 'Алгебра')).toMatchObject({ code: 2 })
  })
})
