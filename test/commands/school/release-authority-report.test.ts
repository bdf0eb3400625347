import { describe, it } from 'vitest'
import { releaseAuthorityReport } from '#commands/school/release-authority-report.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { deputy, head, id, past, Q1, YEAR } from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

const now = '2026-11-09T04:00:00.000Z'
const file = {
  authority: 'Департамент общего образования',
  year: YEAR,
  period: Q1,
  fewest: 5,
  format: 'json' as const,
  digest: 'd'.repeat(64),
  bytes: 512,
}
const released = past('school', WHOLE_SCHOOL, {
  type: 'AuthorityReportReleased',
  data: { release: id('release'), ...file },
})

describe('the release of a report to an authority (R-A2.19)', () => {
  it('is of the head, with the digest of the file', () => {
    given().when(releaseAuthorityReport, file, { as: head, now }).records({
      type: 'AuthorityReportReleased',
      data: file,
    })
    given().when(releaseAuthorityReport, file, { as: deputy, now }).refuses('role-not-permitted')
  })

  it('is one for the same file and authority', () => {
    const again = given(released)
    again
      .when(releaseAuthorityReport, file, { as: head, now })
      .refuses('report-released', { release: id('release') })
    const other = { ...file, authority: 'Управление образования города' }
    again.when(releaseAuthorityReport, other, { as: head, now }).records('AuthorityReportReleased')
    const changed = { ...file, digest: 'e'.repeat(64) }
    again.when(releaseAuthorityReport, changed, { as: head, now }).records('AuthorityReportReleased')
  })
})
