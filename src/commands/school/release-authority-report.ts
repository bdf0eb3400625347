import { schoolEvents } from '#events/school.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { schoolFold } from './state.ts'

/**
 * The head gives an authority a file of counts without anybody in them (R-A2.19). The file is made first, and its digest is
 * the service's own, so that this is in no address. The same file for the same authority is one release.
 */
export const releaseAuthorityReport = defineCommand({
  name: 'release-authority-report',
  path: 'authority-reports',
  summary: 'Выпустить обезличенный отчёт органу управления образованием',
  operation: '45b',
  input: schoolEvents.AuthorityReportReleased.data.omit({ release: true }),
  fold: schoolFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input, state, newId }) {
    const { authority, digest } = input
    const known = state.authorityReleases.find((one) => one.authority === authority && one.digest === digest)
    if (known !== undefined) return refuse('report-released', { release: known.release })
    return [{ type: 'AuthorityReportReleased', data: { release: newId('release'), ...input } }]
  },
})
