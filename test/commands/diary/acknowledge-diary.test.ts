import { describe, it } from 'vitest'
import { acknowledgeDiary } from '#commands/diary/acknowledge-diary.ts'
import type { Uuid } from '#values/uuid.ts'
import { actor, ANNA, consented, date, id, past, school } from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

const MOTHER = id('mother')
const FATHER = id('father')
const registeredAs = (representative: Uuid) =>
  ({
    type: 'RepresentativeRegistered',
    data: { pupil: ANNA, representative, kinship: 'other', from: date('2026-09-01') },
  }) as const
const registered = past('family', ANNA, registeredAs(MOTHER))
const now = '2026-11-09T05:00:00.000Z'
const mother = { as: actor('parent', MOTHER), now }
const [SEEN, CHANGED] = ['5f'.repeat(32), '60'.repeat(32)]
const week = { pupil: ANNA, week: '2026-11-09', seen: SEEN }
const said = past('diary', ANNA, {
  type: 'DiaryAcknowledged',
  data: { pupil: ANNA, representative: MOTHER, week: date('2026-11-09'), item: null, seen: SEEN },
})

describe('the acknowledgement of a diary', () => {
  const before = given(school, registered, consented(ANNA, MOTHER))

  it('R-5.1: is of a diary that was open: without consent there is nothing to get acquainted with', () => {
    given(school, registered).when(acknowledgeDiary, week, mother).refuses('consent-missing', { pupil: ANNA })
  })

  it('R-7A.15: names child, week and the version that was seen; one thing alone may be meant', () => {
    before.when(acknowledgeDiary, week, mother).records({
      type: 'DiaryAcknowledged',
      data: { pupil: ANNA, representative: MOTHER, week: '2026-11-09', item: null, seen: SEEN },
    })
    const item = id('mark/1')
    before
      .and(said)
      .when(acknowledgeDiary, { ...week, item }, mother)
      .records({ type: 'DiaryAcknowledged', data: { item } })
  })

  it('R-7A.15: is recorded once for a version, and again when the week has changed', () => {
    before.and(said).when(acknowledgeDiary, week, mother).records()
    before
      .and(said)
      .when(acknowledgeDiary, { ...week, seen: CHANGED }, mother)
      .records({ type: 'DiaryAcknowledged', data: { seen: CHANGED } })
  })

  it('is of a week that has begun, by its Monday, in the zone of the school', () => {
    before
      .when(acknowledgeDiary, { ...week, week: '2026-11-10' }, mother)
      .refuses('week-not-from-monday', { monday: '2026-11-09' })
    // In Tomsk it is Monday the 16th from 17:00 UTC on.
    const next = { ...week, week: '2026-11-16' }
    const sunday = { ...mother, now: '2026-11-15T16:59:59.000Z' }
    before.when(acknowledgeDiary, next, sunday).refuses('week-not-begun', { today: '2026-11-15' })
    const monday = { ...mother, now: '2026-11-15T17:00:00.000Z' }
    before.when(acknowledgeDiary, next, monday).records('DiaryAcknowledged')
  })

  it('R-7A.15: is the parent’s own, whether he names himself or nobody, and never of another', () => {
    const named = { ...week, representative: MOTHER }
    before.when(acknowledgeDiary, named, mother).records({
      type: 'DiaryAcknowledged',
      data: { representative: MOTHER },
    })
    before.and(said).when(acknowledgeDiary, named, mother).records()
    const other = { ...week, representative: FATHER }
    before
      .and(past('family', ANNA, registeredAs(FATHER)), consented(ANNA, FATHER))
      .when(acknowledgeDiary, other, mother)
      .refuses('diary-not-yours', { pupil: ANNA })
  })

  it('R-7A.18b: an external system says it for the representative whom it names, by the rules that hold for him', () => {
    const system = { as: actor('external-system', id('service-token')), now }
    const named = { ...week, representative: MOTHER }
    before.when(acknowledgeDiary, named, system).records({
      type: 'DiaryAcknowledged',
      data: { pupil: ANNA, representative: MOTHER, week: '2026-11-09', item: null, seen: SEEN },
    })
    // Whoever said it first: it is the same fact.
    before.and(said).when(acknowledgeDiary, named, system).records()
    before.when(acknowledgeDiary, week, system).refuses('representative-missing')
    before
      .when(acknowledgeDiary, { ...week, representative: FATHER }, system)
      .refuses('representative-unknown', { representative: FATHER })
    given(school, registered)
      .when(acknowledgeDiary, named, system)
      .refuses('consent-missing', { pupil: ANNA })
    before.when(acknowledgeDiary, { ...named, week: '2026-11-10' }, system).refuses('week-not-from-monday')
    before.when(acknowledgeDiary, { ...named, week: '2026-11-16' }, system).refuses('week-not-begun')
    const ended = past('family', ANNA, {
      type: 'RepresentationEnded',
      data: { pupil: ANNA, representative: MOTHER, from: date('2026-11-09') },
    })
    before.and(ended).when(acknowledgeDiary, named, system).refuses('representative-unknown')
  })

  it('is a matter of those who represent the child on that day', () => {
    const father = { as: actor('parent', FATHER), now }
    before.when(acknowledgeDiary, week, father).refuses('diary-not-yours')
    const ended = past('family', ANNA, {
      type: 'RepresentationEnded',
      data: { pupil: ANNA, representative: MOTHER, from: date('2026-11-09') },
    })
    before.and(ended).when(acknowledgeDiary, week, mother).refuses('diary-not-yours')
    before.when(acknowledgeDiary, week, { ...mother, as: actor('pupil', ANNA) }).refuses('role-not-permitted')
  })
})
