import type { ControlEvent, Inspected } from '#events/control.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

/** A check of a journal or of diaries: who made it and when. */
export interface Inspection {
  readonly inspection: Uuid
  readonly of: Inspected
  readonly date: LocalDate
  readonly purpose: PersonalText | null
  readonly by: Uuid
  readonly at: Instant
}

/** What happened to a finding: its making is the first. */
interface FindingStep {
  readonly kind: 'made' | 'answered' | 'fixed' | 'reopened'
  readonly text: PersonalText | null
  readonly by: Uuid
  readonly at: Instant
}

export interface Finding {
  readonly finding: Uuid
  readonly inspection: Uuid
  readonly page: Uuid | null
  readonly lesson: Uuid | null
  readonly pupil: Uuid | null
  /** The last day for putting it right; null sets none. */
  remedyBy: LocalDate | null
  state: 'open' | 'fixed'
  /** In the order in which it was recorded. */
  readonly history: FindingStep[]
}

/** A report that was released to a class teacher, by whom and when; who opened it, each once. */
export interface ReportRelease {
  readonly released: Extract<ControlEvent, { type: 'ReportReleased' }>['data']
  readonly by: Uuid
  readonly at: Instant
  readonly opened: Map<Uuid, Instant>
}

export interface ControlState {
  /** In the order in which they were recorded. */
  readonly inspections: Map<Uuid, Inspection>
  readonly findings: Map<Uuid, Finding>
  readonly releases: Map<Uuid, ReportRelease>
}

export const controlFold: Fold<ControlState, ControlEvent> = {
  category: 'control',
  initial: () => ({ inspections: new Map(), findings: new Map(), releases: new Map() }),
  on: {
    JournalInspected: (state, { data, meta: { by, at } }) => {
      state.inspections.set(data.inspection, { ...data, by, at })
    },
    FindingMade: (state, { data: { text, ...data }, meta: { by, at } }) => {
      const history: FindingStep[] = [{ kind: 'made', text, by, at }]
      state.findings.set(data.finding, { ...data, state: 'open', history })
    },
    FindingAnswered: (state, { data: { finding, text }, meta: { by, at } }) => {
      state.findings.get(finding)?.history.push({ kind: 'answered', text, by, at })
    },
    FindingFixed: (state, { data: { finding }, meta: { by, at } }) => {
      const known = state.findings.get(finding)
      if (known === undefined) return
      known.state = 'fixed'
      known.history.push({ kind: 'fixed', text: null, by, at })
    },
    FindingReopened: (state, { data: { finding, text, remedyBy }, meta: { by, at } }) => {
      const known = state.findings.get(finding)
      if (known === undefined) return
      known.state = 'open'
      known.remedyBy = remedyBy ?? known.remedyBy
      known.history.push({ kind: 'reopened', text, by, at })
    },
    ReportReleased: (state, { data, meta: { by, at } }) => {
      state.releases.set(data.release, { released: data, by, at, opened: new Map() })
    },
    ReleasedReportOpened: (state, { data: { release }, meta: { by, at } }) => {
      const opened = state.releases.get(release)?.opened
      if (opened?.has(by) === false) opened.set(by, at)
    },
  },
}

/** Whether the last word on an open finding is an answer: the administration has to look at it. */
export function isAnswered({ state, history }: Finding): boolean {
  return state === 'open' && history.at(-1)?.kind === 'answered'
}

/** Whether a finding is open after its last day. */
export function isOverdue({ state, remedyBy }: Finding, today: LocalDate): boolean {
  return state === 'open' && remedyBy !== null && remedyBy < today
}
