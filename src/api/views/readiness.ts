import { z } from 'zod'
import { READINESS_STREAMS, readinessDue, SECTIONS, sectionsOf } from '#commands/readiness/sections.ts'
import { referenceStream, REFERENCES, WHOLE_SCHOOL } from '#commands/references.ts'
import { decode, type Decoded } from '#events/registry.ts'
import { streamName } from '#events/stream-name.ts'
import { SchoolYear } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { authorsOf } from './names.ts'
import { type Asked, defineView } from './view.ts'

/**
 * How far the administration has come with what п. 2.2 asks for by 5 September. It is folded from the log, so that it
 * can say which event completed a section; entry of marks waits for none of it.
 */
export const readiness = defineView({
  name: 'readiness',
  path: 'years/:year/readiness',
  summary: 'Готовность к учебному году: одиннадцать разделов, что завершило каждый и что просрочено',
  tag: 'Школа',
  operation: '17d',
  input: z.strictObject({ year: SchoolYear }),
  reply: z.strictObject({
    year: SchoolYear,
    due_at: Instant,
    ready: z.boolean(),
    sections: z.array(
      z.strictObject({
        section: z.enum(SECTIONS),
        name: z.string(),
        state: z.enum(['empty', 'partial', 'complete']),
        overdue: z.boolean().describe('Не завершён, а срок прошёл'),
        completed: z
          .strictObject({
            event: Uuid,
            type: z.string(),
            at: Instant,
            author: z.string().nullable(),
            late: z.boolean().describe('Завершён после срока'),
          })
          .nullable(),
      }),
    ),
  }),
  async answer(asked) {
    const { school, parts, input } = asked
    const { streams, clock } = parts.execution
    const calendar = await streams.load(
      REFERENCES.schoolYear.fold,
      referenceStream(school, 'schoolYear', input.year),
    )
    const zone = calendar.state.year?.zone
    if (zone === undefined) throw new ProblemError('school-year-unknown', { year: input.year })
    const dueAt = readinessDue(input.year, zone)
    const sections = await sectionsNow(asked, input.year)
    const author = await authorsOf(
      asked,
      sections.flatMap(({ completedBy }) => completedBy?.meta.by ?? []),
    )
    const now = clock()
    return {
      body: {
        year: input.year,
        due_at: dueAt,
        ready: sections.every(({ state }) => state === 'complete'),
        sections: sections.map(({ section, state, completedBy: by }) => ({
          section,
          name: NAMES[section],
          state,
          overdue: state !== 'complete' && now > dueAt,
          completed:
            by === null
              ? null
              : {
                  event: by.id,
                  type: by.type,
                  at: by.meta.at,
                  author: author(by.meta.by),
                  late: by.meta.at > dueAt,
                },
        })),
      },
    }
  },
})

/** The sections of a year as the log has them now. */
export async function sectionsNow(asked: Asked<unknown>, year: SchoolYear) {
  return sectionsOf(year, await recorded(asked, year))
}

/** What was recorded on the streams of which the sections are made, in the order of record. */
async function recorded({ school, parts }: Asked<unknown>, year: SchoolYear): Promise<Decoded[]> {
  const events: Decoded[] = []
  for (const { category, yearly } of READINESS_STREAMS) {
    const stream = streamName(school, category, yearly ? year : WHOLE_SCHOOL)
    for await (const event of parts.execution.store.readStream(stream)) {
      const decoded = decode(event)
      if (decoded !== null) events.push(decoded)
    }
  }
  // Within a stream the order is that of revisions, and a sort keeps what is equal in its order.
  return events.toSorted((a, b) => (a.meta.at < b.meta.at ? -1 : a.meta.at > b.meta.at ? 1 : 0))
}

const NAMES: Readonly<Record<(typeof SECTIONS)[number], string>> = {
  periods: 'Учебные периоды',
  holidays: 'Каникулы и праздничные дни',
  'federal-subjects': 'Предметы федерального учебного плана',
  'school-subjects': 'Предметы школьного компонента',
  rooms: 'Кабинеты',
  staff: 'Сотрудники',
  classes: 'Классы, их состав и классные руководители',
  groups: 'Группы и потоки с обучающимися',
  'individual-plans': 'Индивидуальные учебные планы',
  timetable: 'Расписание с учителями',
  'internal-control': 'График контрольных работ ВШК',
}
