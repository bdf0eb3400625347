import { describe, it } from 'vitest'
import { declarePilot } from '#commands/roster/declare-pilot.ts'
import { endPilot } from '#commands/roster/end-pilot.ts'
import { given } from '#support/spec.ts'
import { CLASS_7A, date, deputy, head, id, past, school } from '#support/class-7a.ts'

const now = '2026-08-28T06:00:00.000Z'
const as = deputy
const input = { class: CLASS_7A, from: '2026-09-01', until: '2026-11-02' }
const declared = past('roster', 'main', {
  type: 'PilotDeclared',
  data: { class: CLASS_7A, from: date('2026-09-01'), until: date('2026-11-02'), order: null },
})

describe('declare-pilot', () => {
  it('says from when to when a class tries the electronic journal', () => {
    for (const by of [deputy, head])
      given(school)
        .when(declarePilot, input, { as: by, now })
        .records({ type: 'PilotDeclared', data: { ...input, order: null } })
    given(school, declared)
      .when(declarePilot, { class: CLASS_7A, from: '2026-11-02' }, { as, now })
      .records({ type: 'PilotDeclared', data: { from: '2026-11-02', until: null } })
  })

  it('refuses a class that is not there, reversed bounds, and days on which it is a pilot already', () => {
    given(school)
      .when(declarePilot, { ...input, class: id('class/9') }, { as, now })
      .refuses('class-unknown')
    given(school)
      .when(declarePilot, { ...input, until: input.from }, { as, now })
      .refuses('bounds-reversed')
    given(school, declared)
      .when(declarePilot, { class: CLASS_7A, from: '2026-11-01' }, { as, now })
      .refuses('pilot-declared')
    given(school, declared)
      .when(declarePilot, { class: CLASS_7A, from: '2026-08-01', until: '2026-09-02' }, { as, now })
      .refuses('pilot-declared')
  })
})

describe('end-pilot', () => {
  it('ends the one that holds, on its first day as if it had never been', () => {
    given(school, declared)
      .when(endPilot, { class: CLASS_7A, until: '2026-10-01' }, { as, now })
      .records({ type: 'PilotEnded', data: { class: CLASS_7A, from: '2026-09-01', until: '2026-10-01' } })
    const never = given(school, declared)
      .when(endPilot, { class: CLASS_7A, until: '2026-09-01' }, { as, now })
      .records('PilotEnded')
      .map((event) => past('roster', 'main', event))
    given(school, declared, never).when(declarePilot, input, { as, now }).records('PilotDeclared')
  })

  it('refuses a class that is not there, and a day without a pilot', () => {
    given(school)
      .when(endPilot, { class: id('class/9'), until: '2026-10-01' }, { as, now })
      .refuses('class-unknown')
    given(school)
      .when(endPilot, { class: CLASS_7A, until: '2026-10-01' }, { as, now })
      .refuses('pilot-unknown')
    given(school, declared)
      .when(endPilot, { class: CLASS_7A, until: '2026-11-02' }, { as, now })
      .refuses('pilot-unknown')
  })
})
