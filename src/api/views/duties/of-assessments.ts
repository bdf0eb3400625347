import { classesOf } from '#commands/roster/state.ts'
import { teachersOf } from '#commands/teaching-load/state.ts'
import { type OpenAssessment, openAssessments } from '#projections/class-journal/queries.ts'
import type { Asked } from '../view.ts'
import { type Duty, type DutyGround, NOTHING_MORE, stillResponsible } from './duty.ts'

/**
 * What is missing of assessments outside the lessons: results that came and are not recorded, each receipt with
 * its pupils and its 24 hours; the marks of an assessment that has a column and none; and what was held and waits for its
 * results, which nothing makes overdue before they come.
 */
export async function dutiesOfAssessments(asked: Asked<unknown>, ground: DutyGround): Promise<Duty[]> {
  const { school, parts } = asked
  return (await openAssessments(parts.database, school, ground.year)).flatMap((of) => dutiesOf(ground, of))
}

function dutiesOf(ground: DutyGround, of: OpenAssessment): Duty[] {
  const { references, journals, pilot } = ground
  const { assessment, name, journal, period, date, kind, receipts, due_at: dueAt, marked } = of
  const known = references.teachingLoad.journals.get(journal)
  if (known === undefined || journals?.has(journal) === false) return []
  if (classesOf(references.roster, known.learners).every((id) => pilot(id, date))) return []
  const responsible = stillResponsible(ground, teachersOf(references.teachingLoad, journal, date), journal)
  const about = { id: assessment, name }
  const common = { ...NOTHING_MORE, date, journal, period, kind, assessment: about, responsible }
  const stillToCome =
    dueAt === null || (receipts.length > 0 && receipts.every(({ pupils }) => pupils.length === 0))
  if (stillToCome) return marked.length > 0 ? [] : [{ ...common, duty: 'results', dueAt: null }]
  if (receipts.length === 0) return marked.length > 0 ? [] : [{ ...common, duty: 'marks', dueAt }]
  return receipts.flatMap((receipt): Duty[] => {
    const pupils = receipt.pupils.filter((pupil) => !marked.includes(pupil))
    return pupils.length === 0 ? [] : [{ ...common, duty: 'results', dueAt: receipt.dueAt, pupils }]
  })
}
