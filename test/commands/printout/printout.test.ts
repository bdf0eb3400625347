import { describe, expect, it } from 'vitest'
import { certifyPrintout } from '#commands/printout/certify-printout.ts'
import { issueExtract } from '#commands/printout/issue-extract.ts'
import { preparePrintout } from '#commands/printout/prepare-printout.ts'
import { given, malformed } from '#support/spec.ts'
import {
  actor,
  ANNA,
  classTeacher,
  CLASS_7A,
  date,
  deputy,
  head,
  id,
  PAGE,
  past,
  school,
  STRANGER,
} from '#support/class-7a.ts'

const now = '2026-11-09T03:00:00.000Z'
const mother = id('mother of anna')
const family = past('family', ANNA, {
  type: 'RepresentativeRegistered',
  data: { pupil: ANNA, representative: mother, kinship: 'mother', from: date('2026-09-01') },
})
const file = {
  printout: id('printout/1'),
  template: 'pupil-extract/1',
  snapshot: 'pupil-extract.1.AAAAAAAAAAAAAAAAAAAAAA.2026-11-02.2026-11-09.-.0123456789abcdef',
  content: '0123456789abcdef'.repeat(4),
  digest: 'fedcba9876543210'.repeat(4),
  bytes: 50_000,
}
const span = { from: date('2026-11-02'), until: date('2026-11-09') }
const asked = { ...file, ...span, pupil: ANNA, recipient: mother, today: date('2026-11-09') }
const extract = {
  ...file,
  ...span,
  of: { kind: 'pupil' as const, pupil: ANNA },
  recipient: mother,
}
const issued = past('printout', file.printout, { type: 'PrintoutIssued', data: extract })
const certified = past('printout', file.printout, {
  type: 'PrintoutCertified',
  data: { printout: file.printout, digest: file.digest },
})

describe('issue-extract', () => {
  it('R-5.2c: records who was given what, and the hash of the file', () => {
    given(school, family)
      .when(issueExtract, asked, { as: classTeacher, now })
      .records({ type: 'PrintoutIssued', data: extract })
    given(school, family)
      .when(issueExtract, { ...asked, recipient: null }, { as: deputy, now })
      .records({ type: 'PrintoutIssued', data: { ...extract, recipient: null } })
    given(school, family)
      .when(issueExtract, { ...asked, recipient: ANNA }, { as: head, now })
      .records('PrintoutIssued')
  })

  it('refuses a recipient who does not represent the pupil', () => {
    given(school)
      .when(issueExtract, asked, { as: classTeacher, now })
      .refuses('representative-unknown', { representative: mother })
  })

  it('refuses a number under which a file was issued', () => {
    given(school, family, issued)
      .when(issueExtract, asked, { as: classTeacher, now })
      .refuses('printout-exists')
  })

  it('refuses a class teacher of another class', () => {
    given(school, family)
      .when(issueExtract, asked, { as: actor('class-teacher', STRANGER), now })
      .refuses('class-not-led')
  })

  it('refuses a pupil whom the school does not know', () => {
    given(school)
      .when(issueExtract, { ...asked, pupil: id('nobody') }, { as: deputy, now })
      .refuses('pupil-unknown')
  })

  it('refuses by its shape what is no SHA-256', () => {
    expect(malformed(issueExtract, { ...asked, digest: 'ABC' })).toEqual(['digest'])
  })
})

describe('prepare-printout', () => {
  const { template: _template, ...rest } = file
  const page = { ...rest, template: 'journal-page/1', of: { kind: 'page' as const, page: PAGE } }
  const matter = { grades: [7], subject: id('subject/algebra') }

  it('R-3.1: records the file that is to be certified', () => {
    given()
      .when(preparePrintout, { ...page, ...matter }, { as: deputy, now })
      .records({ type: 'PrintoutIssued', data: { ...page, from: null, until: null, recipient: null } })
  })

  it('refuses a number under which a file was issued', () => {
    given(issued)
      .when(preparePrintout, { ...page, ...matter }, { as: deputy, now })
      .refuses('printout-exists', { printout: file.printout })
  })

  it('is no matter of a deputy of other grades', () => {
    const ofNine = { ...deputy, competence: [{ grades: [9], subjects: null }] }
    given()
      .when(preparePrintout, { ...page, ...matter }, { as: ofNine, now })
      .refuses('outside-competence')
    const unit = { ...page, of: { kind: 'unit' as const, unit: CLASS_7A }, grades: [9], subject: null }
    given().when(preparePrintout, unit, { as: ofNine, now }).records('PrintoutIssued')
  })
})

describe('certify-printout', () => {
  const certifying = { printout: file.printout, digest: file.digest }

  it('R-3.1: refers to the hash of the file', () => {
    given(issued)
      .when(certifyPrintout, certifying, { as: head, now })
      .records({ type: 'PrintoutCertified', data: certifying })
  })

  it('refuses a number under which nothing was issued', () => {
    given().when(certifyPrintout, certifying, { as: head, now }).refuses('printout-unknown')
  })

  it('refuses another file than the one that was issued', () => {
    given(issued)
      .when(certifyPrintout, { ...certifying, digest: '0'.repeat(64) }, { as: head, now })
      .refuses('printout-differs', { digest: file.digest })
  })

  it('refuses to certify twice', () => {
    given(issued, certified)
      .when(certifyPrintout, certifying, { as: head, now })
      .refuses('printout-certified')
  })

  it.each(['deputy', 'class-teacher', 'teacher', 'system-administrator', 'archivist'] as const)(
    'refuses the %s: it is the head who certifies',
    (role) => {
      given(issued)
        .when(certifyPrintout, certifying, { as: actor(role, id('somebody')), now })
        .refuses('role-not-permitted')
    },
  )
})

describe('who may', () => {
  const { template: _template, ...rest } = file
  const page = { ...rest, template: 'journal-page/1', of: { kind: 'page' as const, page: PAGE } }
  const others = ['teacher', 'system-administrator', 'parent', 'pupil', 'auditor', 'archivist'] as const

  it.each(others)('refuses the %s an extract, and a print to be certified', (role) => {
    const as = { as: actor(role, id('somebody')), now }
    given(school, family).when(issueExtract, asked, as).refuses('role-not-permitted')
    given()
      .when(preparePrintout, { ...page, grades: [7], subject: null }, as)
      .refuses('role-not-permitted')
  })

  it('refuses the class teacher a print to be certified', () => {
    given()
      .when(preparePrintout, { ...page, grades: [7], subject: null }, { as: classTeacher, now })
      .refuses('role-not-permitted')
  })
})
