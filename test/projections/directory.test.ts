import { beforeAll, describe, expect, it } from 'vitest'
import { schemaOf } from '#projections/read-model.ts'
import { schoolDirectory } from '#projections/school-directory/projection.ts'
import { KindId } from '#values/policy.ts'
import { Instant, LocalTime } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import {
  ALGEBRA,
  CLASS_7A,
  CLASS_7B,
  date,
  GLEB,
  id,
  MATHEMATICIAN,
  mathematicianReleased,
  past,
  school,
  STRANGER,
  strangerAssigned,
  YEAR,
} from '#support/class-7a.ts'
import { eachEngine } from '#support/databases.ts'
import { Folding } from './rows-of.ts'

const DIRECTORY = schemaOf(schoolDirectory)
const span = (from: string, until: string | null = null) => ({ from, until })
const bells = (grade: number, until: string) =>
  past('schoolYear', YEAR, {
    type: 'BellsScheduled',
    data: {
      shift: KindId.parse('first'),
      effectiveFrom: date('2026-09-01'),
      grades: [grade],
      units: [],
      bells: [{ number: 1, from: LocalTime.parse('08:30'), until: LocalTime.parse(until) }],
    },
  })

const holding = (from: string, scope: object | null, ends: object = {}) => ({
  ...span(from),
  ends_at: null,
  scope,
  ...ends,
})

describe('the rows of the directory', () => {
  eachEngine((engine) => {
    let rows: Folding['rowsAfter']
    beforeAll(async () => {
      const folding = await Folding.open((await engine.open()).kysely, 'of')
      rows = folding.rowsAfter.bind(folding)
    })

    it('hold the times of a role, each with its part of the school, and end with it', async () => {
      const account = id('account/deputy')
      const granted = (from: string, scope: { grades: number[]; subjects: null } | null) =>
        past('access', account, {
          type: 'RoleGranted',
          data: { account, role: 'deputy', from: date(from), until: null, scope },
        })
      const primary = { grades: [1, 2, 3, 4], subjects: null }
      const history = [granted('2026-09-01', null), granted('2026-10-01', primary)]
      const row = (...holdings: readonly object[]) => [{ account, role: 'deputy', holdings }]
      expect(await rows(`${DIRECTORY}.role`, history)).toEqual(
        row(holding('2026-09-01', null), holding('2026-10-01', primary)),
      )
      const ended = (from: string | null, at: string | null) =>
        past('access', account, {
          type: 'RoleEnded',
          data: {
            account,
            role: 'deputy',
            from: from === null ? null : date(from),
            at: at === null ? null : Instant.parse(at),
          },
        })
      const noon = '2026-11-09T05:00:00.000Z'
      const [first, second] = [{ until: '2026-11-01' }, { ends_at: noon }]
      expect(
        await rows(`${DIRECTORY}.role`, [
          granted('2026-09-01', null),
          ended('2026-11-01', null),
          granted('2026-11-02', primary),
          ended(null, noon),
          // Later than what stands: nothing is prolonged.
          ended('2026-12-01', null),
          ended(null, '2026-12-01T05:00:00.000Z'),
        ]),
      ).toEqual(
        row(
          holding('2026-09-01', null, { ...first, ends_at: noon }),
          holding('2026-11-02', primary, { ...second, until: '2026-12-01' }),
        ),
      )
    })

    it('hold the times of a pupil in a class, each with the first day after it', async () => {
      const gleb = (await rows(`${DIRECTORY}.member`, [school])).filter(
        (row) => (row as { pupil: Uuid }).pupil === GLEB,
      )
      expect(new Set(gleb)).toEqual(
        new Set([
          { unit: CLASS_7A, pupil: GLEB, spans: [span('2026-09-01', '2026-11-16')] },
          { unit: CLASS_7B, pupil: GLEB, spans: [span('2026-11-16')] },
        ]),
      )
      const back = past('roster', 'main', {
        type: 'PupilPlacedInClass',
        data: { class: CLASS_7A, pupil: GLEB, from: date('2026-12-01'), order: null },
      })
      expect(await rows(`${DIRECTORY}.member`, [school, back])).toContainEqual({
        unit: CLASS_7A,
        pupil: GLEB,
        spans: [span('2026-09-01', '2026-11-16'), span('2026-12-01')],
      })
    })

    it('hold the teachers of a journal with the times of their assignments', async () => {
      const history = [school, mathematicianReleased('2026-11-16'), strangerAssigned('2026-11-16')]
      const journals = (await rows(`${DIRECTORY}.journal`, history)) as Array<{ journal: Uuid }>
      expect(journals.find(({ journal }) => journal === ALGEBRA)).toEqual({
        journal: ALGEBRA,
        year: YEAR,
        subject: id('subject/algebra'),
        unit: CLASS_7A,
        type: 'lesson',
        grading: 'g5',
        name: 'Алгебра, 7А',
        teachers: [
          { staff: MATHEMATICIAN, ...span('2026-09-01', '2026-11-16') },
          { staff: STRANGER, ...span('2026-11-16') },
        ],
      })
    })

    it('hold days of rest of one name for different grades, and bells of one shift for different grades', async () => {
      const rest = {
        name: 'Дополнительные каникулы',
        from: date('2027-02-15'),
        until: date('2027-02-21'),
      }
      const planned = past('schoolYear', YEAR, {
        type: 'HolidaysPlanned',
        data: {
          holidays: [
            { ...rest, grades: [1], units: [] },
            { ...rest, grades: [2], units: [] },
          ],
        },
      })
      const history = [planned, bells(1, '09:05'), bells(2, '09:10'), bells(2, '09:15')]
      expect(await rows(`${DIRECTORY}.holidays`, history, 'ordinal')).toMatchObject([
        { ...rest, grades: [1] },
        { ...rest, grades: [2] },
      ])
      expect(await rows(`${DIRECTORY}.bells`, history, 'grades')).toMatchObject([
        { grades: [1], bells: [{ until: '09:05' }] },
        { grades: [2], bells: [{ until: '09:15' }] },
      ])
    })
  })
})
