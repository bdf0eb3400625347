import { describe, expect, it } from 'vitest'
import { COMMANDS } from '#commands/catalogue.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { query } from '#events/store/sql.ts'
import type { LoggedRequest } from '#api/request-log.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { schemaOf } from '#projections/read-model.ts'
import { rebuild } from '#projections/rebuild.ts'
import { schoolDirectory } from '#projections/school-directory/projection.ts'
import { schoolPlan } from '#projections/school-plan/projection.ts'
import { summarySheet } from '#projections/summary-sheet/projection.ts'
import { mayAct } from '#values/rights.ts'
import { accountOf, MORNING } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, CLASS_7A, id, LESSON, PAGE } from '#support/class-7a.ts'
import { BEFORE_LIFE, IN_ANOTHER_LIFE, WHOLE_LIFE } from '#support/whole-life.ts'
import { classJournal } from '#projections/class-journal/projection.ts'
import { pupilDiary } from '#projections/pupil-diary/projection.ts'

const SUMMARY = schemaOf(summarySheet)
const JOURNAL = schemaOf(classJournal)
const DIARY = schemaOf(pupilDiary)

const DIRECTORY = schemaOf(schoolDirectory)
const PLAN = schemaOf(schoolPlan)
const schools = schoolsAtWork(
  5,
  [
    'administrator',
    'head',
    'deputy',
    'mathematician',
    'english',
    'stranger',
    'auditor',
    'archivist',
    'mother',
  ],
  BEFORE_LIFE,
)

/**
 * Gives every command of the catalogue, a second apart, as a client that says what it is. A service token has
 * a number of its own in each school: one number is one secret in the whole installation.
 */
async function lived(): Promise<{ school: SchoolAtWork; before: number }> {
  const school = schools.next()
  const before = (await school.log()).length
  for (const [i, { login, command, input, headers }] of WHOLE_LIFE.entries()) {
    school.at(new Date(Date.parse(MORNING) + i * 1_000).toISOString())
    const given = 'token' in input ? { ...input, token: id(`service token of ${school.name}`) } : input
    await school.done(login, command, given, { ...headers, 'user-agent': 'Журнал/7' })
  }
  return { school, before }
}

const requests = async (school: SchoolAtWork, filter = ''): Promise<LoggedRequest[]> =>
  (await school.seen<{ requests: LoggedRequest[] }>('auditor', `requests?limit=500${filter}`)).requests

describe('R-F8: every change of state', () => {
  it('has author, role, time of the server, school, request and source address', async () => {
    expect(new Set([...WHOLE_LIFE.map(({ command }) => command), ...IN_ANOTHER_LIFE])).toEqual(
      new Set(COMMANDS),
    )
    const { school, before } = await lived()
    const written = (await school.log()).slice(before)
    const noted = new Map<unknown, LoggedRequest>(
      (await requests(school)).map((request) => [request.request, request]),
    )

    for (const [i, { login, command, id }] of WHOLE_LIFE.entries()) {
      const made = written.filter(({ meta }) => meta['cmd'] === id)
      expect(made.length, command.name).toBeGreaterThan(0)
      for (const { meta } of made) {
        const at = new Date(Date.parse(MORNING) + i * 1_000).toISOString()
        expect(meta).toMatchObject({ by: accountOf(login), at, school: school.name })
        expect(mayAct(command.operation) as readonly unknown[]).toContain(meta['role'])
        expect(noted.get(meta['corr']), command.name).toMatchObject({
          account: accountOf(login),
          role: meta['role'],
          at,
          school: school.name,
          operation: command.name,
          command: id,
          address: '127.0.0.1',
          agent: 'Журнал/7',
          status: 201,
          problem: null,
        })
      }
    }
  })

  it('leaves its events and its lines of the audit, no more and no fewer, for every command there is', async () => {
    const { school, before } = await lived()
    const written = (await school.log()).slice(before)
    const lines = await school.lines('audit-trail?limit=500', 'auditor')
    for (const { command, id, events, lines: expected } of WHOLE_LIFE) {
      expect(
        written.filter(({ meta }) => meta['cmd'] === id),
        command.name,
      ).toHaveLength(events)
      expect(
        lines.filter((line) => line.command === id),
        command.name,
      ).toHaveLength(expected)
    }
    expect(written).toHaveLength(WHOLE_LIFE.reduce((sum, { events }) => sum + events, 0))
    const ofAccounts = lines.filter(({ role }) => role === 'operator')
    const given = WHOLE_LIFE.reduce((sum, step) => sum + step.lines, 0)
    expect(lines).toHaveLength(given + ofAccounts.length + BEFORE_LIFE.length)
    // Nothing that the log holds is missing from the audit.
    expect(new Set(lines.map(({ event }) => event))).toEqual(
      new Set((await school.log()).map(({ id }) => id)),
    )
  })

  it('that goes past the log is found, in every read model, and undone by the log', async () => {
    const { school } = await lived()
    const { database, execution } = school.api.installation
    const parts = { store: execution.store, database: database.kysely, clock: execution.clock }
    const own = `school = '${school.name}'`
    const mutations: Readonly<Record<string, readonly string[]>> = {
      'class-journal': [
        `update ${JOURNAL}.cell set marks = jsonb_set(marks, '{0,value}', '2') where ${own} and pupil = '${ANNA}'`,
        `update ${JOURNAL}.lesson set topic = 'Другая тема' where ${own}`,
        `delete from ${JOURNAL}.work where ${own}`,
      ],
      'pupil-diary': [
        `update ${DIARY}.entry set marks = jsonb_set(marks, '{0,value}', '2') where ${own} and pupil = '${ANNA}'`,
      ],
      'summary-sheet': [
        `update ${SUMMARY}.final set value = '2' where ${own}`,
        `update ${SUMMARY}.page set closed_at = null where ${own} and closed_at is not null`,
        `delete from ${SUMMARY}.postponement where ${own}`,
        `update ${SUMMARY}.decision set decision = 'repeats' where ${own}`,
      ],
      'audit-trail': [
        `update audit_trail_v2.line set account = '${accountOf('stranger')}' where ${own} and type = 'MarkCorrected'`,
        `delete from audit_trail_v2.line where ${own} and type = 'MarkWithdrawn'`,
      ],
      'school-directory': [
        `update ${DIRECTORY}.member set spans = '[]' where ${own} and unit = '${CLASS_7A}' and pupil = '${BORIS}'`,
        `insert into ${DIRECTORY}.account values ('${school.name}', '${school.name}.access-x', '${LESSON}', '${ANNA}')`,
      ],
      'archive-register': [
        `update archive_register_v2.package set accepted_at = null where ${own} and accepted_at is not null`,
        `update archive_register_v2.print_set set sheets = 1 where ${own}`,
      ],
      messages: [
        `update messages_v2.message set account = '${accountOf('stranger')}' where ${own}`,
        `update messages_v2.recipient set open = false where ${own}`,
        `update messages_v2.contact set confirmed_at = null where ${own} and confirmed_at is not null`,
      ],
      'mark-disputes': [`update mark_disputes_v2.dispute set role = 'head' where ${own}`],
      'paper-differences': [`update paper_differences.difference set state = 'fixed' where ${own}`],
      printouts: [
        `insert into printouts.printout (school, stream, printout, template, digest) values ('${school.name}', '${school.name}.printout-x', '${LESSON}', 'pupil-extract/1', '')`,
      ],
      'record-checks': [
        `insert into record_checks.record_check (school, stream, date, records) values ('${school.name}', '${school.name}.school-x', '2026-11-09', 1)`,
      ],
      'school-plan': [
        `update ${PLAN}.curriculum set lines = '[]' where ${own}`,
        `update ${PLAN}.topic_plan set approved_at = null where ${own}`,
        `update ${PLAN}.test set cancelled = false where ${own}`,
      ],
    }
    expect(Object.keys(mutations).toSorted()).toEqual(READ_MODELS.map(({ name }) => name).toSorted())
    const shown = async () => [
      await school.grid(),
      await school.diary(ANNA, '2026-11-09'),
      await school.lines('audit-trail?limit=500'),
    ]
    const right = await shown()
    for (const model of READ_MODELS) {
      const untouched = await rebuild(model, school.name, parts)
      expect(
        untouched.tables.map(({ differing }) => differing),
        model.name,
      ).toEqual(untouched.tables.map(() => 0))
      for (const mutation of mutations[model.name]!) {
        await query(database.kysely, mutation)
        const { tables } = await rebuild(model, school.name, parts)
        expect(
          tables.reduce((sum, { differing }) => sum + differing, 0),
          mutation,
        ).toBeGreaterThan(0)
        const again = await rebuild(model, school.name, parts)
        expect(
          again.tables.reduce((sum, { differing }) => sum + differing, 0),
          mutation,
        ).toBe(0)
      }
    }
    expect(await shown()).toEqual(right)
    for (const statement of ["update log.event set canonical = '{}'", 'delete from log.event'])
      await expect(query(database.kysely, statement)).rejects.toThrow('append-only')
  })

  it('is found by actor, pupil, journal, period and kind', async () => {
    const { school } = await lived()
    const all = (await school.lines('audit-trail?limit=500')).toReversed()
    const found = async (filter: string) =>
      (await school.lines(`audit-trail?limit=500&${filter}`)).toReversed().map(({ event }) => event)
    const among = (is: (line: (typeof all)[number]) => boolean): string[] => {
      const expected = all.filter((line) => is(line)).map(({ event }) => event)
      expect(expected.length).toBeGreaterThan(0)
      expect(expected.length).toBeLessThan(all.length)
      return expected
    }
    const english = accountOf('english')
    expect(await found(`account=${english}`)).toEqual(among(({ account }) => account === english))
    expect(await found(`person=${ANNA}`)).toEqual(among(({ person }) => person === ANNA))
    const onPage = among(({ stream }) => stream.includes('journalPage'))
    expect(await found(`journal=${ALGEBRA}`)).toEqual(onPage)
    for (const quarter of ['q1', 'q2'])
      expect(await found(`period=${quarter}`)).toEqual(among(({ period }) => period === quarter))
    expect(await found('period=q3')).toEqual([])
    const [since, before] = [all.at(-20)!.at, all.at(-10)!.at]
    expect(await found(`since=${since}&before=${before}`)).toEqual(
      among(({ at }) => since <= at && at < before),
    )
    expect(await found('type=AttendanceTaken')).toEqual(among(({ type }) => type === 'AttendanceTaken'))
    const mathematician = accountOf('mathematician')
    expect(await found(`account=${mathematician}&person=${BORIS}&type=MarkRecorded`)).toEqual(
      among(
        ({ account, person, type }) =>
          account === mathematician && person === BORIS && type === 'MarkRecorded',
      ),
    )
  })

  it('that fails or is denied is logged with its author, address and reason', async () => {
    const { school } = await lived()
    const before = await school.log()
    const mark = { page: PAGE, lesson: LESSON, kind: 'test', marks: [{ pupil: ANNA, value: 5 }] }
    const tried = [
      [await school.give('mathematician', recordMarks, mark), 409, 'mark-exists', 'mathematician'],
      [
        await school.give('mathematician', recordMarks, { ...mark, kind: 'essay' }),
        422,
        'kind-of-work-unknown',
        'mathematician',
      ],
      [
        await school.give('mathematician', recordMarks, { ...mark, marks: [] }),
        400,
        'malformed-request',
        'mathematician',
      ],
      [await school.give('mother', recordMarks, mark), 403, 'role-not-permitted', 'mother'],
      [await school.give('stranger', recordMarks, mark), 403, 'journal-not-taught', 'stranger'],
      [await school.ask('stranger', `pages/${PAGE}`), 403, 'class-not-led', 'stranger'],
      [await school.ask('mother', `pupils/${BORIS}/diary`), 403, 'diary-not-yours', 'mother'],
      [await school.ask('mother', 'audit-trail'), 403, 'role-not-permitted', 'mother'],
    ] as const
    for (const [{ status, body }, expected, reason, login] of tried) {
      expect({ status, reason: body.reason }).toEqual({ status: expected, reason })
      const [noted] = await requests(school, `&request=${(body as { instance?: string }).instance}`)
      expect(noted).toMatchObject({
        account: accountOf(login),
        address: '127.0.0.1',
        status,
        problem: reason,
        school: school.name,
      })
    }
    // Nobody is logged in: there is no author to name, but the attempt is there.
    const url = `/v1/schools/${school.name}/pages/${PAGE}/record-marks`
    const { page: _, ...payload } = mark
    expect(await school.api.send({ method: 'POST', url, payload })).toMatchObject({ status: 401 })
    const wrong = { school: school.name, login: 'mathematician', password: 'не помню' }
    expect(await school.api.send({ method: 'POST', url: '/v1/log-in', payload: wrong })).toMatchObject({
      status: 401,
    })
    expect(await requests(school, '&problem=unauthenticated')).toMatchObject([{ account: null, status: 401 }])
    expect(await requests(school, '&problem=login-failed')).toMatchObject([
      { operation: 'log-in', status: 401 },
    ])
    expect(await school.log()).toEqual(before)
    expect(
      (await requests(school, `&account=${accountOf('stranger')}`)).map(({ problem }) => problem),
    ).toContain('journal-not-taught')
  })
})
