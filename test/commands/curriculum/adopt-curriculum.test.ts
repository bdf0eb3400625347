import { describe, expect, it } from 'vitest'
import { adoptCurriculum } from '#commands/curriculum/adopt-curriculum.ts'
import { given } from '#support/spec.ts'
import {
  ANNA,
  CLASS_7A,
  CLASS_7B,
  date,
  deputy,
  GROUP_ENGLISH,
  id,
  past,
  school,
  YEAR,
} from '#support/class-7a.ts'
import type { CurriculumFor } from '#values/curriculum.ts'

const now = '2026-08-25T03:00:00.000Z'
const as = deputy
const ALGEBRA = id('subject/algebra')
const GEOMETRY = id('subject/geometry')
const LORE = id('subject/lore')
const grade7 = { kind: 'grade', grade: 7 } as const
const profile = (classes = [CLASS_7A], groups: Array<typeof CLASS_7A> = []) => ({
  kind: 'profile' as const,
  grade: 7,
  profiles: ['technological' as const],
  classes,
  groups,
})

const subjects = [
  past('curriculum', 'main', {
    type: 'SubjectAdded',
    data: { subject: GEOMETRY, name: 'Геометрия', component: 'federal' },
  }),
  past('curriculum', 'main', {
    type: 'SubjectAdded',
    data: { subject: LORE, name: 'Краеведение', component: 'school' },
  }),
]
const history = [...school, ...subjects]
const plan = {
  year: YEAR,
  name: 'Учебный план 7 класса',
  for: grade7 as CurriculumFor,
  lines: [
    { subject: ALGEBRA, hours: 3 },
    { subject: GEOMETRY, hours: 2.5 },
    { subject: LORE, hours: 0.5 },
  ],
  effectiveFrom: '2026-09-01',
}
const adopted = (of: CurriculumFor, curriculum = id('curriculum/7')) =>
  past('curriculum', 'main', {
    type: 'CurriculumAdopted',
    data: {
      curriculum,
      year: YEAR,
      name: 'План',
      for: of,
      lines: [{ subject: ALGEBRA, component: 'federal', weekly: 300 }],
      effectiveFrom: date('2026-09-01'),
      until: null,
    },
  })

const isRead = (hours: number): boolean =>
  adoptCurriculum.input.safeParse({ ...plan, lines: [{ subject: ALGEBRA, hours }] }).success

describe('adopt-curriculum', () => {
  it('keeps hours exactly, and takes the component of a subject where none is named', () => {
    given(history)
      .when(adoptCurriculum, plan, { as, now })
      .records({
        type: 'CurriculumAdopted',
        data: {
          year: YEAR,
          for: grade7,
          lines: [
            { subject: ALGEBRA, component: 'federal', weekly: 300 },
            { subject: GEOMETRY, component: 'federal', weekly: 250 },
            { subject: LORE, component: 'school', weekly: 50 },
          ],
          effectiveFrom: '2026-09-01',
          until: null,
        },
      })
  })

  it('is adopted for a grade, profiles, a class, a group or one pupil', () => {
    for (const of of [
      profile([CLASS_7A], [GROUP_ENGLISH]),
      { kind: 'class' as const, class: CLASS_7A },
      { kind: 'group' as const, group: GROUP_ENGLISH },
      { kind: 'pupil' as const, pupil: ANNA },
    ]) {
      given(history)
        .when(adoptCurriculum, { ...plan, for: of, until: '2026-12-29' }, { as, now })
        .records({ type: 'CurriculumAdopted', data: { for: of, until: '2026-12-29' } })
    }
  })

  it('makes the next version of the curriculum that the same learners have, named or not', () => {
    const curriculum = id('curriculum/7')
    for (const named of [{}, { curriculum }]) {
      given(history, adopted(grade7))
        .when(adoptCurriculum, { ...plan, ...named, effectiveFrom: '2027-01-11' }, { as, now })
        .records({ type: 'CurriculumAdopted', data: { curriculum, effectiveFrom: '2027-01-11' } })
    }
  })

  it('takes a subject once in each component', () => {
    const added = { subject: ALGEBRA, component: 'school' as const, hours: 1 }
    given(history)
      .when(adoptCurriculum, { ...plan, lines: [...plan.lines, added] }, { as, now })
      .records('CurriculumAdopted')
    given(history)
      .when(adoptCurriculum, { ...plan, lines: [...plan.lines, { subject: ALGEBRA, hours: 1 }] }, { as, now })
      .refuses('subject-repeated', { subject: ALGEBRA, component: 'federal' })
  })

  it('reads no week of nothing, of more than forty hours, or of a third of an hour', () => {
    expect([0, 0.25, 0.3, 0.5, 2.5, 40, 40.5].map(isRead)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
      false,
    ])
  })

  it('refuses a year that was never opened', () => {
    given(history)
      .when(adoptCurriculum, { ...plan, year: YEAR + 1 }, { as, now })
      .refuses('school-year-unknown')
  })

  it('refuses dates outside the year, and an end before the beginning', () => {
    for (const dates of [
      { effectiveFrom: '2026-08-31' },
      { effectiveFrom: '2027-05-27' },
      { until: '2027-05-27' },
    ]) {
      given(history)
        .when(adoptCurriculum, { ...plan, ...dates }, { as, now })
        .refuses('date-outside-year')
    }
    given(history)
      .when(adoptCurriculum, { ...plan, effectiveFrom: '2026-11-02', until: '2026-11-01' }, { as, now })
      .refuses('bounds-reversed')
  })

  it('refuses a subject that the school does not have', () => {
    given(school).when(adoptCurriculum, plan, { as, now }).refuses('subject-unknown', { subject: GEOMETRY })
  })

  it('refuses learners who are not there', () => {
    const nobody = id('nobody')
    const refused = [
      [{ kind: 'class', class: nobody }, 'class-unknown'],
      [profile([nobody]), 'class-unknown'],
      [{ ...profile([CLASS_7A]), grade: 8 }, 'class-unknown'],
      [{ kind: 'group', group: nobody }, 'group-unknown'],
      [profile([], [nobody]), 'group-unknown'],
      [{ kind: 'pupil', pupil: nobody }, 'pupil-unknown'],
    ] as const
    for (const [of, reason] of refused) {
      given(history)
        .when(adoptCurriculum, { ...plan, for: of }, { as, now })
        .refuses(reason)
    }
  })

  it('refuses a second curriculum of one rank for the same learners', () => {
    given(history, adopted(grade7))
      .when(adoptCurriculum, { ...plan, curriculum: id('curriculum/other') }, { as, now })
      .refuses('curriculum-exists', { curriculum: id('curriculum/7') })
    const humanities = { ...profile([CLASS_7A, CLASS_7B]), profiles: ['humanities' as const] }
    given(history, adopted(profile([CLASS_7A])))
      .when(adoptCurriculum, { ...plan, for: humanities }, { as, now })
      .refuses('curriculum-exists', { curriculum: id('curriculum/7') })
    given(history, adopted(profile([CLASS_7A])))
      .when(adoptCurriculum, { ...plan, for: { ...humanities, classes: [CLASS_7B] } }, { as, now })
      .records('CurriculumAdopted')
  })

  it('refuses to turn a curriculum into one of other learners', () => {
    given(history, adopted(grade7))
      .when(
        adoptCurriculum,
        { ...plan, curriculum: id('curriculum/7'), for: { kind: 'class', class: CLASS_7A } },
        { as, now },
      )
      .refuses('curriculum-of-others', { curriculum: id('curriculum/7'), for: grade7 })
  })
})
