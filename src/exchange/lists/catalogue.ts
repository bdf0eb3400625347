import type { List } from '../list.ts'
import { classMembers } from './class-members.ts'
import { classes } from './classes.ts'
import { pupils } from './pupils.ts'
import { staff } from './staff.ts'
import { subjects } from './subjects.ts'

/** Every list, in the order in which a school is set up from them: what a row names stands in a list before. */
export const LISTS = [subjects, staff, pupils, classes, classMembers] as const satisfies readonly List[]

export type ListName = (typeof LISTS)[number]['name']
export const LIST_NAMES = LISTS.map(({ name }) => name)

export function listCalled(name: string): List {
  const found = (LISTS as readonly List[]).find((list) => list.name === name)
  if (found === undefined) throw new Error(`there is no list ${name}`)
  return found
}
