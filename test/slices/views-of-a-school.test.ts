import { testKeys } from '#support/person-keys.ts'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '#api/app.ts'
import { Pasts } from '#api/past.ts'
import { fixedTokenKeys } from '#api/token-keys.ts'
import { rebuildReadModel } from '#api/views/rebuilds.ts'
import { VIEWS } from '#api/views/catalogue.ts'
import { DEMO_PASSWORD, DEMO_SCHOOL } from '#main/demo.ts'
import { openInMemory } from '#main/database.ts'
import { BackupDesk } from '#main/backup/backup-desk.ts'
import { sourceOf } from '#main/backup/source.ts'
import { catchUp, type Installation, install, servedBy } from '#main/installation.ts'
import { seed } from '#main/seed.ts'
import { type SyntheticSchool, synthesize } from '#main/synthetic/synthesize.ts'
import { folders, KEY, ZONE } from '#support/copies.ts'
import { testEngine } from '#support/databases.ts'
import { STARTING_POLICY } from '#values/policy.ts'
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
  const making = { source: sourceOf(installation), clock: () => now, software: 'letopis test', key: KEY }
  const backups = new BackupDesk(place.folder(), making, { days: 30, zone: ZONE }, log)
  expect(await backups.make()).toBe(true)
  app = await createApp(
    {
      ...servedBy(installation),
      externalIssuer: null,
      backups,
      packages: null,
      models: installation.projectors,
      pasts: new Pasts(openInMemory),
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

/** What is answered as a file, which tests of their own read (test/api/oneroster.test.ts, test/regulation/prints.test.ts). */
const FILES = [
  // A package is made where the log is sealed: test/regulation/archive.test.ts.
  'package-in-register',
  'package-job',
  // So is a report where one is released: test/regulation/released-reports.test.ts.
  'released-report',
  'export-oneroster',
  'print-page',
  'print-blank-page',
  'print-summary',
  'print-diary',
  'print-attendance',
  'print-substitutions',
  'print-erasure-act',
]

/** What a period has only when it ends. */
const AT_THE_END = new Set(['finals', 'postponements', 'missing', 'behind', 'differences'])

/** What somebody has only on an occasion: shown whole in the tests of each. */
const ON_OCCASION = new Set([
  // Pupils without a representative.
  'unreached',
  'excused',
  'assessments',
  'remarks',
  'exemptions',
  'credits',
  'attestations',
  'forms',
])

describe('the views of a school that has lived a week and a half', () => {
  it('R-A3.2d (part: that each answers; how soon is measured by the benchmark): answer as the API document says, each of them', async () => {
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
    const down = { from: '2026-09-08T02:00:00.000Z', until: '2026-09-08T09:00:00.000Z' }
    const order = { number: '17', date: '2026-09-09' }
    for (const [command, payload] of [
      [
        'years/2026/timetable/cancel-lessons',
        { date: '2026-09-14', classes: [unit], reason: 'Актированный день' },
      ],
      ['years/2026/add-school-day', { date: '2026-09-19' }],
      [
        'years/2026/set-school-week',
        { effectiveFrom: '2026-10-01', units: [unit], schoolDays: [1, 2, 3, 4, 5, 6] },
      ],
      ['outages/register-outage', { ...down, text: 'Не было связи с сервером', order }],
      ['roster/declare-pilot', { class: unit, from: '2026-09-01', until: '2026-09-07', order }],
    ] as const) {
      const url = `/v1/schools/${DEMO_SCHOOL}/${command}`
      const given = await app.inject({ method: 'POST', url, headers, payload })
      expect(given.statusCode, command).toBe(201)
    }
    // And an exam outside the lessons, which the summary sheet is to show.
    const policy = { ...STARTING_POLICY, assessmentsInSummary: ['exam'] }
    const exam = { date: '2026-09-12', kind: 'exam', name: 'Входная аттестация' }
    const asTeacher = { authorization: `Bearer ${await tokenOf('teacher')}`, 'letopis-role': 'teacher' }
    const days = { from: '2026-09-07', until: '2026-09-11', document: { number: null, date: '2026-09-05' } }
    for (const [path, payload, by = headers] of [
      ['policy/adopt-policy', { effectiveFrom: '2026-09-12', policy }],
      [`pages/${page}/exempt-from-practice`, { pupil: cell.pupil, ...days }],
      [
        `pages/${page}/add-remark`,
        { kind: 'recommendation', pupil: null, text: 'Повторить главу' },
        asTeacher,
      ],
      [`pages/${page}/record-assessment`, { ...exam, marks: [{ pupil: cell.pupil, value: 5 }] }],
    ] as const) {
      const given = await app.inject({
        method: 'POST',
        url: `/v1/schools/${DEMO_SCHOOL}/${path}`,
        headers: by,
        payload,
      })
      expect(given.statusCode, given.body).toBe(201)
    }
    const extract = await app.inject({
      method: 'POST',
      url: `/v1/schools/${DEMO_SCHOOL}/pupils/${pupil}/extract`,
      headers,
    })
    expect(extract.statusCode).toBe(201)
    const { journals } = (await get('deputy', 'years/2026/journals')).body as {
      journals: Array<{ subject: string; teachers: Array<{ staff: string }> }>
    }
    const [{ subject, teachers }] = journals as [(typeof journals)[number]]
    const paper = { number: '41', date: '2026-09-10' }
    for (const of of new Set([pupil, cell.pupil])) {
      const final = { subject, period: 'q1', value: 5 }
      for (const [command, payload] of [
        ['correct-person-name', { person: of, name: { family: 'Ким', given: 'Вера' }, reason: 'mistyped' }],
        ['credit-finals', { pupil: of, year: 2026, issuedBy: 'Школа', document: paper, finals: [final] }],
        [
          'record-attestation',
          {
            pupil: of,
            year: 2026,
            subject,
            stage: 'intermediate',
            date: '2026-09-10',
            commission: [teachers[0]!.staff],
            protocol: paper,
            value: 4,
          },
        ],
        ['set-form-of-education', { pupil: of, form: 'family', from: '2026-09-10', order: paper }],
      ] as const) {
        const url = `/v1/schools/${DEMO_SCHOOL}/roster/${command}`
        const given = await app.inject({ method: 'POST', url, headers, payload })
        expect(given.statusCode, command).toBe(201)
      }
    }
    // And a breach that nobody had: reported, and nothing more.
    const breach = await app.inject({
      method: 'POST',
      url: `/v1/schools/${DEMO_SCHOOL}/incidents/report-breach`,
      headers,
      payload: { account: school.people.pupil.account, learnedAt: '2026-09-10T05:00:00.000Z' },
    })
    expect(breach.statusCode).toBe(201)
    const [{ data: reported }] = breach.json<{ events: [{ data: { incident: string } }] }>().events
    const [message, mother] = [randomUUID(), school.people.parent.person]
    for (const [by, path, payload] of [
      [
        'deputy',
        `messages/${message}/send-message`,
        { to: { kind: 'pupil', pupil }, text: 'Завтра экскурсия' },
      ],
      [
        'parent',
        `family/${pupil}/contacts/${mother}/give-contact`,
        { channel: 'email', address: 'parent@example.org' },
      ],
      ['parent', `family/${pupil}/contacts/${mother}/subscribe-to-diary`, { channel: 'paper' }],
      ['parent', `pupils/${pupil}/diary/acknowledge-diary`, { week: '2026-09-07', seen: '5f'.repeat(32) }],
    ] as const) {
      const given = await app.inject({
        method: 'POST',
        url: `/v1/schools/${DEMO_SCHOOL}/${path}`,
        headers: { authorization: `Bearer ${await tokenOf(by)}`, 'letopis-role': by },
        payload,
      })
      expect(given.statusCode, given.body).toBe(201)
    }
    await catchUp(installation)
    const asked: Readonly<Record<string, readonly [login: string, path: string]>> = {
      'who-am-i': ['parent', 'me'],
      'accountable-persons': ['parent', 'accountable'],
      'role-holders': ['deputy', 'role-holders?role=teacher'],
      'held-rights': ['teacher', 'rights'],
      'about-school': ['parent', 'about'],
      'school-year-calendar': ['parent', 'years/2026'],
      readiness: ['deputy', 'years/2026/readiness'],
      'room-list': ['deputy', 'rooms'],
      'policy-in-force': ['teacher', 'policy'],
      'grading-systems': ['teacher', 'policy/gradings'],
      'journal-list': ['deputy', 'years/2026/journals'],
      'unit-list': ['admin', 'years/2026/units'],
      'member-list': ['deputy', `units/${unit}/members`],
      'person-names': ['deputy', `names/${pupil}`],
      'lesson-list': ['deputy', 'lessons?from=2026-09-07&until=2026-09-11'],
      'timetable-register': ['deputy', 'timetable/changes?since=2026-09-01&until=2026-09-30'],
      'substitutions-at-entry': ['deputy', 'timetable/substitutions-at-entry?from=2026-09-01'],
      'timetable-conflicts': ['admin', 'timetable/conflicts?from=2026-09-07'],
      'teaching-hours': ['head', 'teaching-hours?from=2026-09-07'],
      'dispute-list': ['parent', `disputes?pupil=${pupil}`],
      'pupil-messages': ['parent', `pupils/${pupil}/messages`],
      'message-list': ['parent', 'messages'],
      'message-delivery': ['deputy', `messages/${message}`],
      'processing-notice': ['parent', 'processing-notice'],
      'consents-report': ['deputy', 'reports/consents'],
      'consents-sheet': ['deputy', 'reports/consents/sheet'],
      'class-journal-grid-table': ['deputy', `pages/${page}/table`],
      'pupil-diary-week-table': ['parent', `pupils/${pupil}/diary/table`],
      'summary-sheet-table': ['deputy', `summaries/${unit}/table`],
      'pupil-finals-table': ['parent', `pupils/${pupil}/finals/table?year=2026`],
      'overdue-list-table': ['deputy', 'overdue/table'],
      'acknowledgement-report-table': ['deputy', 'reports/acknowledgement/table'],
      'released-report-list-table': ['deputy', 'released-reports/table'],
      'calendar-changes': ['admin', 'exchange/calendar/changes'],
      'rosters-changes': ['admin', 'exchange/rosters/changes'],
      'load-changes': ['admin', 'exchange/load/changes'],
      'family-contacts': ['parent', `family/${pupil}/contacts`],
      'paper-difference-list': ['deputy', 'paper-differences'],
      'inspection-list': ['deputy', 'inspections'],
      'released-report-list': ['head', 'released-reports'],
      'paperless-readiness': ['head', 'reports/paperless-readiness?from=2026-09-07&until=2026-09-11'],
      'authority-report': ['head', 'reports/authority?period=q1'],
      'authority-report-list': ['head', 'authority-reports'],
      'outage-list': ['admin', 'outages?from=2026-09-07&until=2026-09-11'],
      'pilot-list': ['head', 'years/2026/pilots'],
      'overdue-list': ['head', 'overdue?limit=500'],
      'timeliness-report': ['head', 'reports/timeliness?from=2026-09-07'],
      'conducted-lessons-report': ['deputy', 'reports/conducted-lessons?period=q1'],
      'diary-subscriptions': ['parent', `family/${pupil}/subscriptions`],
      'paper-diaries': ['deputy', `units/${unit}/paper-diaries`],
      'acknowledgement-report': ['deputy', 'reports/acknowledgement?from=2026-09-07&until=2026-09-20'],
      'programme-report': ['deputy', 'reports/programme'],
      'fullness-of-marks-report': ['deputy', `reports/fullness-of-marks?period=q1&unit=${unit}`],
      'homework-load-report': ['deputy', 'reports/homework-load?from=2026-09-07&until=2026-09-11'],
      'informing-report': ['deputy', 'reports/informing?from=2026-09-07&until=2026-09-11'],
      'lesson-changes-report': ['head', 'reports/lesson-changes?from=2026-09-07&until=2026-09-11'],
      'attainment-report': ['deputy', `reports/attainment?unit=${unit}&period=q1`],
      'missed-lessons-report': [
        'parent',
        `reports/missed-lessons?pupil=${pupil}&from=2026-09-01&until=2026-09-11`,
      ],
      'unsatisfactory-marks-report': [
        'parent',
        `reports/unsatisfactory-marks?pupil=${pupil}&from=2026-09-01&until=2026-09-11`,
      ],
      'report-forms': ['deputy', 'policy/report-forms'],
      'timeliness-sheet': ['head', 'reports/timeliness/sheet?from=2026-09-07'],
      'conducted-lessons-sheet': ['deputy', 'reports/conducted-lessons/sheet?period=q1'],
      'programme-sheet': ['deputy', 'reports/programme/sheet'],
      'fullness-of-marks-sheet': ['deputy', 'reports/fullness-of-marks/sheet?period=q1'],
      'marks-below-norm-sheet': ['deputy', 'reports/marks-below-norm/sheet?period=q1'],
      'homework-load-sheet': ['deputy', 'reports/homework-load/sheet?from=2026-09-07'],
      'homework-reviews-sheet': ['deputy', 'reports/homework-reviews/sheet?from=2026-09-07'],
      'informing-sheet': ['deputy', 'reports/informing/sheet?from=2026-09-07'],
      'unreached-children-sheet': ['deputy', 'reports/unreached-children/sheet?from=2026-09-07'],
      'lesson-changes-sheet': ['head', 'reports/lesson-changes/sheet?from=2026-09-07&until=2026-09-11'],
      'changed-lessons-sheet': ['head', 'reports/changed-lessons/sheet?from=2026-09-07&until=2026-09-11'],
      'attainment-of-subjects-sheet': [
        'deputy',
        `reports/attainment-of-subjects/sheet?unit=${unit}&period=q1`,
      ],
      'attainment-of-pupils-sheet': ['deputy', `reports/attainment-of-pupils/sheet?unit=${unit}&period=q1`],
      'missed-lessons-sheet': [
        'parent',
        `reports/missed-lessons/sheet?pupil=${pupil}&from=2026-09-01&until=2026-09-11`,
      ],
      'unsatisfactory-marks-sheet': [
        'parent',
        `reports/unsatisfactory-marks/sheet?pupil=${pupil}&from=2026-09-01&until=2026-09-11`,
      ],
      'page-list': ['auditor', `years/2026/pages?journal=${journal}`],
      'class-journal-grid': ['deputy', `pages/${page}`],
      'page-signatures': ['archivist', `pages/${page}/signatures`],
      'pupil-results': ['parent', `pupils/${pupil}/results`],
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
      incidents: ['auditor', 'incidents'],
      incident: ['head', `incidents/${reported.incident}`],
      'incident-documents': ['head', `incidents/${reported.incident}/documents`],
      'record-check-list': ['auditor', 'record-checks'],
      'rights-matrix': ['auditor', 'rights/matrix'],
      'operator-access': ['head', 'operator-access'],
      'child-reads': ['head', `pupils/${pupil}/reads`],
      approvals: ['head', 'approvals'],
      'class-teacher-switch': ['head', 'class-teacher-switch'],
      'support-hours': ['parent', 'support'],
      'ticket-list': ['teacher', 'support/tickets'],
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
      'printout-register': ['auditor', 'printouts'],
      'print-check': ['head', `prints/${extract.headers['letopis-printout'] as string}`],
      'package-register': ['archivist', 'packages'],
      'print-set-of-year': ['deputy', 'print-sets/2026'],
      'account-sessions': ['admin', `accounts/${school.people.teacher.account}/sessions`],
    }
    expect([...Object.keys(asked), ...FILES].toSorted()).toEqual(VIEWS.map(({ name }) => name).toSorted())
    for (const view of VIEWS.filter(({ name }) => !FILES.includes(name))) {
      const { status, body } = await get(...asked[view.name]!)
      expect({ view: view.name, status }).toEqual({ view: view.name, status: 200 })
      expect(view.reply.safeParse(body).error ?? null, view.name).toBeNull()
      // What parses must not be nothing: an empty list would prove no shape.
      const lists = Object.entries(body as object)
        .filter(([name, value]) => Array.isArray(value) && !AT_THE_END.has(name) && !ON_OCCASION.has(name))
        .map(([, value]) => value as unknown[])
      const mayBeEmpty = [
        'who-am-i',
        'rebuild-list',
        'missed-lessons-report',
        'unsatisfactory-marks-report',
        'pupil-diary-week',
        // Nothing has been sent to a subscriber: test/main/delivery/diary-notices.test.ts.
        'diary-subscriptions',
        'dispute-list',
        // Nobody has compared anything: test/regulation/reconciliation.test.ts.
        'paper-difference-list',
        // Nor checked a journal: test/regulation/inspections.test.ts.
        'inspection-list',
        'released-report-list',
        'authority-report-list',
        // Nor decided to abandon paper: test/regulation/paperless.test.ts.
        'paperless-readiness',
        'page-signatures',
        // Nobody has printed, asked, switched or checked anything: breach, support, class-teacher-switch and nightly check.
        'incident-documents',
        'support-hours',
        'ticket-list',
        'class-teacher-switch',
        'record-check-list',
        // The edition of the rights is noted later: test/regulation/rights-editions.test.ts.
        'rights-matrix',
        // No operator has read anything: test/regulation/operator-access.test.ts.
        'operator-access',
        // No movement waits, and no token: test/regulation/approvals.test.ts.
        'approvals',
        // Reads are written a moment later: test/regulation/reads.test.ts.
        'child-reads',
        'substitutions-at-entry',
        'timetable-conflicts',
        'topic-plan',
        // Nobody has declared anything: its lists are shown whole in test/regulation/breach.test.ts.
        'incident',
        // What needs a sealed log: test/regulation/archive.test.ts.
        'package-register',
        'print-set-of-year',
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
