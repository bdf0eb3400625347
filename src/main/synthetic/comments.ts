import type { Draws } from './draws.ts'

const PRAISE = [
  'Отличная работа',
  'Очень хороший ответ, так держать',
  'Работал(а) самостоятельно и без ошибок',
]
const ADVICE = [
  'Обратить внимание на оформление',
  'Повторить материал урока',
  'Немного не хватило внимательности',
]
const WARNING = [
  'Необходимо повторить тему и подойти на консультацию',
  'Не выполнена часть задания, нужна помощь дома',
]
const DEBT = ['Работа не сдана, сдать в течение десяти дней']
const LESSON = [
  'Класс хорошо поработал на уроке',
  'Принести на следующий урок цветную бумагу и клей',
  'Просьба проверить письменные принадлежности',
  'Все справились с заданием урока',
]

export function commentOnMark(value: number | 'Д', draws: Draws): string {
  if (value === 'Д') return draws.pick(DEBT)
  return draws.pick(value === 5 ? PRAISE : value === 2 ? WARNING : ADVICE)
}

export const commentOnLesson = (draws: Draws): string => draws.pick(LESSON)
