import { describe, it } from 'vitest'
import { addSubject } from '#commands/curriculum/add-subject.ts'
import { given } from '#support/spec.ts'
import { deputy, id, school } from '#support/class-7a.ts'

const now = '2026-08-25T03:00:00.000Z'
const as = deputy

describe('add-subject', () => {
  it('adds a subject of the federal plan, if nothing else is said', () => {
    given(school)
      .when(addSubject, { name: 'Геометрия' }, { as, now })
      .records({ type: 'SubjectAdded', data: { name: 'Геометрия', component: 'federal' } })
  })

  it('adds a subject of the school under the id that an import chose', () => {
    const subject = id('subject/local-history')
    given(school)
      .when(addSubject, { subject, name: 'Краеведение', component: 'school' }, { as, now })
      .records({ type: 'SubjectAdded', data: { subject, component: 'school' } })
  })

  it('refuses a second subject of one name, however it is spelled', () => {
    given(school)
      .when(addSubject, { name: ' АЛГЕБРА ' }, { as, now })
      .refuses('subject-exists', { subject: id('subject/algebra'), name: 'Алгебра' })
  })

  it('refuses an id that another subject has', () => {
    given(school)
      .when(addSubject, { subject: id('subject/algebra'), name: 'Геометрия' }, { as, now })
      .refuses('subject-exists')
  })
})
