import { describe, expect, it } from 'vitest'
import { acceptRules } from '#commands/access/accept-rules.ts'
import { blockAccount } from '#commands/access/block-account.ts'
import { confirmWrittenContact } from '#commands/contacts/confirm-written-contact.ts'
import { giveContact } from '#commands/contacts/give-contact.ts'
import { withdrawContact } from '#commands/contacts/withdraw-contact.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { sendMessage } from '#commands/message/send-message.ts'
import { ACCESS_RULES } from '#values/access-rules.ts'
import { accountOf, type LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, CLASS_7A, CLASS_7B, GLEB, id, LESSON, MONDAY, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(4, [
  'mathematician',
  'english',
  'stranger',
  'deputy',
  'head',
  'administrator',
  'mother',
])
const as = (role: string) => ({ 'letopis-role': role })
const here = { page: PAGE, lesson: LESSON }

interface Entries {
  readonly in_time: { readonly part: number; readonly of: number }
  readonly late: number
  readonly missing: number
}
interface Informing {
  readonly classes: ReadonlyArray<{
    readonly class: string
    readonly marks: Entries
    readonly homework: Entries
    readonly absences: Entries
    readonly messages: object
    readonly with_account: number
  }>
  readonly unreached: ReadonlyArray<{ readonly pupil: string; readonly last_extract: string | null }>
}
const informing = (school: SchoolAtWork, query = '', login: LogIn = 'deputy', headers = {}) =>
  school.seen<Informing>(login, `reports/informing?from=${MONDAY}&until=${MONDAY}${query}`, headers)
const classOf = ({ classes }: Informing, unit: string = CLASS_7A) => classes.find((one) => one.class === unit)
const unreached = async (school: SchoolAtWork) =>
  (await informing(school, `&class=${CLASS_7A}`)).unreached.map(({ pupil }) => pupil)

describe('whether parents are informed in time (п. 7А.14)', () => {
  it('R-7A.14: by class, which marks, homework and absences the diary showed in time, and what was late or missing', async () => {
    const school = await schools.next().recordLesson()
    await school.done('mathematician', takeAttendance, {
      ...here,
      absentees: [{ pupil: GLEB, code: 'Н' }],
    })
    const column = { ...here, kind: 'lesson-answer' }
    await school.done('mathematician', recordMarks, { ...column, marks: [{ pupil: ANNA, value: 5 }] })
    // Monday has four lessons, and an end at 14:30; the homework comes in the evening, another mark on the next day.
    school.at('2026-11-09T14:00:00.000Z')
    await school.done('mathematician', setHomework, { ...here, text: '§ 12, № 340–345 (письменно)' })
    school.at('2026-11-10T04:00:00.000Z')
    await school.done('mathematician', recordMarks, { ...column, marks: [{ pupil: BORIS, value: 4 }] })
    const row = classOf(await informing(school))
    expect(row).toMatchObject({
      marks: { in_time: { part: 1, of: 2, percent: 50 }, late: 1, missing: 0 },
      homework: { in_time: { part: 0, of: 4, percent: 0 }, late: 1, missing: 3 },
      absences: { in_time: { part: 1, of: 4, percent: 25 }, late: 0, missing: 3 },
      all: { part: 2, of: 10, percent: 20 },
    })
    // Nobody has lessons in 7Б.
    expect(classOf(await informing(school), CLASS_7B)).toMatchObject({ all: { of: 0, percent: null } })
    const sheet = await school.seen<{ parts: Array<{ rows: string[][] }> }>(
      'head',
      `reports/informing/sheet?from=${MONDAY}&until=${MONDAY}&class=${CLASS_7A}`,
    )
    expect(sheet.parts[0]!.rows[0]!.slice(0, 6)).toEqual(['7А', '3', '50', '0', '25', '20'])
  })

  it('R-7A.14: children without a confirmed contact or an account of a representative, and without an extract of the last 30 days', async () => {
    const school = schools.next()
    // An account that nobody has come in by reaches nobody.
    expect(classOf(await informing(school))).toMatchObject({ with_account: 0, unreached: 3 })
    const account = accountOf('mother')
    await school.done('mother', acceptRules, { account, version: ACCESS_RULES.version })
    // Of the others the school knows nobody.
    expect(classOf(await informing(school))).toMatchObject({ with_account: 1, with_contact: 0, unreached: 2 })
    expect((await unreached(school)).toSorted()).toEqual([BORIS, GLEB].toSorted())

    const father = id('person/father-of-boris')
    await school.done('deputy', registerRepresentative, {
      pupil: BORIS,
      representative: father,
      kinship: 'father',
      from: '2026-09-01',
      name: { family: 'Борисов', given: 'Пётр' },
    })
    const contact = { pupil: BORIS, representative: father }
    const given = await school.done(
      'english',
      giveContact,
      {
        ...contact,
        channel: 'email',
        address: 'father@example.org',
        date: '2026-11-05',
      },
      as('class-teacher'),
    )
    // A contact that nobody has confirmed is none.
    expect(await unreached(school)).toContain(BORIS)
    const { contact: made } = given.events[0]!.data as { contact: string }
    await school.done('english', confirmWrittenContact, { ...contact, contact: made }, as('class-teacher'))
    expect(await unreached(school)).toEqual([GLEB])
    await school.done(
      'english',
      withdrawContact,
      { ...contact, contact: made, reason: 'refused' },
      as('class-teacher'),
    )
    expect(await unreached(school)).toContain(BORIS)

    // Who may not come in any more is not reached by it.
    await school.done('administrator', blockAccount, { account, reason: 'misuse' })
    expect(await unreached(school)).toContain(ANNA)

    const client = await school.api.as('head', school.name)
    const extract = await client.post(`pupils/${GLEB}/extract?from=2026-11-02&until=2026-11-09`, {})
    expect(extract.status).toBeLessThan(300)
    expect(await unreached(school)).not.toContain(GLEB)
    // 29 days later it still counts, on the thirtieth day after it no more; Gleb is in 7Б by then.
    const later = async (instant: string) =>
      (await informing(school.at(instant))).unreached.find(({ pupil }) => pupil === GLEB)
    expect(await later('2026-12-08T05:00:00.000Z')).toBe(undefined)
    expect(await later('2026-12-09T05:00:00.000Z')).toMatchObject({ last_extract: '2026-11-09' })
  })

  it('R-7A.14: messages to the families of a class, and how they ended', async () => {
    const school = schools.next()
    await school.done('deputy', sendMessage, {
      message: id('message/meeting'),
      to: { kind: 'class', class: CLASS_7A },
      subject: 'Собрание',
      text: 'Собрание в четверг в 18:00',
    })
    const { messages } = classOf(await informing(school))!
    expect(messages).toEqual({ sent: 1, reached: 0, waiting: 1, undelivered: 0 })
  })

  it('R-7A.14 (rights and paper): a class teacher sees the own class, a teacher and a family nothing', async () => {
    const school = schools.next()
    const led = await informing(school, '', 'english', as('class-teacher'))
    expect(led.classes.map((one) => one.class)).toEqual([CLASS_7A])
    expect((await informing(school, '', 'stranger', as('class-teacher'))).classes).toEqual([])
    expect((await informing(school, '', 'head')).classes).toHaveLength(2)
    for (const login of ['mathematician', 'mother'] as const)
      expect((await school.ask(login, 'reports/informing')).status).toBe(403)
    expect(
      (await school.ask('english', `reports/informing?class=${CLASS_7B}`, as('class-teacher'))).status,
    ).toBe(403)
    const sheet = await school.seen<{ parts: Array<{ rows: string[][] }> }>(
      'deputy',
      `reports/unreached-children/sheet?from=${MONDAY}&class=${CLASS_7A}`,
    )
    expect(sheet.parts[0]!.rows).toHaveLength(3)
  })
})
