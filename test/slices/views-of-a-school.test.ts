import { testKeys } from '#support/person-keys.ts'
import { generateKeyPairSync } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '#api/app.ts'
import { fixedTokenKeys } from '#api/token-keys.ts'
import { rebuildReadModel } from '#api/views/rebuilds.ts'
import { VIEWS } from '#api/views/catalogue.ts'
import { DEMO_PASSWORD, DEMO_SCHOOL } from '#main/demo.ts'
import { BackupDesk } from '#main/backup/backup-desk.ts'
import { sourceOf } from '#main/backup/source.ts'
import { catchUp, type Installation, install } from '#main/installation.ts'
import { seed } from '#main/seed.ts'
import { type SyntheticSchool, synthesize } from '#main/synthetic/synthesize.ts'
import { folders, KEY, ZONE } from '#support/copies.ts'
import { testEngine } from '#support/databases.ts'
import { Instant, LocalDate, TimeZone } from '#values/time.ts'

const now = Instant.parse('2026-09-12T03:00:00.000Z')
const place = folders()
let installation: Installation
let app: FastifyInstance
let school: SyntheticSchool

// A week and a half of a whole school: enough for every view to have something to show.
beforeAll(async () => {
  const log = pino({ level: 'silent' })
  const until = LocalDate.parse('2026-09-11')
  school = synthesize({ seed: 'letopis', preset: 'S', year: 2026, until, password: DEMO_PASSWORD })
  installation = await install(await testEngine('pglite').open(), () => now, log, testKeys)
  await seed(installation.execution, DEMO_SCHOOL, [...school.commands()], () => {})
  await catchUp(installation)
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const {
    database,
    execution,
    persons,
    texts,
    credentials,
    sessions,
    attempts,
    requests,
    serviceTokens,
    projectors,
  } = installation
  const making = { source: sourceOf(installation), clock: () => now, software: 'letopis test', key: KEY }
  const backups = new BackupDesk(place.folder(), making, { days: 30, zone: ZONE }, log)
  expect(await backups.make()).toBe(true)
  app = await createApp(
    {
      database: database.kysely,
      unhurried: database.unhurried,
      withinSchool: database.withinSchool,
      execution,
      persons,
      texts,
      credentials,
      sessions,
      attempts,
      requests,
      serviceTokens,
      externalIssuer: null,
      backups,
      models: projectors,
      duties: [],
      tokenKeys: fixedTokenKeys({ private: privateKey, public: publicKey }),
      zone: TimeZone.parse('Asia/Tomsk'),
      tokenSeconds: 3_600,
      patience: 5_000,
    },
    log,
  )
}, 180_000)

afterAll(async () => {
  await app.close()
  await installation.close()
})

async function tokenOf(login: string): Promise<string> {
  const body = { school: DEMO_SCHOOL, login, password: DEMO_PASSWORD }
  return (await app.inject({ method: 'POST', url: '/v1/log-in', body })).json<{ token: string }>().token
}

async function get(login: string, path: string, role?: string): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: `Bearer ${await tokenOf(login)}`, ...(role && { 'letopis-role': role }) }
  const answer = await app.inject({ url: `/v1/schools/${DEMO_SCHOOL}/${path}`, headers })
  return { status: answer.statusCode, body: answer.json() }
}

interface ClassPlan {
  readonly curricula: readonly unknown[]
  readonly lines: ReadonlyArray<{ readonly name: string; readonly agrees: boolean }>
  readonly planned: { readonly total: number }
  readonly scheduled: { readonly least: number; readonly most: number }
}

/** What a period has only when it ends. */
const AT_THE_END = new Set(['finals', 'postponements', 'missing', 'behind', 'differences'])

describe('the views of a school that has lived a week and a half', () => {
  it('answer as the API document says, each of them', async () => {
    const [lesson] = school.unrecorded
    const { page, journal, class: unit } = lesson!
    const pupil = school.people.pupil.person
    const grid = (await get('deputy', `pages/${page}`)).body as {
      cells: Array<{ lesson: string; pupil: string }>
    }
    const cell = grid.cells[0]!
    const imported = await app.inject({
      method: 'POST',
      url: `/v1/schools/${DEMO_SCHOOL}/imports/subjects?dryRun`,
      headers: { authorization: `Bearer ${await tokenOf('deputy')}`, 'content-type': 'text/csv' },
      payload: 'externalId;name;component\nx;;school\n',
    })
    const issued = await app.inject({
      method: 'POST',
      url: `/v1/schools/${DEMO_SCHOOL}/service-tokens/${pupil}/issue-service-token`,
      headers: { authorization: `Bearer ${await tokenOf('admin')}` },
      payload: { system: 'Региональная система', sets: ['calendar'] },
    })
    expect(issued.statusCode).toBe(201)
    // What a school that was made up so far had no need of: a day without lessons, and a Saturday with some.
    const headers = { authorization: `Bearer ${await tokenOf('deputy')}`, 'letopis-role': 'deputy' }
    for (const [command, payload] of [
      ['timetable/cancel-lessons', { date: '2026-09-14', classes: [unit], reason: 'Актированный день' }],
      ['add-school-day', { date: '2026-09-19' }],
    ] as const) {
      const url = `/v1/schools/${DEMO_SCHOOL}/years/2026/${command}`
      const given = await app.inject({ method: 'POST', url, headers, payload })
      expect(given.statusCode, command).toBe(201)
    }
    await catchUp(installation)
    const asked: Readonly<Record<string, readonly [login: string, path: string]>> = {
      'who-am-i': ['parent', 'me'],
      'accountable-persons': ['parent', 'accountable'],
      'held-rights': ['teacher', 'rights'],
      'about-school': ['parent', 'about'],
      'school-year-calendar': ['pupil', 'years/2026'],
      readiness: ['deputy', 'years/2026/readiness'],
      'room-list': ['deputy', 'rooms'],
      'policy-in-force': ['teacher', 'policy'],
      'grading-systems': ['teacher', 'policy/gradings'],
      'journal-list': ['deputy', 'years/2026/journals'],
      'unit-list': ['admin', 'years/2026/units'],
      'member-list': ['deputy', `units/${unit}/members`],
      'lesson-list': ['deputy', 'lessons?from=2026-09-07&until=2026-09-11'],
      'timetable-register': ['deputy', 'timetable/changes?since=2026-09-01&until=2026-09-30'],
      'substitutions-at-entry': ['deputy', 'timetable/substitutions-at-entry?from=2026-09-01'],
      'timetable-conflicts': ['admin', 'timetable/conflicts?from=2026-09-07'],
      'teaching-hours': ['head', 'teaching-hours?from=2026-09-07'],
      'timeliness-report': ['head', 'reports/timeliness?from=2026-09-07'],
      'attainment-report': ['deputy', `reports/attainment?unit=${unit}&period=q1`],
      'missed-lessons-report': [
        'parent',
        `reports/missed-lessons?pupil=${pupil}&from=2026-09-01&until=2026-09-11`,
      ],
      'unsatisfactory-marks-report': [
        'parent',
        `reports/unsatisfactory-marks?pupil=${pupil}&from=2026-09-01&until=2026-09-11`,
      ],
      'page-list': ['auditor', `years/2026/pages?journal=${journal}`],
      'class-journal-grid': ['deputy', `pages/${page}`],
      'pupil-diary-week': ['parent', `pupils/${pupil}/diary?from=2026-09-07`],
      'final-proposals': ['teacher', `pages/${page}/final-proposals`],
      'summary-sheet': ['deputy', `summaries/${unit}?period=q1`],
      'summary-check': ['auditor', `summaries/${unit}/check`],
      'pupil-finals': ['parent', `pupils/${pupil}/finals?year=2026`],
      'cell-history': ['auditor', `pages/${page}/lessons/${cell.lesson}/pupils/${cell.pupil}/history`],
      'page-history': ['head', `pages/${page}/history?limit=50`],
      'audit-trail': ['auditor', 'audit-trail?limit=500'],
      'correction-register': ['auditor', 'corrections'],
      'request-register': ['admin', 'requests'],
      'read-model-status': ['admin', 'read-models'],
      'rebuild-list': ['admin', 'read-models/class-journal/rebuilds'],
      'backup-list': ['head', 'backups'],
      'person-list': ['head', 'people/pupils'],
      'curriculum-list': ['deputy', 'years/2026/curricula'],
      'class-curriculum': ['deputy', `units/${unit}/curriculum`],
      'topic-plan-list': ['deputy', 'years/2026/topic-plans'],
      'topic-plan': ['deputy', `years/2026/topic-plans/${journal}`],
      'test-schedule': ['deputy', 'years/2026/tests'],
      'pupil-tests': ['parent', `pupils/${pupil}/tests?since=2026-09-01&until=2027-05-25`],
      'movement-register': ['auditor', 'movements?since=2026-09-01&until=2026-09-30'],
      'own-sessions': ['teacher', 'me/sessions'],
      'export-list': ['deputy', 'exports/representatives?format=json'],
      'import-status': ['deputy', `imports/subjects/${imported.json<{ import: string }>().import}`],
      'service-token-list': ['admin', 'service-tokens'],
      'account-sessions': ['admin', `accounts/${school.people.pupil.account}/sessions`],
    }
    expect([...Object.keys(asked), 'export-oneroster'].toSorted()).toEqual(
      VIEWS.map(({ name }) => name).toSorted(),
    )
    // A file, which a test of its own reads (test/api/oneroster.test.ts).
    for (const view of VIEWS.filter(({ name }) => name !== 'export-oneroster')) {
      const { status, body } = await get(...asked[view.name]!)
      expect({ view: view.name, status }).toEqual({ view: view.name, status: 200 })
      expect(view.reply.safeParse(body).error ?? null, view.name).toBeNull()
      // What parses must not be nothing: an empty list would prove no shape.
      const lists = Object.entries(body as object)
        .filter(([name, value]) => Array.isArray(value) && !AT_THE_END.has(name))
        .map(([, value]) => value as unknown[])
      const mayBeEmpty = [
        'who-am-i',
        'rebuild-list',
        'missed-lessons-report',
        'unsatisfactory-marks-report',
        'pupil-diary-week',
        'substitutions-at-entry',
        'timetable-conflicts',
        'topic-plan',
      ].includes(view.name)
      if (!mayBeEmpty) for (const list of lists) expect(list, view.name).not.toHaveLength(0)
    }
  })

  it('show a timetable that gives every pupil the weekly hours of the curriculum (DOMAIN.md G.3)', async () => {
    const { body: listed } = await get('deputy', 'years/2026/units')
    const { units } = listed as { units: Array<{ unit: string; kind: string; grade: number }> }
    const classes = units.filter(({ kind }) => kind === 'class').toSorted((a, b) => a.grade - b.grade)
    const hours = [21, 23, 23, 23, 29, 30, 32, 33, 33, 34, 34]
    for (const [i, { unit, grade }] of classes.entries()) {
      const { body } = await get('deputy', `units/${unit}/curriculum`)
      const { plans } = body as { plans: ClassPlan[] }
      expect(plans, `grade ${grade}`).toHaveLength(1)
      const [plan] = plans as [ClassPlan]
      expect(plan.curricula).toHaveLength(1)
      expect(plan.planned.total).toBe(hours[i])
      expect(plan.scheduled).toEqual({ least: hours[i], most: hours[i] })
      // Half an hour of grade 9 goes from history to the school's own part in the second half of the year.
      const differing = plan.lines.filter(({ agrees }) => !agrees).map(({ name }) => name)
      expect(differing).toEqual(grade === 9 ? ['История', 'Профориентация'] : [])
    }
    expect(classes).toHaveLength(hours.length)
  })

  it('show that the lessons of a week and a half were given by the plan', async () => {
    const { body } = await get('head', 'years/2026/topic-plans')
    const { journals } = body as {
      journals: Array<{ name: string; due: number; given: number; off_plan: number }>
    }
    const recorded = school.life.filter(({ command }) => command.name === 'record-lesson')
    expect(recorded.length).toBeGreaterThan(500)
    expect(journals.reduce((sum, { given }) => sum + given, 0)).toBe(recorded.length)
    // What the visitor is to record is due.
    const due = journals.reduce((sum, journal) => sum + journal.due, 0)
    expect(due).toBeGreaterThanOrEqual(recorded.length + school.unrecorded.length)
    expect(journals.filter(({ given, due, off_plan }) => given > due || off_plan > 0)).toEqual([])
  })

  it('start a rebuild and tell how it went', async () => {
    const headers = { authorization: `Bearer ${await tokenOf('admin')}` }
    const url = `/v1/schools/${DEMO_SCHOOL}/read-models/pupil-diary/rebuild`
    const answer = await app.inject({ method: 'POST', url, headers })
    expect(answer.statusCode).toBe(202)
    expect(rebuildReadModel.reply.safeParse(answer.json()).success).toBe(true)
    await expect
      .poll(async () => (await get('admin', 'read-models/pupil-diary/rebuilds')).body, { timeout: 30_000 })
      .toMatchObject({ rebuilds: [{ running: false, report: { tables: expect.any(Array) } }] })
    const { body } = await get('admin', 'read-models/pupil-diary/rebuilds')
    const view = VIEWS.find(({ name }) => name === 'rebuild-list')!
    expect(view.reply.safeParse(body).error ?? null).toBeNull()
    const { rebuilds } = body as {
      rebuilds: Array<{ report: { tables: Array<{ differing: number; rows: { live: number } }> } }>
    }
    for (const { differing, rows } of rebuilds[0]!.report.tables) {
      expect(rows.live).toBeGreaterThan(0)
      expect(differing).toBe(0)
    }
  })
})
