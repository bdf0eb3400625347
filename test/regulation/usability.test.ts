import { expect, it } from 'vitest'
import { recordWholeLesson } from '#commands/journal-page/record-whole-lesson.ts'
import { beforehand } from '#support/api.ts'
import { type GridPage, schoolsAtWork } from '#support/at-work.ts'
import { CLASS_7A, date, id, MONDAY, PAGE, past } from '#support/class-7a.ts'

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

it('R-6.1 (part: what the API asks of a teacher, without people and minutes): attendance of 25, topic, homework and 6 marks are one look at the page and one entry', async () => {
  const school = schools.next()
  const client = await school.api.as('mathematician', school.name)

  const page = await client.get<GridPage>(`pages/${PAGE}`)
  const here = page.body.pupils.filter(({ now }) => now).map(({ pupil }) => pupil)
  expect(here).toHaveLength(25)

  const [first, second, ...present] = here
  const lesson = {
    date: MONDAY,
    number: 3,
    topic: 'Степень с натуральным показателем',
    absentees: [first, second].map((pupil) => ({ pupil, code: 'Н' })),
    homework: { text: '§ 12, № 340 письменно' },
    columns: [
      {
        kind: 'lesson-answer',
        marks: present.slice(0, 6).map((pupil, i) => ({ pupil, value: 3 + (i % 3) })),
      },
    ],
  }
  const entry = await client.post<{ position: string }>(`pages/${PAGE}/${recordWholeLesson.name}`, lesson)
  expect(entry.status).toBe(201)

  const seen = { 'min-position': entry.body.position }
  const { lessons, cells } = (await client.get<GridPage>(`pages/${PAGE}`, seen)).body
  expect(lessons).toMatchObject([
    { topic: lesson.topic, homework: { content: { text: lesson.homework.text } } },
  ])
  expect(cells.filter(({ absence }) => absence !== null)).toHaveLength(2)
  expect(cells.flatMap(({ marks }) => marks)).toHaveLength(6)
})
