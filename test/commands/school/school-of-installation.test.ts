import { describe, expect, it } from 'vitest'
import type { Actor } from '#commands/command.ts'
import { execute, type Execution } from '#commands/execute.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { grantOperatorRead } from '#commands/school/grant-operator-read.ts'
import { withdrawOperatorRead } from '#commands/school/withdraw-operator-read.ts'
import { noteRecordCheck } from '#commands/school/note-record-check.ts'
import { recordProcessingAgreement } from '#commands/school/record-processing-agreement.ts'
import { registerSchool } from '#commands/school/register-school.ts'
import { agreementOn, type SchoolState } from '#commands/school/state.ts'
import { Role } from '#values/role.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { actor, id, past } from '#support/class-7a.ts'
import { given, type Past, SCHOOL } from '#support/spec.ts'

const as: Actor = { account: id('operator'), person: id('operator'), role: 'operator', cred: 0 }
const by = { as, now: '2026-08-25T03:00:00.000Z' }
const date = (text: string): LocalDate => LocalDate.parse(text)
const registered = past('school', WHOLE_SCHOOL, { type: 'SchoolRegistered', data: { name: 'Гимназия № 1' } })
const agreed = past('school', WHOLE_SCHOOL, {
  type: 'ProcessingAgreementRecorded',
  data: { agreement: '77/2026', from: date('2026-09-01') },
})

describe('register-school', () => {
  it('begins a school, once', () => {
    given()
      .when(registerSchool, { name: 'Гимназия № 1' }, by)
      .records({ type: 'SchoolRegistered', data: { name: 'Гимназия № 1' } })
    given(registered)
      .when(registerSchool, { name: 'Другая гимназия' }, by)
      .refuses('school-exists', { school: SCHOOL })
  })
})

describe('grant-operator-read', () => {
  const head = { as: actor('head', id('head')), now: '2026-11-09T03:00:00.000Z' }
  const text = 'Проверить строки страницы после сбоя'
  const granted = (until: string) =>
    past('school', WHOLE_SCHOOL, { type: 'OperatorReadGranted', data: { until: Instant.parse(until), text } })

  it('R-7G.5: lets him for 72 hours at most, from now on', () => {
    const lets = (until: string) => given(registered).when(grantOperatorRead, { until, text }, head)
    lets('2026-11-12T03:00:00.000Z').records({
      type: 'OperatorReadGranted',
      data: { until: Instant.parse('2026-11-12T03:00:00.000Z'), text },
    })
    lets('2026-11-12T03:00:00.001Z').refuses('operator-read-too-long', { latest: '2026-11-12T03:00:00.000Z' })
    lets('2026-11-09T03:00:00.000Z').refuses('bounds-reversed')
  })

  it('R-7G.5: is taken back while it lasts, and once', () => {
    const ends = (...history: Past[]) =>
      given(registered, ...history).when(withdrawOperatorRead, { text }, head)
    ends().refuses('operator-read-not-granted')
    ends(granted('2026-11-09T03:00:00.000Z')).refuses('operator-read-not-granted')
    ends(granted('2026-11-09T03:00:00.001Z')).records('OperatorReadWithdrawn')
    const withdrawn = past('school', WHOLE_SCHOOL, { type: 'OperatorReadWithdrawn', data: { text } })
    ends(granted('2026-11-09T04:00:00.000Z'), withdrawn).refuses('operator-read-not-granted')
  })
})

describe('note-record-check', () => {
  const found = {
    date: '2026-11-10',
    records: 41,
    streams: 12,
    part: false,
    rows: 77,
    notCompared: [],
    fault: null,
    wholeLog: 'as-sealed' as const,
    differing: 0,
    differences: [],
  }

  it('R-F10: records one check a day, whoever comes second', () => {
    given(registered).when(noteRecordCheck, found, by).records('RecordChecked')
    const checked = past('school', WHOLE_SCHOOL, {
      type: 'RecordChecked',
      data: { ...found, date: date(found.date) },
    })
    given(registered, checked)
      .when(noteRecordCheck, { ...found, records: 42 }, by)
      .refuses('same-value', { date: '2026-11-10' })
    given(registered, checked)
      .when(noteRecordCheck, { ...found, date: '2026-11-11' }, by)
      .records('RecordChecked')
  })
})

describe('record-processing-agreement', () => {
  const agreement = { agreement: '78/2027', from: '2027-09-01' }

  it('records an agreement, and the next from a later date', () => {
    given(registered)
      .when(recordProcessingAgreement, { agreement: '77/2026', from: '2026-09-01' }, by)
      .records('ProcessingAgreementRecorded')
    given(registered, agreed)
      .when(recordProcessingAgreement, agreement, by)
      .records({ type: 'ProcessingAgreementRecorded', data: agreement })
  })

  it('refuses the agreement that is in force already', () => {
    given(registered, agreed)
      .when(recordProcessingAgreement, { agreement: '77/2026', from: '2026-10-01' }, by)
      .refuses('same-value', { from: '2026-09-01' })
  })

  it('is in force from its first day until the next begins, in whatever order they were recorded', () => {
    const state: SchoolState = {
      name: null,
      checked: null,
      outages: new Map(),
      rights: [],
      operatorGrants: [],
      paperDecisions: new Map(),
      authorityReleases: [],
      agreements: [
        { agreement: 'second', from: date('2027-09-01') },
        { agreement: 'first', from: date('2026-09-01') },
        { agreement: 'second, corrected', from: date('2027-09-01') },
      ],
    }
    const on = (day: string) => agreementOn(state, date(day))?.agreement ?? null
    expect([on('2026-08-31'), on('2026-09-01'), on('2027-08-31'), on('2027-09-01')]).toEqual([
      null,
      'first',
      'first',
      'second, corrected',
    ])
  })
})

describe('R-A3.3a: what binds the operator to a school', () => {
  it.each(Role.options.filter((role) => role !== 'operator'))('is not recorded by a %s', async (role) => {
    const asked = { school: SCHOOL, actor: actor(role, id('somebody')), id: id('command') }
    // Refused before anything is looked at.
    const nothing = {} as Execution
    const input = { agreement: '77/2026', from: date('2026-09-01') }
    for (const refused of [
      await execute(nothing, registerSchool, { ...asked, input: { name: 'Гимназия № 1' } }),
      await execute(nothing, recordProcessingAgreement, { ...asked, input }),
    ])
      expect(refused).toMatchObject({ refused: 'role-not-permitted' })
  })
})
