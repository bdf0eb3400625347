import { describe, expect, it } from 'vitest'
import { endRepresentation } from '#commands/family/end-representation.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { hireStaff } from '#commands/roster/hire-staff.ts'
import { releasePupil } from '#commands/roster/release-pupil.ts'
import { releaseStaff } from '#commands/roster/release-staff.ts'
import { transferPupil } from '#commands/roster/transfer-pupil.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { lessonId, pageId } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  date,
  id,
  LESSON,
  MATHEMATICIAN,
  MONDAY,
  PAGE,
  Q2,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(4, ['mathematician', 'deputy', 'head', 'auditor', 'mother'])
const order = { number: '12-у', date: '2026-11-13' }
const TUESDAY = '2026-11-17'

interface Movement {
  readonly kind: string
  readonly class_name: string | null
  readonly from: string
  readonly order_number: string | null
}

/** Algebra of 7Б, first lesson of each Monday, by the mathematician. */
async function algebraOf7B(school: SchoolAtWork): Promise<{ page: Uuid; journal: Uuid }> {
  const journal = id('journal/7Б/algebra of movement')
  const learners = { kind: 'class', class: CLASS_7B }
  const subject = id('subject/algebra')
  await school.done('deputy', openJournal, { year: YEAR, journal, subject, learners, name: 'Алгебра 7Б' })
  await school.done('deputy', assignTeacher, {
    year: YEAR,
    journal,
    staff: MATHEMATICIAN,
    from: '2026-09-01',
  })
  const slots = [{ weekday: 1, number: 1, journal }]
  await school.done('deputy', scheduleWeek, {
    year: YEAR,
    class: CLASS_7B,
    effectiveFrom: '2026-09-01',
    slots,
  })
  await school.done('mathematician', openPage, { year: YEAR, journal, period: 'q2' })
  return { journal, page: pageId(journal, Q2) }
}

const mark = (school: SchoolAtWork, page: Uuid, lesson: Uuid, value: number) =>
  school.give('mathematician', recordMarks, { page, lesson, kind: 'test', marks: [{ pupil: BORIS, value }] })

describe('the movement of pupils (п. 7А.16)', () => {
  it('R-7A.16h (part: all but finals from elsewhere): a transfer by an order changes the lists from its day, and keeps the marks', async () => {
    const school = await schools.next().recordLesson()
    const other = await algebraOf7B(school)
    expect(await mark(school, PAGE, LESSON, 4)).toMatchObject({ status: 201 })
    await school.done('deputy', transferPupil, {
      pupil: BORIS,
      class: CLASS_7A,
      to: CLASS_7B,
      from: '2026-11-16',
      order,
    })

    school.at('2026-11-16T05:00:00.000Z')
    await school.recordLesson('2026-11-16')
    const old = lessonId(id('journal/7А/algebra'), date('2026-11-16'), 3)
    expect(await mark(school, PAGE, old, 5)).toMatchObject({ body: { reason: 'pupil-not-member' } })
    await school.done('mathematician', recordLesson, {
      page: other.page,
      date: '2026-11-16',
      number: 1,
      topic: 'Степень',
    })
    const fresh = lessonId(other.journal, date('2026-11-16'), 1)
    expect(await mark(school, other.page, fresh, 3)).toMatchObject({ status: 201 })

    const here = (await school.grid()).pupils.find(({ pupil }) => pupil === BORIS)
    expect(here).toMatchObject({ now: false })
    expect((await school.diary(BORIS, MONDAY)).flatMap(({ marks }) => marks)).toMatchObject([{ value: 4 }])
    const after = await school.diary(BORIS, '2026-11-16')
    expect(after.map(({ journal }) => journal)).toEqual([other.journal])

    const register = await school.seen<{ movements: Movement[]; next: string | null }>(
      'auditor',
      `movements?since=2026-11-01&until=2026-11-30&pupil=${BORIS}`,
    )
    expect(register.movements).toMatchObject([
      { kind: 'removed', class_name: '7А', from: '2026-11-16', order_number: '12-у' },
      { kind: 'placed', class_name: '7Б', from: '2026-11-16', order_number: '12-у' },
    ])
  })

  it('R-7A.16h (part): a pupil who leaves is in no later lesson, stays in the history, and may come back', async () => {
    const school = await schools.next().recordLesson()
    expect(await mark(school, PAGE, LESSON, 4)).toMatchObject({ status: 201 })
    const leaving = { pupil: BORIS, from: TUESDAY, reason: 'moved-away', order }
    await school.done('deputy', releasePupil, leaving)
    const again = await school.give('deputy', releasePupil, leaving)
    expect(again).toMatchObject({ status: 409, body: { reason: 'pupil-released' } })

    const listed = async (on: string): Promise<Uuid[]> => {
      const { people } = await school.seen<{ people: Array<{ person: Uuid }> }>(
        'head',
        `people/pupils?on=${on}`,
      )
      return people.map(({ person }) => person)
    }
    expect(await listed('2026-11-16')).toContain(BORIS)
    expect(await listed(TUESDAY)).not.toContain(BORIS)
    school.at('2026-11-23T05:00:00.000Z')
    await school.recordLesson('2026-11-23')
    const later = lessonId(id('journal/7А/algebra'), date('2026-11-23'), 3)
    expect(await mark(school, PAGE, later, 5)).toMatchObject({ body: { reason: 'pupil-not-member' } })
    expect(await school.cell(BORIS, LESSON)).toMatchObject([{ after: { value: 4 } }])

    const name = { family: 'Борисов', given: 'Борис' }
    await school.done('deputy', enrolPupil, { pupil: BORIS, name, from: '2026-12-01', order })
    expect(await listed('2026-11-30')).not.toContain(BORIS)
    expect(await listed('2026-12-01')).toContain(BORIS)
    const kinds = async (query: string) =>
      school.seen<{ movements: Movement[]; next: string | null }>(
        'head',
        `movements?since=2026-11-10&until=2026-12-31&pupil=${BORIS}${query}`,
      )
    const first = await kinds('&limit=2')
    expect(first.movements.map(({ kind }) => kind)).toEqual(['released', 'removed'])
    const rest = await kinds(`&limit=2&cursor=${first.next}`)
    expect(rest.movements.map(({ kind }) => kind)).toEqual(['enrolled'])
    expect(rest.next).toBeNull()
  })
})

describe('the lists of the school (п. 7А.16)', () => {
  it('R-7A.16g (part): the staff of any day is that of then', async () => {
    const school = schools.next()
    const staff = id('staff/new teacher')
    const name = { family: 'Новиков', given: 'Олег' }
    await school.done('deputy', hireStaff, { staff, name, from: '2026-11-10' })
    await school.done('deputy', releaseStaff, { staff, from: '2026-12-01' })
    const on = async (day: string) => {
      const { people } = await school.seen<{ people: Array<{ person: Uuid; name: string }> }>(
        'deputy',
        `people/staff?on=${day}`,
      )
      return people.filter(({ person }) => person === staff).map((one) => one.name)
    }
    expect(await on('2026-11-09')).toEqual([])
    expect(await on('2026-11-10')).toEqual(['Новиков Олег'])
    expect(await on('2026-11-30')).toEqual(['Новиков Олег'])
    expect(await on('2026-12-01')).toEqual([])
    const held = await school.give('deputy', releaseStaff, { staff: MATHEMATICIAN, from: '2026-12-01' })
    expect(held).toMatchObject({ status: 409, body: { reason: 'staff-in-office' } })
  })

  it('R-7B.8 (part): a parent reads the diary until the day on which the representation ends', async () => {
    const school = schools.next()
    const { person } = await school.seen<{ person: Uuid }>('mother', 'me')
    const diary = `pupils/${ANNA}/diary`
    expect(await school.ask('mother', diary)).toMatchObject({ status: 200 })
    const end = { pupil: ANNA, representative: person, from: MONDAY }
    await school.done('deputy', endRepresentation, end)
    expect(await school.ask('mother', diary)).toMatchObject({ status: 403 })
    const me = await school.seen<{ children: unknown[] }>('mother', 'me')
    expect(me.children).toEqual([])
  })
})
