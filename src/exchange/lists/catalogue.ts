import type { RowOf } from '../columns.ts'
import type { List } from '../list.ts'
import { accounts } from './accounts.ts'
import { assignments } from './assignments.ts'
import { bells } from './bells.ts'
import { classMembers } from './class-members.ts'
import { classes } from './classes.ts'
import { creditedFinals } from './credited-finals.ts'
import { groupMembers } from './group-members.ts'
import { groups } from './groups.ts'
import { journals } from './journals.ts'
import { pupils } from './pupils.ts'
import { representatives } from './representatives.ts'
import { staff } from './staff.ts'
import { subjects } from './subjects.ts'
import { timetable } from './timetable.ts'

/** Every list, in the order in which a school is set up from them: what a row names stands in a list before. */
export const LISTS = [
  subjects,
  staff,
  pupils,
  representatives,
  classes,
  classMembers,
  groups,
  groupMembers,
  journals,
  assignments,
  bells,
  timetable,
  accounts,
] as const satisfies readonly List[]

export type ListName = (typeof LISTS)[number]['name']
export const LIST_NAMES = LISTS.map(({ name }) => name)
/** A row of a list by its name. */
export type RowOfList<Name extends ListName> = RowOf<
  Extract<(typeof LISTS)[number], { name: Name }>['columns']
>

/** What is brought in and never given out: documents of others are theirs. */
const ONLY_IMPORTED = [creditedFinals] as const satisfies readonly List[]

/** Every list that may be brought in. */
export const IMPORT_LISTS: readonly List[] = [...LISTS, ...ONLY_IMPORTED]
export const IMPORT_NAMES = [...LIST_NAMES, ...ONLY_IMPORTED.map(({ name }) => name)]

export function listCalled(name: string): List {
  const found = IMPORT_LISTS.find((list) => list.name === name)
  if (found === undefined) throw new Error(`there is no list ${name}`)
  return found
}
