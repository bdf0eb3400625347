import { afterEach, beforeEach, expect, it } from 'vitest'
import { confirmContact } from '#commands/contacts/confirm-contact.ts'
import { confirmWrittenContact } from '#commands/contacts/confirm-written-contact.ts'
import { giveContact } from '#commands/contacts/give-contact.ts'
import { giveConsent } from '#commands/family/give-consent.ts'
import { reportBreach } from '#commands/incident/report-breach.ts'
import { withdrawBreach } from '#commands/incident/withdraw-breach.ts'
import { withdrawContact } from '#commands/contacts/withdraw-contact.ts'
import { sendMessage } from '#commands/message/send-message.ts'
import { withdrawMessage } from '#commands/message/withdraw-message.ts'
import { query } from '#events/store/sql.ts'
import { streamName } from '#events/stream-name.ts'
import { Attempts } from '#main/delivery/attempts.ts'
import { smtpCarrier } from '#main/delivery/smtp-carrier.ts'
import { processingNotice } from '#values/consent.ts'
import type { Instant } from '#values/time.ts'
import { uuidV5 } from '#values/uuid.ts'
import { openDeliveries } from '#main/delivery/open-deliveries.ts'
import { Deliveries } from '#main/delivery/deliveries.ts'
import { openRecipients } from '#projections/messages/queries.ts'
import type { Carrier } from '#main/delivery/carrier.ts'
import type { Delivery } from '#main/config.ts'
import { accountOf, type Api, MOTHER, openApi } from '#support/api.ts'
import { SchoolAtWork } from '#support/at-work.ts'
import { mailServer, smsGateway } from '#support/carriers.ts'
import { ANNA, archivist, id, past } from '#support/class-7a.ts'
import { recordPast } from '#support/past-in-log.ts'
import { eachEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

const LEADING = { 'letopis-role': 'class-teacher' }
const MESSAGE = id('message/1')
const TEXT = 'Анна забыла сменную обувь'
const of = { pupil: ANNA, representative: MOTHER }

eachEngine((engine) => {
  let api: Api
  let school: SchoolAtWork
  const closing: Array<() => unknown> = []
  const logged: string[] = []
  const line = (facts: object, text: string) => logged.push(`${JSON.stringify(facts)} ${text}`)
  beforeEach(async () => {
    api = await openApi(engine, { people: ['english', 'head', 'deputy', 'mother', 'administrator'] })
    school = new SchoolAtWork(SCHOOL, api)
  })
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
    await api.close()
  })

  const opened = (delivery: Partial<Delivery>): Deliveries => {
    const log = { warn: line, error: line }
    return openDeliveries(
      { smtp: undefined, sms: undefined, diary: undefined, ...delivery },
      api.installation,
      log,
    )
  }
  const mailing = (url: string) => opened({ smtp: { url, from: 'school@example.org' } })
  async function servedMail(refuse: readonly string[] = [], port = 0) {
    const server = await mailServer(refuse, port)
    closing.push(() => server.close())
    return server
  }
  async function contact(channel: 'email' | 'sms', address: string, form = 'notice', confirm = true) {
    const input = { ...of, channel, address, form, date: '2026-11-06' }
    const { events } = await school.done('english', giveContact, input, LEADING)
    const given = (events.at(-1)!.data as { contact: string }).contact
    if (confirm) await school.done('english', confirmWrittenContact, { ...of, contact: given }, LEADING)
    return given
  }
  async function send() {
    const input = {
      message: MESSAGE,
      to: { kind: 'pupil', pupil: ANNA },
      subject: 'Сменная обувь',
      text: TEXT,
    }
    await school.done('english', sendMessage, input, LEADING)
    await api.shown()
  }
  const look = async (deliveries: Deliveries) => {
    await deliveries.look()
    await api.shown()
  }
  interface Shown {
    recipients: ReadonlyArray<{ open: boolean; deliveries: ReadonlyArray<Record<string, unknown>> }>
  }
  const state = async () =>
    (await school.seen<Shown>('english', `messages/${MESSAGE}`, LEADING)).recipients[0]!
  const later = (minutes: number) => api.at(new Date(Date.parse(api.now()) + minutes * 60_000).toISOString())

  it('R-5.1: nothing goes out to whoever does not consent to it, and the author is told', async () => {
    const server = await servedMail()
    await contact('email', 'mother@example.org')
    const notice = processingNotice(null).version
    await school.done('mother', giveConsent, { ...of, scope: ['diary'], notice })
    await send()
    await look(mailing(server.url))
    expect(server.mails).toEqual([])
    expect(await state()).toMatchObject({
      open: false,
      deliveries: [{ channel: null, outcome: 'no-consent', attempts: 0 }],
    })
    // The diary she has consented to.
    const shown = await school.seen<{ messages: object[] }>('mother', `pupils/${ANNA}/messages`)
    expect(shown.messages).toHaveLength(1)
  })

  it('R-5.7: a confirmed contact gets one letter, which says that there is something and not what', async () => {
    const server = await servedMail()
    await contact('email', 'mother@example.org')
    await send()
    const deliveries = opened({
      smtp: { url: server.url, from: 'school@example.org' },
      diary: 'https://diary.example.org',
    })
    await look(deliveries)
    await look(deliveries)
    expect(server.mails.map(({ to }) => to)).toEqual([['mother@example.org']])
    const { raw } = server.mails[0]!
    expect(decoded(raw)).toContain('https://diary.example.org')
    expect(decoded(raw)).not.toContain('обувь')
    const { open, deliveries: ended } = await state()
    expect({ open, ended }).toMatchObject({
      open: false,
      ended: [{ channel: 'email', outcome: 'accepted', code: 250, attempts: 1 }],
    })
    expect(raw).toContain(`<${String(ended[0]!['delivery'])}@example.org>`)
  })

  it('R-5.7: the words themselves go where that was agreed', async () => {
    const server = await servedMail()
    await contact('email', 'mother@example.org', 'text')
    await send()
    await look(mailing(server.url))
    expect(decoded(server.mails[0]!.raw)).toContain(TEXT)
  })

  it('R-5.7: nothing goes to a contact that nobody has confirmed, or that was withdrawn', async () => {
    const server = await servedMail()
    await contact('email', 'typed@example.org', 'notice', false)
    const given = await contact('sms', '+70000000017')
    await school.done('english', withdrawContact, { ...of, contact: given }, LEADING)
    await send()
    await look(mailing(server.url))
    expect(server.mails).toEqual([])
    expect(await state()).toMatchObject({
      open: false,
      deliveries: [{ channel: null, outcome: 'no-contact', attempts: 0 }],
    })
  })

  it('R-7V.m: a server that is down and comes back gets the letter once, and its address no word of the log of the service', async () => {
    const first = await servedMail()
    await first.close()
    closing.pop()
    await contact('email', 'mother@example.org')
    await send()
    const deliveries = mailing(first.url)
    await look(deliveries)
    expect(await state()).toMatchObject({ open: true, deliveries: [] })
    expect(deliveries.resting).toEqual(['email'])
    expect(await deliveries.waiting()).toMatchObject({ waiting: 1 })
    const server = await servedMail([], first.port)
    // Not before its time.
    await look(deliveries)
    expect(server.mails).toEqual([])
    later(2)
    await look(deliveries)
    await look(deliveries)
    expect(server.mails).toHaveLength(1)
    expect(await state()).toMatchObject({ deliveries: [{ outcome: 'accepted', attempts: 2 }] })
    expect(logged.join('\n')).not.toContain('mother@')
  })

  it('R-7V.m: an address that a server refuses for good is refused, and shown so to the author', async () => {
    const server = await servedMail(['gone@example.org'])
    await contact('email', 'gone@example.org')
    await send()
    await look(mailing(server.url))
    expect(await state()).toMatchObject({
      open: false,
      deliveries: [{ outcome: 'refused', code: 550, attempts: 1 }],
    })
    const list = await school.seen('english', 'messages?undelivered=true', LEADING)
    expect(list).toMatchObject({ messages: [{ message: MESSAGE, undelivered: 1 }] })
  })

  it('R-7V.m: a day after the message it is given up', async () => {
    const server = await servedMail()
    await server.close()
    closing.pop()
    await contact('email', 'mother@example.org')
    await send()
    const deliveries = mailing(server.url)
    await look(deliveries)
    later(24 * 60)
    await look(deliveries)
    expect(await state()).toMatchObject({
      open: false,
      deliveries: [{ outcome: 'failed', code: null, attempts: 1 }],
    })
  })

  it('R-7V.m: without a mail server the diary is the only way, and that is said', async () => {
    await contact('email', 'mother@example.org')
    await send()
    await look(opened({}))
    expect(await state()).toMatchObject({
      deliveries: [
        {
          outcome: 'not-configured',
          outcome_name: 'только в дневнике: этот способ доставки в школе не подключён',
        },
      ],
    })
  })

  it('R-7V.m: a message that was withdrawn before it went out does not go out', async () => {
    const server = await servedMail()
    await contact('email', 'mother@example.org')
    await send()
    await school.done('english', withdrawMessage, { message: MESSAGE, note: 'Не та Анна' }, LEADING)
    await look(mailing(server.url))
    expect(server.mails).toEqual([])
    expect(await state()).toMatchObject({ deliveries: [{ outcome: 'withdrawn' }] })
  })

  it('R-7V.m: a mail server that is down does not keep an SMS waiting, and who waits is not looked at until he is due', async () => {
    const down = await servedMail()
    await down.close()
    closing.pop()
    const gateway = await smsGateway([202])
    closing.push(() => gateway.close())
    await contact('email', 'mother@example.org')
    await contact('sms', '+70000000017')
    await send()
    const deliveries = opened({
      smtp: { url: down.url, from: 'school@example.org' },
      sms: { url: gateway.url, tokenFile: undefined },
    })
    await look(deliveries)
    expect(gateway.asked).toHaveLength(1)
    expect(await state()).toMatchObject({ open: true, deliveries: [] })
    const { kysely } = api.installation.database
    const givenUp = '2026-01-01T00:00:00.000Z' as Instant
    const due = () => openRecipients(kysely, { now: api.now(), givenUp }, null, 10)
    expect(await due()).toEqual([])
    later(2)
    expect(await due()).toMatchObject([{ message: MESSAGE, representative: MOTHER }])
    later(24 * 60)
    await look(deliveries)
    expect(gateway.asked).toHaveLength(1)
    expect(await state()).toMatchObject({
      open: false,
      deliveries: [
        { channel: 'sms', outcome: 'accepted', code: 202 },
        { channel: 'email', outcome: 'failed' },
      ],
    })
  })

  it('R-7V.m: a message that is withdrawn while it goes out by one channel does not go out by the other', async () => {
    await contact('email', 'mother@example.org')
    await contact('sms', '+70000000017')
    await send()
    const carried: string[] = []
    const slow = (channel: string): Carrier => ({
      async carry() {
        carried.push(channel)
        await school.done('english', withdrawMessage, { message: MESSAGE, note: 'Не та Анна' }, LEADING)
        return { outcome: 'accepted', code: 250 }
      },
      close() {},
    })
    const carriers = { email: slow('email'), sms: slow('sms') }
    await look(new Deliveries(api.installation, carriers, null, { warn: line, error: line }))
    expect(carried).toHaveLength(1)
    const { open, deliveries } = await state()
    expect(open).toBe(false)
    expect(new Set(deliveries.map(({ outcome }) => outcome))).toEqual(new Set(['accepted', 'withdrawn']))
  })

  it('R-4.4a: a message of an account that was reported as breached waits until that is settled', async () => {
    const server = await servedMail()
    await contact('email', 'mother@example.org')
    await send()
    const learnedAt = api.now()
    const account = accountOf('english')
    const { events } = await school.done('administrator', reportBreach, { account, learnedAt })
    const deliveries = mailing(server.url)
    await look(deliveries)
    expect(server.mails).toEqual([])
    expect(await deliveries.waiting()).toMatchObject({ waiting: 1 })
    const { incident } = events.at(-1)!.data as { incident: string }
    await school.done('head', withdrawBreach, { incident, text: 'Пароль нашёлся' })
    await look(deliveries)
    expect(server.mails).toHaveLength(1)
  })

  it('a message that a breach made void does not go out', async () => {
    const server = await servedMail()
    await contact('email', 'mother@example.org')
    await send()
    const stream = streamName(SCHOOL, 'message', MESSAGE)
    const [sent] = await api.events(stream)
    const operations = [{ id: sent!.id, rev: 0, cause: null }]
    const voided = {
      incident: id('incident'),
      rule: 'v1' as const,
      part: 1,
      parts: 1,
      count: 1,
      streams: [{ stream, head: 0, operations }],
    }
    const { store } = api.installation.execution
    const event = { type: 'OperationsVoided' as const, data: voided }
    // The ids of a past follow from who made it: nobody else has made the first event of this one.
    await recordPast(store, [past('incident', 'main', event, '2026-11-09T03:50:00.000Z', archivist)])
    // Whether the read model has heard of it already, or not.
    await mailing(server.url).look()
    await look(mailing(server.url))
    expect(server.mails).toEqual([])
  })

  it('R-7V.m: SMS go by a gateway under the id of the delivery, again after 503, and never after 422', async () => {
    const gateway = await smsGateway([503, 202])
    closing.push(() => gateway.close())
    await contact('sms', '+70000000017')
    await send()
    const deliveries = opened({ sms: { url: gateway.url, tokenFile: undefined } })
    await look(deliveries)
    later(2)
    await look(deliveries)
    const ids = gateway.asked.map(({ headers, body }) => [headers['idempotency-key'], body.id])
    expect(ids).toHaveLength(2)
    expect(new Set(ids.flat()).size).toBe(1)
    expect(gateway.asked[0]!.body.to).toBe('+70000000017')
    expect(await state()).toMatchObject({ deliveries: [{ channel: 'sms', outcome: 'accepted', code: 202 }] })
  })

  it('two processes that deliver at once send one letter, and end it once', async () => {
    const server = await servedMail()
    await contact('email', 'mother@example.org')
    await send()
    await Promise.all([mailing(server.url).look(), mailing(server.url).look()])
    await api.shown()
    await look(mailing(server.url))
    expect(server.mails).toHaveLength(1)
    const ends = (await api.events(streamName(SCHOOL, 'message', MESSAGE))).filter(
      ({ type }) => type === 'MessageDeliveriesEnded',
    )
    expect(ends).toHaveLength(1)
  })

  it('whoever was killed before he could note that a letter is gone is followed by the same letter under the same id', async () => {
    const server = await servedMail()
    await contact('email', 'mother@example.org')
    await send()
    // What a process does until it dies between the answer of the server and its own note.
    const { kysely } = api.installation.database
    const delivery = uuidV5(MESSAGE, `${MOTHER} email`)
    const taken = {
      delivery,
      school: SCHOOL,
      message: MESSAGE,
      representative: MOTHER,
      channel: 'email',
    } as const
    expect(await new Attempts(kysely).take(taken, 0, api.now())).toBe(1)
    const carrier = smtpCarrier({ url: server.url, from: 'school@example.org' })
    await carrier.carry({ id: delivery, address: 'mother@example.org', subject: 'Новое', text: 'Новое' })
    const deliveries = mailing(server.url)
    await look(deliveries)
    expect(server.mails).toHaveLength(1)
    later(2)
    await look(deliveries)
    const ids = server.mails.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)![1]!.trim())
    expect(ids).toEqual([`<${delivery}@example.org>`, `<${delivery}@example.org>`])
    expect(await state()).toMatchObject({ deliveries: [{ outcome: 'accepted', attempts: 2 }] })
    const [kept] = await query<{ all: string }>(
      kysely,
      `select string_agg(to_jsonb(t)::text, ' ') as all from operations.delivery t`,
    )
    expect(kept!.all).not.toContain('mother@')
  })

  it('R-5.7: a contact given in the cabinet is confirmed by the code that came there; after five wrong ones by none', async () => {
    const server = await servedMail()
    const deliveries = mailing(server.url)
    const given = async (address: string): Promise<string> => {
      const { events } = await school.done('mother', giveContact, { ...of, channel: 'email', address })
      await api.shown()
      await look(deliveries)
      await look(deliveries)
      return (events.at(-1)!.data as { contact: string }).contact
    }
    const first = await given('first@example.org')
    expect(server.mails).toHaveLength(1)
    const code = /\b(\d{8}) — код/.exec(decoded(server.mails[0]!.raw))![1]!
    const wrong = code === '00000000' ? '11111111' : '00000000'
    const confirm = (contact: string, typed: string) =>
      school.give('mother', confirmContact, { ...of, contact, code: typed })
    expect(await confirm(first, wrong)).toMatchObject({ status: 403, body: { reason: 'contact-code-wrong' } })
    expect(await confirm(first, code)).toMatchObject({ status: 201 })
    await send()
    await look(deliveries)
    expect(server.mails.map(({ to }) => to[0])).toEqual(['first@example.org', 'first@example.org'])
    const second = await given('second@example.org')
    const own = /\b(\d{8}) — код/.exec(decoded(server.mails[2]!.raw))![1]!
    const other = own === '00000000' ? '11111111' : '00000000'
    for (let n = 0; n < 5; n++) expect(await confirm(second, other)).toMatchObject({ status: 403 })
    expect(await confirm(second, own)).toMatchObject({ status: 403 })
    const third = await given('third@example.org')
    later(24 * 60)
    expect(await confirm(third, own)).toMatchObject({
      status: 409,
      body: { reason: 'contact-code-expired' },
    })
    const log = (await school.log()).map(({ canonical }) => canonical).join('\n')
    expect(log).not.toContain(code)
  })

  it('a contact whose key was destroyed is no address any more', async () => {
    const server = await servedMail()
    await contact('email', 'mother@example.org')
    await send()
    await api.installation.keys.quarantine(SCHOOL, MOTHER, ['contacts'], api.now())
    await look(mailing(server.url))
    expect(server.mails).toEqual([])
    expect(await state()).toMatchObject({ open: false, deliveries: [{ outcome: 'no-contact' }] })
  })
})

/** The text of a letter, whose parts are in base64 or quoted-printable. */
function decoded(raw: string): string {
  const [head, body] = raw.split('\r\n\r\n') as [string, string]
  if (/content-transfer-encoding: base64/i.test(head)) return Buffer.from(body, 'base64').toString()
  const bytes = body
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
