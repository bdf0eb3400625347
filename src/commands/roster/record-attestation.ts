import { z } from 'zod'
import { AttestationStage, Order } from '#events/roster.ts'
import { GradingSystem, MarkValue } from '#values/grading.ts'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { checkFinal } from '../final-value.ts'
import { policyOn } from '../policy/state.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { checkPupils, ofPupil } from './class-lists.ts'
import { hasLeft, rosterFold } from './state.ts'

const RecordAttestation = z.strictObject({
  pupil: Uuid,
  year: SchoolYear,
  subject: Uuid,
  stage: AttestationStage.describe('Промежуточная или итоговая аттестация'),
  date: LocalDate,
  commission: z.array(Uuid).min(1).max(20).describe('Сотрудники школы, члены комиссии'),
  protocol: Order.describe('Номер и дата протокола'),
  value: MarkValue,
  grading: GradingSystem.default('g5'),
})

/**
 * Records the protocol of an attestation: subject, date, commission and result (R-F16, Пр1/2). So the results stand of
 * whoever learns in the family or by himself, and of whoever was attested by a commission.
 */
export const recordAttestation = defineCommand({
  name: 'record-attestation',
  path: 'roster',
  summary: 'Внести протокол аттестации: предмет, дата, комиссия, результат',
  operation: '20',
  input: RecordAttestation,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: ['schoolYear', 'policy', 'curriculum'],
  year: ({ year }) => year,
  concerns: ({ input, state }) => ofPupil(state, input.pupil, input.date),
  decide({ input, state, references, newId }) {
    const { pupil, year, subject, date, commission, value, grading } = input
    const { schoolYear, policy, curriculum } = references
    if (schoolYear.year === null) return refuse('school-year-unknown', { year })
    if (date < schoolYear.year.from) return refuse('date-outside-year', { date, year })
    const wrong = checkPupils(state, [pupil], date)
    if (wrong !== null) return wrong
    if (!curriculum.subjects.has(subject)) return refuse('subject-unknown', { subject })
    const stranger = commission.find((staff) => !state.staff.has(staff))
    if (stranger !== undefined) return refuse('staff-unknown', { staff: stranger })
    const gone = commission.find((staff) => hasLeft(state.staff, staff, date))
    if (gone !== undefined) return refuse('staff-released', { staff: gone, date })
    const rules = policyOn(policy, date)
    if (rules === undefined) return refuse('policy-missing', { date })
    const refused = checkFinal(grading, rules, value)
    if (refused !== null) return refused
    const known = [...state.attestations.values()].find(
      (one) =>
        one.pupil === pupil &&
        one.subject === subject &&
        one.protocol.number === input.protocol.number &&
        one.protocol.date === input.protocol.date,
    )
    if (known !== undefined) return refuse('attestation-exists', { protocol: input.protocol, subject })
    return [{ type: 'AttestationRecorded', data: { attestation: newId('attestation'), ...input } }]
  },
})
