import { expect, it } from 'vitest'
import { recordWholeLesson } from '#commands/journal-page/record-whole-lesson.ts'
import { adoptTopicPlan } from '#commands/topic-plan/adopt-topic-plan.ts'
import { beforehand } from '#support/api.ts'
import { type GridPage, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, CLASS_7A, date, id, MONDAY, PAGE, past, YEAR } from '#support/class-7a.ts'

/** With Anna, Boris and Gleb they are 25 in 7А on Monday. */
const others = Array.from({ length: 22 }, (_, i) => id(`pupil/of-25/${i}`))
const from = date('2026-09-01')
const schools = schoolsAtWork(
  1,
  ['mathematician', 'deputy'],
  [
    ...beforehand,
    ...others.flatMap((pupil) => [
      past('roster', 'main', { type: 'PupilEnrolled', data: { pupil, from, order: null } }),
      past('roster', 'main', {
        type: 'PupilPlacedInClass',
        data: { class: CLASS_7A, pupil, from, order: null },
      }),
    ]),
  ],
)

const PLANNED = 'Степень с натуральным показателем'

it('R-6.1 (part: what the API asks of a teacher, without people and minutes): attendance of 25, topic, homework and 6 marks are the day and the page to look at, one entry, and nothing to know but what happened', async () => {
  const school = schools.next()
  await school.done('mathematician', adoptTopicPlan, {
    year: YEAR,
    journal: ALGEBRA,
    effectiveFrom: MONDAY,
    sections: [{ items: [{ topic: PLANNED, hours: 2 }] }],
  })
  const client = await school.api.as('mathematician', school.name)
  // The two screens: the lessons of the day, and the page of the lesson.
  const [screens, entries] = [[] as string[], [] as string[]]
  const look = async <Body>(path: string): Promise<Body> => {
    screens.push(path)
    const { status, body } = await client.get<Body>(path)
    expect(status, path).toBe(200)
    return body
  }

  const day = await look<{ lessons: Array<{ page: string; date: string; number: number }> }>(
    'lessons?recorded=false',
  )
  const { page, date: on, number } = day.lessons[0]!
  const { pupils } = await look<GridPage>(`pages/${page}`)
  const here = pupils.filter(({ now }) => now)
  expect(here).toHaveLength(25)

  // What the teacher alone knows: who is not there, what is set for the next time, and the marks. Pupils are found by name.
  const byName = here.toSorted((a, b) => a.name.localeCompare(b.name, 'ru')).map(({ pupil }) => pupil)
  const [first, second, ...present] = byName
  const typed = { homework: '§ 12, № 340 письменно', values: [3, 4, 5, 3, 4, 5] }
  const path = `pages/${page}/${recordWholeLesson.name}`
  entries.push(path)
  const entry = await client.post<{ position: string }>(path, {
    date: on,
    number,
    absentees: [first, second].map((pupil) => ({ pupil, code: 'Н' })),
    homework: { text: typed.homework },
    columns: [
      {
        kind: 'lesson-answer',
        marks: typed.values.map((value, at) => ({ pupil: present[at], value })),
      },
    ],
  })
  expect(entry.status).toBe(201)
  expect([screens.length, entries.length]).toEqual([2, 1])

  const seen = { 'min-position': entry.body.position }
  const { lessons, cells } = (await client.get<GridPage>(`pages/${page}`, seen)).body
  expect(page).toBe(PAGE)
  // The topic is the next of the plan, and was typed once, when the plan was.
  expect(lessons).toMatchObject([{ topic: PLANNED, homework: { content: { text: typed.homework } } }])
  expect(cells.filter(({ absence }) => absence !== null).map(({ pupil }) => pupil)).toEqual(
    expect.arrayContaining([first, second]),
  )
  const marks = cells.flatMap((cell) => cell.marks.map(({ value }) => ({ pupil: cell.pupil, value })))
  expect(marks).toHaveLength(typed.values.length)
  expect(marks).toEqual(
    expect.arrayContaining(typed.values.map((value, at) => ({ pupil: present[at], value }))),
  )
})
