import type { ClassShape, Shape } from './presets.ts'
import type { Post, Sized, Staffing } from './posts.ts'
import { hoursOf, type Subject, SUBJECTS } from './subjects.ts'

/** What one teacher gives in one class, and to which of its groups. */
interface Block {
  readonly class: Sized
  readonly subjects: readonly Subject[]
  readonly group: 0 | 1
  readonly hours: number
}

/**
 * Subjects in the order of their kinship; whoever has hours left over goes on with the next line. `group` is the half
 * of a divided class: the two halves learn at once, so they stand far apart and come to different teachers.
 */
const KINSHIP: ReadonlyArray<{ readonly subjects: readonly string[]; readonly group: 0 | 1 }> = [
  { subjects: ['english'], group: 0 },
  { subjects: ['english'], group: 1 },
  { subjects: ['russian', 'literature'], group: 0 },
  { subjects: ['history', 'society', 'culture', 'career', 'law', 'economy'], group: 0 },
  { subjects: ['geography', 'local-lore'], group: 0 },
  { subjects: ['biology'], group: 0 },
  { subjects: ['chemistry'], group: 0 },
  { subjects: ['informatics'], group: 1 },
  { subjects: ['physics', 'physics-problems'], group: 0 },
  {
    subjects: ['mathematics', 'algebra', 'geometry', 'statistics', 'analysis', 'project', 'finance'],
    group: 0,
  },
  { subjects: ['informatics', 'programming'], group: 0 },
  { subjects: ['labour'], group: 0 },
  { subjects: ['art'], group: 0 },
  { subjects: ['music'], group: 0 },
  { subjects: ['sport', 'safety'], group: 0 },
  { subjects: ['literacy', 'project-work'], group: 0 },
  { subjects: ['labour'], group: 1 },
]

/** In grades 1 to 4 the teacher of the class gives everything but this. */
const NOT_BY_CLASS_TEACHER = 'english'
/** What one person may be expected to give in a week where nobody says how many teach. */
const FULL_LOAD = 23
/** Smaller classes are not divided. */
const DIVISIBLE = 12

/** Whether a class is divided into two groups for a subject (DOMAIN.md G.3). */
function isDivided({ grade, size }: Sized, { key }: Subject): boolean {
  if (key === 'english') return size > 24 || (grade > 4 && size >= DIVISIBLE)
  if (key === 'informatics') return size >= DIVISIBLE
  return key === 'labour' && grade > 4 && size >= DIVISIBLE
}

/** Deals the hours of a school out to its teachers: a class each in grades 1 to 4, subjects by kinship above. */
export function staffOfTown(shape: Shape, classes: readonly Sized[]): Staffing {
  const primary = classes.filter(({ grade }) => grade < 5)
  const blocks = blocksOf(shape, classes)
  const total = blocks.reduce((sum, { hours }) => sum + hours, 0)
  const dealt =
    shape.teachers === null
      ? fewest(blocks, Math.max(1, Math.ceil(total / FULL_LOAD)))
      : deal(blocks, shape.teachers - primary.length)
  const givers = new Map<string, number>()
  for (const { name } of primary) givers.set(name, givers.size + 1)
  for (const [i, of] of dealt.entries()) {
    for (const block of of) {
      for (const { key } of block.subjects)
        givers.set(`${block.class.name} ${key} ${block.group}`, primary.length + i + 1)
    }
  }
  const giversOf = (of: ClassShape, { key }: Subject): number[] => {
    const own = of.grade < 5 && key !== NOT_BY_CLASS_TEACHER ? givers.get(of.name) : undefined
    const found = own === undefined ? [0, 1].map((group) => givers.get(`${of.name} ${key} ${group}`)) : [own]
    return found.filter((number) => number !== undefined)
  }
  const leaders = leadersOf(classes, dealt, primary.length)
  const posts = Array.from({ length: primary.length + dealt.length }, (_, i): Post => {
    const leads = i < primary.length ? primary[i]!.name : (leaders.get(i + 1) ?? null)
    return { number: i + 1, leads, room: String(101 + i) }
  })
  const demoClass = (classes.find(({ grade }) => grade === 7) ?? classes.at(-1)!).name
  const demoTeacher = posts.findLast(({ leads }) => leads !== demoClass && leads !== null)?.number ?? 1
  const lateTeacher = posts.findLast(({ number }) => number !== demoTeacher)?.number ?? demoTeacher
  return { posts, giversOf, demoTeacher, lateTeacher, demoClass }
}

function blocksOf({ secondShift }: Shape, classes: readonly Sized[]): Block[] {
  const afternoon = ({ grade }: Sized) => (secondShift.includes(grade) ? 1 : 0)
  const inOrder = classes.toSorted((a, b) => afternoon(a) - afternoon(b))
  return KINSHIP.flatMap(({ subjects, group }) =>
    inOrder.flatMap((of): Block[] => {
      const taught = subjects
        .map((key) => SUBJECTS.find((subject) => subject.key === key)!)
        .filter((subject) => of.grade > 4 || subject.key === NOT_BY_CLASS_TEACHER)
        .filter((subject) => hoursOf(subject, of).some((hours) => hours > 0))
        .filter((subject) => group === 0 || isDivided(of, subject))
      const hours = taught.reduce((sum, subject) => sum + Math.max(...hoursOf(subject, of)), 0)
      return taught.length === 0 ? [] : [{ class: of, subjects: taught, group, hours }]
    }),
  )
}

/** Cuts the line of blocks into `teachers` pieces of nearly the same hours. */
function deal(blocks: readonly Block[], teachers: number): Block[][] {
  const total = blocks.reduce((sum, { hours }) => sum + hours, 0)
  const dealt: Block[][] = Array.from({ length: teachers }, () => [])
  let before = 0
  for (const block of blocks) {
    const piece = Math.floor(((before + block.hours / 2) * teachers) / total)
    dealt[piece]!.push(block)
    before += block.hours
  }
  return dealt
}

/** The least number of teachers of whom nobody has both halves of a class at once. */
function fewest(blocks: readonly Block[], least: number): Block[][] {
  if (blocks.length === 0) return []
  for (let teachers = least; ; teachers++) {
    const dealt = deal(blocks, teachers).filter((of) => of.length > 0)
    const twice = dealt.some((of) => {
      const halves = of.flatMap((block) => block.subjects.map(({ key }) => `${block.class.name} ${key}`))
      return new Set(halves).size < halves.length
    })
    if (!twice) return dealt
  }
}

/** Who leads the classes above grade 4: of those who teach in the class and lead none yet, the one with most hours there. */
function leadersOf(
  classes: readonly Sized[],
  dealt: readonly Block[][],
  before: number,
): Map<number, string> {
  const leaders = new Map<number, string>()
  for (const { name, grade } of classes) {
    if (grade < 5) continue
    const hoursIn = (of: readonly Block[]) =>
      of.reduce((sum, block) => sum + (block.class.name === name ? block.hours : 0), 0)
    const free = dealt
      .map((of, i) => ({ number: before + i + 1, hours: hoursIn(of) }))
      .filter(({ number }) => !leaders.has(number))
    const most = free.toSorted((a, b) => b.hours - a.hours || a.number - b.number)[0]
    // In a school of few teachers one of them leads two classes.
    if (most !== undefined) leaders.set(most.number, name)
  }
  return leaders
}
