import { z } from 'zod'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { type AppliedRights, rightsAt, schoolFold } from '#commands/school/state.ts'
import { streamName } from '#events/stream-name.ts'
import { RIGHTS_COLUMNS, RIGHTS_TABLE, type RightsRow } from '#values/rights.ts'
import { RIGHTS_EDITION, RIGHTS_EDITIONS } from '#values/rights-editions.ts'
import { Role, ROLE_NAMES } from '#values/role.ts'
import { Instant } from '#values/time.ts'
import { defineView } from './view.ts'

const edition = {
  edition: z.int().describe('Номер редакции'),
  digest: z
    .string()
    .describe('SHA-256 столбцов и строк матрицы: docs/decisions/0096 говорит, как его посчитать'),
}

/** The matrix of rights with its edition: the one of this release, or the one that held in the school at an instant. */
export const rightsMatrix = defineView({
  name: 'rights-matrix',
  path: 'rights/matrix',
  summary: 'Матрица прав: роли и операции, номер редакции; какая действовала в школе в любое мгновение',
  tag: 'Доступ',
  operation: '22f',
  input: z.strictObject({
    at: Instant.optional().describe('Какая редакция действовала тогда; без него — нынешняя'),
  }),
  reply: z.strictObject({
    matrix: z
      .strictObject({
        ...edition,
        roles: z.array(z.strictObject({ role: Role, name: z.string() })),
        rows: z.array(
          z.strictObject({
            operation: z.string().describe('Строка матрицы'),
            name: z.string(),
            cells: z.array(z.string()).describe('По столбцу на роль: W, W°, A, R, R°, K или ·'),
            by_switch: z.array(Role).describe('Кому ещё её открывают правила школы'),
          }),
        ),
      })
      .nullable()
      .describe('null — в это мгновение ни одна редакция ещё не записана'),
    applied: z
      .array(z.strictObject({ ...edition, from: Instant, recorded_at: Instant }))
      .describe('По каким редакциям служба действовала в этой школе, с какого мгновения'),
    editions: z.array(z.strictObject({ ...edition, changes: z.string().describe('Что изменено') })),
  }),
  readsNoModel: true,
  async answer({ school, parts, input: { at } }) {
    const stream = streamName(school, 'school', WHOLE_SCHOOL)
    const { state } = await parts.execution.streams.load(schoolFold, stream)
    const matrix = at === undefined ? OF_THIS_RELEASE : shownOf(rightsAt(state, at))
    const applied = state.rights.map(({ edition, digest, from, at: recordedAt }) => ({
      edition,
      digest,
      from,
      recorded_at: recordedAt,
    }))
    return { body: { matrix, applied, editions: RIGHTS_EDITIONS } }
  },
})

interface Matrix {
  readonly edition: number
  readonly digest: string
  readonly roles: readonly Role[]
  readonly rows: readonly RightsRow[]
}

const shown = ({ edition, digest, roles, rows }: Matrix) => ({
  edition,
  digest,
  roles: roles.map((role) => ({ role, name: ROLE_NAMES[role] })),
  rows: rows.map(({ operation, name, cells, bySwitch }) => ({
    operation,
    name,
    cells: cells.split(' '),
    by_switch: bySwitch,
  })),
})

const shownOf = (applied: AppliedRights | null) => (applied === null ? null : shown(applied))

const OF_THIS_RELEASE = shown({ ...RIGHTS_EDITION, roles: RIGHTS_COLUMNS, rows: RIGHTS_TABLE })
