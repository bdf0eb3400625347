import { describe, it } from 'vitest'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { given } from '#support/spec.ts'
import {
  ALGEBRA,
  CLASS_7A,
  CLASS_7B,
  deputy,
  GROUP_ENGLISH,
  id,
  past,
  school,
  YEAR,
} from '#support/class-7a.ts'

const subject = id('subject/algebra')
const of7B = {
  year: YEAR,
  subject,
  learners: { kind: 'class', class: CLASS_7B },
  name: 'Алгебра, 7Б',
} as const
const of7A = { ...of7B, learners: { kind: 'class', class: CLASS_7A } } as const
const ofGroup = { ...of7B, learners: { kind: 'group', group: GROUP_ENGLISH } } as const
const now = '2026-08-25T03:00:00.000Z'
const as = deputy

describe('open-journal', () => {
  it('opens a journal of lessons with marks from 2 to 5, if nothing else is said', () => {
    given(school)
      .when(openJournal, of7B, { as, now })
      .records({
        type: 'JournalOpened',
        data: { subject, learners: of7B.learners, type: 'lesson', grading: 'g5', name: 'Алгебра, 7Б' },
      })
  })

  it('opens the elective of a group beside its lessons, under the id that an import chose', () => {
    const journal = id('journal/elective')
    given(school)
      .when(openJournal, { ...ofGroup, journal, type: 'elective', grading: 'pass' }, { as, now })
      .records({ type: 'JournalOpened', data: { journal, type: 'elective', grading: 'pass' } })
  })

  it('refuses a subject that the school does not have', () => {
    given(school)
      .when(openJournal, { ...of7B, subject: id('subject/magic') }, { as, now })
      .refuses('subject-unknown', { subject: id('subject/magic') })
  })

  it('refuses a class that is not there, or is of another year', () => {
    const nobody = id('class/none')
    given(school)
      .when(openJournal, { ...of7B, learners: { kind: 'class', class: nobody } }, { as, now })
      .refuses('class-unknown', { class: nobody })
    given(school)
      .when(openJournal, { ...of7B, year: YEAR + 1 }, { as, now })
      .refuses('class-unknown', { class: CLASS_7B, year: YEAR + 1 })
  })

  it('refuses a group that is not there, or is of another year', () => {
    const nobody = id('group/none')
    given(school)
      .when(openJournal, { ...of7B, learners: { kind: 'group', group: nobody } }, { as, now })
      .refuses('group-unknown', { group: nobody })
    given(school)
      .when(openJournal, { ...ofGroup, year: YEAR + 1 }, { as, now })
      .refuses('group-unknown', { group: GROUP_ENGLISH })
  })

  it('refuses a second journal of one type for the same subject and class', () => {
    given(school).when(openJournal, of7A, { as, now }).refuses('journal-exists', { journal: ALGEBRA })
  })

  it('refuses a second journal of one type for the same subject and group', () => {
    given(school)
      .when(openJournal, ofGroup, { as, now })
      .refuses('journal-exists', { journal: id('journal/7А/english-1') })
  })

  it('refuses an id that another journal has', () => {
    given(school)
      .when(openJournal, { ...of7B, journal: ALGEBRA }, { as, now })
      .refuses('journal-exists', { journal: ALGEBRA })
  })

  it('opens a journal for another group of the same class', () => {
    const group = id('group/7А/english-2')
    const formed = past('roster', 'main', {
      type: 'GroupFormed',
      data: { kind: 'subgroup', group, year: YEAR, name: '7А английский, группа 2', classes: [CLASS_7A] },
    })
    given(school, formed)
      .when(openJournal, { ...of7B, learners: { kind: 'group', group } }, { as, now })
      .records('JournalOpened')
  })
})
