import { z } from 'zod'
import { archiveEvents } from '#events/archive.ts'
import { Order } from '#events/roster.ts'
import { dateAt } from '#values/time.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { archiveFold, PRINT_SETS } from './state.ts'

const { year, printed, volumes, sheets, packages, signedBy } = archiveEvents.PrintSetRegistered.data.shape
const RegisterPrintSet = z.strictObject({
  year,
  printed: printed.describe('Когда напечатано, прошито и скреплено печатью'),
  volumes,
  sheets,
  packages: packages.describe('Пакеты, из которых напечатано'),
  signedBy: signedBy.describe('Кто подписал: руководитель'),
  order: Order.nullable().default(null),
})

/**
 * Registers that the journals and summary sheets of a school year were printed, stitched, signed by the head and sealed
 * (R-3.4c); due by the end of 30 June after the year. The year stands in the place of the first registration once only.
 */
export const registerPrintSet = defineCommand({
  name: 'register-print-set',
  path: 'print-sets/:year',
  summary: 'Зарегистрировать печатный комплект журналов и ведомостей за учебный год',
  operation: '33',
  input: RegisterPrintSet,
  fold: archiveFold,
  stream: () => PRINT_SETS,
  needs: ['schoolYear', 'roster'],
  year: ({ year }) => year,
  decide({ input, state, references, now }) {
    const { schoolYear, roster } = references
    if (schoolYear.year === null) return refuse('school-year-unknown', { year: input.year })
    if (state.printSets.has(input.year)) return refuse('print-set-exists', { year: input.year })
    if (!roster.staff.has(input.signedBy)) return refuse('staff-unknown', { staff: input.signedBy })
    const today = dateAt(now, schoolYear.year.zone)
    if (input.printed > today) return refuse('printed-in-future', { printed: input.printed, today })
    return [{ type: 'PrintSetRegistered', data: input }]
  },
})
