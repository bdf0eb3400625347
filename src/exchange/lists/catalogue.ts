import type { RowOf } from '../columns.ts'
import type { List } from '../list.ts'
import { accounts } from './accounts.ts'
import { assignments } from './assignments.ts'
import { bells } from './bells.ts'
import { classMembers } from './class-members.ts'
import { classes } from './classes.ts'
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

export function listCalled(name: string): List {
  const found = (LISTS as readonly List[]).find((list) => list.name === name)
  if (found === undefined) throw new Error(`there is no list ${name}`)
  return found
}
