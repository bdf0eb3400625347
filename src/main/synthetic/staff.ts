import type { Shape } from './presets.ts'
import type { Sized, Staffing } from './posts.ts'
import { staffOfTown } from './staff-of-town.ts'

/**
 * Who teaches what in the small school: twelve teachers for eleven classes, as in the countryside.
 *
 * In lessons 1 to 4 all eleven classes learn at once, so four primary teachers have their classes to themselves
 * (English apart), eight others share seven classes, and the primary teachers take handicraft subjects of the
 * middle grades after their own lessons. Everybody has 25 to 28 hours a week.
 */
interface VillagePost {
  readonly number: number
  /** The grade whose class this teacher leads. */
  readonly leads: number | null
  readonly room: string
  /** Subject keys, each with the grades in which this teacher has it. */
  readonly load: ReadonlyArray<readonly [subject: string, grades: readonly number[]]>
}

const PRIMARY = [
  'russian',
  'reading',
  'mathematics',
  'world',
  'religions',
  'art',
  'music',
  'labour',
  'sport',
  'literacy',
]
const own = (grade: number) => PRIMARY.map((subject) => [subject, [grade]] as const)

const POSTS: readonly VillagePost[] = [
  { number: 1, leads: 1, room: '101', load: [...own(1), ['art', [5, 6, 7]], ['culture', [5, 6]]] },
  { number: 2, leads: 2, room: '102', load: [...own(2), ['music', [5, 6, 7, 8]], ['literacy', [5]]] },
  { number: 3, leads: 3, room: '103', load: [...own(3), ['labour', [5, 6]], ['project-work', [5]]] },
  { number: 4, leads: 4, room: '104', load: [...own(4), ['labour', [7, 8, 9]], ['local-lore', [6]]] },
  {
    number: 5,
    leads: 7,
    room: '201',
    load: [
      ['russian', [5, 7, 9, 11]],
      ['literature', [5, 7, 9, 11]],
    ],
  },
  {
    number: 6,
    leads: 6,
    room: '202',
    load: [
      ['russian', [6, 8, 10]],
      ['literature', [6, 8, 10]],
      ['society', [6, 7, 8, 9, 10, 11]],
    ],
  },
  {
    number: 7,
    leads: 9,
    room: '203',
    load: [
      ['mathematics', [5]],
      ['algebra', [7, 9]],
      ['analysis', [11]],
      ['geometry', [7, 9, 11]],
      ['statistics', [7, 9, 11]],
      ['project', [10]],
      ['finance', [8]],
    ],
  },
  {
    number: 8,
    leads: 8,
    room: '204',
    load: [
      ['mathematics', [6]],
      ['algebra', [8]],
      ['analysis', [10]],
      ['geometry', [8, 10]],
      ['statistics', [8, 10]],
      ['informatics', [7, 8, 9, 10, 11]],
      ['programming', [7]],
    ],
  },
  { number: 9, leads: 5, room: '205', load: [['english', [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]] },
  {
    number: 10,
    leads: 10,
    room: '206',
    load: [
      ['history', [5, 6, 7, 8, 9, 10, 11]],
      ['geography', [5, 6, 7, 8, 9, 10, 11]],
      ['local-lore', [7]],
      ['career', [9]],
    ],
  },
  {
    number: 11,
    leads: 11,
    room: '207',
    load: [
      ['physics', [7, 8, 9, 10, 11]],
      ['chemistry', [8, 9, 10, 11]],
      ['literacy', [8]],
      ['physics-problems', [11]],
    ],
  },
  {
    number: 12,
    leads: null,
    room: 'спортзал',
    load: [
      ['sport', [5, 6, 7, 8, 9, 10, 11]],
      ['safety', [8, 9, 10, 11]],
      ['biology', [5, 6, 7, 8, 9, 10, 11]],
    ],
  },
]

/** The class whose English is taught in two groups, so that groups live; the second group has this teacher. */
const SPLIT = { subject: 'english', grade: 7, second: 5 }
/** Algebra of grade 7, class teacher of grade 9. */
const DEMO_TEACHER = 7
const LATE_TEACHER = 11

/**
 * Grades 2 and 3 have art and music together, as a set of classes (класс-комплект; DOMAIN.md G.9, episode 10): the
 * subject, its place in the week of both, and who teaches it.
 */
export const CLASS_SET = {
  grades: [2, 3],
  lessons: [
    { subject: 'art', at: { weekday: 2, number: 4 }, post: 2 },
    { subject: 'music', at: { weekday: 4, number: 4 }, post: 3 },
  ],
} as const

const VILLAGE: Staffing = {
  posts: POSTS.map(({ number, leads, room }) => ({
    number,
    leads: leads === null ? null : `${leads}А`,
    room,
  })),
  giversOf({ grade }, { key }) {
    const set = CLASS_SET.lessons.find(({ subject }) => subject === key)
    if (set !== undefined && CLASS_SET.grades.some((one) => one === grade)) return [set.post]
    const { number } = villagePostOf(key, grade)
    return key === SPLIT.subject && grade === SPLIT.grade ? [number, SPLIT.second] : [number]
  },
  demoTeacher: DEMO_TEACHER,
  lateTeacher: LATE_TEACHER,
  demoClass: `${SPLIT.grade}А`,
}

function villagePostOf(subject: string, grade: number): VillagePost {
  const post = POSTS.find(({ load }) =>
    load.some(([key, grades]) => key === subject && grades.includes(grade)),
  )
  if (post === undefined) throw new Error(`nobody teaches ${subject} in grade ${grade}`)
  return post
}

export function staffOf(shape: Shape, classes: readonly Sized[]): Staffing {
  return shape.village ? VILLAGE : staffOfTown(shape, classes)
}

/** The paths of those who work at the school and do not teach. */
export const STAFF = {
  head: 'staff/head',
  deputy: 'staff/deputy',
  admin: 'staff/admin',
  auditor: 'staff/auditor',
  archivist: 'staff/archivist',
} as const
