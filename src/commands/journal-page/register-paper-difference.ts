import { z } from 'zod'
import { ComparedPlace, ComparedValue } from '#events/journal-page.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { checkMembers, lessonOf, mayWriteOnPage, onPage, pageCommand, todayOf } from './ground.ts'
import { isAt, valueAt } from './paper-difference.ts'

const OF_PUPIL: ReadonlySet<ComparedPlace> = new Set(['mark', 'absence', 'final'])

const RegisterPaperDifference = z
  .strictObject({
    ...onPage,
    what: ComparedPlace.describe('Что расходится: отметка, отсутствие, тема, задание, итоговая отметка'),
    lesson: Uuid.optional().describe('Урок; у итоговой отметки его нет'),
    pupil: Uuid.optional().describe('Обучающийся; у темы и задания его нет'),
    paper: ComparedValue.describe('Что стоит на бумаге; null — ничего'),
    foundOn: LocalDate.optional().describe('День сверки; без него — сегодня'),
  })
  .refine(
    ({ what, lesson, pupil }) =>
      (lesson !== undefined) === (what !== 'final') && (pupil !== undefined) === OF_PUPIL.has(what),
    { error: 'место названо не полностью или лишним', path: ['what'] },
  )

/**
 * Registers that the paper page says something else than the journal (R-A1.2i). What the journal says is taken from it,
 * not from who compares. A closed page bars nobody from comparing it.
 */
export const registerPaperDifference = pageCommand({
  name: 'register-paper-difference',
  summary: 'Записать расхождение бумажной страницы с журналом, найденное при сверке',
  operation: '31a',
  input: RegisterPaperDifference,
  passesLock: true,
  may: mayWriteOnPage,
  decide(given) {
    const { input, state, references, newId } = given
    const { what, paper, lesson = null, pupil = null } = input
    const today = todayOf(given)
    const { foundOn = today } = input
    if (foundOn > today) return refuse('difference-in-future', { date: foundOn, today })
    if (lesson !== null) {
      const held = lessonOf({ ...given, input: { lesson } })
      if (isRefusal(held)) return held
      const stranger = pupil === null ? null : checkMembers(given, held.date, [pupil])
      if (stranger !== null) return stranger
    } else if (pupil !== null && !references.roster.pupils.has(pupil)) {
      return refuse('pupil-unknown', { pupil })
    }
    const place = { what, lesson, pupil }
    for (const [difference, known] of state.paperDifferences) {
      if (known.open && isAt(known, place)) return refuse('difference-open', { difference })
    }
    const electronic = valueAt(state, place)
    if (electronic === paper) return refuse('paper-agrees', { value: paper })
    const data = { difference: newId('difference'), ...place, paper, electronic, foundOn }
    return [{ type: 'PaperDifferenceFound', data }]
  },
})
