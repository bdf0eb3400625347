import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { camelCase } from '#api/addresses.ts'
import { POSTED, VIEWS } from '#api/views/catalogue.ts'
import { type View, viewers } from '#api/views/view.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { query } from '#events/store/sql.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Answer, accountOf, type Api, IN_ROLE, openApi } from '#support/api.ts'
import { SchoolAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, DINA, GLEB, LESSON, PAGE, VERA } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'
import { addressOf } from '#support/view-addresses.ts'
import { ABOUT_PUPILS } from '../../scripts/processing-record.ts'

/** what shows something of a pupil, by an id or by a name, stands in the register of reads, whatever view shows it. */
const ROLES = Object.keys(IN_ROLE) as Array<keyof typeof IN_ROLE>
const PUPILS = new Map<Uuid, string>([
  [ANNA, 'Абрамова'],
  [BORIS, 'Вересаев'],
  [VERA, 'Гончарова'],
  [GLEB, 'Державин'],
  [DINA, 'Ершова'],
])

/** Views that are files of a form of their own: their HTML is looked at, which holds the same. */
const AS_HTML = (view: View): string => {
  const address = addressOf(view)
  return `${address}${address.includes('?') ? '&' : '?'}format=html`
}
const address = (view: View): string =>
  Object.hasOwn(view.input.shape, 'format') && view.name.startsWith('print-')
    ? AS_HTML(view)
    : addressOf(view)

let api: Api
let school: SchoolAtWork
beforeAll(async () => {
  api = await openApi(testEngine('pglite'), { people: Object.values(IN_ROLE) })
  school = new SchoolAtWork(SCHOOL, api)
  const { persons } = api.installation.execution.places
  for (const [pupil, family] of PUPILS)
    await persons.keep(
      SCHOOL,
      pupil,
      { family, given: 'И', patronymic: null },
      accountOf('deputy'),
      api.now(),
    )
  await school.recordLesson()
  const marks = [{ pupil: ANNA, value: 4 }]
  await school.done('mathematician', recordMarks, { page: PAGE, lesson: LESSON, kind: 'quiz', marks })
})
afterAll(() => api.close())

interface Row {
  readonly account: string
  readonly role: string
  readonly operation: string
  readonly pupils: readonly Uuid[]
}

const registered = async (answer: Answer<unknown>): Promise<Row[]> => {
  await api.installation.reads.flush()
  const text = 'select account, role, operation, pupils from access.read where request = $1'
  return query<Row>(api.installation.database.kysely, text, [answer.headers['x-request-id']])
}

function shownIn({ body }: Answer<unknown>): Uuid[] {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? null)
  return [...PUPILS].filter(([id, family]) => text.includes(id) || text.includes(family)).map(([id]) => id)
}

describe('R-1.7: every read of what concerns a pupil is registered', () => {
  const showed = new Set<string>()
  const rowsShowing = new Set<string>()

  it.each(VIEWS.map((view) => [view.name, view] as const))('of the view %s', async (name, view) => {
    for (const role of ROLES.filter((one) => viewers(view).includes(one))) {
      const answer = await school.ask(IN_ROLE[role], address(view), { 'letopis-role': role })
      const rows = await registered(answer)
      if (answer.status !== 200) {
        expect(rows, `${name} refused ${role}`).toEqual([])
        continue
      }
      const shown = shownIn(answer)
      if (shown.length === 0) continue
      showed.add(name)
      // The own id alone says nothing of a pupil to anybody else.
      if (name !== 'who-am-i') rowsShowing.add(view.operation)
      expect(rows, `${name} as ${role}`).toMatchObject([
        { account: accountOf(IN_ROLE[role]), role, operation: name },
      ])
      expect(rows[0]!.pupils, `${name} as ${role}`).toEqual(expect.arrayContaining(shown))
    }
  })

  it('of what is posted without being a command', async () => {
    let hour = 4
    for (const view of POSTED) {
      api.at(`2026-11-09T${String(hour++).padStart(2, '0')}:30:00.000Z`)
      for (const role of ROLES.filter((one) => viewers(view).includes(one))) {
        const client = await api.as(IN_ROLE[role])
        const answer = await client.post(addressOf(view), undefined, { 'letopis-role': role })
        const shown = answer.status < 300 ? shownIn(answer) : []
        const found = (await registered(answer)).flatMap(({ pupils }) => pupils)
        expect(found, `${view.name} as ${role}`).toEqual(expect.arrayContaining(shown))
      }
    }
  })

  it('and what was asked here showed pupils in lists, pages, diaries, papers and files', () => {
    expect([...showed]).toEqual(
      expect.arrayContaining([
        'class-journal-grid',
        'pupil-diary-week',
        'member-list',
        'audit-trail',
        'cell-history',
        'summary-sheet',
        'pupil-finals',
        'missed-lessons-report',
        'print-page',
        'print-diary',
        'print-attendance',
      ]),
    )
  })

  it('and the record of processing names every row of the matrix in which a pupil was shown', () => {
    expect([...rowsShowing].filter((row) => !(ABOUT_PUPILS as readonly string[]).includes(row))).toEqual([])
  })

  it('and there is no route of a school beside views and commands that could show one, but those that are known', async () => {
    const { body } = await api.send<{ paths: Record<string, Record<string, { operationId: string }>> }>({
      method: 'GET',
      url: '/openapi.json',
    })
    const views = new Set([...VIEWS, ...POSTED].map(({ name }) => camelCase(name)))
    const others = Object.entries(body.paths)
      .filter(([path]) => path.startsWith('/v1/schools/'))
      .flatMap(([, methods]) => (methods['get'] === undefined ? [] : [methods['get'].operationId]))
      .filter((name) => !views.has(name))
    // Both note for themselves whom they show (test/regulation/reads.test.ts).
    expect(others.toSorted()).toEqual(['eventStream', 'packageFile'])
  })
})
