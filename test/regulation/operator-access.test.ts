import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { exportFrom } from '#main/backup/operations.ts'
import { readConfig } from '#main/config.ts'
import { historyIn } from '#main/operations.ts'
import { OPERATOR } from '#main/operator.ts'
import { recordAgreement } from '#main/school.ts'
import type { LogIn } from '#support/api.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, LESSON, PAGE } from '#support/class-7a.ts'
import { LocalDate } from '#values/time.ts'

const schools = schoolsAtWork(3, [
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
      ['2026-11-09T04:10:00.000Z', 'operator-export', 'letopis backup export ..'],
      [at, 'operator-history', `letopis history --page ${PAGE}`],
    ])
    expect(reads[1]!.pupils).toEqual([BORIS])
    expect(reads[0]!.pupils).toEqual(expect.arrayContaining([ANNA, BORIS]))
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

  it('to the head, the administrator and the auditor, and to nobody else', async () => {
    const school = schools.next()
    const may: readonly LogIn[] = ['head', 'administrator', 'auditor']
    for (const login of ['head', 'administrator', 'auditor', 'deputy', 'mathematician', 'mother'] as const) {
      const { status } = await school.ask(login, SINCE)
      expect(status, login).toBe(may.includes(login) ? 200 : 403)
    }
  })
})
