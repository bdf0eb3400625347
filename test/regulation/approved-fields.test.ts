import { describe, expect, it } from 'vitest'
import { registry } from '#events/registry.ts'
import { PERSONAL_FIELDS } from '#events/personal-fields.ts'
import { isPersonal } from '#values/personal-text.ts'
import { APPROVED } from './approved-fields.ts'

/** What zod knows of a schema, as far as it is walked here. */
interface Def {
  readonly type: string
  readonly shape?: Record<string, Schema>
  readonly innerType?: Schema
  readonly element?: Schema
  readonly options?: readonly Schema[]
  readonly in?: Schema
  readonly valueType?: Schema
}
interface Schema {
  readonly def: Def
  readonly shape?: Record<string, Schema>
}

interface Fields {
  /** Every field by its path, `homework.attachments[].title`. */
  readonly all: Set<string>
  readonly personal: Set<string>
}

function walk(schema: Schema, path: string, into: Fields): void {
  if (isPersonal(schema)) {
    into.all.add(path)
    into.personal.add(path)
    return
  }
  const { def } = schema
  if (def.type === 'object') {
    for (const [name, member] of Object.entries(schema.shape!))
      walk(member, path === '' ? name : `${path}.${name}`, into)
    return
  }
  if (def.element !== undefined) return walk(def.element, `${path}[]`, into)
  if (def.type === 'union') {
    for (const option of def.options!) walk(option, path, into)
    return
  }
  const inner = def.innerType ?? def.in
  if (inner !== undefined) return walk(inner, path, into)
  into.all.add(path)
}

const fieldsOf = (schema: unknown): Fields => {
  const found: Fields = { all: new Set(), personal: new Set() }
  walk(schema as Schema, '', found)
  return found
}

/** Of a whole school or of paper, and of nobody: an outage, the act by which a package went. */
const OF_NOBODY = new Set(['OutageRegistered', 'OutageWithdrawn', 'SnapshotDestroyed'])

const TYPES = Object.keys(registry) as Array<keyof typeof registry>

describe('the fields of events', () => {
  it.each(TYPES)(
    'R-F2: %s holds the approved fields and no other: nothing of health, address, documents or work of parents',
    (type) => {
      expect([...fieldsOf(registry[type].data).all].toSorted()).toEqual(APPROVED[type])
    },
  )

  it('R-F2: the list names no field that an event does not have any more', () => {
    expect(Object.keys(APPROVED).toSorted()).toEqual([...TYPES].toSorted())
  })

  it('R-D8: a field named text or note is sealed, and each sealed field has a line that says under whose key', () => {
    for (const type of TYPES.filter((each) => !OF_NOBODY.has(each))) {
      const { all, personal } = fieldsOf(registry[type].data)
      const typed = [...all].filter((path) => path === 'text' || path === 'note')
      expect([...personal], type).toEqual(expect.arrayContaining(typed))
      const lines = (PERSONAL_FIELDS as Record<string, object>)[type] ?? {}
      expect([...personal].toSorted(), type).toEqual(Object.keys(lines).toSorted())
    }
  })
})
