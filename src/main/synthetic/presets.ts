import type { Profile } from './subjects.ts'

/** A class before anybody is in it. */
export interface ClassShape {
  readonly grade: number
  readonly name: string
  /** Of grades 10 and 11. */
  readonly profile: Profile | null
}

/** What a synthetic school is like (DOMAIN.md F.2, part G). */
export interface Shape {
  readonly classes: readonly ClassShape[]
  /** The mean size of a class. */
  readonly size: number
  /** How many pupils there are in all; null where the draws of each class alone decide. */
  readonly pupils: number | null
  /** How many teach; null is as many as the hours need. */
  readonly teachers: number | null
  /** The grades that learn in the afternoon. */
  readonly secondShift: readonly number[]
  /** Electives and clubs, after-school groups, pupils of grades 10 and 11 with a plan of their own. */
  readonly electives: number
  readonly afterSchool: number
  readonly individualPlans: number
  /** Two classes in one room for an elective of this many pupils; 0 is none (§7А/6). */
  readonly stream: number
  /** A school of the countryside, whose twelve teachers are dealt out by hand (staff.ts). */
  readonly village: boolean
}

/** What is recorded in it is the same whatever the other classes are (DOMAIN.md G.10). */
export const STEADY_CLASS = '5А'

export class UnknownPreset extends Error {
  override readonly name = 'UnknownPreset'
}

const LETTERS = ['А', 'Б', 'В', 'Г', 'Д', 'Е']

/** So many classes of each grade from 1 on; of two classes of grade 10 or 11 the second is the humanities'. */
function classesOf(numbers: readonly number[]): ClassShape[] {
  return numbers.flatMap((classes, i) => LETTERS.slice(0, classes).map((letter) => classShape(i + 1, letter)))
}

function classShape(grade: number, letter: string): ClassShape {
  const profile = grade < 10 ? null : letter === 'А' ? 'technological' : 'humanities'
  return { grade, name: `${grade}${letter}`, profile }
}

const VILLAGE: Shape = {
  classes: classesOf([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
  size: 8,
  pupils: null,
  teachers: 12,
  secondShift: [],
  electives: 0,
  afterSchool: 0,
  individualPlans: 0,
  stream: 0,
  village: true,
}

const SHAPES: Readonly<Record<string, Shape>> = {
  S: VILLAGE,
  M: {
    ...VILLAGE,
    classes: classesOf([2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1]),
    size: 20.6,
    pupils: 351,
    teachers: 23,
    electives: 12,
    afterSchool: 1,
    village: false,
  },
  L: {
    ...VILLAGE,
    classes: classesOf([5, 5, 4, 4, 4, 4, 4, 3, 3, 2, 2]),
    size: 25,
    pupils: 1_006,
    teachers: 66,
    secondShift: [6, 8],
    electives: 30,
    afterSchool: 2,
    individualPlans: 2,
    stream: 45,
    village: false,
  },
}

/** The classes, then their mean size, then the grades of the second shift: `1А,5А,5Б,6А/12+6`. */
const CUSTOM =
  /^(?<classes>(?:1[01]|[1-9])[А-Е](?:,(?:1[01]|[1-9])[А-Е])*)(?:\/(?<size>\d{1,2}))?(?:\+(?<second>\d+(?:,\d+)*))?$/u

/** @throws {UnknownPreset} */
export function shapeOf(preset: string): Shape {
  const known = SHAPES[preset]
  if (known !== undefined) return known
  const found = CUSTOM.exec(preset)?.groups
  const names = found?.['classes']?.split(',') ?? []
  if (found === undefined || new Set(names).size < names.length) throw new UnknownPreset(preset)
  const classes = names
    .map((name) => classShape(Number(name.slice(0, -1)), name.slice(-1)))
    .toSorted((a, b) => a.grade - b.grade || (a.name < b.name ? -1 : 1))
  const upper = classes.some(({ grade }) => grade > 9)
  return {
    ...VILLAGE,
    classes,
    size: Number(found['size'] ?? 20),
    teachers: null,
    secondShift: (found['second']?.split(',') ?? []).map(Number),
    electives: Math.ceil(classes.length * 0.7),
    afterSchool: classes.some(({ grade }) => grade < 5) ? 1 : 0,
    individualPlans: upper ? 1 : 0,
    village: false,
  }
}
