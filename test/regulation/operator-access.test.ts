import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { grantOperatorRead } from '#commands/school/grant-operator-read.ts'
import { withdrawOperatorRead } from '#commands/school/withdraw-operator-read.ts'
import { openTicket } from '#commands/support/open-ticket.ts'
import { withdrawTicket } from '#commands/support/withdraw-ticket.ts'
import { exportFrom } from '#main/backup/operations.ts'
import { readConfig } from '#main/config.ts'
import { historyIn } from '#main/operations.ts'
import { OPERATOR } from '#main/operator.ts'
import { recordAgreement } from '#main/school.ts'
import { accountOf, type LogIn } from '#support/api.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, LESSON, PAGE } from '#support/class-7a.ts'
import { LocalDate } from '#values/time.ts'

const schools = schoolsAtWork(5, [
  'mathematician',
  'head',
  'deputy',
  'auditor',
  'administrator',
  'archivist',
  'mother',
  'anna',
])

interface Access {
  readonly grants: readonly object[]
  readonly acts: ReadonlyArray<{ at: string; type: string; event: string; stream: string; command: string }>
  readonly reads: ReadonlyArray<{
    at: string
    operation: string
    what: string
    words: string
    pupils: string[]
    request: string
  }>
}

describe('R-A3.3a: what the operator does and reads in a school is shown to the school', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'letopis-operator-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const at = '2026-11-09T04:00:00.000Z'
  const SINCE = 'operator-access?since=2026-11-09T03:55:00.000Z'

  it('a history that is read past the API, an export of the events, and every record of the operator; in no other school', async () => {
    const other = schools.next()
    const school = await schools.next().at(at).recordLesson()
    const marks = { page: PAGE, lesson: LESSON, kind: 'quiz', marks: [{ pupil: BORIS, value: 5 }] }
    await school.done('mathematician', recordMarks, marks)
    await school.grid()
    const { installation } = school.api

    const cell = { school: school.name, page: PAGE, lesson: LESSON, pupil: BORIS }
    const text = 'Проверить строки страницы после сбоя'
    const until = '2026-11-09T05:00:00.000Z'
    await school.done('head', grantOperatorRead, { until, text })
    const { json } = await historyIn(installation, cell)
    expect(json).toMatchObject([{ type: 'MarkRecorded', person: BORIS }])
    school.at('2026-11-09T04:10:00.000Z')
    const copies = { folder: join(folder, 'export'), key: null }
    await exportFrom(installation, readConfig({}), copies, { school: school.name })
    const agreement = { agreement: '77/2026', from: LocalDate.parse('2026-09-01') }
    await recordAgreement(installation, { school: school.name, ...agreement })
    await school.api.shown()

    const { reads, acts } = await school.seen<Access>('head', SINCE)
    expect(reads.map(({ at, operation, words }) => [at, operation, words])).toEqual([
      ['2026-11-09T04:10:00.000Z', 'operator-export', 'letopis export ..'],
      [at, 'operator-history', `letopis history --page ${PAGE}`],
    ])
    expect(reads[1]!.pupils).toEqual([BORIS])
    expect(reads[0]!.pupils).toEqual(expect.arrayContaining([ANNA, BORIS]))
    expect((await school.seen<Access>('head', SINCE)).grants).toEqual([
      { at, account: accountOf('head'), until, text, withdrawn_at: null },
    ])
    expect(acts).toMatchObject([
      {
        at: '2026-11-09T04:10:00.000Z',
        type: 'ProcessingAgreementRecorded',
        stream: `${school.name}.school-main`,
      },
    ])
    const nobody = await other.seen<Access>('head', SINCE)
    expect([nobody.reads, nobody.acts]).toEqual([[], []])

    // The family of a child of whom it was hears of it as of any read.
    const child = await school.seen<{ reads: Array<{ role: string; what: string; account: string }> }>(
      'head',
      `pupils/${BORIS}/reads`,
    )
    expect(child.reads.filter(({ role }) => role === 'operator')).toMatchObject([
      { what: 'Оператор выгрузил события школы', account: OPERATOR.account },
      { what: 'Оператор посмотрел историю страницы журнала' },
    ])
  })

  it('R-7G.5: nothing is shown to him without the head’s word, nor after its time, nor after it was taken back', async () => {
    const school = await schools.next().at(at).recordLesson()
    await school.grid()
    const { installation } = school.api
    const looks = () => historyIn(installation, { school: school.name, page: PAGE })
    const refused = /не разрешила оператору/
    await expect(looks()).rejects.toThrow(refused)
    const text = 'Проверить строки страницы после сбоя'
    const grant = (until: string) => school.done('head', grantOperatorRead, { until, text })
    await grant('2026-11-09T04:30:00.000Z')
    school.at('2026-11-09T04:29:59.999Z')
    expect((await looks()).lines).toHaveLength(2)
    school.at('2026-11-09T04:30:00.000Z')
    await expect(looks()).rejects.toThrow(refused)
    await grant('2026-11-09T06:00:00.000Z')
    expect((await looks()).lines).toHaveLength(2)
    await school.done('head', withdrawOperatorRead, { text: 'Проверка закончена' })
    await expect(looks()).rejects.toThrow(refused)
    expect((await school.seen<Access>('auditor', SINCE)).reads).toHaveLength(2)
  })

  it('R-7G.5, R-A3.4d: whoever asks the operator for the data of an export that failed lets him write it, and read no page', async () => {
    const school = await schools.next().at(at).recordLesson()
    const { installation } = school.api
    const [{ name }, copies] = [school, { folder: join(folder, 'asked'), key: null }]
    const writes = () => exportFrom(installation, readConfig({}), copies, { school: name })
    await expect(writes()).rejects.toThrow(/не разрешила оператору/)
    const asked = { kind: 'export-failed', text: 'Выгрузка за октябрь обрывается' }
    const { events } = await school.done('head', openTicket, asked)
    await expect(historyIn(installation, { school: name, page: PAGE })).rejects.toThrow(/не разрешила/)
    expect((await writes()).lines[0]).toMatch(/^Выгружено событий: \d+/)
    const { ticket } = events[0]!.data as { ticket: string }
    await school.done('head', withdrawTicket, { ticket })
    await expect(writes()).rejects.toThrow(/не разрешила оператору/)
  })

  it('to the head, the administrator and the auditor, and to nobody else', async () => {
    const school = schools.next()
    const may: ReadonlySet<LogIn> = new Set(['head', 'administrator', 'auditor'])
    for (const login of ['head', 'administrator', 'auditor', 'deputy', 'mathematician', 'mother'] as const) {
      const { status } = await school.ask(login, SINCE)
      expect(status, login).toBe(may.has(login) ? 200 : 403)
    }
  })
})
