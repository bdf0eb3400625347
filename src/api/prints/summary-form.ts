import type { Uuid } from '#values/uuid.ts'
import { sheetCutTo } from '../views/summary-sheet.ts'
import type { Asked } from '../views/view.ts'
import { type Collected, comings, starred } from './page-contents.ts'

/** The summary sheet of a class or group, with some of its journals and pupils, or all of them. */
export async function summaryForm(
  asked: Asked<{ unit: Uuid }>,
  only: readonly Uuid[] | null,
  seen: ReadonlySet<Uuid> | null,
): Promise<Collected> {
  const sheet = await sheetCutTo(asked, only, seen)
  const from = sheet.periods.map((period) => period.from).toSorted()[0] ?? null
  const until =
    sheet.periods
      .map((period) => period.until)
      .toSorted()
      .at(-1) ?? null
  const pupils = sheet.pupils
    .map(({ pupil, spans }) => ({ pupil, ...comings(spans, from, until) }))
    .toSorted((a, b) => (a.pupil < b.pupil ? -1 : 1))
  // Where nobody gives marks there is no column.
  const columns = sheet.journals.filter(({ grading, journal }) => {
    const marked = sheet.finals.some((final) => final.journal === journal)
    return grading !== 'none' || marked
  })
  return {
    form: {
      template: 'summary-sheet/1',
      content: {
        unit: sheet.unit,
        name: sheet.name,
        year: sheet.year,
        periods: sheet.periods.map(({ period, name }) => ({ period, name })),
        journals: columns.map(({ journal, name, subject_name }) => ({
          journal,
          subject: subject_name ?? name,
        })),
        pupils,
        finals: sheet.finals.map(({ journal, period, pupil, kind, value, corrected }) => ({
          journal,
          period,
          pupil,
          kind,
          text: starred(value, corrected),
        })),
        decisions: sheet.pupils
          .flatMap(({ pupil, decision }) =>
            decision === null
              ? []
              : [
                  {
                    pupil,
                    decision: decision.decision,
                    orderNumber: decision.order_number,
                    orderDate: decision.order_date,
                  },
                ],
          )
          .toSorted((a, b) => (a.pupil < b.pupil ? -1 : 1)),
      },
    },
    people: new Set(pupils.map(({ pupil }) => pupil)),
  }
}
