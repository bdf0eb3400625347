import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lessonId, pageId, PeriodId, SchoolSlug, workId } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'

const DNS = Uuid.parse('6ba7b810-9dad-11d1-80b4-00c04fd430c8')
const URL_NAMESPACE = Uuid.parse('6ba7b811-9dad-11d1-80b4-00c04fd430c8')
const JOURNAL = Uuid.parse('018f9b2e-6d1a-7c3e-9a54-0d3f3a3a6f00')

describe('uuidV5', () => {
  it('makes the example of RFC 9562, appendix A.4', () => {
    expect(uuidV5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
  })

  it('makes what other implementations make', () => {
    // Both from the standard library of Python: uuid.uuid5.
    expect(uuidV5(DNS, 'python.org')).toBe('886313e1-3b8a-5372-9b90-0c9aee199e5d')
    expect(uuidV5(URL_NAMESPACE, 'журнал/7А')).toBe('b959ef2c-f0a2-50d5-93e7-fad2c7c99921')
  })

  it('always makes a UUID of version 5 in lower case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const made = uuidV5(DNS, name)
        expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        expect(Uuid.parse(made)).toBe(made)
      }),
    )
  })
})

describe('ids that follow from others', () => {
  // Every stream and every mark of every school refers to these: a change here is a change of the past.
  it('never change', () => {
    expect(pageId(JOURNAL, PeriodId.parse('q2'))).toBe('c2e56989-9d3f-522c-9816-d608b60c917e')
    const lesson = lessonId(JOURNAL, LocalDate.parse('2026-11-09'), 3)
    expect(lesson).toBe('a72a7752-1cb5-5cad-a54d-25cb0dc8c91a')
    expect(workId(lesson, 'test')).toBe('88f7fe74-2d99-5246-a8a7-2c47e7e03dd1')
  })

  it('differ by journal, period, date, number and kind', () => {
    const date = LocalDate.parse('2026-11-09')
    const ids = [
      pageId(JOURNAL, PeriodId.parse('q1')),
      pageId(JOURNAL, PeriodId.parse('q2')),
      pageId(DNS, PeriodId.parse('q2')),
      lessonId(JOURNAL, date, 3),
      lessonId(JOURNAL, date, 4),
      lessonId(JOURNAL, LocalDate.parse('2026-11-10'), 3),
      lessonId(DNS, date, 3),
      workId(lessonId(JOURNAL, date, 3), 'test'),
      workId(lessonId(JOURNAL, date, 3), 'quiz'),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('a UUID', () => {
  it('is one id, whatever the case of its letters', () => {
    expect(Uuid.parse('2ED6657D-E927-568B-95E1-2665A8AEA6A2')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
  })

  it('is nothing else', () => {
    for (const text of [
      '',
      '2ed6657de927568b95e12665a8aea6a2',
      '{2ed6657d-e927-568b-95e1-2665a8aea6a2}',
      `${JOURNAL}\n`,
    ])
      expect(Uuid.safeParse(text).success, text).toBe(false)
  })
})

describe('the slug of a school', () => {
  it('has small Latin letters and digits only, because dash and dot separate the parts of a stream name', () => {
    for (const slug of ['tomsk35', 'ab', 'a'.repeat(31)])
      expect(SchoolSlug.safeParse(slug).success, slug).toBe(true)
    for (const slug of [
      'a',
      '35tomsk',
      'tomsk-35',
      'tomsk.35',
      'Tomsk35',
      'томск35',
      'a'.repeat(32),
      'tomsk35\n',
    ])
      expect(SchoolSlug.safeParse(slug).success, slug).toBe(false)
  })
})
