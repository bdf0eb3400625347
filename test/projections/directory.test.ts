import { beforeAll, describe, expect, it } from 'vitest'
import { schemaOf } from '#projections/read-model.ts'
import { schoolDirectory } from '#projections/school-directory/projection.ts'
import { KindId } from '#values/policy.ts'
import { LocalTime } from '#values/time.ts'
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
      bells: [{ number: 1, from: LocalTime.parse('08:30'), until: LocalTime.parse(until) }],
    },
  })

describe('the rows of the directory', () => {
  eachEngine((engine) => {
    let rows: Folding['rowsAfter']
    beforeAll(async () => {
      const folding = await Folding.open((await engine.open()).kysely, 'of')
      rows = folding.rowsAfter.bind(folding)
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
            { ...rest, grades: [1] },
            { ...rest, grades: [2] },
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
