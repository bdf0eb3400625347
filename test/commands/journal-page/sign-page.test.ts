import { describe, expect, it } from 'vitest'
import { digestOf, digestsOf, signedContent } from '#commands/journal-page/closed-page.ts'
import { signPage } from '#commands/journal-page/sign-page.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import {
  ANNA,
  ASSESSMENT,
  attendanceTaken,
  BORIS,
  deputy,
  finalRecorded,
  head,
  homeworkSet,
  LESSON,
  lessonRecorded,
  markRecorded,
  mathematician,
  PAGE,
  pageClosed,
  pageOpened,
  pageReopened,
  school,
  stranger,
  workHeld,
} from '#support/class-7a.ts'
import { Instant } from '#values/time.ts'
import type { Places } from '#commands/command.ts'
import { wholePage } from '#support/whole-page.ts'
import { foldedOf, given, malformed, PROOF, SCHOOL } from '#support/spec.ts'

const now = '2026-12-30T03:00:00.000Z'
const page = [
  pageOpened,
  lessonRecorded,
  attendanceTaken([BORIS, 'Н']),
  workHeld('test'),
  markRecorded(ANNA, 5),
  homeworkSet,
  finalRecorded(ANNA, 5),
  finalRecorded(BORIS, 4),
]
const closed = [...page, pageClosed()]
const digestOn = (history: typeof page) => digestOf(foldedOf(history, journalPageFold, PAGE))
const DIGEST = digestOn(closed)
const simple = { page: PAGE, digest: DIGEST, password: 'pen-and-paper' }

describe('sign-page', () => {
  it('records that the author signed the page as it stands, and nothing of the password', () => {
    const how = {
      method: 'password',
      checked: 'verified',
      revocation: null,
      certificate: null,
      cms: null,
      given: null,
    }
    const data = { content: 2, digest: DIGEST, ...how }
    for (const as of [mathematician, deputy, head]) {
      const recorded = given(school, closed)
        .when(signPage, simple, { as, now })
        .records({ type: 'PageSigned', data })
      expect(JSON.stringify(recorded)).not.toContain(simple.password)
    }
    expect(signPage.asideFields).toEqual(['password'])
  })

  it('refuses a page that may still change, another state of it, and who does not teach it', () => {
    given(school, page).when(signPage, simple, { as: mathematician, now }).refuses('page-not-closed')
    const reopened = [...closed, pageReopened('2027-01-20T00:00:00.000Z')]
    given(school, reopened)
      .when(signPage, simple, { as: mathematician, now: '2027-01-19T23:59:59.999Z' })
      .refuses('page-not-closed')
    given(school, reopened)
      .when(signPage, simple, { as: mathematician, now: '2027-01-20T00:00:00.000Z' })
      .records('PageSigned')
    given(school, closed)
      .when(signPage, { ...simple, digest: '00'.repeat(32) }, { as: mathematician, now })
      .refuses('digest-differs', { digest: DIGEST })
    given(school, closed).when(signPage, simple, { as: stranger, now }).refuses('journal-not-taught')
  })
})

describe('sign-page by a certificate', () => {
  const input = { page: PAGE, digest: DIGEST, cms: 'MIIB' }

  it('records what the check of the signature found', () => {
    const data = { content: 2, digest: DIGEST, method: 'certificate', ...PROOF }
    given(school, closed)
      .when(signPage, input, { as: mathematician, now })
      .records({ type: 'PageSigned', data })
  })

  it('refuses a page that may still change, and another state of it', () => {
    given(school, page).when(signPage, input, { as: mathematician, now }).refuses('page-not-closed')
    given(school, closed)
      .when(signPage, { ...input, digest: '00'.repeat(32) }, { as: mathematician, now })
      .refuses('digest-differs')
  })
})

it('a certificate is of no use where no authority is trusted', async () => {
  const asked = { school: SCHOOL, actor: mathematician, now: Instant.parse(now) }
  const nothing = {} as Places
  const input = signPage.input.parse({ page: PAGE, digest: DIGEST, cms: 'MIIB' })
  expect(await signPage.prove!({ ...asked, input }, nothing)).toMatchObject({
    refused: 'signatures-not-configured',
  })
  const byPassword = signPage.input.parse(simple)
  expect(await signPage.prove!({ ...asked, input: byPassword }, nothing)).toBeNull()
})

it('a page is signed in one way at a time', () => {
  expect(malformed(signPage, { ...simple, cms: 'MIIB' })).toEqual(['password'])
  expect(malformed(signPage, { page: PAGE, digest: DIGEST })).toEqual(['password'])
})

describe('the digest of a page', () => {
  it('is of what stands, in whatever order it was written', () => {
    const other = [...page.slice(0, 6), finalRecorded(BORIS, 4), finalRecorded(ANNA, 5)]
    expect(digestOn(other)).toBe(digestOn(page))
    expect(digestOn(closed)).toBe(digestOn(page))
    expect(digestOn([...page, markRecorded(BORIS, 3)])).not.toBe(digestOn(page))
    expect(digestOn([...page.slice(0, 6), finalRecorded(ANNA, 4), finalRecorded(BORIS, 4)])).not.toBe(
      digestOn(page),
    )
  })

  it('holds lessons, attendance, marks, homework and finals', () => {
    expect(signedContent(foldedOf(closed, journalPageFold, PAGE))).toMatchObject({
      v: 2,
      grading: 'g5',
      lessons: [{ attendance: { absent: [{ pupil: BORIS, code: 'Н' }] }, homework: { set: {} } }],
      works: [{ kind: 'test' }],
      marks: [{ pupil: ANNA, value: 5 }],
      finals: expect.arrayContaining([{ pupil: BORIS, kind: 'period', value: 4 }]),
    })
  })

  it('holds, beyond version 1, whatever else a page shows, and changes with each of it', () => {
    const life = wholePage.slice(
      0,
      wholePage.findIndex(({ event }) => event.type === 'PageClosed'),
    )
    const content = signedContent(foldedOf(life, journalPageFold, PAGE)) as Record<string, unknown>
    expect(content).toMatchObject({ v: 2, assessments: [{ assessment: ASSESSMENT }] })
    const changing = new Set([
      'AssessmentHeld',
      'AssessmentResultsReceived',
      'AssessmentResultsCorrected',
      'MissedTopicCredited',
      'PracticeExempted',
      'IndividualHomeworkSet',
      'RemarkMade',
      'CommentMade',
      'CommentCorrected',
    ])
    for (const type of changing) {
      const at = life.findIndex(({ event }) => event.type === type)
      expect(at, type).toBeGreaterThanOrEqual(0)
      const [before, after] = [life.slice(0, at), life.slice(0, at + 1)]
      expect(digestOn(after), type).not.toBe(digestOn(before))
    }
  })

  it('is the same for the same page in every release: a vector of each version', () => {
    const state = foldedOf(closed, journalPageFold, PAGE)
    expect([digestOf(state, 1), digestOf(state, 2), digestOf(state)]).toEqual([
      'd9c4a5048b2d1484bf191742a26edc0002c2040123e9f983712c834894ba0271',
      'd30f950d09023301bf32165cfb9f096c9c3aa1c24e2c74ebd6efa24772e6866a',
      'd30f950d09023301bf32165cfb9f096c9c3aa1c24e2c74ebd6efa24772e6866a',
    ])
  })

  it('is of the minutes of homework, too, where they are declared', () => {
    const state = foldedOf(closed, journalPageFold, PAGE)
    const before = digestOf(state)
    const lesson = state.lessons.get(LESSON)!
    const { content, ...said } = lesson.homework!
    lesson.homework = { ...said, content: { ...content!, minutes: 20 } }
    expect(digestOf(state)).not.toBe(before)
    lesson.homework = { ...said, content: { ...content!, minutes: null } }
    expect(digestOf(state)).toBe(before)
  })

  it('is made of the versions that are asked for, and of no other', () => {
    const state = foldedOf(closed, journalPageFold, PAGE)
    expect(digestsOf(state, [2, 2])).toEqual(new Map([[2, digestOf(state, 2)]]))
    expect(digestsOf(state, [2, 1])).toEqual(
      new Map([
        [1, digestOf(state, 1)],
        [2, digestOf(state, 2)],
      ]),
    )
  })
})
