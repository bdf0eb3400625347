import { expect, it } from 'vitest'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { KindId, STARTING_POLICY } from '#values/policy.ts'
import { lessonId, pageId, PeriodId } from '#values/school.ts'
import { LocalTime } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { date, id, MATHEMATICIAN, past, ZONE } from '#support/class-7a.ts'
import type { Past } from '#support/spec.ts'

/**
 * The school year 2015/16 in Tomsk: 29 February is a Monday, and in the night to Sunday 29 May the clock goes from UTC+6
 * to UTC+7. Grade 7 learns in the first shift and grade 8 in the second; both have algebra on Mondays and Saturdays.
 */
const YEAR = 2015
const HALF = PeriodId.parse('h2')
const OF = { first: { class: id('2015/7А'), grade: 7 }, second: { class: id('2015/8А'), grade: 8 } }
const JOURNALS = { first: id('2015/7А/algebra'), second: id('2015/8А/algebra') }
const from = date('2015-09-01')
const bell = (number: number, begins: string, ends: string) => ({
  number,
  from: LocalTime.parse(begins),
  until: LocalTime.parse(ends),
})
const slots = (journal: Uuid) =>
  [1, 6].flatMap((weekday) => [1, 2].map((number) => ({ weekday, number, journal, room: null })))

const ofShift = (shift: 'first' | 'second', bells: ReadonlyArray<ReturnType<typeof bell>>): Past[] => {
  const { class: of, grade } = OF[shift]
  const journal = JOURNALS[shift]
  return [
    past('schoolYear', YEAR, {
      type: 'BellsScheduled',
      data: {
        shift: KindId.parse(shift),
        effectiveFrom: from,
        grades: [grade],
        units: [],
        bells: [...bells],
      },
    }),
    past('roster', 'main', {
      type: 'ClassFormed',
      data: { class: of, year: YEAR, grade, name: `${grade}А` },
    }),
    past('teachingLoad', YEAR, {
      type: 'JournalOpened',
      data: {
        journal,
        subject: id('subject/algebra'),
        learners: { kind: 'class', class: of },
        type: 'lesson',
        grading: 'g5',
        name: `Алгебра, ${grade}А`,
      },
    }),
    past('teachingLoad', YEAR, { type: 'TeacherAssigned', data: { journal, staff: MATHEMATICIAN, from } }),
    past('timetable', YEAR, {
      type: 'WeekScheduled',
      data: { class: of, effectiveFrom: from, slots: slots(journal) },
    }),
  ]
}

const school: readonly Past[] = [
  past('schoolYear', YEAR, {
    type: 'SchoolYearOpened',
    data: { year: YEAR, from, until: date('2016-05-31'), zone: ZONE, schoolDays: [1, 2, 3, 4, 5, 6] },
  }),
  past('schoolYear', YEAR, {
    type: 'PeriodsPlanned',
    data: {
      structure: 'half-years',
      grades: [7, 8],
      units: [],
      periods: [{ period: HALF, name: 'II полугодие', from: date('2016-01-11'), until: date('2016-05-31') }],
    },
  }),
  past('policy', 'main', { type: 'PolicyAdopted', data: { effectiveFrom: from, policy: STARTING_POLICY } }),
  past('roster', 'main', { type: 'StaffHired', data: { staff: MATHEMATICIAN, from } }),
  ...ofShift('first', [bell(1, '08:30', '09:10'), bell(2, '09:20', '10:00')]),
  ...ofShift('second', [bell(1, '14:00', '14:40'), bell(2, '14:50', '15:30')]),
]
const schools = schoolsAtWork(3, ['mathematician', 'head'], school, '2015-08-25')

interface Item {
  readonly duty: string
  readonly state: string
  readonly due_at: string
  readonly lesson: string
}
const itemsOf = async (at: ReturnType<typeof schools.next>, day: string, query: string) =>
  (await at.seen<{ items: readonly Item[] }>('head', `overdue?from=${day}&until=${day}&${query}`)).items

it('R-D10 (29 February, two shifts): the day has its deadlines, and homework is due 90 minutes after the last lesson of the class in its own shift', async () => {
  const at = schools.next().at('2016-02-29T05:29:59.000Z')
  const states = async (shift: 'first' | 'second', duty = 'homework') =>
    (await itemsOf(at, '2016-02-29', `duty=${duty}&journal=${JOURNALS[shift]}`)).map(
      ({ state, due_at }) => [state, due_at] as const,
    )
  // 10:00 and 15:30 in Tomsk, at UTC+6, with 90 minutes after them.
  const [morning, evening] = ['2016-02-29T05:30:00.000Z', '2016-02-29T11:00:00.000Z']
  at.at(morning)
  expect(await states('first')).toEqual([
    ['due', morning],
    ['due', morning],
  ])
  at.at('2016-02-29T05:30:01.000Z')
  expect(await states('first')).toEqual([
    ['overdue', morning],
    ['overdue', morning],
  ])
  at.at(evening)
  expect((await states('second')).map(([state]) => state)).toEqual(['due', 'due'])
  at.at('2016-02-29T11:00:01.000Z')
  expect((await states('second')).map(([state]) => state)).toEqual(['overdue', 'overdue'])
  const night = '2016-02-29T17:59:59.000Z'
  at.at('2016-02-29T17:59:59.999Z')
  expect(await states('first', 'lesson')).toEqual([
    ['due', night],
    ['due', night],
  ])
  at.at('2016-02-29T18:00:00.000Z')
  expect((await states('first', 'lesson')).map(([state]) => state)).toEqual(['overdue', 'overdue'])
})

it('R-D10, R-2.12 (a week over 29 February): written work of the 22nd is due on the 29th, of a leap year', async () => {
  const at = schools.next().at('2016-02-22T04:00:00.000Z')
  await at.done('mathematician', openPage, { year: YEAR, journal: JOURNALS.first, period: HALF })
  const page = pageId(JOURNALS.first, HALF)
  const test = { page, date: '2016-02-22', number: 1, topic: 'Контрольная работа № 4', type: 'test' }
  await at.done('mathematician', recordLesson, test)
  const marks = () => itemsOf(at, '2016-02-22', 'duty=marks')
  at.at('2016-02-29T17:59:59.999Z')
  expect(await marks()).toMatchObject([{ state: 'due', due_at: '2016-02-29T17:59:59.000Z' }])
  at.at('2016-02-29T18:00:00.000Z')
  expect(await marks()).toMatchObject([{ state: 'overdue' }])
})

it('R-D10 (the school changes its time zone): a day ends by the clock of its own date, and a week over the change is an hour shorter', async () => {
  const at = schools.next().at('2016-05-28T04:00:00.000Z')
  await at.done('mathematician', openPage, { year: YEAR, journal: JOURNALS.first, period: HALF })
  const page = pageId(JOURNALS.first, HALF)
  const test = { page, date: '2016-05-28', number: 1, topic: 'Контрольная работа № 6', type: 'test' }
  await at.done('mathematician', recordLesson, test)
  const second = lessonId(JOURNALS.first, date('2016-05-28'), 2)
  const lesson = async (day: string) =>
    (await itemsOf(at, day, `duty=lesson&journal=${JOURNALS.first}`)).map(({ lesson, state, due_at }) => [
      lesson === second || day !== '2016-05-28',
      state,
      due_at,
    ])
  at.at('2016-05-28T17:59:59.999Z')
  expect(await lesson('2016-05-28')).toEqual([[true, 'due', '2016-05-28T17:59:59.000Z']])
  at.at('2016-05-28T18:00:00.000Z')
  expect(await lesson('2016-05-28')).toEqual([[true, 'overdue', '2016-05-28T17:59:59.000Z']])
  // Monday the 30th ends at UTC+7.
  at.at('2016-05-30T16:59:59.999Z')
  expect((await lesson('2016-05-30')).map(([, state]) => state)).toEqual(['due', 'due'])
  at.at('2016-05-30T17:00:00.000Z')
  expect((await lesson('2016-05-30')).map(([, state]) => state)).toEqual(['overdue', 'overdue'])
  const marks = () => itemsOf(at, '2016-05-28', 'duty=marks')
  at.at('2016-06-04T16:59:59.999Z')
  expect(await marks()).toMatchObject([{ state: 'due', due_at: '2016-06-04T16:59:59.000Z' }])
  at.at('2016-06-04T17:00:00.000Z')
  expect(await marks()).toMatchObject([{ state: 'overdue' }])
})
