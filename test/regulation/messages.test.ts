import { expect, it } from 'vitest'
import { confirmWrittenContact } from '#commands/contacts/confirm-written-contact.ts'
import { giveContact } from '#commands/contacts/give-contact.ts'
import { confirmMessageRead } from '#commands/message/confirm-message-read.ts'
import { sendMessage } from '#commands/message/send-message.ts'
import { withdrawMessage } from '#commands/message/withdraw-message.ts'
import { MOTHER } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, CLASS_7A, id } from '#support/class-7a.ts'

const schools = schoolsAtWork(3, [
  'mathematician',
  'english',
  'stranger',
  'deputy',
  'head',
  'auditor',
  'administrator',
  'anna',
  'mother',
])
const LEADING = { 'letopis-role': 'class-teacher' }
const MESSAGE = id('message/1')
const TEXT = 'Собрание в четверг в 18:30'

interface Seen {
  readonly messages: ReadonlyArray<{
    message: string
    text: string | null
    subject: string | null
    read_at: string | null
    withdrawn_at: string | null
    read: number
    unreached: number
    role: string
  }>
  readonly next: string | null
}

async function sent(school: SchoolAtWork): Promise<SchoolAtWork> {
  const input = { message: MESSAGE, to: { kind: 'class', class: CLASS_7A }, subject: 'Собрание', text: TEXT }
  await school.done('english', sendMessage, input, LEADING)
  return school
}

it('R-7V.m: a class teacher writes to the parents of the class; each sees it beside the diary, and nobody else does', async () => {
  const school = await sent(schools.next())
  const inDiary = (login: 'mother' | 'english' | 'deputy' | 'auditor' | 'mathematician', pupil = ANNA) =>
    school.seen<Seen>(login, `pupils/${pupil}/messages`, login === 'english' ? LEADING : {})
  expect((await inDiary('mother')).messages).toMatchObject([
    { message: MESSAGE, text: TEXT, subject: 'Собрание', role: 'class-teacher', read_at: null },
  ])
  for (const login of ['english', 'deputy', 'auditor'] as const)
    expect((await inDiary(login)).messages).toMatchObject([{ text: TEXT }])
  // A teacher sees what he sent himself, and a message to the parents is not for the pupil.
  expect((await inDiary('mathematician')).messages).toEqual([])
  expect(await school.ask('anna', `pupils/${ANNA}/messages`)).toMatchObject({
    status: 403,
    body: { reason: 'role-not-permitted' },
  })
  expect(await school.ask('mother', `pupils/${BORIS}/messages`)).toMatchObject({
    status: 403,
    body: { reason: 'diary-not-yours' },
  })
  // What was typed stands in no event in clear.
  const log = await school.log()
  expect(log.some(({ type }) => type === 'MessageSent')).toBe(true)
  expect(log.map(({ canonical }) => canonical).join('\n')).not.toContain('18:30')
})

it('R-7V.m: the author sees who has read it and whom nothing reaches; withdrawn, its words are shown to families no more', async () => {
  const school = await sent(schools.next())
  const own = (login: 'english' | 'mother' | 'head', query = '') =>
    school.seen<Seen>(login, `messages${query}`, login === 'english' ? LEADING : {})
  expect((await own('english')).messages).toMatchObject([
    { read: 0, unreached: 2, recipients: 1, waiting: 1 },
  ])
  await school.done('mother', confirmMessageRead, { message: MESSAGE })
  expect((await own('english')).messages).toMatchObject([{ read: 1 }])
  expect((await own('head', '?undelivered=true')).messages).toMatchObject([{ message: MESSAGE }])
  const delivery = await school.seen<object>('english', `messages/${MESSAGE}`, LEADING)
  expect(delivery).toMatchObject({
    recipients: [{ representative: MOTHER, pupils: [{ pupil: ANNA }], open: true, deliveries: [] }],
    text: TEXT,
  })
  for (const login of ['mathematician', 'mother'] as const) {
    expect(await school.ask(login, `messages/${MESSAGE}`)).toMatchObject({
      status: 404,
      body: { reason: 'message-unknown' },
    })
  }
  const note = 'Перенесено'
  expect(await school.give('mathematician', withdrawMessage, { message: MESSAGE, note })).toMatchObject({
    status: 404,
  })
  await school.done('english', withdrawMessage, { message: MESSAGE, note }, LEADING)
  expect((await own('mother')).messages).toMatchObject([{ text: null, subject: null }])
  expect((await own('mother')).messages[0]!.withdrawn_at).not.toBeNull()
  expect((await own('head')).messages).toMatchObject([{ text: TEXT }])
  const [first] = (await own('head', '?limit=1')).messages
  const { next } = await own('head', '?limit=1')
  expect(first!.message).toBe(MESSAGE)
  expect((await own('head', `?limit=1&before=${encodeURIComponent(next!)}`)).messages).toEqual([])
})

it('R-5.7: a contact has its source, its date and who confirmed it; its address stands in no event, and its change is one', async () => {
  const school = schools.next()
  const of = { pupil: ANNA, representative: MOTHER }
  const paper = { ...of, channel: 'email', address: 'mother@example.org', date: '2026-11-06' }
  expect(await school.give('stranger', giveContact, paper, LEADING)).toMatchObject({
    status: 403,
    body: { reason: 'class-not-led' },
  })
  expect(await school.give('deputy', giveContact, paper)).toMatchObject({ status: 403 })
  await school.done('english', giveContact, paper, LEADING)
  interface Contacts {
    contacts: ReadonlyArray<{ contact: string; state: string; address: string }>
  }
  const seen = (login: 'mother' | 'english') =>
    school.seen<Contacts>(login, `family/${ANNA}/contacts`, login === 'english' ? LEADING : {})
  const { contacts } = await seen('mother')
  expect(contacts).toMatchObject([
    {
      address: 'mother@example.org',
      source: 'written',
      date: '2026-11-06',
      form: 'notice',
      state: 'unconfirmed',
      confirmed_at: null,
    },
  ])
  const { contact } = contacts[0]!
  await school.done('english', confirmWrittenContact, { ...of, contact }, LEADING)
  expect((await seen('english')).contacts).toMatchObject([{ state: 'confirmed', confirmed_by: 'document' }])
  expect(await school.ask('deputy', `family/${ANNA}/contacts`)).toMatchObject({ status: 403 })
  const log = await school.log()
  expect(log.filter(({ type }) => type.startsWith('Contact')).map(({ type }) => type)).toEqual([
    'ContactGiven',
    'ContactConfirmed',
  ])
  expect(log.map(({ canonical }) => canonical).join('\n')).not.toContain('mother@')
})
