import { KindId } from '#values/policy.ts'
import type { PlannedLesson } from './lessons.ts'
import type { Journal } from './parts.ts'
import { type Blocks, blocksOf } from './topics.ts'

/** One line of a journal's plan (КТП). */
export interface PlannedTopic {
  readonly topic: string
  readonly block: string
  readonly type: KindId
  /** The work that everybody writes at this lesson; null in an ordinary one. */
  readonly written: KindId | null
}

interface Closing {
  readonly title: string
  readonly type: string
}

/** How a block of topics ends, by the kind of work. */
const CLOSINGS: Readonly<Record<string, Closing>> = {
  test: { title: 'Контрольная работа', type: 'test' },
  quiz: { title: 'Проверочная работа', type: 'lesson' },
  dictation: { title: 'Диктант', type: 'lesson' },
  exposition: { title: 'Изложение', type: 'lesson' },
  composition: { title: 'Сочинение', type: 'lesson' },
  'practical-work': { title: 'Практическая работа', type: 'practical' },
  project: { title: 'Защита проектов', type: 'lesson' },
  'fitness-standard': { title: 'Сдача нормативов', type: 'credit' },
}

const EXPOSITION = KindId.parse('exposition')
const LABORATORY_WORK = KindId.parse('laboratory-work')
const INDEPENDENT_WORK = KindId.parse('independent-work')
/** From this length on, a block has independent work in its middle. */
const LONG_BLOCK = 6

/** The plan of a journal for the lessons that its year has. */
export function planOf(journal: Journal, lessons: number): PlannedTopic[] {
  const { subject, graded } = journal
  const blocks = scaled(blocksOf(subject.key, journal.class.grade), lessons)
  return blocks.flatMap(([block, length], nth) =>
    Array.from({ length }, (_, at): PlannedTopic => {
      const line = (title: string, type: string, written: KindId | null): PlannedTopic => {
        const topic = `${block}. ${title}`
        return { topic, block, type: KindId.parse(type), written: graded ? written : null }
      }
      if (at === length - 1 && length > 1 && graded) {
        const kind = subject.key === 'russian' && nth % 3 === 2 ? EXPOSITION : subject.written
        const { title, type } = CLOSINGS[kind]!
        return line(title, type, kind)
      }
      const title = ['Изучение нового материала', 'Закрепление', subject.practice, 'Обобщение'][at % 4]!
      if (subject.laboratory && at % 8 === 2)
        return line('Лабораторная работа', 'laboratory', LABORATORY_WORK)
      const middle = length >= LONG_BLOCK && at === Math.floor(length / 2)
      return line(title, 'lesson', middle ? INDEPENDENT_WORK : null)
    }),
  )
}

/** The hours of blocks, made to sum up to `lessons`: what is cut off is given to the largest remainders. */
export function scaled(blocks: Blocks, lessons: number): Blocks {
  const total = blocks.reduce((sum, [, hours]) => sum + hours, 0)
  const shares = blocks.map(([, hours], i) => ({ i, whole: Math.floor((hours * lessons) / total) }))
  const rest = lessons - shares.reduce((sum, { whole }) => sum + whole, 0)
  const remainder = ({ i, whole }: { i: number; whole: number }) => blocks[i]![1] * lessons - whole * total
  const longer = new Set(
    shares
      .toSorted((a, b) => remainder(b) - remainder(a) || a.i - b.i)
      .slice(0, rest)
      .map(({ i }) => i),
  )
  return blocks.map(([block], i) => [block, shares[i]!.whole + (longer.has(i) ? 1 : 0)])
}

type PlanOfYear = (lesson: Pick<PlannedLesson, 'journal' | 'index'>) => PlannedTopic

const known = new WeakMap<readonly PlannedLesson[], PlanOfYear>()

/** The plans of all journals, each for the lessons that it has in the year. */
export function plansOf(lessons: readonly PlannedLesson[]): PlanOfYear {
  const found = known.get(lessons)
  if (found !== undefined) return found
  const plans = new Map(
    lessons.filter(({ index }) => index === 0).map(({ journal, of }) => [journal, planOf(journal, of)]),
  )
  const plan: PlanOfYear = ({ journal, index }) => plans.get(journal)![index]!
  known.set(lessons, plan)
  return plan
}
