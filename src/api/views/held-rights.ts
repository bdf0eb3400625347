import { z } from 'zod'
import { accessFold, competenceAt } from '#commands/access/state.ts'
import { COMMANDS } from '#commands/catalogue.ts'
import type { Command } from '#commands/command.ts'
import { policyFold, switchedOn } from '#commands/policy/state.ts'
import { referenceStream } from '#commands/references.ts'
import { streamName } from '#events/stream-name.ts'
import { Scope } from '#values/competence.ts'
import { CELL_NAMES, mayAct, type Operation, RIGHTS } from '#values/rights.ts'
import { RIGHTS_EDITION } from '#values/rights-editions.ts'
import { Role, ROLE_NAMES } from '#values/role.ts'
import { defineView, type View, viewers } from './view.ts'

const Act = z.strictObject({
  name: z.string().describe('Имя команды или запроса, как в адресе и в описании API'),
  summary: z.string(),
})

const Right = z.strictObject({
  operation: z.string().describe('Строка матрицы прав'),
  name: z.string(),
  right: z
    .enum(Object.values(CELL_NAMES))
    .describe('«Своё» — по нагрузке, классу, родству или учётной записи'),
  commands: z.array(Act),
  views: z.array(Act),
})

/**
 * What a person may do in each of the roles that he holds today, by the matrix of rights. Rows for which the
 * service has nothing yet are left out: nobody is promised what cannot be done.
 *
 * @param views every other view of the API
 */
export function heldRights(views: readonly View[]): View {
  return defineView({
    name: 'held-rights',
    path: 'rights',
    summary: 'Мои права: что можно делать и видеть в каждой из моих ролей',
    tag: 'Доступ',
    operation: '22c',
    input: z.strictObject({}),
    reply: z.strictObject({
      edition: z.int().describe('Редакция матрицы прав; вся матрица — rights-matrix'),
      roles: z.array(
        z.strictObject({
          role: Role,
          name: z.string(),
          competence: z
            .array(Scope)
            .nullable()
            .describe('Части школы, за которые отвечает заместитель; null — вся школа'),
          rights: z.array(Right),
        }),
      ),
    }),
    readsNoModel: true,
    async answer({ held, actor, school, parts, today }) {
      const access = await parts.execution.streams.load(
        accessFold,
        streamName(school, 'access', actor.account),
      )
      const policy = await parts.execution.streams.load(policyFold, referenceStream(school, 'policy', null))
      const competence = competenceAt(access.state, parts.execution.clock(), parts.zone)
      const roles = held.map((role) => ({
        role,
        name: ROLE_NAMES[role],
        competence: role === 'deputy' ? competence : null,
        rights: rightsOf(role, views, (operation) => switchedOn(policy.state, operation, role, today)),
      }))
      return { body: { edition: RIGHTS_EDITION.edition, roles } }
    },
  })
}

function rightsOf(
  role: Role,
  views: readonly View[],
  bySchool: (operation: Operation) => boolean,
): Array<z.output<typeof Right>> {
  const commands = (COMMANDS as readonly Command[]).filter(
    ({ operation }) => mayAct(operation).includes(role) || bySchool(operation),
  )
  const seen = views.filter((view) => viewers(view).includes(role))
  return RIGHTS.map(({ operation, name, cells }) => ({
    operation,
    name,
    right: CELL_NAMES[bySchool(operation) ? 'W°' : cells[role]],
    commands: actsOf(commands, operation),
    views: actsOf(seen, operation),
  })).filter((right) => right.commands.length + right.views.length > 0)
}

interface Named {
  readonly name: string
  readonly summary: string
  readonly operation: Operation
}

function actsOf(of: readonly Named[], row: Operation): Array<z.output<typeof Act>> {
  return of.filter(({ operation }) => operation === row).map(({ name, summary }) => ({ name, summary }))
}
