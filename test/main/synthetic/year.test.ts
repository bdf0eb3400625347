import { beforeAll, describe, expect, it } from 'vitest'
import { membershipsOf, rosterFold } from '#commands/roster/state.ts'
import { incidentFold } from '#commands/incident/state.ts'
import type { Decoded } from '#events/registry.ts'
import { yearOf } from '#main/synthetic/departures.ts'
import { finalKey } from '#commands/journal-page/state.ts'
import { lastSchoolDay, schoolYearFold, spanOfPage, WHOLE_YEAR } from '#commands/school-year/state.ts'
import { membersOn, schoolOf } from '#main/synthetic/school.ts'
import { synthesize } from '#main/synthetic/synthesize.ts'
import { LivedSchool } from '#support/lived-school.ts'
import { excusing } from '#values/outage.ts'
import { dateAt, type Instant, type LocalDate } from '#values/time.ts'
import { ZONE } from '#main/synthetic/calendar.ts'

const options = { seed: 'letopis', preset: 'S', year: 2025, password: 'correct horse' } as const

/** The events of which the episodes are told. */
const TOLD = new Set([
  'LessonRecorded',
  'AttendanceTaken',
  'HomeworkSet',
  'HomeworkDeclined',
  'CommentMade',
  'MarkRecorded',
  'MarkCorrected',
  'MarkDisputed',
  'DisputeUpheld',
  'EntryExplained',
  'OutageRegistered',
  'PrintoutIssued',
  'PupilReleased',
  'AccountActivated',
  'AccessRestored',
  'CompromiseDeclared',
  'OperationsVoided',
  'OperationsSuspected',
  'FinalMarkCorrected',
  'PageReopened',
  'FinalPostponed',
  'WeekScheduled',
])

/** A time of the school's clock as an instant. */
const at = (text: string) => new Date(`${text}+07:00`).toISOString()

describe('a year of the synthetic school, decided command by command', () => {
  const school = schoolOf(options.seed, options.year)
  const told: Decoded[] = []
  const lived = new LivedSchool((event) => {
    if (TOLD.has(event.type)) told.push(event)
  })
  const { calendar } = school
  const incident = () => [...lived.state(incidentFold, 'main').incidents.values()][0]!
  const listed = (of: ReadonlyArray<{ operation: string }>) =>
    of.map(({ operation }) => told.find(({ id }) => id === operation)!)
  const page = (journal: string, period: string) => lived.page(journal as never, period as never)

  beforeAll(() => {
    const until = '2026-06-30' as LocalDate
    lived.live(synthesize({ ...options, until }).commands())
  }, 240_000)

  it('ends every period of every journal: everybody has a final, a code or a postponement, and the page is closed', () => {
    const days = lived.state(schoolYearFold, options.year)
    const left: string[] = []
    let closed = 0
    for (const journal of school.journals) {
      const grade = journal.class.grade
      for (const { period } of [...calendar.periodsOf(grade), { period: WHOLE_YEAR }]) {
        const { page: opened, finals, postponements, closing } = page(journal.id, period)
        if (opened === null) continue
        if (closing === null) {
          left.push(`${journal.name} ${period}`)
          continue
        }
        closed += 1
        const learning = { unit: journal.class.id, classes: [{ id: journal.class.id, grade }] }
        const lastDay = lastSchoolDay(days, spanOfPage(days, period, learning)!, learning)
        for (const { id } of membersOn(school, journal, lastDay)) {
          const kind = period === WHOLE_YEAR ? 'year' : 'period'
          const settled = finals.has(finalKey(id, kind)) || postponements.has(id)
          expect(settled, `${journal.name} ${period} ${id}`).toBe(true)
        }
      }
    }
    // The demo teacher's pages of the last day are left to the visitor.
    const demo = school.journals
      .filter(({ teacher }) => teacher === school.demoTeacher)
      .map(({ name }) => name)
    expect(left.length).toBeGreaterThan(0)
    expect(left.filter((name) => !demo.some((own) => name.startsWith(own)))).toEqual([])
    expect(closed).toBeGreaterThan(600)
  })

  it('has finals as they are: few twos, half of them fours (DOMAIN.md G.6)', () => {
    const values = school.journals
      .filter(({ graded }) => graded)
      .flatMap(({ id, class: of }) =>
        calendar.periodsOf(of.grade).flatMap(({ period }) => [...page(id, period).finals.values()]),
      )
      .map(({ value }) => value)
    const share = (value: number | string) =>
      (100 * values.filter((one) => one === value).length) / values.length
    expect(values.length).toBeGreaterThan(3_000)
    expect(share(2)).toBeLessThan(2)
    expect(share('н/а')).toBeLessThan(3)
    expect(share(4)).toBeGreaterThan(40)
    expect(share(5)).toBeGreaterThan(10)
  })

  describe('episode 1: the access of the teacher of algebra of the ninth grade is in the hands of somebody else', () => {
    const { journal } = school.breached!
    const { account } = journal.teacher
    const own = () => told.filter(({ meta }) => meta.by === account)
    it('was learned of, told and received at the times of DOMAIN.md G.9, so that T0 is Wednesday 08:30', () => {
      const { learnedAt, compromisedFrom, receipts, restored, declared } = incident()
      expect([journal.class.grade, journal.subject.key]).toEqual([9, 'algebra'])
      expect({ learnedAt, compromisedFrom }).toEqual({
        learnedAt: at('2025-10-07T18:40'),
        compromisedFrom: at('2025-10-06T17:00'),
      })
      expect([receipts.head!.receivedAt, receipts.support!.receivedAt]).toEqual([
        at('2025-10-08T08:05'),
        at('2025-10-08T08:30'),
      ])
      const declaration = told.find((event) => event.type === 'CompromiseDeclared')
      expect(declaration?.data).toMatchObject({
        noticeReceivedAt: at('2025-10-08T08:30'),
        receivedBy: 'support',
      })
      expect([declared!.at, restored!.at]).toEqual([at('2025-10-08T09:15'), at('2025-10-08T16:00')])
    })

    it('left eleven suspect operations of before T0: seven marks raised to 5 for three pupils, annulled, and four of the teacher, confirmed', () => {
      const suspects = [...incident().suspects.values()]
      expect(suspects).toHaveLength(11)
      const events = listed(suspects)
      for (const { meta } of events) {
        expect(meta.by).toBe(account)
        expect(at('2025-10-06T17:00') <= meta.at && meta.at < at('2025-10-08T08:30')).toBe(true)
      }
      const annulled = listed(suspects.filter(({ state }) => state === 'annulled'))
      const raised = annulled.flatMap((event) => (event.type === 'MarkCorrected' ? event.data : []))
      expect(raised).toHaveLength(7)
      expect(new Set(raised.map(({ pupil }) => pupil)).size).toBe(3)
      expect(raised.every(({ value, previous }) => value === 5 && previous !== 5)).toBe(true)
      const confirmed = listed(suspects.filter(({ state }) => state === 'confirmed'))
      expect(confirmed.map(({ type }) => type.replace('Declined', 'Set'))).toEqual([
        'LessonRecorded',
        'AttendanceTaken',
        'HomeworkSet',
        'CommentMade',
      ])
      // What was annulled is as it was before, and nobody has a five of it.
      const { marks } = page(journal.id, 'q1')
      for (const { entry, previous } of raised) {
        const later = told.filter((event) => event.type === 'MarkCorrected' && event.data.entry === entry)
        if (later.length === 1) expect(marks.get(entry)!.value).toBe(previous)
        else expect(later[1]!.data).toMatchObject({ previous })
      }
    })

    it('left six void operations of 08:30 to 09:02, two of them of the teacher, who entered them once more on Thursday', () => {
      const { voided } = incident()
      expect(voided).toHaveLength(6)
      const events = listed(voided)
      for (const { meta } of events)
        expect(at('2025-10-08T08:30') <= meta.at && meta.at < at('2025-10-08T09:02')).toBe(true)
      expect(events.filter(({ type }) => type === 'MarkCorrected')).toHaveLength(4)
      const again = events.flatMap((event) =>
        event.type === 'LessonRecorded' || event.type === 'AttendanceTaken'
          ? told.filter(
              (one) =>
                one.type === event.type && one.data.lesson === event.data.lesson && one.id !== event.id,
            )
          : [],
      )
      expect(again.map(({ type, meta }) => [type, dateAt(meta.at, ZONE)])).toEqual([
        ['LessonRecorded', '2025-10-09'],
        ['AttendanceTaken', '2025-10-09'],
      ])
    })

    it('let nobody in between the report and the new credentials, by which the teacher writes since', () => {
      const meanwhile = own().filter(
        ({ meta }) => at('2025-10-08T09:02') <= meta.at && meta.at < at('2025-10-09T08:20'),
      )
      expect(meanwhile).toEqual([])
      const since = own().filter(({ meta }) => at('2025-10-09T08:20') < meta.at)
      expect(since.length).toBeGreaterThan(500)
      expect(new Set(since.map(({ meta }) => meta.cred))).toEqual(new Set([2]))
    })
  })

  it('lives episode 2 (DOMAIN.md G.9): one teacher enters the whole week of 13 to 17 October on its Saturday', () => {
    const own = school.journals.filter(({ teacher }) => teacher === school.lateTeacher)
    const lessons = own.flatMap(({ id }) => [
      ...page(id, 'q1').lessons.values(),
      ...page(id, 'h1').lessons.values(),
    ])
    const ofWeek = lessons.filter(({ date }) => '2025-10-13' <= date && date <= '2025-10-17')
    expect(ofWeek.length).toBeGreaterThan(15)
    for (const { at, attendance, teacher } of ofWeek) {
      expect(teacher).toBe(school.lateTeacher.id)
      expect(dateAt(at, ZONE)).toBe('2025-10-18')
      expect(dateAt(attendance!.at, ZONE)).toBe('2025-10-18')
    }
  })

  it('lives episode 3: ill for three weeks, one pupil has one final of the second quarter on 19 January, after the closing', () => {
    const { pupil, journal } = school.postponed!
    const { closing, finals, postponements, lessons } = page(journal.id, 'q2')
    expect(postponements).toEqual(new Map([[pupil.id, '2026-01-23']]))
    const final = finals.get(finalKey(pupil.id, 'period'))!
    expect(dateAt(final.at, ZONE)).toBe('2026-01-19')
    expect(final.version).toBeGreaterThan(closing!.version)
    const ill = [...lessons.values()].filter(({ date }) => '2025-12-10' <= date && date <= '2025-12-30')
    expect(ill.length).toBeGreaterThan(4)
    for (const { attendance } of ill) expect(attendance!.codes.get(pupil.id)!.code).toBe('Н/б')
    const postponed = told.filter(({ type }) => type === 'FinalPostponed')
    expect(postponed.map(({ data }) => data)).toEqual([
      {
        pupil: pupil.id,
        previous: null,
        until: '2026-01-23',
        reason: 'illness',
        order: { number: '141', date: '2025-12-30' },
      },
    ])
  })

  it('lives episode 4: by order № 47 a page of the first quarter is opened in December, and two finals are corrected', () => {
    const { id } = school.reopened!.journal
    const { closing, finals } = page(id, 'q1')
    expect(closing!.reopenings).toEqual([{ pupils: null, until: '2025-12-12T11:00:00.000Z' }])
    const reopened = told.filter(({ type }) => type === 'PageReopened')
    expect(reopened.map(({ data, meta }) => [data, meta.role])).toEqual([
      [expect.objectContaining({ order: { number: '47', date: '2025-12-10' } }), 'head'],
    ])
    const corrected = told.filter((event) => event.type === 'FinalMarkCorrected')
    expect(corrected.map(({ meta }) => [dateAt(meta.at, ZONE), meta.role])).toEqual([
      ['2025-12-10', 'deputy'],
      ['2025-12-10', 'deputy'],
    ])
    for (const { data } of corrected) {
      expect(data.value).not.toBe(data.previous)
      expect(finals.get(finalKey(data.pupil, 'period'))!.value).toBe(data.value)
    }
  })

  it('lives episode 5: a pupil of 7А changes the group of English in November, with marks in both', () => {
    const { pupil, from, to, date } = school.mover!
    expect([pupil.path.startsWith('class/7А/'), date]).toEqual([true, '2025-11-17'])
    const roster = lived.state(rosterFold, 'main')
    const timeIn = (group: typeof from) =>
      membershipsOf(roster, { kind: 'group', group: group.id }).filter((member) => member.pupil === pupil.id)
    expect(timeIn(from)).toEqual([{ pupil: pupil.id, from: '2025-09-01', until: date }])
    expect(timeIn(to)).toEqual([{ pupil: pupil.id, from: date, until: null }])
    const ofQuarter = (group: typeof from) => {
      const { marks, lessons, finals } = page(school.journals.find((one) => one.group === group)!.id, 'q2')
      const dates = [...marks.values()]
        .filter((mark) => mark.pupil === pupil.id)
        .map(({ lesson }) => lessons.get(lesson)!.date)
      return { dates, final: finals.get(finalKey(pupil.id, 'period'))?.value }
    }
    const [before, after] = [ofQuarter(from), ofQuarter(to)]
    expect(before.dates.length).toBeGreaterThan(0)
    expect(before.dates.every((one) => one < date)).toBe(true)
    expect(after.dates.length).toBeGreaterThan(0)
    expect(after.dates.every((one) => one >= date)).toBe(true)
    expect([before.final, after.final]).toEqual([undefined, expect.anything()])
  })

  it('lives episode 6: a pupil of 6А leaves for another school on 10 March, and the family has an extract of the quarter', () => {
    const { pupil, class: of, date } = school.leaver!
    expect([of.name, date]).toEqual(['6А', '2026-03-10'])
    const roster = lived.state(rosterFold, 'main')
    expect(roster.pupils.get(pupil.id)!.until).toBe(date)
    for (const journal of school.journals.filter((one) => one.class === of)) {
      const { marks, lessons, finals } = page(journal.id, 'q3')
      expect(finals.has(finalKey(pupil.id, 'period')), journal.name).toBe(false)
      for (const mark of marks.values())
        if (mark.pupil === pupil.id) expect(lessons.get(mark.lesson)!.date < date).toBe(true)
    }
    const issued = told.filter((event) => event.type === 'PrintoutIssued')
    expect(issued.map(({ data, meta }) => [data, dateAt(meta.at, ZONE)])).toEqual([
      [
        expect.objectContaining({
          template: 'pupil-extract/1',
          of: { kind: 'pupil', pupil: pupil.id },
          from: '2026-01-12',
          until: date,
          recipient: pupil.parents[0]!.id,
        }),
        date,
      ],
    ])
  })

  it('lives episode 7: a colleague of another subject gives a lesson by an order, with a topic off the plan', () => {
    const { journal, date, number, giver, period, offPlan } = yearOf(school).offPlan!
    expect(
      school.journals.some(({ teacher, subject }) => teacher === giver && subject === journal.subject),
    ).toBe(false)
    const lesson = [...page(journal.id, period).lessons.values()].find(
      (one) => one.date === date && one.number === number,
    )!
    expect(lesson).toMatchObject({
      topic: offPlan,
      plan: { version: 1, item: null },
      teacher: giver.id,
      byOrder: true,
    })
    expect([lesson.attendance, lesson.homework]).toEqual([expect.anything(), expect.anything()])
    const off = told.filter((event) => event.type === 'LessonRecorded' && event.data.plan?.item === null)
    expect(off.map(({ data }) => data)).toEqual([
      expect.objectContaining({
        date,
        number,
        topic: offPlan,
        scheduled: [journal.teacher.id],
        substitution: 'ordered',
      }),
    ])
  })

  it('lives episode 8: what was taught while the journal was down from 14:00 to 14:12 is entered from paper the next morning, and excused', () => {
    const day = school.outage
    const [from, until] = ['07:00', '07:12'].map((time) => `${day}T${time}:00.000Z`) as [Instant, Instant]
    const outages = told.filter((event) => event.type === 'OutageRegistered').map(({ data }) => data)
    expect(outages).toEqual([expect.objectContaining({ from, until, enterBy: '2025-09-25' })])
    expect(told.filter(({ meta }) => from <= meta.at && meta.at < until)).toEqual([])
    const explained = told.filter((event) => event.type === 'EntryExplained')
    expect(explained.length).toBeGreaterThan(2)
    for (const { data, meta } of explained) {
      expect(data.reason).toBe('technical-failure')
      const lesson = told.find(
        (event) => event.type === 'LessonRecorded' && event.data.lesson === data.lesson,
      )!
      const rolled = told.find(
        (event) => event.type === 'AttendanceTaken' && event.data.lesson === data.lesson,
      )!
      for (const event of [lesson, rolled]) {
        const { dueAt } = event.data as { dueAt: Instant }
        expect([dateAt(event.meta.at, ZONE), event.meta.at]).toEqual(['2025-09-25', meta.at])
        expect(event.meta.at > dueAt).toBe(true)
        const windows = outages.map((one) => ({ ...one, outage: one.outage }))
        expect(excusing(windows, { date: day, dueAt, at: event.meta.at }, ZONE)).toMatchObject({ from })
      }
      expect(lesson.data).toMatchObject({ date: day, number: 7 })
    }
  })

  it('lives episode 9: a family says that a mark is wrong, and the teacher corrects it as an appeal', () => {
    const disputed = told.filter((event) => event.type === 'MarkDisputed')
    expect(disputed.map(({ data, meta }) => [data.pupil, meta.role, meta.by])).toEqual([
      [
        school.demoClass.pupils[0]!.id,
        'parent',
        school.accountOf(school.demoClass.pupils[0]!.parents[0]!.id).account,
      ],
    ])
    const { dispute, entry, value } = disputed[0]!.data
    const upheld = told.filter((event) => event.type === 'DisputeUpheld')
    expect(upheld.map(({ data }) => data)).toEqual([
      expect.objectContaining({ dispute, entry, by: 'correction' }),
    ])
    const corrections = told.filter((event) => event.type === 'MarkCorrected' && event.data.entry === entry)
    expect(corrections.map(({ data }) => data)).toEqual([
      expect.objectContaining({ previous: value, value: Number(value) + 1, reason: 'appeal' }),
    ])
    const on = school.journals
      .flatMap(({ id, class: of }) => calendar.periodsOf(of.grade).map(({ period }) => page(id, period)))
      .find(({ disputes }) => disputes.has(dispute))!
    expect([on.disputes.get(dispute)!.open, on.marks.get(entry)!.value]).toEqual([false, Number(value) + 1])
  })

  it('lives episode 10: grades 2 and 3 learn art and music together, as one lesson in one journal', () => {
    const sets = school.journals.filter(({ group }) => group?.kind === 'class-set')
    expect(sets.map(({ subject, group }) => [subject.key, group!.classes.map(({ name }) => name)])).toEqual([
      ['art', ['2А', '3А']],
      ['music', ['2А', '3А']],
    ])
    const everybody = school.classes
      .filter(({ grade }) => grade === 2 || grade === 3)
      .flatMap(({ pupils }) => pupils)
    for (const { id, group } of sets) {
      const { lessons, finals, marks } = page(id, 'q1')
      expect(lessons.size).toBe(8)
      expect([...finals.values()].map(({ pupil }) => pupil).toSorted()).toEqual(
        everybody.map((one) => one.id).toSorted(),
      )
      for (const of of group!.classes)
        expect([...marks.values()].some(({ pupil }) => of.pupils.some((one) => one.id === pupil))).toBe(true)
      const weeks = told.filter(
        (event) => event.type === 'WeekScheduled' && event.data.effectiveFrom === '2025-09-01',
      )
      const slots = weeks
        .flatMap(({ data }) => ('slots' in data ? data.slots : []))
        .filter(({ journal }) => journal === id)
      expect(slots).toHaveLength(2)
      expect(slots[0]).toEqual(slots[1])
    }
  })
})
