import { z } from 'zod'
import { Grade } from './school.ts'
import { Uuid } from './uuid.ts'

/** A part of the school: some grades, some subjects, or those subjects in those grades; null is every one. */
export const Scope = z.strictObject({
  grades: z.array(Grade).min(1).max(12).nullable(),
  subjects: z.array(Uuid).min(1).max(200).nullable(),
})
export type Scope = Readonly<z.infer<typeof Scope>>

/** What a deputy answers for, «в рамках своей компетенции» (R-7A.16b): all of these parts; null is the whole school. */
export type Competence = readonly Scope[] | null

/** What something is about: grades, and a subject where it is about one; null is about no single subject. */
export interface Matter {
  readonly grades: readonly number[]
  readonly subject: Uuid | null
}

/** Whether all of it lies in the competence: what a deputy changes is nobody else's. */
export function answersFor(competence: Competence, { grades, subject }: Matter): boolean {
  if (competence === null) return true
  const covered = (grade: number): boolean =>
    competence.some((scope) => hasGrade(scope, grade) && hasSubject(scope, subject))
  return grades.length > 0 && grades.every(covered)
}

/** Whether some of it does: a journal of two grades is read by whoever answers for one of them. */
export function touches(competence: Competence, { grades, subject }: Matter): boolean {
  if (competence === null) return true
  return competence.some(
    (scope) => grades.some((grade) => hasGrade(scope, grade)) && hasSubject(scope, subject),
  )
}

/** Whether some grade of it does, in whatever subject: the lists of classes are no matter of a subject. */
export function touchesGrades(competence: Competence, grades: readonly number[]): boolean {
  return competence === null || competence.some((scope) => grades.some((grade) => hasGrade(scope, grade)))
}

function hasGrade({ grades }: Scope, grade: number): boolean {
  return grades === null || grades.includes(grade)
}

function hasSubject({ subjects }: Scope, subject: Uuid | null): boolean {
  return subjects === null || (subject !== null && subjects.includes(subject))
}
