import { z } from 'zod'
import { meaningfulText } from '#values/text.ts'
import { dateAt, endOfDay, Instant } from '#values/time.ts'
import type { Role } from '#values/role.ts'
import { schoolYearOf } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'
import { nextWorkingDay } from '#values/working-day.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { onIncidents } from './about.ts'
import { openIncident } from './state.ts'

const ReportBreach = z.strictObject({
  account: Uuid.describe('Учётная запись, доступ к которой мог получить другой'),
  learnedAt: Instant.describe('Когда стало известно о нарушении'),
  compromisedFrom: Instant.optional().describe('С какого времени доступ мог быть у другого, если известно'),
  text: meaningfulText(500).optional().describe('Что произошло, без фамилий и паролей'),
})

/** Whoever takes reports by word of mouth writes them down for others. */
const TAKES_REPORTS: ReadonlySet<Role> = new Set(['head', 'deputy', 'system-administrator'])

/**
 * Reports that somebody else has, or may have, the access of an account (п. 4.3, R-4.3). From then on the account is closed
 * (R-D7): the report itself is what closes it, so there is no moment between the two (docs/decisions/0057).
 */
export const reportBreach = defineCommand({
  ...onIncidents,
  name: 'report-breach',
  path: 'incidents',
  summary: 'Сообщить о нарушении конфиденциальности доступа: учётная запись закрывается сразу',
  operation: '38',
  asOneself: true,
  input: ReportBreach,
  needs: ['schoolYear', 'access'],
  year: ({ learnedAt }) => schoolYearOf(dateAt(learnedAt, DEFAULT_ZONE)),
  account: ({ account }) => account,
  may({ input: { account }, actor }) {
    return account === actor.account || TAKES_REPORTS.has(actor.role)
      ? null
      : refuse('account-not-own', { account })
  },
  decide({ input, state, references: { schoolYear, access }, now, newId }) {
    const { account, learnedAt, compromisedFrom = null, text = null } = input
    if (access.person === null) return refuse('account-unknown', { account })
    if (access.disabled) return refuse('account-disabled', { account })
    if (learnedAt > now) return refuse('notice-in-future', { instant: learnedAt, now })
    if (compromisedFrom !== null && compromisedFrom > learnedAt) {
      return refuse('bounds-reversed', { compromisedFrom, learnedAt })
    }
    const open = openIncident(state, account)
    if (open !== undefined) return refuse('breach-reported', { account, incident: open.incident })
    const zone = schoolYear.year?.zone ?? DEFAULT_ZONE
    const dueAt = endOfDay(nextWorkingDay(dateAt(learnedAt, zone), schoolYear.year?.schoolDays), zone)
    const data = { account, credEpoch: access.cred, learnedAt, compromisedFrom, dueAt, text }
    return [{ type: 'BreachReported', data: { incident: newId('incident'), ...data } }]
  },
})
