import { z } from 'zod'
import { MarkValue } from '#values/grading.ts'
import { note } from '#values/text.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { checkFinal } from '../final-value.ts'
import { policyOn } from '../policy/state.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { ofPupil } from './class-lists.ts'
import { rosterFold } from './state.ts'

const CorrectAttestation = z.strictObject({
  attestation: Uuid,
  value: MarkValue,
  note: note().describe('Почему: опечатка при внесении, решение апелляционной комиссии'),
})

/** Corrects the result of an attestation; what stood before and why it is another stay on record (R-F19). */
export const correctAttestation = defineCommand({
  name: 'correct-attestation',
  path: 'roster',
  summary: 'Исправить результат аттестации с указанием причины',
  operation: '20',
  input: CorrectAttestation,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: ['policy'],
  concerns({ input, state }) {
    const known = state.attestations.get(input.attestation)
    return known === undefined ? null : ofPupil(state, known.pupil, known.date)
  },
  decide({ input: { attestation, value, note }, state, references }) {
    const known = state.attestations.get(attestation)
    if (known === undefined) return refuse('attestation-unknown', { attestation })
    const { pupil, date, grading, value: previous } = known
    if (previous === value) return refuse('same-value', { value })
    const rules = policyOn(references.policy, date)
    if (rules === undefined) return refuse('policy-missing', { date })
    const refused = checkFinal(grading, rules, value)
    return refused ?? [{ type: 'AttestationCorrected', data: { attestation, pupil, previous, value, note } }]
  },
})
