import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  dateAt,
  datesBetween,
  endOfDay,
  Instant,
  instantAt,
  LocalDate,
  LocalTime,
  mondayOf,
  plusMinutes,
  secondsLate,
  TimeZone,
  weekday,
} from '#values/time.ts'

const TOMSK = TimeZone.parse('Asia/Tomsk')
const BERLIN = TimeZone.parse('Europe/Berlin')
const NUUK = TimeZone.parse('America/Nuuk')
const SANTIAGO = TimeZone.parse('America/Santiago')
const date = (text: string) => LocalDate.parse(text)
const instant = (text: string) => Instant.parse(text)
const dates = fc.integer({ min: 0, max: 36_500 }).map((days) => addDays(date('2000-01-01'), days))

describe('a deadline', () => {
  const due = endOfDay(date('2026-11-09'), TOMSK)

  it('is kept until 23:59:59.999 and missed by one second at 00:00:00.000 (R-2.5a)', () => {
    expect(secondsLate(instant('2026-11-09T16:59:59.000Z'), due)).toBe(0)
    expect(secondsLate(instant('2026-11-09T16:59:59.999Z'), due)).toBe(0)
    expect(secondsLate(instant('2026-11-09T17:00:00.000Z'), due)).toBe(1)
    expect(secondsLate(instant('2026-11-09T17:00:59.999Z'), due)).toBe(60)
  })

  it('is kept by whoever comes long before', () => {
    expect(secondsLate(instant('2020-01-01T00:00:00.000Z'), due)).toBe(0)
  })

  it('of homework is kept at +90:00 and missed at +90:01 (R-2.7b)', () => {
    const homework = plusMinutes(instantAt(date('2026-11-09'), '12:50', TOMSK), 90)
    expect(homework).toBe('2026-11-09T07:20:00.000Z')
    expect(secondsLate(instant('2026-11-09T07:20:00.999Z'), homework)).toBe(0)
    expect(secondsLate(instant('2026-11-09T07:20:01.000Z'), homework)).toBe(1)
  })
})

describe('the clock on the wall of the school', () => {
  it('is seven hours ahead of UTC in Tomsk, summer and winter', () => {
    expect(instantAt(date('2026-11-09'), '08:30', TOMSK)).toBe('2026-11-09T01:30:00.000Z')
    expect(instantAt(date('2026-07-09'), '08:30', TOMSK)).toBe('2026-07-09T01:30:00.000Z')
    expect(instantAt(date('2026-11-09'), '06:59', TOMSK)).toBe('2026-11-08T23:59:00.000Z')
  })

  it('was six hours ahead in Tomsk before 29 May 2016', () => {
    expect(instantAt(date('2016-05-28'), '08:30', TOMSK)).toBe('2016-05-28T02:30:00.000Z')
    expect(instantAt(date('2016-05-30'), '08:30', TOMSK)).toBe('2016-05-30T01:30:00.000Z')
  })

  it('counts a time that summer time leaves out from before the gap', () => {
    expect(instantAt(date('2026-03-29'), '01:59', BERLIN)).toBe('2026-03-29T00:59:00.000Z')
    expect(instantAt(date('2026-03-29'), '02:30', BERLIN)).toBe('2026-03-29T01:30:00.000Z')
    expect(instantAt(date('2026-03-29'), '03:00', BERLIN)).toBe('2026-03-29T01:00:00.000Z')
  })

  it('takes the first of two equal times when summer time ends', () => {
    expect(instantAt(date('2026-10-25'), '02:30', BERLIN)).toBe('2026-10-25T00:30:00.000Z')
  })

  it('shows the next date from midnight on', () => {
    expect(dateAt(instant('2026-11-09T16:59:59.999Z'), TOMSK)).toBe('2026-11-09')
    expect(dateAt(instant('2026-11-09T17:00:00.000Z'), TOMSK)).toBe('2026-11-10')
  })
})

describe('the end of a day', () => {
  it('is its last second', () => {
    expect(endOfDay(date('2026-11-09'), TOMSK)).toBe('2026-11-09T16:59:59.000Z')
    expect(endOfDay(date('2026-03-29'), BERLIN)).toBe('2026-03-29T21:59:59.000Z')
  })

  it('is 22:59:59 where the clock leaves out the last hour of the day', () => {
    expect(endOfDay(date('2026-03-28'), NUUK)).toBe('2026-03-29T00:59:59.000Z')
  })

  it('is the second 23:59:59 where the clock shows the last hour twice', () => {
    expect(endOfDay(date('2026-10-24'), NUUK)).toBe('2026-10-25T01:59:59.000Z')
  })

  it('is not moved by a day that begins at 01:00', () => {
    expect(endOfDay(date('2026-09-05'), SANTIAGO)).toBe('2026-09-06T03:59:59.000Z')
    expect(endOfDay(date('2026-09-06'), SANTIAGO)).toBe('2026-09-07T02:59:59.000Z')
  })

  it('belongs to the day, and the second after it to the next, in any zone', () => {
    fc.assert(
      fc.property(dates, fc.constantFrom(TOMSK, BERLIN, NUUK, SANTIAGO), (day, zone) => {
        const end = endOfDay(day, zone)
        expect(dateAt(end, zone)).toBe(day)
        expect(dateAt(new Date(Date.parse(end) + 1000).toISOString() as Instant, zone)).toBe(addDays(day, 1))
      }),
    )
  })
})

describe('dates', () => {
  it('between two days include both', () => {
    expect(datesBetween(date('2026-02-27'), date('2026-03-01'))).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
    ])
    expect(datesBetween(date('2028-02-28'), date('2028-03-01'))).toHaveLength(3)
    expect(datesBetween(date('2026-11-09'), date('2026-11-09'))).toEqual(['2026-11-09'])
    expect(datesBetween(date('2026-11-10'), date('2026-11-09'))).toEqual([])
  })

  it('have a Monday at or before them, less than a week away', () => {
    expect(mondayOf(date('2026-11-09'))).toBe('2026-11-09')
    expect(mondayOf(date('2026-11-15'))).toBe('2026-11-09')
    expect(mondayOf(date('2027-01-01'))).toBe('2026-12-28')
    fc.assert(
      fc.property(dates, (day) => {
        const monday = mondayOf(day)
        expect(weekday(monday)).toBe(1)
        expect(addDays(monday, weekday(day) - 1)).toBe(day)
      }),
    )
  })

  it('are days that the calendar has', () => {
    expect(LocalDate.safeParse('2026-02-29').success).toBe(false)
    expect(LocalDate.safeParse('2028-02-29').success).toBe(true)
    expect(LocalDate.safeParse('2026-1-1').success).toBe(false)
    expect(LocalDate.safeParse('2026-11-09T00:00:00Z').success).toBe(false)
  })
})

describe('the forms of time', () => {
  it('take an instant in UTC with milliseconds, so that texts compare as times', () => {
    expect(Instant.safeParse('2026-11-09T03:50:00.000Z').success).toBe(true)
    for (const text of ['2026-11-09T03:50:00Z', '2026-11-09T03:50:00.000+07:00', '2026-11-09T03:50:00.0000Z'])
      expect(Instant.safeParse(text).success, text).toBe(false)
  })

  it('take a time of the day as HH:MM', () => {
    for (const text of ['00:00', '08:30', '23:59']) expect(LocalTime.safeParse(text).success, text).toBe(true)
    for (const text of ['24:00', '8:30', '08:60', '08:30:00', '08:30\n'])
      expect(LocalTime.safeParse(text).success, text).toBe(false)
  })

  it('take a zone that this machine knows', () => {
    expect(TimeZone.safeParse('Asia/Tomsk').success).toBe(true)
    expect(TimeZone.safeParse('Asia/Tomks').success).toBe(false)
    expect(TimeZone.safeParse('').success).toBe(false)
  })
})
