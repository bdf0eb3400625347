import { expect, it } from 'vitest'
import { subscribeToDiary } from '#commands/contacts/subscribe-to-diary.ts'
import { unsubscribeFromDiary } from '#commands/contacts/unsubscribe-from-diary.ts'
import { endRepresentation } from '#commands/family/end-representation.ts'
import { MOTHER } from '#support/api.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, CLASS_7A, CLASS_7B, GROUP_ENGLISH } from '#support/class-7a.ts'

const schools = schoolsAtWork(2, ['english', 'deputy', 'mother', 'mathematician', 'anna', 'administrator'])
const LEADING = { 'letopis-role': 'class-teacher' }
const paper = { pupil: ANNA, representative: MOTHER, channel: 'paper' }

interface Subscriptions {
  readonly subscriptions: ReadonlyArray<{ channel: string; on: boolean; ended_at: string | null }>
}
interface Papers {
  readonly from: string
  readonly until: string
  readonly pupils: ReadonlyArray<{ pupil: string; print: string; representatives: readonly object[] }>
}

it('R-1.6 (part: subscriptions): a parent switches the channels of a child on and off and sees them, as does the class teacher', async () => {
  const school = schools.next()
  const seen = async (login: 'mother' | 'english') =>
    (
      await school.seen<Subscriptions>(
        login,
        `family/${ANNA}/subscriptions`,
        login === 'english' ? LEADING : {},
      )
    ).subscriptions
  expect(await seen('mother')).toEqual([])
  await school.done('mother', subscribeToDiary, paper)
  for (const login of ['mother', 'english'] as const)
    expect(await seen(login)).toMatchObject([
      { representative: MOTHER, channel: 'paper', on: true, source: 'electronic', date: '2026-11-09' },
    ])
  await school.done('mother', unsubscribeFromDiary, paper)
  expect(await seen('mother')).toMatchObject([{ on: false, ended_at: '2026-11-09T03:50:00.000Z' }])
  await school.done('english', subscribeToDiary, { ...paper, date: '2026-11-06' }, LEADING)
  expect(await seen('mother')).toMatchObject([
    { on: true, source: 'written', date: '2026-11-06', ended_at: null },
  ])
  expect(await school.give('mother', subscribeToDiary, { ...paper, channel: 'sms' })).toMatchObject({
    status: 409,
    body: { reason: 'contact-unconfirmed' },
  })
  expect((await school.ask('mother', `family/${BORIS}/subscriptions`)).status).toBe(403)
  for (const login of ['anna', 'mathematician', 'administrator'] as const)
    expect((await school.ask(login, `family/${ANNA}/subscriptions`)).status).toBe(403)
})

it('R-1.6 (part: paper): the class teacher is told for whom to print the week from Monday to Sunday, and prints it', async () => {
  const school = schools.next()
  const papers = (query = '') =>
    school.seen<Papers>('english', `units/${CLASS_7A}/paper-diaries${query}`, LEADING)
  expect(await papers()).toMatchObject({ from: '2026-11-09', until: '2026-11-15', pupils: [] })
  await school.done('mother', subscribeToDiary, paper)
  const { from, until, pupils } = await papers('?week=2026-11-08')
  expect([from, until]).toEqual(['2026-11-02', '2026-11-08'])
  expect(pupils).toMatchObject([{ pupil: ANNA, representatives: [{ representative: MOTHER }] }])
  const file = await school.api.send<string>({
    method: 'GET',
    url: pupils[0]!.print,
    headers: {
      authorization: `Bearer ${(await school.api.as('english', school.name)).token}`,
      ...LEADING,
    },
  })
  expect(file).toMatchObject({ status: 200, headers: { 'content-type': 'application/pdf' } })
  expect((await school.ask('english', `units/${CLASS_7B}/paper-diaries`, LEADING)).status).toBe(403)
  expect(await school.ask('english', `units/${GROUP_ENGLISH}/paper-diaries`, LEADING)).toMatchObject({
    status: 404,
  })
  expect((await school.ask('mother', `units/${CLASS_7A}/paper-diaries`)).status).toBe(403)
  // A parent no more, and off.
  await school.done(
    'english',
    endRepresentation,
    { pupil: ANNA, representative: MOTHER, from: '2026-11-09' },
    LEADING,
  )
  expect((await papers()).pupils).toEqual([])
})
