import type { PersonName } from '#commands/command.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Draws, DrawsAt } from './draws.ts'
import { BOYS, FATHERS, GIRLS, MEN, RARE_SURNAMES, SURNAMES, WOMEN } from './names.ts'

export interface Person {
  readonly id: Uuid
  readonly name: PersonName
}

export interface Pupil extends Person {
  readonly path: string
  readonly parents: ReadonlyArray<Person & { readonly kinship: 'mother' | 'father' }>
}

type Ids = (path: string) => Uuid

/** How many pupils a class has: about the mean, 4 to 32 (DOMAIN.md G.5). */
export function sizeOf(className: string, mean: number, drawsAt: DrawsAt): number {
  return Math.min(32, Math.max(4, Math.round(mean + drawsAt(`class/${className}/size`).normal(2))))
}

/** The pupils of a class, in the order of the alphabet as its journal has them. */
export function pupilsOf(className: string, size: number, drawsAt: DrawsAt, id: Ids): Pupil[] {
  return Array.from({ length: size }, (_, i) => `class/${className}/pupil/${i + 1}`)
    .map((path) => pupil(path, drawsAt(path), id))
    .toSorted(byName)
}

/** As the list of a class has them. */
export function byName(a: Pupil, b: Pupil): number {
  return byCodePoint(nameText(a.name), nameText(b.name)) || byCodePoint(a.path, b.path)
}

function pupil(path: string, draws: Draws, id: Ids): Pupil {
  const boy = draws.chance(0.51)
  const [men, women] = surname(draws)
  const [father, stem] = draws.pick(FATHERS)
  const name: PersonName = {
    family: boy ? men : women,
    given: draws.pick(boy ? BOYS : GIRLS),
    patronymic: stem + (boy ? 'ич' : 'на'),
  }
  const both = draws.chance(0.7)
  const parents: Array<Pupil['parents'][number]> = [
    {
      id: id(`${path}/mother`),
      kinship: 'mother',
      name: { family: women, given: draws.pick(WOMEN), patronymic: `${draws.pick(FATHERS)[1]}на` },
    },
  ]
  if (both) {
    parents.push({
      id: id(`${path}/father`),
      kinship: 'father',
      // The father's name is the one from which the pupil's patronymic is made.
      name: { family: men, given: father, patronymic: `${draws.pick(FATHERS)[1]}ич` },
    })
  }
  return { id: id(path), path, name, parents }
}

/** A grown-up who works at the school or comes to it. */
export function grownUp(path: string, draws: Draws, id: Ids): Person {
  const woman = draws.chance(0.85)
  const [men, women] = surname(draws)
  const stem = draws.pick(FATHERS)[1]
  return {
    id: id(path),
    name: {
      family: woman ? women : men,
      given: draws.pick(woman ? WOMEN : MEN),
      patronymic: stem + (woman ? 'на' : 'ич'),
    },
  }
}

/** The masculine and the feminine form. */
function surname(draws: Draws): readonly [string, string] {
  if (draws.chance(0.06)) return draws.pick(RARE_SURNAMES)
  const men = draws.pick(SURNAMES)
  return [men, `${men}а`]
}

const nameText = ({ family, given, patronymic }: PersonName) => `${family} ${given} ${patronymic ?? ''}`

/** Never `localeCompare`: its order depends on the machine (DOMAIN.md G.1). */
export function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
