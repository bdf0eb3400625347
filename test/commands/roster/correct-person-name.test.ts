import { describe, it } from 'vitest'
import { correctPersonName } from '#commands/roster/correct-person-name.ts'
import { given } from '#support/spec.ts'
import { ANNA, classTeacher, date, deputy, DINA, id, MATHEMATICIAN, school } from '#support/class-7a.ts'

const name = { family: 'Белова', given: 'Анна', patronymic: 'Сергеевна' }
const document = { kind: 'name-change', date: date('2026-11-09') } as const
const changed = { person: ANNA, name, reason: 'changed', document } as const
const mistyped = { person: ANNA, name, reason: 'mistyped' } as const
const as = { as: deputy, now: '2026-11-09T03:00:00.000Z' }

const ofGrade = (grade: number) => ({
  ...as,
  as: { ...deputy, competence: [{ grades: [grade], subjects: null }] },
})

describe('correct-person-name', () => {
  it('says of whom, why and by which document, and no name', () => {
    given(school)
      .when(correctPersonName, changed, as)
      .records({ type: 'PersonNameCorrected', data: { person: ANNA, reason: 'changed', document } })
    given(school)
      .when(correctPersonName, { ...mistyped, person: MATHEMATICIAN }, as)
      .records({
        type: 'PersonNameCorrected',
        data: { person: MATHEMATICIAN, reason: 'mistyped', document: null },
      })
  })

  it('refuses a change without its document, and a document of tomorrow', () => {
    given(school)
      .when(correctPersonName, { ...changed, document: null }, as)
      .refuses('document-required')
    given(school)
      .when(correctPersonName, { ...changed, document: { ...document, date: date('2026-11-10') } }, as)
      .refuses('document-of-future', { date: '2026-11-10', today: '2026-11-09' })
  })

  it('refuses whom the school does not know', () => {
    given(school)
      .when(correctPersonName, { ...mistyped, person: id('nobody') }, as)
      .refuses('person-unknown', { person: id('nobody') })
  })

  it('is the class teacher’s for pupils of the own class alone', () => {
    const own = { ...as, as: classTeacher }
    given(school).when(correctPersonName, mistyped, own).records('PersonNameCorrected')
    for (const person of [DINA, MATHEMATICIAN])
      given(school)
        .when(correctPersonName, { ...mistyped, person }, own)
        .refuses('class-not-led')
  })

  it('lies in the competence of whoever answers for the grade; staff is of the whole school', () => {
    given(school).when(correctPersonName, mistyped, ofGrade(7)).records('PersonNameCorrected')
    given(school).when(correctPersonName, mistyped, ofGrade(8)).refuses('outside-competence')
    given(school)
      .when(correctPersonName, { ...mistyped, person: MATHEMATICIAN }, ofGrade(7))
      .refuses('outside-competence')
  })
})
