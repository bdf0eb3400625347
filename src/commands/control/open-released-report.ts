import { z } from 'zod'
import { SchoolYear } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { leadsClass } from '../roster/state.ts'
import { ofYear, todayOf } from './ground.ts'

/** A class teacher opens a report of the own class that was released to him (R-7B.6). Opened again, it is recorded once. */
export const openReleasedReport = defineCommand({
  ...ofYear,
  name: 'open-released-report',
  path: 'years/:year/released-reports/:release',
  summary: 'Открыть переданный отчёт о своём классе; первое открытие записывается',
  operation: '29e',
  input: z.strictObject({ year: SchoolYear, release: Uuid }),
  may(given) {
    const { actor, input, state, references } = given
    const of = state.releases.get(input.release)?.released.class
    if (of === undefined || leadsClass(references.roster, actor.person, of, todayOf(given))) return null
    return refuse('class-not-led', { class: of })
  },
  decide({ input: { release }, state, actor }) {
    const known = state.releases.get(release)
    if (known === undefined) return refuse('release-unknown', { release })
    return known.opened.has(actor.account) ? [] : [{ type: 'ReleasedReportOpened', data: { release } }]
  },
})
