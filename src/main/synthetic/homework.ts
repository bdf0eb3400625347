import type { PlannedTopic } from './plan.ts'
import type { PlannedLesson } from './lessons.ts'
import type { Draws } from './draws.ts'
import type { HomeworkStyle } from './subjects.ts'

/** How much of a textbook one lesson takes. */
const PAGES = 3

/** The homework of a lesson; null is «не задано»: always in grade 1, else in a fifth of the lessons (DOMAIN.md G.4). */
export function homeworkFor(lesson: PlannedLesson, { block }: PlannedTopic, draws: Draws): string | null {
  if (lesson.journal.class.grade === 1 || draws.chance(0.2)) return null
  const { homework } = lesson.journal.subject
  const paragraph = Math.floor(lesson.index / 2) + 1
  const page = 4 + lesson.index * PAGES + draws.between(0, PAGES - 1)
  const first = draws.between(1, 400)
  const problems = `§ ${paragraph}, № ${first}–${first + draws.between(1, 6)} (письменно)`
  const textbook = `Учебник, с. ${page}, упр. ${draws.between(1, 300)}`
  const learn = `Выучить ${draws.pick(['правило', 'даты', 'слова'])}, § ${paragraph}`
  const report = `Подготовить сообщение по теме «${block}»`
  const styles: Readonly<Record<HomeworkStyle, readonly string[]>> = {
    problems: [problems, problems, problems, `Выучить правило, § ${paragraph}`],
    language: [textbook, textbook, `Выучить слова и правило, с. ${page}`],
    reading: [`Учебник, с. ${page}–${page + PAGES}, ответить на вопросы`, learn, report],
    handicraft: ['Закончить работу, принести материалы', report],
    sport: ['Комплекс упражнений для осанки', 'Принести спортивную форму по погоде'],
  }
  return draws.pick(styles[homework])
}
