import { describe, expect, it } from 'vitest'
import { GradingSystem, MarkValue, POINTS } from '#values/grading.ts'
import { KindId, Policy, POLICY_PRESETS, STARTING_POLICY, successOf } from '#values/policy.ts'

const codes = STARTING_POLICY.valueCodes
const kindOf = (code: string) => codes.find((known) => known.code === code)?.kind
const dueInDays = (kind: string) => STARTING_POLICY.kindsOfWork.find((of) => of.kind === kind)?.dueInDays

describe('the starting policy', () => {
  it('has the nine values of the example of п. 2.8 with their meanings', () => {
    expect(POINTS.g5).toEqual([2, 5])
    expect(codes).toEqual(
      expect.arrayContaining([
        { code: 'Д', name: 'долг', kind: 'note', valid: null },
        { code: 'Зач', name: 'зачёт', kind: 'credit', valid: null },
        { code: 'Опз', name: 'опоздал', kind: 'lateness', valid: null },
        { code: 'Н/б', name: 'отсутствовал по болезни', kind: 'absence', valid: true },
        { code: 'Н/у', name: 'отсутствовал по уважительной причине', kind: 'absence', valid: true },
      ]),
    )
  })

  it('adds an absence without a reason yet, one without a valid reason, and a failed credit (A-12)', () => {
    expect(codes.map(({ code }) => code)).toEqual([
      'Н',
      'Н/б',
      'Н/у',
      'Н/п',
      'Опз',
      'Д',
      'Зач',
      'Незач',
      'осв',
      'н/а',
      'безотм',
    ])
    expect(codes.find(({ code }) => code === 'Н')).toMatchObject({ kind: 'absence', valid: null })
    expect(codes.find(({ code }) => code === 'Н/п')).toMatchObject({ kind: 'absence', valid: false })
    expect(kindOf('Незач')).toBe('credit')
    for (const code of ['осв', 'н/а', 'безотм']) expect(kindOf(code)).toBe('final')
  })

  it('gives answers the day of the lesson and written work a week (R-2.5a, R-2.12)', () => {
    for (const kind of ['lesson-answer', 'homework']) expect(dueInDays(kind), kind).toBe(0)
    for (const kind of ['test', 'composition', 'dictation']) expect(dueInDays(kind), kind).toBe(7)
  })

  it('gives homework 90 minutes and corrections no grace (R-2.7b, R-F19)', () => {
    expect(STARTING_POLICY).toMatchObject({ homeworkMinutes: 90, graceMinutes: 0 })
  })

  it('names nothing twice', () => {
    const { kindsOfWork, lessonTypes, correctionReasons } = STARTING_POLICY
    for (const names of [
      codes.map(({ code }) => code),
      kindsOfWork.map(({ kind }) => kind),
      lessonTypes.map(({ type }) => type),
      correctionReasons.map(({ reason }) => reason),
    ])
      expect(new Set(names).size).toBe(names.length)
  })

  it('passes its own schema unchanged', () => {
    expect(Policy.parse(STARTING_POLICY)).toEqual(STARTING_POLICY)
  })
})

describe('the preset tesh-2015', () => {
  it('R-2.8b: has exactly the nine codes of п. 2.8 for a lesson, with their meanings', () => {
    const valueCodes = POLICY_PRESETS['tesh-2015'].valueCodes.filter(({ kind }) => kind !== 'final')
    const [least, most] = POINTS.g5!
    const marks = Array.from({ length: most - least + 1 }, (_, i) => String(least + i))
    const notes = valueCodes.map(({ code }) => code)
    expect([...marks, ...notes].toSorted()).toEqual(
      ['2', '3', '4', '5', 'Д', 'Зач', 'Опз', 'Н/б', 'Н/у'].toSorted(),
    )
    expect(Object.fromEntries(valueCodes.map(({ code, name }) => [code, name]))).toMatchObject({
      Д: 'долг',
      Зач: 'зачёт',
      Опз: 'опоздал',
      'Н/б': 'отсутствовал по болезни',
      'Н/у': 'отсутствовал по уважительной причине',
    })
  })
})

describe('what counts as success (C.3)', () => {
  it('follows the thresholds of the system, or those of the school', () => {
    const school = { gradings: [] }
    const of = (system: GradingSystem, value: number | string) => successOf(school, system, value)
    expect([2, 3, 4].map((mark) => of('g5', mark))).toEqual([
      { success: false, quality: false },
      { success: true, quality: false },
      { success: true, quality: true },
    ])
    expect(of('g10', 5)).toEqual({ success: true, quality: false })
    expect(of('g12', 3)).toEqual({ success: false, quality: false })
    expect(of('g100', 70)).toEqual({ success: true, quality: true })
    expect(of('level', 'ниже базового')).toEqual({ success: false, quality: false })
    expect(of('level', 'высокий')).toEqual({ success: true, quality: true })
    expect(of('crit', 4)).toEqual({ success: true, quality: true })
    expect(of('pass', 'Незач')).toEqual({ success: false, quality: null })
    expect(of('g5', 'Д')).toBeNull()
    expect(of('none', 5)).toBeNull()
    const strict = { gradings: [{ system: 'g100' as const, success: 60, quality: 90 }] }
    expect(successOf(strict, 'g100', 55)).toEqual({ success: false, quality: false })
  })
})

describe('grading systems', () => {
  it('have points, or none', () => {
    expect(POINTS).toEqual({
      g5: [2, 5],
      g10: [1, 10],
      g12: [1, 12],
      g100: [0, 100],
      pass: null,
      level: null,
      crit: [2, 5],
      none: null,
    })
    expect(Object.keys(POINTS)).toEqual(GradingSystem.options)
  })
})

describe('the value of a mark', () => {
  it('is whole points or a code, in one spelling', () => {
    for (const value of [0, 5, 100, 'Зач', 'Д']) expect(MarkValue.parse(value)).toBe(value)
    expect(MarkValue.parse(' и\u0306 ')).toBe('й')
    for (const value of [-1, 101, 4.5, Number.NaN, '', ' ', 'З'.repeat(25), '\ud800', 'а\u0000', null, true])
      expect(MarkValue.safeParse(value).success, String(value)).toBe(false)
  })
})

describe('a kind', () => {
  it('is a short word of small Latin letters, digits and dashes', () => {
    for (const kind of ['test', 'lesson-answer', 'a1'])
      expect(KindId.safeParse(kind).success, kind).toBe(true)
    for (const kind of ['', 'Test', '1a', '-a', 'тест', 'a b', 'a'.repeat(41), 'test\n'])
      expect(KindId.safeParse(kind).success, kind).toBe(false)
  })
})
