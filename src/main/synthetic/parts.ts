import type { z } from 'zod'
import type { GroupKind as GroupKindSchema } from '#events/roster.ts'
import type { JournalType } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import type { DrawsAt } from './draws.ts'
import type { Person, Pupil } from './people.ts'
import type { Post } from './posts.ts'
import type { ClassShape, Shape } from './presets.ts'
import type { Subject } from './subjects.ts'

type GroupKind = z.infer<typeof GroupKindSchema>

export interface Account {
  readonly account: Uuid
  readonly person: Uuid
}

export interface Teacher extends Person, Account {
  readonly post: Post
  /** How reliably this person enters in time: Beta(8, 2) (DOMAIN.md G.8). */
  readonly discipline: number
}

export interface SchoolClass extends ClassShape {
  readonly id: Uuid
  readonly pupils: readonly Pupil[]
  readonly teacher: Teacher
}

export interface Group {
  readonly id: Uuid
  readonly kind: GroupKind
  /** The classes out of which it is formed. */
  readonly classes: readonly SchoolClass[]
  readonly name: string
  readonly pupils: readonly Pupil[]
}

export interface Journal {
  readonly id: Uuid
  readonly path: string
  readonly name: string
  readonly type: JournalType
  readonly subject: Subject
  /** The class that learns in it, or the first one of its group. */
  readonly class: SchoolClass
  readonly group: Group | null
  readonly teacher: Teacher
  readonly graded: boolean
}

/** One place of the week with the journals that are kept there: several when the class is in groups. */
export interface Slot {
  readonly weekday: number
  readonly number: number
  readonly journals: readonly Journal[]
}

/** The weeks of all classes, by their names. */
export type Weeks = ReadonlyMap<string, readonly Slot[]>

/** Who is in a school before its lessons are known. */
export interface People {
  readonly year: number
  readonly shape: Shape
  readonly id: (path: string) => Uuid
  readonly drawsAt: DrawsAt
  readonly teachers: readonly Teacher[]
  readonly classes: readonly SchoolClass[]
}
