import type { Uuid } from './uuid.ts'

/**
 * For whom a part of the calendar is kept: for every class of some grades, or for the classes and groups that are named
 * (a class, a stream, one pupil with an individual plan), which then have it in the place of what their grades have.
 */
export interface KeptFor {
  /** With units: the grades that these units are of, which says nothing of the other classes of the grades. */
  readonly grades: readonly number[]
  readonly units: readonly Uuid[]
}

/** Who learns together: a class, or a group with the classes from which it takes its pupils. */
export interface Learning {
  readonly unit: Uuid
  readonly classes: ReadonlyArray<{ readonly id: Uuid; readonly grade: number }>
}

/** The grades of whoever learns together, each once. */
export function gradesLearning({ classes }: Learning): number[] {
  return [...new Set(classes.map(({ grade }) => grade))]
}

/**
 * Of several parts of the calendar those that hold for whoever learns together: their own where they have any, or else
 * what all their classes have, each by its own or by its grade.
 */
export function holdingFor<Of extends KeptFor>(all: readonly Of[], learning: Learning): Of[] {
  const own = all.filter(({ units }) => units.includes(learning.unit))
  if (own.length > 0) return own
  const ofEach = learning.classes.map(({ id, grade }) => {
    const ofClass = all.filter(({ units }) => units.includes(id))
    return ofClass.length > 0
      ? ofClass
      : all.filter(({ units, grades }) => units.length === 0 && grades.includes(grade))
  })
  return all.filter((one) => ofEach.every((some) => some.includes(one)))
}

/** For whom it is, as one word, whatever the order. */
export function keyOf({ grades, units }: KeptFor): string {
  return units.length > 0 ? units.toSorted().join() : grades.toSorted((a, b) => a - b).join()
}
