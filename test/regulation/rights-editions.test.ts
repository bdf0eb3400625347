import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Execution, execute } from '#commands/execute.ts'
import { noteRightsEdition } from '#commands/school/note-rights-edition.ts'
import { noteRights } from '#main/rights-edition.ts'
import { streamName } from '#events/stream-name.ts'
import { digestOfRights, RIGHTS_COLUMNS, RIGHTS_TABLE } from '#values/rights.ts'
import { RIGHTS_EDITION, RIGHTS_EDITIONS } from '#values/rights-editions.ts'
import { Role } from '#values/role.ts'
import { Instant } from '#values/time.ts'
import { type Api, beforehand, expectProblem, IN_ROLE, openApi, OTHER_SCHOOL } from '#support/api.ts'
import { actor, id, past } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { given, SCHOOL } from '#support/spec.ts'
import { processingRecord } from '../../scripts/processing-record.ts'
import { ROOT } from '../../scripts/rule-sources.ts'

const as = actor('operator', id('operator'))
const from = '2026-11-08T20:00:00.000Z'
const now = '2026-11-09T03:00:00.000Z'
/** The edition of an older release: one row, of two roles. */
const older = past('school', 'main', {
  type: 'RightsEditionApplied',
  data: {
    edition: 1,
    digest: 'a'.repeat(64),
    from: Instant.parse('2026-09-01T00:00:00.000Z'),
    roles: ['head', 'teacher'],
    rows: [{ operation: '4', name: 'Выставить отметку', cells: '· W°', bySwitch: ['class-teacher'] }],
  },
})

describe('R-2.1: the matrix of rights has editions', () => {
  it('a matrix that differs is another edition, with its line here and in the changelog', () => {
    const digest = digestOfRights(RIGHTS_COLUMNS, RIGHTS_TABLE)
    expect(
      RIGHTS_EDITION.digest,
      'the matrix of rights was changed: say in src/values/rights-editions.ts which edition it is',
    ).toBe(digest)
    expect(RIGHTS_EDITIONS.map(({ edition }) => edition)).toEqual(RIGHTS_EDITIONS.map((_, i) => i + 1))
    expect(new Set(RIGHTS_EDITIONS.map(({ digest }) => digest)).size).toBe(RIGHTS_EDITIONS.length)
    const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')
    for (const { edition } of RIGHTS_EDITIONS)
      expect(changelog).toMatch(new RegExp(`matrix of rights, edition ${edition}\\b`))
  })

  it('any cell, any switch and any row makes another digest, and nothing else does', () => {
    const digest = digestOfRights(RIGHTS_COLUMNS, RIGHTS_TABLE)
    const [first, ...others] = RIGHTS_TABLE
    const changed = [
      RIGHTS_TABLE.slice(1),
      [{ ...first!, cells: first!.cells.replace('·', 'R') }, ...others],
      [{ ...first!, bySwitch: ['class-teacher'] as const }, ...others],
      [{ ...first!, name: `${first!.name} и подписать` }, ...others],
      [...others, first!],
    ].map((rows) => digestOfRights(RIGHTS_COLUMNS, rows))
    expect(new Set([digest, ...changed]).size).toBe(6)
    expect(digestOfRights(RIGHTS_COLUMNS.toReversed(), RIGHTS_TABLE)).not.toBe(digest)
    expect(digestOfRights([...RIGHTS_COLUMNS], structuredClone(RIGHTS_TABLE))).toBe(digest)
  })

  it('the record of processing, which shows a part of the matrix, says of which edition', () => {
    const { edition, digest } = RIGHTS_EDITION
    expect(processingRecord()).toContain(`редакция ${edition} (SHA-256 \`${digest}\`)`)
  })
})

describe('note-rights-edition', () => {
  it('R-2.1: records the matrix whole, once, and again when another one was in force meanwhile', () => {
    given()
      .when(noteRightsEdition, { from }, { as, now })
      .records({
        type: 'RightsEditionApplied',
        data: {
          edition: RIGHTS_EDITION.edition,
          digest: RIGHTS_EDITION.digest,
          from: Instant.parse(from),
          roles: [...RIGHTS_COLUMNS],
          rows: RIGHTS_TABLE.map((row) => ({ ...row, bySwitch: [...row.bySwitch] })),
        },
      })
    const applied = past('school', 'main', {
      type: 'RightsEditionApplied',
      data: { ...older.event.data, digest: RIGHTS_EDITION.digest, from: Instant.parse(from) },
    } as never)
    given(older).when(noteRightsEdition, { from }, { as, now }).records('RightsEditionApplied')
    given(older, applied).when(noteRightsEdition, { from }, { as, now }).refuses('same-value', { from })
    given(applied, older).when(noteRightsEdition, { from }, { as, now }).records('RightsEditionApplied')
  })

  it.each(Role.options.filter((role) => role !== 'operator'))('is not given by a %s', async (role) => {
    const asked = { school: SCHOOL, actor: actor(role, id('somebody')), id: id('command') }
    // Refused before anything is looked at.
    const nothing = {} as Execution
    const input = { from: Instant.parse(from) }
    expect(await execute(nothing, noteRightsEdition, { ...asked, input })).toMatchObject({
      refused: 'role-not-permitted',
    })
  })
})

interface Shown {
  readonly matrix: {
    readonly edition: number
    readonly digest: string
    readonly roles: ReadonlyArray<{ role: Role; name: string }>
    readonly rows: ReadonlyArray<{ operation: string; name: string; cells: string[]; by_switch: Role[] }>
  } | null
  readonly applied: ReadonlyArray<{ edition: number; digest: string; from: string; recorded_at: string }>
  readonly editions: ReadonlyArray<{ edition: number; digest: string; changes: string }>
}

describe('R-2.1, R-D1: by which edition of the matrix people were let in', () => {
  const engine = testEngine('pglite')
  let api: Api
  beforeAll(async () => {
    api = await openApi(engine, { schools: [SCHOOL, OTHER_SCHOOL], history: [...beforehand, older] })
  })
  afterAll(() => api.close())

  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const parts = () => ({ installation: api.installation, since: Instant.parse(from), log })
  const shown = async (query = '', school = SCHOOL): Promise<Shown> => {
    const answer = await (await api.as('auditor', school)).get<Shown>(`rights/matrix${query}`)
    expect(answer.status).toBe(200)
    return answer.body
  }

  it('shows the matrix as it is kept, so that its digest can be computed from what is shown', async () => {
    const { matrix, editions } = await shown()
    const rows = matrix!.rows.map(({ cells, by_switch: bySwitch, ...row }) => ({
      ...row,
      cells: cells.join(' '),
      bySwitch,
    }))
    const columns = matrix!.roles.map(({ role }) => role)
    expect(digestOfRights(columns, rows)).toBe(matrix!.digest)
    expect(editions.at(-1)).toEqual(RIGHTS_EDITION)
    const teacher = columns.indexOf('teacher')
    const marks = matrix!.rows.find(({ operation }) => operation === '4')!
    expect([marks.cells[teacher], marks.by_switch]).toEqual(['W°', ['class-teacher']])
    const own = (await (await api.as('mathematician')).get<{ edition: number }>('rights')).body
    expect(own.edition).toBe(matrix!.edition)
  })

  it('the service notes it in every school, once, whoever does', async () => {
    expect((await shown()).applied).toHaveLength(1)
    await Promise.all([noteRights(parts()), noteRights(parts())])
    await noteRights(parts())
    const { edition, digest } = RIGHTS_EDITION
    for (const school of [SCHOOL, OTHER_SCHOOL]) {
      const { applied } = await shown('', school)
      expect(applied).toHaveLength(2)
      expect(applied[1]).toEqual({ edition, digest, from, recorded_at: api.now() })
      expect(await api.events(streamName(school, 'school', 'main'))).toHaveLength(2)
    }
  })

  it('an auditor sees the matrix that held at any instant, also one of a release that is gone', async () => {
    const at = (instant: string) => shown(`?at=${instant}`)
    expect((await at('2026-08-31T23:59:59.999Z')).matrix).toBe(null)
    expect((await at('2026-11-08T19:59:59.999Z')).matrix).toEqual({
      edition: 1,
      digest: 'a'.repeat(64),
      roles: [
        { role: 'head', name: 'руководитель' },
        { role: 'teacher', name: 'учитель-предметник' },
      ],
      rows: [{ operation: '4', name: 'Выставить отметку', cells: ['·', 'W°'], by_switch: ['class-teacher'] }],
    })
    expect((await at(from)).matrix).toEqual((await shown()).matrix)
  })

  it('it is for those who answer for rights, and no family', async () => {
    for (const [role, login] of Object.entries(IN_ROLE)) {
      const answer = await (await api.as(login)).get('rights/matrix', { 'letopis-role': role })
      if (['head', 'deputy', 'system-administrator', 'auditor'].includes(role))
        expect(answer.status).toBe(200)
      else expectProblem(answer, 'role-not-permitted')
    }
  })
})
