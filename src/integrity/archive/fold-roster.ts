import type { Decoded, DomainEvent } from '#events/registry.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Said } from './disclosures.ts'
import { changeBy, type ChangeState } from './fold-page.ts'

type Data<Type extends DomainEvent['type']> = Extract<DomainEvent, { type: Type }>['data']

export interface AttestationState extends Omit<Data<'AttestationRecorded'>, 'value'> {
  value: Data<'AttestationRecorded'>['value']
}

/** What is said of pupils beside the journals: how they learn, what they brought along, what commissions came to. */
export interface BesideState {
  /** By pupil, in the order in which it was said. */
  readonly forms: Map<Uuid, Array<Omit<Data<'FormOfEducationSet'>, 'pupil'>>>
  /** By pupil, year, subject and period: what was said last. */
  readonly credited: Map<string, Data<'FinalCredited'>>
  readonly attestations: Map<Uuid, AttestationState>
  readonly history: ChangeState[]
}

export function nothingBeside(): BesideState {
  return { forms: new Map(), credited: new Map(), attestations: new Map(), history: [] }
}

/** Applies a record of the roster that stands beside the finals. Of another type, nothing follows. */
export function foldBeside(beside: BesideState, event: Decoded, said: Said): void {
  switch (event.type) {
    case 'FormOfEducationSet': {
      const { pupil, ...form } = event.data
      beside.forms.set(pupil, [...(beside.forms.get(pupil) ?? []), form])
      return
    }
    case 'FinalCredited': {
      const { pupil, year, subject, period, previous, value } = event.data
      beside.credited.set(`${pupil}/${year}/${subject}/${period}`, event.data)
      if (previous !== null) beside.history.push(changeBy(event, { pupil, previous, value }, said))
      return
    }
    case 'AttestationRecorded':
      beside.attestations.set(event.data.attestation, { ...event.data })
      return
    case 'AttestationCorrected': {
      const known = beside.attestations.get(event.data.attestation)
      if (known !== undefined) known.value = event.data.value
      beside.history.push(changeBy(event, event.data, said))
      return
    }
    case 'PromotionDecided': {
      const { pupil, previous, decision, order } = event.data
      if (previous === null) return
      const note = `${order.number}, ${order.date}`
      beside.history.push(changeBy(event, { pupil, previous, value: decision, note }, said))
      return
    }
    default:
  }
}
