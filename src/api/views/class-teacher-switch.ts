import { z } from 'zod'
import { policyFold, policyOn } from '#commands/policy/state.ts'
import { referenceStream } from '#commands/references.ts'
import { Role } from '#values/role.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { authorsOf } from './names.ts'
import { defineView } from './view.ts'

/**
 * Reports to the head that class teachers may write in all subjects of their classes, against п. 2.4: since when, by
 * whose decision, and when it was switched off again. Rules of which only other parts changed are left out.
 */
export const classTeacherSwitch = defineView({
  name: 'class-teacher-switch',
  path: 'class-teacher-switch',
  summary: 'Разрешена ли классным руководителям запись во всех предметах своего класса: с какой даты и кем',
  tag: 'Доступ',
  operation: '21c',
  input: z.strictObject({}),
  reply: z.strictObject({
    on: LocalDate,
    writes: z.boolean().describe('Разрешена сегодня; по регламенту классный руководитель только читает'),
    switched: z.array(
      z.strictObject({
        from: LocalDate,
        writes: z.boolean(),
        adopted_at: Instant,
        role: Role.describe('В какой роли правила введены'),
        account: Uuid,
        name: z.string().nullable().describe('Кто ввёл; null — не сотрудник школы'),
      }),
    ),
  }),
  async answer(asked) {
    const { school, parts, today } = asked
    const { streams } = parts.execution
    const { state } = await streams.load(policyFold, referenceStream(school, 'policy', null))
    const changes = state.versions.filter(
      ({ policy }, i) =>
        policy.classTeacherWrites !== (state.versions[i - 1]?.policy.classTeacherWrites ?? false),
    )
    const name = await authorsOf(
      asked,
      changes.map(({ adopted }) => adopted.by),
    )
    const switched = changes.map(({ effectiveFrom, policy, adopted }) => ({
      from: effectiveFrom,
      writes: policy.classTeacherWrites,
      adopted_at: adopted.at,
      role: adopted.role,
      account: adopted.by,
      name: name(adopted.by),
    }))
    return {
      body: { on: today, writes: policyOn(state, today)?.classTeacherWrites ?? false, switched },
    }
  },
})
