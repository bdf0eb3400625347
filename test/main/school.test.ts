import { afterAll, describe, expect, it, vi } from 'vitest'
import { streamName } from '#events/stream-name.ts'
import { Obstacle } from '#main/explain.ts'
import { createSchool, type NewSchool, recordAgreement } from '#main/school.ts'
import { SchoolSlug } from '#values/school.ts'
import { LocalDate, TimeZone } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Api, expectProblem, openApi, OTHER_SCHOOL } from '#support/api.ts'
import { eachEngine, temporaryFolder } from '#support/databases.ts'
import { processes } from '#support/process.ts'
import { SCHOOL } from '#support/spec.ts'

// Every start of a process is seconds where many tests run at once.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const ZONE = TimeZone.parse('Asia/Tomsk')
const GYMNASIUM = SchoolSlug.parse('gymnasium1')
const NEW: NewSchool = { school: GYMNASIUM, name: 'Гимназия № 1', administrator: 'Root', days: 7 }
const CHOSEN = 'пятнадцать-ёжиков-в-тумане'

interface Created {
  readonly account: Uuid
  readonly activationCode: string
}
interface LoggedIn {
  readonly token: string
  readonly account: Uuid
  readonly roles: readonly string[]
}

const created = async (api: Api, asked: NewSchool = NEW): Promise<Created> =>
  (await createSchool(api.installation, asked, ZONE)).json as Created
const activate = (api: Api, code: string) =>
  api.send<LoggedIn>({
    method: 'POST',
    url: '/v1/activate',
    payload: { school: GYMNASIUM, code, password: CHOSEN },
  })

eachEngine((engine) => {
  const opened: Api[] = []
  afterAll(async () => {
    for (const api of opened) await api.close()
  })
  /** An installation in which one school lives already. */
  async function installed(): Promise<Api> {
    const api = await openApi(engine, { people: ['head'] })
    opened.push(api)
    return api
  }

  describe('a new school', () => {
    it('R-7G.2: has an administrator who comes in by the code and lets in the others', async () => {
      const api = await installed()
      const { account, activationCode } = await created(api)
      const entered = await activate(api, activationCode)
      expect(entered).toMatchObject({ status: 200, body: { account, roles: ['system-administrator'] } })
      const administrator = api.withToken(entered.body.token, GYMNASIUM)
      expectProblem(await administrator.get('requests'), 'rules-not-accepted')
      const rules = await administrator.post(`accounts/${account}/accept-rules`, { version: '2026-1' })
      expect(rules.status).toBe(201)
      const deputy = '5a0f3c4e-30f5-4f0e-9f3c-0a6a5c1f1c11'
      const open = { person: deputy, login: 'deputy', password: CHOSEN }
      expect(await administrator.post(`accounts/${deputy}/open-account`, open)).toMatchObject({ status: 201 })
      const payload = { school: GYMNASIUM, login: 'root', password: CHOSEN }
      expect(await api.send({ method: 'POST', url: '/v1/log-in', payload })).toMatchObject({ status: 200 })
      // The administrator of one school is nobody in another.
      expectProblem(await api.withToken(entered.body.token, SCHOOL).get('me'), 'school-unknown')
    })

    it('holds neither the log-in name nor the code in its events', async () => {
      const api = await installed()
      const { account, activationCode } = await created(api, { ...NEW, administrator: 'unheard-of' })
      const events = await api.events(streamName(GYMNASIUM, 'access', account))
      expect(events.map(({ type }) => type)).toEqual(['AccountOpened', 'RoleGranted', 'ActivationCodeIssued'])
      const [first] = await api.events(streamName(GYMNASIUM, 'school', 'main'))
      expect(first).toMatchObject({ type: 'SchoolRegistered', data: { name: NEW.name } })
      const text = JSON.stringify(events.map(({ canonical }) => canonical))
      for (const secret of ['unheard-of', activationCode]) expect(text).not.toContain(secret)
    })

    it('is begun once: another name, another administrator or one who has come in meets a slug that is taken', async () => {
      const api = await installed()
      const { activationCode: first } = await created(api)
      for (const other of [
        { ...NEW, name: 'Гимназия № 2' },
        { ...NEW, administrator: 'other' },
      ])
        await expect(created(api, other)).rejects.toThrow(/Школа «gymnasium1» в установке уже есть/)
      // Whoever has lost the code repeats the very words, and the code before is void.
      const { activationCode } = await created(api)
      expectProblem(await activate(api, first), 'activation-code-invalid')
      expect(await activate(api, activationCode)).toMatchObject({ status: 200 })
      await expect(created(api)).rejects.toThrow(Obstacle)
    })

    it('does not take the slug of a school that came without the event of its beginning', async () => {
      const api = await installed()
      await expect(created(api, { ...NEW, school: SCHOOL })).rejects.toThrow(/«tomsk35» в установке уже есть/)
      expect(await api.events(streamName(SCHOOL, 'school', 'main'))).toEqual([])
    })

    it('is begun by one of two who ask at once for the same slug', async () => {
      const api = await installed()
      const both = await Promise.allSettled([
        created(api),
        created(api, { ...NEW, name: 'Гимназия № 2', administrator: 'other' }),
      ])
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(await api.events(streamName(GYMNASIUM, 'school', 'main'))).toHaveLength(1)
    })
  })

  describe('R-A3.3a: the agreement by which the operator processes the data of a school', () => {
    it('stands in its record, is shown in the school, and is followed by the next', async () => {
      const api = await installed()
      const head = await api.as('head')
      const shown = async () => (await head.get('about')).body
      expect(await shown()).toEqual({ school: SCHOOL, name: null, agreement: null })
      const agree = async (agreement: string, from: string) =>
        (await recordAgreement(api.installation, { school: SCHOOL, agreement, from: LocalDate.parse(from) }))
          .json
      expect(await agree('77/2026', '2026-09-01')).toMatchObject({ recorded: true })
      expect(await agree('77/2026', '2026-09-01')).toMatchObject({ recorded: false })
      expect(await agree('78/2027', '2027-01-01')).toMatchObject({ recorded: true })
      expect(await shown()).toMatchObject({ agreement: { agreement: '77/2026', from: '2026-09-01' } })
      api.at('2026-12-31T17:00:00.000Z')
      const next = await api.as('head')
      expect((await next.get('about')).body).toMatchObject({ agreement: { agreement: '78/2027' } })
      await expect(
        recordAgreement(api.installation, {
          school: OTHER_SCHOOL,
          agreement: '1',
          from: LocalDate.parse('2026-09-01'),
        }),
      ).rejects.toThrow(/Школы «tomsk36» в установке нет/)
    })

    it('may be recorded with the beginning of the school', async () => {
      const api = await installed()
      await created(api, { ...NEW, agreement: '77/2026' })
      const events = await api.events(streamName(GYMNASIUM, 'school', 'main'))
      expect(events.map(({ type }) => type)).toEqual(['SchoolRegistered', 'ProcessingAgreementRecorded'])
      expect(events[1]!.data).toEqual({ agreement: '77/2026', from: '2026-11-09' })
    })
  })
})

describe('letopis school create', () => {
  const letopis = processes()
  const folder = temporaryFolder()
  afterAll(() => folder.remove())

  it('begins a school in an empty data folder, and its administrator comes in', async () => {
    const variables = { LETOPIS_DATA: folder.path }
    const words = ['school', 'create', '--school', GYMNASIUM, '--name', NEW.name, '--administrator', 'root']
    const made = await letopis.run(words, variables)
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const [, code] = /Код активации: +(\S+)/.exec(made.stdout) ?? []
    const service = await letopis.serve(variables)
    const entered = await fetch(`${service.address}/v1/activate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ school: GYMNASIUM, code, password: CHOSEN }),
    })
    expect(entered.status).toBe(200)
    await service.end('SIGTERM')
    expect(await letopis.run(words, variables)).toMatchObject({
      code: 1,
      stderr: 'Школа «gymnasium1» в установке уже есть: выберите другое короткое имя.\n',
    })
    const agreement = ['school', 'agreement', '--school', GYMNASIUM, '--agreement', '77/2026', '--json']
    const recorded = await letopis.run([...agreement, '--from', '2026-09-01'], variables)
    expect(JSON.parse(recorded.stdout)).toMatchObject({ from: '2026-09-01', recorded: true })
  })
})
