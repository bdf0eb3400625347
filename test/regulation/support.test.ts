import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { addToTicket } from '#commands/support/add-to-ticket.ts'
import { answerTicket } from '#commands/support/answer-ticket.ts'
import { closeTicket } from '#commands/support/close-ticket.ts'
import { openTicket } from '#commands/support/open-ticket.ts'
import { setSupportHours } from '#commands/support/set-support-hours.ts'
import { supportFold } from '#commands/support/state.ts'
import { streamName } from '#events/stream-name.ts'
import { handOver } from '#main/support.ts'
import { verifyPackageFile } from '#main/verifying-packages.ts'
import { SchoolSlug } from '#values/school.ts'
import type { LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { id } from '#support/class-7a.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { closedQuarter, OF_PAGE, openArchive } from '#support/packages.ts'
import { LOG_KEY } from '#support/sealing.ts'
import { SCHOOL } from '#support/spec.ts'
import { TICKET, ticketOpened } from '#support/tickets.ts'

const schools = schoolsAtWork(4, ['deputy', 'head', 'administrator', 'mother', 'auditor'])
const root = temporaryFolder()
afterAll(() => root.remove())

interface Tickets {
  readonly counts: Readonly<Record<string, number>>
  readonly tickets: ReadonlyArray<{
    readonly ticket: string
    readonly number: number
    readonly state: string
    readonly due_at: string
    readonly late_by: number
    readonly text: string | null
    readonly said: ReadonlyArray<{ readonly by: string; readonly text: string | null }>
    readonly closed: { readonly outcome: string; readonly text: string | null } | null
  }>
}
interface Overdue {
  readonly items: ReadonlyArray<{ ticket: string; state: string; overdue_by: number; responsible: object[] }>
}
const tickets = (school: SchoolAtWork, login: LogIn, query = '') =>
  school.seen<Tickets>(login, `support/tickets?${query}`)
const open = async (school: SchoolAtWork, login: LogIn, kind: string, text = 'Выгрузка не открывается') => {
  const { events } = await school.done(login, openTicket, { kind, text })
  return (events[0]!.data as { ticket: string }).ticket
}
const due = async (school: SchoolAtWork, login: LogIn) =>
  (await school.seen<Overdue>(login, 'overdue?duty=ticket')).items

describe('R-7A.17b: technical support in working hours', () => {
  it('states its hours by the clock of the school to everybody, from the day on which they are in force', async () => {
    const school = schools.next().at('2026-11-09T03:50:00.000Z')
    expect(await school.seen('mother', 'support')).toMatchObject({
      zone: 'Asia/Tomsk',
      usual: true,
      open: true,
    })
    await school.done('administrator', setSupportHours, {
      effectiveFrom: '2026-11-10',
      channel: '8 (3822) 00-00-00',
      hours: [{ weekday: 2, from: '08:30', until: '12:00' }],
      answerMinutes: 60,
    })
    expect(await school.seen('mother', 'support')).toMatchObject({ usual: true })
    school.at('2026-11-10T01:29:59.999Z')
    const works = { from: '2026-11-10T01:30:00.000Z', until: '2026-11-10T05:00:00.000Z' }
    expect(await school.seen('mother', 'support')).toMatchObject({ usual: false, open: false, works })
    school.at('2026-11-10T01:30:00.000Z')
    expect(await school.seen('mother', 'support')).toMatchObject({ open: true, works })
    school.at('2026-11-10T05:00:00.000Z')
    expect(await school.seen('mother', 'support')).toMatchObject({
      open: false,
      works: { from: '2026-11-17T01:30:00.000Z' },
    })
  })

  it('keeps a log of tickets: the own ones for everybody, all for the support service, without the words for control', async () => {
    const school = schools.next().at('2026-11-09T03:50:00.000Z')
    const ticket = await open(school, 'mother', 'question', 'Как подписаться на извещения?')
    await open(school, 'deputy', 'fault')
    await school.done('mother', addToTicket, { ticket, text: 'По электронной почте' })
    await school.done('administrator', answerTicket, { ticket, text: 'Через классного руководителя' })
    const own = await tickets(school, 'mother')
    expect(own.tickets).toMatchObject([
      {
        ticket,
        number: 1,
        state: 'done',
        text: 'Как подписаться на извещения?',
        said: [
          { by: 'asker', text: 'По электронной почте' },
          { by: 'support', text: 'Через классного руководителя' },
        ],
      },
    ])
    expect((await tickets(school, 'administrator')).tickets.map(({ number }) => number)).toEqual([2, 1])
    expect((await tickets(school, 'administrator', 'limit=1')).tickets).toHaveLength(1)
    expect((await tickets(school, 'administrator', 'limit=1&before=2')).tickets[0]!.ticket).toBe(ticket)
    const controlled = (await tickets(school, 'head')).tickets
    expect(controlled.map(({ text, said }) => [text, ...said.map((one) => one.text)])).toEqual([
      [null],
      [null, null, null],
    ])
    expect((await tickets(school, 'auditor')).tickets[1]!.text).toBe('Как подписаться на извещения?')
    await school.done('administrator', closeTicket, { ticket, outcome: 'solved', text: 'Подписана' })
    expect((await tickets(school, 'mother')).tickets[0]).toMatchObject({
      state: 'closed',
      late_by: 0,
      closed: { outcome: 'solved', text: 'Подписана' },
    })
    // Words of people stand sealed in the log.
    const said = (await school.log()).filter(({ type }) => type.startsWith('Ticket'))
    expect(said).toHaveLength(5)
    for (const event of said)
      expect(JSON.stringify(event.data)).not.toMatch(/извещения|почте|руководителя|Подписана/)
  })

  it('R-D10: an answer is overdue from the first second after its deadline, for the administrator and for the head', async () => {
    const school = schools.next().at('2026-11-09T03:50:00.000Z')
    const ticket = await open(school, 'mother', 'question')
    school.at('2026-11-10T03:50:00.999Z')
    expect(await due(school, 'head')).toMatchObject([{ ticket, state: 'due' }])
    school.at('2026-11-10T03:50:01.000Z')
    for (const login of ['head', 'administrator'] as const)
      expect(await due(school, login)).toMatchObject([
        { ticket, state: 'overdue', overdue_by: 1, responsible: [{ staff: id('staff/administrator') }] },
      ])
    expect((await tickets(school, 'administrator', 'state=overdue')).tickets).toMatchObject([{ late_by: 1 }])
    await school.done('administrator', answerTicket, { ticket, text: 'Готово' })
    expect(await due(school, 'head')).toEqual([])
    expect((await tickets(school, 'mother')).tickets).toMatchObject([{ state: 'done', late_by: 1 }])
    // What lessons lack is none of an administrator's matters.
    const all = await school.seen<{ items: Array<{ duty: string }> }>('administrator', 'overdue')
    expect(all.items).toEqual([])
  })
})

const folder = (name: string) => {
  const path = join(root.path, name)
  mkdirSync(path)
  return path
}

describe('R-A3.4d: an export that failed', () => {
  it('is due until 23:59:59 of the third working day after that of the request, and overdue at 00:00:00', async () => {
    const school = schools.next().at('2026-11-09T03:50:00.000Z')
    const ticket = await open(school, 'head', 'export-failed')
    await school.done('administrator', answerTicket, { ticket, text: 'Передано оператору' })
    school.at('2026-11-12T16:59:59.999Z')
    expect(await due(school, 'deputy')).toMatchObject([{ ticket, state: 'due' }])
    school.at('2026-11-12T17:00:00.000Z')
    for (const login of ['deputy', 'head', 'administrator'] as const)
      expect(await due(school, login)).toMatchObject([{ ticket, state: 'overdue', overdue_by: 1 }])
    expect((await tickets(school, 'head')).tickets).toMatchObject([
      { state: 'overdue', due_at: '2026-11-12T16:59:59.000Z', late_by: 1 },
    ])
    const word = { ticket, outcome: 'solved', text: 'Теперь работает' }
    expect(await school.give('administrator', closeTicket, word)).toMatchObject({
      status: 409,
      body: { reason: 'delivery-needed' },
    })
  })

  it('ends with a file that passes verification, of this school and vouched for, and with no other', async () => {
    const archive = await openArchive(testEngine('pglite'), folder('archive'), [
      ...closedQuarter,
      ticketOpened('export-failed'),
    ])
    try {
      const { file, package: of } = await archive.make(OF_PAGE)
      const trust = { keys: [LOG_KEY], witnesses: [], quorum: 0 }
      const asked = { school: SCHOOL, ticket: TICKET, file, trust }
      const hand = (changes: object) => handOver(archive.installation, { ...asked, ...changes })

      const bad = readFileSync(file)
      const at = bad.indexOf('"type":"MarkRecorded"')
      bad[at + 10]! ^= 1
      const spoiled = join(folder('spoiled'), 'package.zip')
      writeFileSync(spoiled, bad)
      await expect(hand({ file: spoiled })).rejects.toThrow()
      await expect(hand({ trust: { keys: [], witnesses: [], quorum: 0 } })).rejects.toThrow(/не ручается/)
      await expect(hand({ school: SchoolSlug.parse('tomsk36') })).rejects.toThrow(/другой школы/)
      await expect(hand({ ticket: id('ticket/none') })).rejects.toThrow(/нет/)

      const sha512 = createHash('sha512').update(readFileSync(file)).digest('hex')
      expect((await hand({})).lines.join('\n')).toContain(sha512)
      const stream = streamName(SCHOOL, 'support', 'main')
      const { state } = await archive.execution.streams.load(supportFold, stream)
      expect(state.tickets.get(TICKET)!.closed).toMatchObject({
        role: 'operator',
        outcome: 'delivered',
        delivery: { kind: 'package', package: of, sha512, result: 'verified' },
      })
      await expect(hand({})).rejects.toThrow(/закрыто/)
      const trusted = join(folder('trust'), 'trust.json')
      writeFileSync(trusted, archive.trust)
      expect(await verifyPackageFile(file, { trust: trusted })).toMatchObject({ exit: 0 })
    } finally {
      await archive.close()
    }
  })
})
