import { describe, expect, it } from 'vitest'
import { replacePassword } from '#commands/access/replace-password.ts'
import { COMMANDS } from '#commands/catalogue.ts'
import type { Actor, Command } from '#commands/command.ts'
import { addSubject } from '#commands/curriculum/add-subject.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { appointClassTeacher } from '#commands/roster/appoint-class-teacher.ts'
import { formClass } from '#commands/roster/form-class.ts'
import { formGroup } from '#commands/roster/form-group.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { releasePupil } from '#commands/roster/release-pupil.ts'
import { transferPupil } from '#commands/roster/transfer-pupil.ts'
import { planPeriods } from '#commands/school-year/plan-periods.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import type { Scope } from '#values/competence.ts'
import { mayAct } from '#values/rights.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  DINA,
  deputy,
  entryOf,
  GROUP_ENGLISH,
  id,
  lessonRecorded,
  markRecorded,
  PAGE,
  pageOpened,
  past,
  school,
  STRANGER,
  workHeld,
  YEAR,
} from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

const now = '2026-11-09T04:00:00.000Z'
const subject = id('subject/algebra')
const deputyOf = (...competence: readonly Scope[]): Actor => ({ ...deputy, competence })
const SEVENTH = deputyOf({ grades: [7], subjects: null })
const PRIMARY = deputyOf({ grades: [1, 2, 3, 4], subjects: null })
const ALGEBRAIST = deputyOf({ grades: null, subjects: [subject] })
const LINGUIST = deputyOf({ grades: null, subjects: [id('subject/english')] })
const ALGEBRA_OF_PRIMARY = deputyOf({ grades: [1, 2, 3, 4], subjects: [subject] })

const CLASS_8A = id('class/8А')
const eighth = past('roster', 'main', {
  type: 'ClassFormed',
  data: { class: CLASS_8A, year: YEAR, grade: 8, name: '8А' },
})
const marked = [...school, eighth, pageOpened, lessonRecorded, workHeld('test'), markRecorded(ANNA, 4)]
const order = { number: '1-у', date: '2026-11-09' }

/** Commands about something of the seventh grade, and whether it is a matter of one subject. */
const OF_THE_SEVENTH: ReadonlyArray<readonly [command: Command, input: object, ofSubject: boolean]> = [
  [
    correctMark,
    { page: PAGE, entry: entryOf(ANNA, 'test'), value: 5, expectedVersion: 3, reason: 'typing-error' },
    true,
  ],
  [openPage, { year: YEAR, journal: ALGEBRA, period: 'q1' }, true],
  [assignTeacher, { year: YEAR, journal: ALGEBRA, staff: STRANGER, from: '2026-11-16' }, true],
  [
    openJournal,
    { year: YEAR, subject, learners: { kind: 'class', class: CLASS_7B }, name: 'Алгебра, 7Б' },
    true,
  ],
  [formClass, { year: YEAR, grade: 7, name: '7В' }, false],
  [formGroup, { year: YEAR, name: 'Группа', classes: [CLASS_7A, CLASS_7B] }, false],
  [joinGroup, { group: GROUP_ENGLISH, pupils: [BORIS], from: '2026-11-16' }, false],
  [transferPupil, { pupil: BORIS, class: CLASS_7A, to: CLASS_7B, from: '2026-11-16', order }, false],
  [releasePupil, { pupil: DINA, from: '2026-11-16', reason: 'moved-away', order }, false],
  [appointClassTeacher, { class: CLASS_7B, staff: STRANGER, from: '2026-11-16' }, false],
  [
    registerRepresentative,
    {
      pupil: DINA,
      name: { family: 'Новикова', given: 'Анна', patronymic: null },
      kinship: 'mother',
      from: '2026-11-09',
    },
    false,
  ],
  [scheduleWeek, { year: YEAR, class: CLASS_7A, effectiveFrom: '2026-11-16', slots: [] }, false],
]

describe('R-7A.16b: a deputy within a competence', () => {
  it.each(OF_THE_SEVENTH.map((one) => [one[0].name, ...one] as const))(
    'changes what lies in it and nothing else: %s',
    (_name, command, input, ofSubject) => {
      const asked = (as: Actor) => given(marked).when(command, input as never, { as, now })
      for (const as of ofSubject ? [deputy, SEVENTH, ALGEBRAIST] : [deputy, SEVENTH])
        expect(asked(as).decision, JSON.stringify(as.competence)).not.toHaveProperty('refused')
      for (const as of [PRIMARY, LINGUIST, ALGEBRA_OF_PRIMARY, ...(ofSubject ? [] : [ALGEBRAIST])])
        asked(as).refuses('outside-competence')
      // Each for a part of it: together they answer for it.
      const both = deputyOf(...PRIMARY.competence!, ...SEVENTH.competence!)
      expect(asked(both).decision).not.toHaveProperty('refused')
    },
  )

  it('does not move a pupil into a grade of somebody else, nor plan its periods', () => {
    const move = { pupil: BORIS, class: CLASS_7A, to: CLASS_8A, from: '2026-11-16', order }
    given(marked).when(transferPupil, move, { as: SEVENTH, now }).refuses('outside-competence')
    const mixed = { year: YEAR, name: 'Хор', classes: [CLASS_7A, CLASS_8A] }
    given(marked).when(formGroup, mixed, { as: SEVENTH, now }).refuses('outside-competence')
    const periods = [{ period: 'y', name: 'Год', from: '2026-09-01', until: '2027-05-26' }]
    const planned = { year: YEAR, structure: 'year' as const, grades: [8, 9], periods }
    const eighthAndNinth = deputyOf({ grades: [8], subjects: null }, { grades: [9], subjects: null })
    given(marked).when(planPeriods, planned, { as: eighthAndNinth, now }).records('PeriodsPlanned')
    const eighthAlone = deputyOf({ grades: [8], subjects: null })
    given(marked).when(planPeriods, planned, { as: eighthAlone, now }).refuses('outside-competence')
  })

  it('changes nothing of the whole school, but his own account', () => {
    given(marked).when(addSubject, { name: 'Логика' }, { as: SEVENTH, now }).refuses('outside-competence')
    const own = { account: deputy.account, old: 'старый-пароль-7', new: 'новый-пароль-семь' }
    given(
      past('access', deputy.account, {
        type: 'AccountOpened',
        data: { account: deputy.account, person: deputy.person },
      }),
    )
      .when(replacePassword, own, { as: SEVENTH, now })
      .records('PasswordReplaced')
  })

  it('is kept from every command that does not say what it is about', () => {
    const whole = (COMMANDS as readonly Command[])
      .filter(({ operation, asOneself }) => mayAct(operation).includes('deputy') && asOneself !== true)
      .filter((command) => !('concerns' in command))
      .map(({ name }) => name)
    expect(whole.toSorted()).toEqual([
      'add-room',
      'add-subject',
      'adopt-curriculum',
      'adopt-policy',
      'annul-suspect-operations',
      'close-room',
      'declare-compromise',
      'declare-empty-section',
      'enrol-pupil',
      'hire-staff',
      'open-school-year',
      'receive-breach-as-head',
      'register-outage',
      'release-staff',
      'restore-access',
      'withdraw-breach',
      'withdraw-outage',
    ])
  })
})
