import { describe, expect, it } from 'vitest'
import { openPage } from '#commands/journal-page/open-page.ts'
import { creditFinals } from '#commands/roster/credit-finals.ts'
import { correctAttestation } from '#commands/roster/correct-attestation.ts'
import { recordAttestation } from '#commands/roster/record-attestation.ts'
import { setFormOfEducation } from '#commands/roster/set-form-of-education.ts'
import { pageId, PeriodId } from '#values/school.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, CLASS_7A, id, MATHEMATICIAN, VERA, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(2, ['deputy', 'mathematician', 'mother', 'archivist', 'auditor'])
const subject = id('subject/algebra')

interface Beside {
  readonly credited: ReadonlyArray<object>
  readonly attestations: ReadonlyArray<object>
  readonly forms: ReadonlyArray<object>
  readonly missing: ReadonlyArray<{ pupil: string; period: string }>
}

describe('what stands beside the finals of journals (§1, Пр1/2)', () => {
  it('R-7A.16h: a pupil who came in the middle of the year has the finals from elsewhere, with their source, and the year counts them', async () => {
    const school = schools.next().at('2026-11-16T03:00:00.000Z')
    const document = { number: '41', date: '2026-11-13' }
    const issuedBy = 'МАОУ СОШ № 5 г. Омска'
    const finals = [{ subject, period: 'q1', value: 4 }]
    await school.done('deputy', creditFinals, { pupil: VERA, year: YEAR, issuedBy, document, finals })
    const sheet = await school.seen<Beside>('archivist', `summaries/${CLASS_7A}`)
    expect(sheet.credited).toMatchObject([
      {
        pupil: VERA,
        subject,
        period: 'q1',
        value: 4,
        issued_by: issuedBy,
        document_number: '41',
        document_date: '2026-11-13',
      },
    ])
    await school.done('deputy', openPage, { year: YEAR, journal: ALGEBRA, period: 'year' })
    const year = pageId(ALGEBRA, PeriodId.parse('year'))
    const { pupils } = await school.seen<{ pupils: Array<{ pupil: string; proposed: number | null }> }>(
      'mathematician',
      `pages/${year}/final-proposals`,
    )
    expect(pupils.find(({ pupil }) => pupil === VERA)).toMatchObject({
      proposed: 4,
      rests_on: [{ period: 'q1', kind: 'credited', value: 4, counted: true }],
    })
  })

  it('R-F16 (part: all but the archive package): form of education with dates, and protocols of attestation in the summary', async () => {
    const school = schools.next().at('2026-12-22T03:00:00.000Z')
    const order = { number: '115-у', date: '2026-11-06' }
    await school.done('deputy', setFormOfEducation, {
      pupil: ANNA,
      form: 'family',
      from: '2026-11-09',
      order,
    })
    const { events } = await school.done('deputy', recordAttestation, {
      pupil: ANNA,
      year: YEAR,
      subject,
      stage: 'intermediate',
      date: '2026-12-22',
      commission: [MATHEMATICIAN],
      protocol: { number: '3', date: '2026-12-22' },
      value: 4,
    })
    const { attestation } = events[0]!.data as { attestation: string }
    const note = 'Решение апелляционной комиссии'
    await school.done('deputy', correctAttestation, { attestation, value: 5, note })
    for (const [login, path] of [
      ['archivist', `summaries/${CLASS_7A}`],
      ['mother', `pupils/${ANNA}/finals?year=${YEAR}`],
    ] as const) {
      const shown = await school.seen<Beside>(login, path)
      expect(shown.forms).toMatchObject([{ pupil: ANNA, form: 'family', from: '2026-11-09' }])
      expect(shown.attestations).toMatchObject([
        {
          attestation,
          subject,
          date: '2026-12-22',
          commission: [{ staff: MATHEMATICIAN }],
          protocol_number: '3',
          value: 5,
          corrected: true,
        },
      ])
    }
    const [line] = await school.lines('audit-trail?type=AttestationCorrected', 'auditor')
    expect(line).toMatchObject({ person: ANNA, before: { value: 4 }, after: { value: 5 }, note })
    school.at('2026-12-30T03:00:00.000Z')
    const { missing } = await school.seen<Beside>('deputy', `summaries/${CLASS_7A}`)
    const without = missing.filter(({ period }) => period === 'q2').map(({ pupil }) => pupil)
    expect(without).toContain(VERA)
    expect(without).not.toContain(ANNA)
  })
})
