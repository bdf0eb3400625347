import { describe, it } from 'vitest'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { explainPaperDifference } from '#commands/journal-page/explain-paper-difference.ts'
import { registerPaperDifference } from '#commands/journal-page/register-paper-difference.ts'
import {
  ANNA,
  date,
  deputy,
  entryOf,
  id,
  LESSON,
  lessonRecorded,
  markRecorded,
  mathematician,
  onPage,
  PAGE,
  pageClosed,
  pageOpened,
  school,
  STRANGER,
  stranger,
  workHeld,
} from '#support/class-7a.ts'
import { given } from '#support/spec.ts'
import { workId } from '#values/school.ts'

const now = '2026-11-10T03:00:00.000Z'
const ground = [school, pageOpened, lessonRecorded, workHeld('test'), markRecorded(ANNA, 3)] as const
const place = { what: 'mark', lesson: LESSON, pupil: ANNA } as const
const input = { page: PAGE, ...place, paper: '4' }
const DIFFERENCE = id('difference')
const found = onPage(
  {
    type: 'PaperDifferenceFound',
    data: { difference: DIFFERENCE, ...place, paper: '4', electronic: '3', foundOn: date('2026-11-10') },
  },
  '2026-11-10T02:00:00.000Z',
  deputy,
)
const explained = { page: PAGE, difference: DIFFERENCE, text: 'На бумаге помарка' }

describe('registering a difference with the paper', () => {
  const marked = given(...ground)

  it('records the place with both values, what the journal says taken from it', () => {
    const data = { ...place, paper: '4', electronic: '3', foundOn: '2026-11-10' }
    marked
      .when(registerPaperDifference, input, { as: deputy, now })
      .records({ type: 'PaperDifferenceFound', data })
  })

  it('is done on a closed page, too', () =>
    given(...ground, pageClosed())
      .when(registerPaperDifference, input, { as: deputy, now })
      .records('PaperDifferenceFound'))

  it('refuses what is no difference', () =>
    marked
      .when(registerPaperDifference, { ...input, paper: '3' }, { as: deputy, now })
      .refuses('paper-agrees'))

  it('refuses a second one at the same place while the first stands open', () =>
    given(...ground, found)
      .when(registerPaperDifference, { ...input, paper: '5' }, { as: deputy, now })
      .refuses('difference-open'))

  it('refuses a day that has not come', () =>
    marked
      .when(registerPaperDifference, { ...input, foundOn: date('2026-11-11') }, { as: deputy, now })
      .refuses('difference-in-future'))

  it('refuses a lesson and a pupil whom the page does not have', () => {
    marked
      .when(registerPaperDifference, { ...input, lesson: id('another') }, { as: deputy, now })
      .refuses('lesson-unknown')
    marked
      .when(registerPaperDifference, { ...input, pupil: STRANGER }, { as: deputy, now })
      .refuses('pupil-unknown')
    const { lesson: _lesson, ...final } = { ...input, what: 'final' as const }
    marked
      .when(registerPaperDifference, { ...final, pupil: STRANGER }, { as: deputy, now })
      .refuses('pupil-unknown')
  })

  it('refuses whoever does not teach here', () =>
    marked.when(registerPaperDifference, input, { as: stranger, now }).refuses('journal-not-taught'))
})

describe('what becomes of it', () => {
  const open = given(...ground, found)
  const correction = { page: PAGE, entry: entryOf(ANNA, 'test'), value: 4, expectedVersion: 3 }
  const corrected = {
    entry: entryOf(ANNA, 'test'),
    work: workId(LESSON, 'test'),
    lesson: LESSON,
    pupil: ANNA,
    previous: 3,
    value: 4,
    criteria: null,
    note: null,
  }

  it('a correction with the reason «сверка» fixes it', () =>
    open
      .when(correctMark, { ...correction, reason: 'paper-reconciliation' }, { as: mathematician, now })
      .records(
        { type: 'MarkCorrected', data: { ...corrected, reason: 'paper-reconciliation' as never } },
        { type: 'PaperDifferenceFixed', data: { difference: DIFFERENCE, ...place, by: 'correction' } },
      ))

  it('a correction for another reason leaves it open', () =>
    open
      .when(correctMark, { ...correction, reason: 'typing-error' }, { as: mathematician, now })
      .records({ type: 'MarkCorrected', data: { ...corrected, reason: 'typing-error' as never } }))

  it('an explanation leaves the journal as it is, once', () => {
    const { difference, text } = explained
    open
      .when(explainPaperDifference, explained, { as: deputy, now })
      .records({ type: 'PaperDifferenceExplained', data: { difference, ...place, text } })
    const settled = onPage(
      { type: 'PaperDifferenceExplained', data: { difference, ...place, text } },
      '2026-11-10T02:30:00.000Z',
      deputy,
    )
    given(...ground, found, settled)
      .when(explainPaperDifference, explained, { as: deputy, now })
      .refuses('difference-settled')
    given(...ground)
      .when(explainPaperDifference, explained, { as: deputy, now })
      .refuses('difference-unknown')
  })
})
