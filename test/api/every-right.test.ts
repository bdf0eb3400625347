import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { POSTED, VIEWS } from '#api/views/catalogue.ts'
import { viewers } from '#api/views/view.ts'
import { mayAct, maySee, type Operation, RIGHTS } from '#values/rights.ts'
import { type Role, ROLES } from '#values/role.ts'
import { type Answer, type Api, expectProblem, IN_ROLE, openApi } from '#support/api.ts'
import { SchoolAtWork } from '#support/at-work.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'
import { addressOf } from '#support/view-addresses.ts'
import { IN_ANOTHER_LIFE, WHOLE_LIFE } from '#support/whole-life.ts'

/**
 * Every command and every view in every role, through HTTP, made from the matrix of rights itself. That the matrix is
 * right is another matter: `test/commands/permissions.test.ts` and `test/regulation/rights.test.ts` have lists written by
 * hand.
 */
const HUMAN = Object.keys(IN_ROLE) as Array<keyof typeof IN_ROLE>

const engine = testEngine('pglite')
let api: Api
let school: SchoolAtWork
beforeAll(async () => {
  api = await openApi(engine, { people: Object.values(IN_ROLE) })
  school = new SchoolAtWork(SCHOOL, api)
})
afterAll(() => api.close())

/** Says that a role is let to what stands behind the door, or is not: what is behind decides on its own. */
function expectLet(answer: Answer<unknown>, lets: boolean, what: string): void {
  const { reason } = answer.body as { reason?: string }
  const shown = `${what}: ${answer.status} ${reason ?? ''}`
  if (lets) {
    expect(answer.status, shown).not.toBe(401)
    expect(answer.status, shown).toBeLessThan(500)
    expect(['role-not-permitted', 'role-not-held', 'malformed-request'], shown).not.toContain(reason)
  } else {
    expect(answer.status, shown).toBe(403)
    expectProblem(answer, 'role-not-permitted')
  }
}

describe('R-2.1: every cell of the matrix', () => {
  const carriedOut = new Set(WHOLE_LIFE.map(({ command }) => command))
  it.each([...carriedOut].map((command) => [command.name, command] as const))(
    'lets to the command %s whom it names, and nobody else',
    async (name, command) => {
      const { input } = WHOLE_LIFE.find((step) => step.command === command)!
      for (const role of HUMAN) {
        // A revision that no stream has: nothing is recorded, whatever the rule would say.
        const headers = { 'letopis-role': role, 'if-match': '"99999"' }
        const answer = await school.give(IN_ROLE[role], command, input, headers)
        expectLet(answer, mayAct(command.operation).includes(role), `${name} as ${role}`)
      }
    },
  )

  it.each(VIEWS.map((view) => [view.name, view] as const))(
    'lets to the view %s whom it names, and nobody else',
    async (name, view) => {
      for (const role of HUMAN) {
        const answer = await school.ask(IN_ROLE[role], addressOf(view), { 'letopis-role': role })
        expectLet(answer, maySee(view.operation).includes(role), `${name} as ${role}`)
      }
    },
  )

  it('lets to what is posted without being a command whoever acts in its row', async () => {
    let hour = 4
    for (const view of POSTED) {
      for (const role of HUMAN) {
        // Some of these end the session by which they are asked for: a new hour is a new log-in.
        api.at(`2026-11-09T${String(hour).padStart(2, '0')}:30:00.000Z`)
        const client = await api.as(IN_ROLE[role])
        const answer = await client.post(addressOf(view), undefined, { 'letopis-role': role })
        expectLet(answer, viewers(view).includes(role), `${view.name} as ${role}`)
      }
      hour += 1
    }
  })
})

const cellsOf = (operation: Operation) => RIGHTS.find((row) => row.operation === operation)!.cells

describe('the matrix', () => {
  it('has each of the 47 rows, and parts behind the row to which they belong', () => {
    const numbers = RIGHTS.map(({ operation }) => operation).filter((row) => /^\d+$/.test(row))
    expect(numbers).toEqual(Array.from({ length: 47 }, (_, i) => String(i + 1)))
    const all: string[] = RIGHTS.map(({ operation }) => operation)
    expect(new Set(all).size).toBe(all.length)
    for (const part of all.filter((row) => !numbers.includes(row as Operation))) {
      expect(Number.parseInt(part, 10), part).toBe(Number.parseInt(all[all.indexOf(part) - 1]!, 10))
    }
  })

  it('R-2.1, R-7G.2: follows the five rules that stand below it', () => {
    // 1. Nobody but a teacher creates primary records, and a teacher in the own journals only; the head writes no mark.
    for (const row of ['1', '2', '4', '5', '7'] as const) {
      expect(mayAct(row), row).toEqual(['teacher'])
      expect(cellsOf(row).teacher, row).toBe('W°')
    }
    for (const row of ['1b', '3', '4a', '5a', '6', '7a', '14'] as const)
      expect(cellsOf(row).head, row).toBe('·')
    // 2. The system administrator neither writes nor reads pedagogical values.
    const pedagogical: readonly Operation[] = [
      ...(['1', '1a', '1b', '2', '3', '4', '4a', '5', '5a', '6', '7', '7a'] as const),
      ...(['8', '9', '10', '11', '12', '13', '14', '28', '29', '30', '32', '42', '42a'] as const),
    ]
    for (const row of pedagogical) expect(cellsOf(row)['system-administrator'], row).toBe('·')
    // 3. Auditor and archivist write no record: what they write is about packages and their own access.
    for (const { operation } of RIGHTS) {
      if (['22c', '35', '35a', '35b', '36', '37', '38', '38a'].includes(operation)) continue
      for (const role of ['auditor', 'archivist'] as const)
        expect(mayAct(operation), operation).not.toContain(role)
    }
    // The operator has what is done before anybody has an account, and what the service does by itself.
    expect(ROLES.at(-1)).toBe('operator')
    const setUp = RIGHTS.filter(({ cells }) => cells.operator !== '·').map(({ operation }) => operation)
    expect(setUp).toEqual([
      '8b',
      '17a',
      '19b',
      '21',
      '22',
      '22a',
      '22e',
      '22f',
      '26c',
      '35',
      '36',
      '37b',
      '39a',
      '39c',
      '41',
      '43a',
    ])
  })
})

describe('the view of one’s own rights', () => {
  interface Shown {
    readonly roles: ReadonlyArray<{
      readonly role: Role
      readonly name: string
      readonly rights: ReadonlyArray<{
        readonly operation: string
        readonly right: string
        readonly commands: ReadonlyArray<{ readonly name: string }>
        readonly views: ReadonlyArray<{ readonly name: string }>
      }>
    }>
  }

  it('says in Russian what each held role may do, command by command', async () => {
    api.at('2026-11-10T03:50:00.000Z')
    const { roles } = await school.seen<Shown>('english', 'rights')
    expect(roles.map(({ role, name }) => [role, name])).toEqual([
      ['teacher', 'учитель-предметник'],
      ['class-teacher', 'классный руководитель'],
    ])
    const [teacher, leader] = roles
    expect(teacher!.rights).toContainEqual({
      operation: '4',
      name: 'Выставить текущую отметку',
      right: 'запись в пределах своего',
      commands: [{ name: 'record-marks', summary: expect.any(String) as string }],
      views: [],
    })
    const pages = leader!.rights.find(({ operation }) => operation === '9')!
    expect(pages).toMatchObject({ right: 'просмотр своего', commands: [] })
    expect(pages.views.map(({ name }) => name)).toContain('class-journal-grid')
    expect(leader!.rights.map(({ operation }) => operation)).not.toContain('4')
  })

  it('names the commands that the role may give, all of them and no other', async () => {
    for (const role of HUMAN) {
      const { roles } = await school.seen<Shown>(IN_ROLE[role], 'rights', { 'letopis-role': role })
      const { rights } = roles.find((one) => one.role === role)!
      for (const { operation, commands, views } of rights)
        expect(commands.length + views.length, operation).toBeGreaterThan(0)
      const named = rights.flatMap(({ commands }) => commands.map(({ name }) => name)).toSorted()
      const held = [...new Set([...WHOLE_LIFE.map(({ command }) => command), ...IN_ANOTHER_LIFE])]
        .filter((command) => mayAct(command.operation).includes(role))
        .map(({ name }) => name)
      expect(named).toEqual(held.toSorted())
    }
  })
})
