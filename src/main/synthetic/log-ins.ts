import type { Role } from '#values/role.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Person, grownUp } from './people.ts'
import type { Teacher } from './parts.ts'
import type { School } from './school.ts'
import { STAFF } from './staff.ts'

export const DEMO_LOGINS = [
  'teacher',
  'classteacher',
  'deputy',
  'head',
  'admin',
  'parent',
  'pupil',
  'auditor',
  'archivist',
] as const
export type DemoLogin = (typeof DEMO_LOGINS)[number]

/** Somebody who can log in, and in which roles. */
export interface LogIn extends Person {
  readonly login: string
  readonly account: Uuid
  readonly person: Uuid
  readonly roles: ReadonlyArray<Exclude<Role, 'operator' | 'external-system'>>
}

/** Those who work at the school and do not teach, by their log-ins. */
const OFFICES = {
  deputy: 'deputy',
  admin: 'system-administrator',
  head: 'head',
  auditor: 'auditor',
  archivist: 'archivist',
} as const

/**
 * The accounts of the school: everybody who works there, and one pupil with one parent. More would only cost time,
 * because a password is hashed slowly on purpose.
 */
export function logInsOf(school: School): LogIn[] {
  const logIn = (login: string, { id, name }: Person, roles: LogIn['roles']): LogIn => ({
    login,
    id,
    name,
    roles,
    ...school.accountOf(id),
  })
  const offices = Object.entries(OFFICES).map(([office, role]) => {
    const path = STAFF[office as keyof typeof STAFF]
    return logIn(office, grownUp(path, school.drawsAt(path), school.id), [role])
  })
  const teachers = school.teachers.map((teacher) => {
    const { leads } = teacher.post
    return logIn(
      teacherLogin(school, teacher),
      teacher,
      leads === null ? ['teacher'] : ['teacher', 'class-teacher'],
    )
  })
  const pupil = school.demoClass.pupils[0]!
  const family = [logIn('pupil', pupil, ['pupil']), logIn('parent', pupil.parents[0]!, ['parent'])]
  return [...offices, ...teachers, ...family]
}

function teacherLogin({ demoTeacher, demoClass }: School, teacher: Teacher): string {
  if (teacher === demoTeacher) return 'teacher'
  return teacher === demoClass.teacher
    ? 'classteacher'
    : `teacher${String(teacher.post.number).padStart(2, '0')}`
}
