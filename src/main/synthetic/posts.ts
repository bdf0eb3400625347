import type { ClassShape } from './presets.ts'
import type { Subject } from './subjects.ts'

/** A class with the number of its pupils. */
export type Sized = ClassShape & { readonly size: number }

/** What one teacher is hired for. */
export interface Post {
  readonly number: number
  /** The name of the class that this teacher leads. */
  readonly leads: string | null
  readonly room: string
}

/** Who teaches what. */
export interface Staffing {
  readonly posts: readonly Post[]
  /** The numbers of those who teach a subject in a class: one, or one for each of its groups. */
  giversOf(of: ClassShape, subject: Subject): readonly number[]
  /** The teacher whose last day stays unrecorded for the visitor. */
  readonly demoTeacher: number
  /** Enters one whole week of October on its Saturday (DOMAIN.md G.9, episode 2). */
  readonly lateTeacher: number
  /** The class whose class teacher, pupil and parent are among the log-ins. */
  readonly demoClass: string
}
