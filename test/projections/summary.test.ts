import { beforeAll, describe, expect, it } from 'vitest'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  finalPostponed,
  finalRecorded,
  id,
  LAST_AFTERNOON,
  onPage,
  PAGE,
  pageClosed,
  pageOpened,
  pageReopened,
  YEAR,
} from '#support/class-7a.ts'
import { schemaOf } from '#projections/read-model.ts'
import { summarySheet } from '#projections/summary-sheet/projection.ts'
import { eachEngine } from '#support/databases.ts'
import type { Past } from '#support/spec.ts'
import type { Uuid } from '#values/uuid.ts'
import { Folding } from './rows-of.ts'

const SUMMARY = schemaOf(summarySheet)
const closing = (carried: Uuid[], into: Uuid | null): Past =>
  onPage({ type: 'PageClosed', data: { postponed: [], excused: [], carried, into } })
const END = '2027-01-15T11:00:00.000Z'
const withdrawn = onPage({
  type: 'FinalMarkWithdrawn',
  data: { pupil: ANNA, kind: 'period', previous: 5, reason: null, note: null },
})

describe('the summary sheet as rows', () => {
  eachEngine((engine) => {
    let folding: Folding
    beforeAll(async () => {
      folding = await Folding.open((await engine.open()).kysely, 'sum')
    })
    const rows = (table: string, ...history: ReadonlyArray<Past | readonly Past[]>) =>
      folding.rowsAfter(`${SUMMARY}.${table}`, history, 'pupil')
    const page = async (...history: ReadonlyArray<Past | readonly Past[]>) =>
      (await folding.rowsAfter(`${SUMMARY}.page`, history))[0]

    it('keep a final with its window, until it is withdrawn', async () => {
      const recorded = {
        pupil: ANNA,
        kind: 'period',
        value: 5,
        version: 1,
        recorded_at: '2026-12-21T04:00:00.000Z',
        early: true,
        late_by: 0,
        corrected: false,
      }
      const final = finalRecorded(ANNA, 5, '2026-12-21T04:00:00.000Z')
      expect(await rows('final', pageOpened, final)).toEqual([recorded])
      expect(await rows('final', pageOpened, final, withdrawn)).toEqual([])
      const again = finalRecorded(ANNA, 'н/а')
      expect(await rows('final', pageOpened, final, withdrawn, again)).toMatchObject([
        { value: 'н/а', version: 3, early: false },
      ])
    })

    it('keep the last date of a postponement', async () => {
      const twice = [finalPostponed(BORIS, '2027-01-19'), finalPostponed(BORIS, '2027-01-22', '2027-01-19')]
      expect(await rows('postponement', pageOpened, twice)).toEqual([
        { pupil: BORIS, until: '2027-01-22', version: 2 },
      ])
    })

    it('keep the first closing for ever, the last one as it is, and the reopenings after it', async () => {
      const works = { excused: [], carried: [], carried_into: null }
      const opened = { page: PAGE, journal: ALGEBRA, year: YEAR, period: 'q2', grading: 'g5', ...works }
      expect(await page(pageOpened)).toEqual({
        ...opened,
        revision: 0,
        closed_at: null,
        first_closed: null,
        reopened: [],
      })
      expect(await page(pageOpened, pageClosed(), pageReopened(END, [ANNA]))).toEqual({
        ...opened,
        revision: 2,
        closed_at: LAST_AFTERNOON,
        first_closed: 1,
        reopened: [{ pupils: [ANNA], until: END }],
      })
      const again = pageClosed([], '2027-01-14T03:00:00.000Z')
      expect(await page(pageOpened, pageClosed(), pageReopened(END), again)).toMatchObject({
        revision: 3,
        closed_at: '2027-01-14T03:00:00.000Z',
        first_closed: 1,
        reopened: [],
      })
    })

    it('keep every work that a closing moved into the next period, and into which page', async () => {
      const [first, second, next] = [id('work/first'), id('work/second'), id('page/next')]
      const closings = [closing([first], next), pageReopened(END), closing([second], next)]
      expect(await page(pageOpened, closings)).toMatchObject({
        carried: [first, second],
        carried_into: next,
      })
      expect(await page(pageOpened, closings, pageReopened(END), closing([], null))).toMatchObject({
        carried: [first, second],
        carried_into: next,
      })
    })

    it('do nothing where the beginning was void: a reopening without a closing, a closing without a page', async () => {
      expect(await page(pageOpened, pageReopened(END))).toMatchObject({ closed_at: null, reopened: [] })
      expect(await page(pageClosed())).toBeUndefined()
    })
  })
})
