import { addDays, mondayOf } from '#values/time.ts'
import { load, type PartOutcome, type Request } from '../http/job.ts'
import { letopis } from '../http/service.ts'
import { median, quantile } from '../measure.ts'
import { absentFrom } from '../region/history.ts'
import type { Region, School, Shape } from '../region/plan.ts'
import { logIn } from '../region/log-ins.ts'
import { type Engine, newPlace, prepare } from '../region/prepared.ts'
import { column, diaryWeek, grid } from '../region/requests.ts'
import { figure } from '../report.ts'
import type { Mode, Scenario } from '../scenario.ts'

const school = {
  schools: 1,
  classes: 40,
  journals: 10,
  pupils: 25,
  entries: true,
  teachers: 1,
  planned: true,
} as const

/** A school L: 1,000 pupils, after three weeks of lessons, or after a quarter. */
const SHAPES: Readonly<Record<Mode, Shape>> = {
  quick: { ...school, lessons: 15 },
  full: { ...school, lessons: 45 },
}

/** Each class writes so many columns of all its pupils at the end of a lesson: marks of the answers, of the work, of both. */
const COLUMNS = 3
/** Five minutes in fifteen seconds: twenty times what a school does when the bell rings. */
const SECONDS = 15

/** The law's ceiling for any answer (R-A3.2d), in seconds. */
const CEILING = 20
const TIMES = 3

/** A whole school that writes when the bell rings, and then each of its views. */
export const wholeSchool: Scenario = {
  name: 'school',
  about: 'a school L when the bell rings, every class at once; then every view of it, the slowest first',
  async run(run) {
    const absence = await run.scratch.postgresAbsence()
    const engine: Engine = absence === null ? 'PostgreSQL' : 'embedded'
    run.say(`preparing, ${engine}`)
    const place = await newPlace(run, engine)
    const { region, events } = await prepare(run, place, SHAPES[run.mode], { logIns: true })
    const service = await letopis(run.scratch, place)
    const { slug } = region.schools[0]!
    const [teacher, deputy, auditor] = await Promise.all(
      ['teacher1', 'deputy', 'auditor'].map((login) => logIn(service.address, slug, login)),
    )
    run.say('the bell rings')
    const writes = writesOf(region.schools[0]!, teacher!, deputy!)
    const reads = readsOf(region, deputy!)
    const outcome = await load(run.scratch, service.address, [
      {
        name: 'writes',
        connections: 32,
        seconds: SECONDS * 4,
        rate: writes.length / SECONDS,
        repeat: false,
        requests: writes,
      },
      { name: 'reads', connections: 16, seconds: SECONDS, rate: 20, repeat: true, requests: reads },
    ])
    const { writes: written, reads: read } = outcome as Record<'writes' | 'reads', PartOutcome>
    const lost = writes.length - (written.statuses[201] ?? 0)

    run.say('every view')
    const views = viewsOf(region, { deputy: deputy!, auditor: auditor! })
    const times = new Map<string, number>()
    for (const [name, request] of views) {
      const taken: number[] = []
      for (let time = 0; time < TIMES; time++) taken.push(await answered(service.address, name, request))
      times.set(name, median(taken))
    }
    await service.stop()
    const slowest = [...times].toSorted(([, a], [, b]) => b - a)
    return {
      tables: [
        {
          title: `${figure(events)} events; milliseconds from the moment at which a request was due`,
          columns: ['', 'requests', 'p50', 'p95', 'p99'],
          rows: [row('columns of 23 marks', written.latencies), row('diaries of all kinds', read.latencies)],
        },
        {
          title: `${views.length} views, one at a time, medians of ${TIMES}; seconds`,
          columns: ['', 'seconds'],
          rows: slowest.slice(0, 12).map(([name, seconds]) => [name, figure(seconds)] as const),
        },
      ],
      checks: [
        {
          what: 'a write, p95',
          value: quantile(written.latencies, 0.95),
          unit: 'ms',
          target: { most: 1_000 },
        },
        { what: 'a read, p95', value: quantile(read.latencies, 0.95), unit: 'ms', target: { most: 500 } },
        { what: 'commands not acknowledged', value: lost, unit: 'commands', target: { most: 0 } },
        { what: 'the slowest view', value: slowest[0]![1], unit: 's', target: { most: CEILING } },
      ],
      notes: [
        ...(lost === 0 ? [] : [`a command was answered: ${written.refusal}`]),
        ...(absence === null ? [] : [`not on PostgreSQL: ${absence}`]),
      ],
      samples: { written, read, views: Object.fromEntries(times) },
    }
  },
}

function row(name: string, latencies: readonly number[]) {
  const at = [0.5, 0.95, 0.99].map((q) => figure(quantile(latencies, q)))
  return [name, figure(latencies.length), ...at] as const
}

/** One lesson of every class; the grid that shows it is asked for behind the last column. */
function writesOf(of: School, teacher: string, deputy: string): Request[] {
  const running = of.classes.map((one) => of.pages.find((page) => page.class === one)!)
  return Array.from({ length: COLUMNS }).flatMap((_, n) =>
    running.map((page) => {
      const absent = absentFrom(page, n)
      const present = page.class.pupils.filter((pupil) => !absent.includes(pupil))
      const request = column(of, page, n, present, teacher)
      return n < COLUMNS - 1 ? request : { ...request, followedBy: grid(of, page, deputy) }
    }),
  )
}

function readsOf({ schools, today }: Region, deputy: string): Request[] {
  const [of] = schools
  return of!.classes.map(({ pupils }) => diaryWeek(of!, pupils[0]!, mondayOf(addDays(today, -7)), deputy))
}

type Asked = Readonly<{ path: string; token: string }>

/** Each view that reads much, as those ask for it who see the whole school. */
function viewsOf(
  { schools, today }: Region,
  { deputy, auditor }: Readonly<Record<'deputy' | 'auditor', string>>,
): Array<[name: string, asked: Asked]> {
  const { slug, year, classes, pages } = schools[0]!
  const [{ page, journal, lessons }] = pages as [(typeof pages)[number]]
  const [{ id: unit, pupils }] = classes as [(typeof classes)[number]]
  const [pupil] = pupils
  const from = addDays(today, -30)
  const days = `from=${from}&until=${today}`
  const asOf = `as_of=${addDays(today, -1)}T12:00:00.000Z`
  const of = (token: string, paths: readonly string[]): Array<[string, Asked]> =>
    paths.map((path) => [
      path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…'),
      { path: `/v1/schools/${slug}/${path}`, token },
    ])
  return [
    ...of(deputy, [
      `pages/${page}`,
      `pages/${page}/history?limit=500`,
      `pages/${page}/lessons/${lessons[0]!.lesson}/pupils/${pupil}/history`,
      `pages/${page}/print`,
      `pages/${page}/blank?date=${today}`,
      `pages/${page}?${asOf}`,
      `pupils/${pupil}/diary?from=${from}`,
      `pupils/${pupil}/diary?from=${from}&${asOf}`,
      `pupils/${pupil}/diary/print?from=${from}`,
      `pupils/${pupil}/finals?year=${year}`,
      `summaries/${unit}`,
      `summaries/${unit}/print`,
      `summaries/${unit}?${asOf}`,
      `units/${unit}/members`,
      `units/${unit}/attendance/print?from=${from}&until=${addDays(from, 6)}`,
      `units/${unit}/curriculum`,
      `lessons?${days}`,
      `overdue?limit=500`,
      `corrections`,
      `reports/timeliness?${days}`,
      `reports/conducted-lessons?period=q1`,
      `reports/attainment?unit=${unit}&period=q1`,
      `reports/missed-lessons?pupil=${pupil}&${days}`,
      `reports/unsatisfactory-marks?pupil=${pupil}&${days}`,
      `years/${year}/readiness`,
      `years/${year}/journals`,
      `years/${year}/pages?journal=${journal}`,
      `years/${year}/units`,
      `exports/pupils?format=csv`,
      `exports/class-members?format=csv`,
      `exports/journals?format=csv`,
      `people/pupils`,
      `movements?since=${from}&until=${today}`,
    ]),
    ...of(auditor, ['audit-trail?limit=500', `summaries/${unit}/check`]),
  ]
}

/** Seconds until the whole of an answer is here. */
async function answered(address: string, name: string, { path, token }: Asked): Promise<number> {
  const began = performance.now()
  const answer = await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${token}` } })
  const body = await answer.text()
  if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${body.slice(0, 500)}`)
  return (performance.now() - began) / 1_000
}
