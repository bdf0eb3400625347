import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { confirmWrittenContact } from '#commands/contacts/confirm-written-contact.ts'
import { giveContact } from '#commands/contacts/give-contact.ts'
import { subscribeToDiary } from '#commands/contacts/subscribe-to-diary.ts'
import { unsubscribeFromDiary } from '#commands/contacts/unsubscribe-from-diary.ts'
import { endRepresentation } from '#commands/family/end-representation.ts'
import { reportBreach } from '#commands/incident/report-breach.ts'
import { withdrawBreach } from '#commands/incident/withdraw-breach.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { windowsDue } from '#main/delivery/diary-notices.ts'
import { openDeliveries } from '#main/delivery/open-deliveries.ts'
import type { Deliveries } from '#main/delivery/deliveries.ts'
import { accountOf, type Api, MOTHER, openApi } from '#support/api.ts'
import { SchoolAtWork } from '#support/at-work.ts'
import { mailServer, smsGateway } from '#support/carriers.ts'
import { ANNA, LESSON, PAGE } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'
import { Instant } from '#values/time.ts'

const LEADING = { 'letopis-role': 'class-teacher' }
const of = { pupil: ANNA, representative: MOTHER }
const here = { page: PAGE, lesson: LESSON }
const DIARY = 'https://diary.example.org'
/** 18:59 and 19:00 of Monday in Tomsk. */
const [BEFORE, EVENING] = ['2026-11-09T11:59:59.999Z', '2026-11-09T12:00:00.000Z']
const SUNDAY_EVENING = '2026-11-15T12:00:00.000Z'

const due = (at: string) =>
  windowsDue(Instant.parse(at)).map(({ channel, since, until }) => [channel, since, until])

describe('what is due to subscribers', () => {
  it('R-1.6: is the marks of a day from its evening on, and the week from that of its Sunday, by the clock of the school', () => {
    const yesterday = ['sms', '2026-11-07T12:00:00.000Z', '2026-11-08T12:00:00.000Z']
    const lastWeek = ['email', '2026-11-01T17:00:00.000Z', '2026-11-08T12:00:00.000Z']
    expect(due(BEFORE)).toEqual([yesterday, lastWeek])
    expect(due(EVENING)).toEqual([['sms', '2026-11-08T12:00:00.000Z', EVENING]])
    expect(due(SUNDAY_EVENING)).toEqual([
      ['sms', '2026-11-14T12:00:00.000Z', SUNDAY_EVENING],
      ['email', '2026-11-08T17:00:00.000Z', SUNDAY_EVENING],
    ])
  })
})

describe('the diary by SMS and e-mail', () => {
  let api: Api
  let school: SchoolAtWork
  const closing: Array<() => unknown> = []
  beforeEach(async () => {
    api = await openApi(testEngine('pglite'), {
      people: ['english', 'mathematician', 'head', 'deputy', 'mother', 'administrator'],
    })
    school = await new SchoolAtWork(SCHOOL, api).recordLesson()
  })
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
    await api.close()
  })

  async function subscribed(channel: 'email' | 'sms', form: 'notice' | 'text') {
    const address = channel === 'sms' ? '+70000000017' : 'mother@example.org'
    const input = { ...of, channel, address, form, date: '2026-11-06' }
    const { events } = await school.done('english', giveContact, input, LEADING)
    const { contact } = events.at(-1)!.data as { contact: string }
    await school.done('english', confirmWrittenContact, { ...of, contact }, LEADING)
    await school.done('mother', subscribeToDiary, { ...of, channel })
  }
  const marked = (value: number, kind = 'test') =>
    school.done('mathematician', recordMarks, { ...here, kind, marks: [{ pupil: ANNA, value }] })
  async function gateway(statuses: readonly number[] = [200]) {
    const sms = await smsGateway(statuses)
    closing.push(() => sms.close())
    const log = { warn: () => {}, error: () => {} }
    const deliveries = openDeliveries(
      { smtp: undefined, sms: { url: sms.url, tokenFile: undefined }, diary: DIARY },
      api.installation,
      log,
    )
    return { sms, deliveries }
  }
  async function look(deliveries: Deliveries, at: string) {
    school.at(at)
    await api.shown()
    await deliveries.look()
    await api.shown()
    await deliveries.look()
    await api.shown()
  }
  const notices = async () =>
    (
      await school.seen<{ notices: ReadonlyArray<{ open: boolean; deliveries: readonly object[] }> }>(
        'mother',
        `family/${ANNA}/subscriptions`,
      )
    ).notices

  it('R-1.6: marks of a day go out once in the evening; the state of the delivery shows, and no mark where only a notice was agreed', async () => {
    await subscribed('sms', 'notice')
    await marked(5)
    const { sms, deliveries } = await gateway()
    await look(deliveries, BEFORE)
    expect(sms.asked).toEqual([])
    await look(deliveries, '2026-11-09T12:05:00.000Z')
    await look(deliveries, '2026-11-09T12:30:00.000Z')
    expect(sms.asked.map(({ body }) => [body.to, body.text])).toEqual([
      ['+70000000017', `Новые отметки — в электронном дневнике: ${DIARY}`],
    ])
    expect(await notices()).toMatchObject([
      { channel: 'sms', until: EVENING, open: false, deliveries: [{ outcome: 'accepted', attempts: 1 }] },
    ])
    // Nothing new, nothing sent; and what went is no message in the cabinet.
    await look(deliveries, '2026-11-10T12:05:00.000Z')
    expect(sms.asked).toHaveLength(1)
    expect(await school.seen('mother', 'messages')).toMatchObject({ messages: [] })
    // No event holds what was said.
    expect((await school.log()).filter(({ type }) => type === 'DiaryNoticeIssued')).toHaveLength(1)
  })

  it('R-1.6: where the words were agreed it tells the marks as they stand when it goes out, with class and without a name', async () => {
    await subscribed('sms', 'text')
    await marked(5)
    const { events } = await marked(2, 'homework')
    const wrong = events.at(-1)!
    const { sms, deliveries } = await gateway([503, 200])
    await look(deliveries, '2026-11-09T12:05:00.000Z')
    expect(sms.asked).toHaveLength(1)
    expect(sms.asked[0]!.body.text).toBe(`7А: Алгебра 5, 2. Дневник: ${DIARY}`)
    expect(await notices()).toMatchObject([{ open: true, deliveries: [] }])
    await school.done('mathematician', withdrawMark, {
      page: PAGE,
      entry: (wrong.data as { entry: string }).entry,
      expectedVersion: wrong.revision,
      reason: 'typing-error',
    })
    // Tried again, under the same id.
    await look(deliveries, '2026-11-09T12:10:00.000Z')
    expect(sms.asked).toHaveLength(2)
    expect(sms.asked[1]!.body.text).toBe(`7А: Алгебра 5. Дневник: ${DIARY}`)
    expect(sms.asked[1]!.body.id).toBe(sms.asked[0]!.body.id)
    expect(await notices()).toMatchObject([
      { open: false, deliveries: [{ outcome: 'accepted', attempts: 2 }] },
    ])
  })

  it('R-1.6: nothing goes to whoever has unsubscribed, represents the child no more, or has nothing left to be told', async () => {
    await subscribed('sms', 'text')
    await marked(5)
    const { sms, deliveries } = await gateway([503, 200])
    await look(deliveries, '2026-11-09T12:05:00.000Z')
    expect(sms.asked).toHaveLength(1)
    await school.done('mother', unsubscribeFromDiary, { ...of, channel: 'sms' })
    await look(deliveries, '2026-11-09T12:10:00.000Z')
    expect(sms.asked).toHaveLength(1)
    expect(await notices()).toMatchObject([{ open: false, deliveries: [{ outcome: 'withdrawn' }] }])

    await school.done('mother', subscribeToDiary, { ...of, channel: 'sms' })
    await marked(4, 'homework')
    await school.done(
      'english',
      endRepresentation,
      { pupil: ANNA, representative: MOTHER, from: '2026-11-10' },
      LEADING,
    )
    await look(deliveries, '2026-11-10T12:05:00.000Z')
    expect(sms.asked).toHaveLength(1)
  })

  it('R-1.6: waits while the account that wrote the marks is doubted', async () => {
    await subscribed('sms', 'text')
    await marked(5)
    school.at('2026-11-09T11:00:00.000Z')
    const breach = { account: accountOf('mathematician'), learnedAt: '2026-11-09T10:00:00.000Z' }
    const { events } = await school.done('administrator', reportBreach, breach)
    const { sms, deliveries } = await gateway()
    await look(deliveries, '2026-11-09T12:05:00.000Z')
    expect(sms.asked).toEqual([])
    const { incident } = events[0]!.data as { incident: string }
    await school.done('head', withdrawBreach, { incident, text: 'Ошибка' })
    await look(deliveries, '2026-11-09T12:10:00.000Z')
    expect(sms.asked.map(({ body }) => body.text)).toEqual([`7А: Алгебра 5. Дневник: ${DIARY}`])
  })

  it('R-1.6: the diary of the week goes out by e-mail on Sunday evening', async () => {
    await subscribed('email', 'text')
    await marked(5)
    await school.done('mathematician', setHomework, { ...here, text: 'Стр. 45, № 340' })
    const server = await mailServer()
    closing.push(() => server.close())
    const deliveries = openDeliveries(
      { smtp: { url: server.url, from: 'school@example.org' }, sms: undefined, diary: DIARY },
      api.installation,
      { warn: () => {}, error: () => {} },
    )
    await look(deliveries, '2026-11-14T12:05:00.000Z')
    expect(server.mails).toEqual([])
    await look(deliveries, '2026-11-15T12:05:00.000Z')
    await look(deliveries, '2026-11-16T05:00:00.000Z')
    expect(server.mails.map(({ to }) => to)).toEqual([['mother@example.org']])
    const parts = [...server.mails[0]!.raw.matchAll(/\r\n\r\n([\s\S]+)/g)].map(([, body]) => body!)
    const body = Buffer.from(parts[0]!.replaceAll(/\s/g, ''), 'base64').toString()
    expect(body).toContain('09.11\n  Алгебра: отметки 5; задано: Стр. 45, № 340')
    expect(body).not.toContain('Анна')
    // A week without lessons is no news.
    await look(deliveries, '2026-11-22T12:05:00.000Z')
    expect(server.mails).toHaveLength(1)
  })
})
