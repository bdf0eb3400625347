import { testKeys } from './person-keys.ts'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Execution } from '#commands/execute.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { formatVerifierKey } from '#integrity/tlog/signed-note.ts'
import { fullName } from '#integrity/person-store.ts'
import { type MakingPackages, makePackage } from '#main/archive/make-package.ts'
import { PackageFolder } from '#main/archive/package-folder.ts'
import { install, type Installation } from '#main/installation.ts'
import { OPERATOR } from '#main/operator.ts'
import type { ArchiveScope } from '#values/archive.ts'
import { type Clock, Instant } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  ENGLISH,
  entryOf,
  finalRecorded,
  homeworkSet,
  id,
  LESSON,
  lessonRecorded,
  markRecorded,
  MATHEMATICIAN,
  onPage,
  PAGE,
  pageClosed,
  pageOpened,
  attendanceTaken,
  past,
  school,
  VERA,
  workHeld,
  YEAR,
} from './class-7a.ts'
import type { TestDatabase, TestEngine } from './databases.ts'
import { recordPast } from './past-in-log.ts'
import { expectWhole, LOG_KEY, sealing } from './sealing.ts'
import { type Past, SCHOOL } from './spec.ts'
import { pageId, PeriodId } from '#values/school.ts'
import { workId } from '#values/school.ts'

export const WHOLE_YEAR_PAGE = pageId(ALGEBRA, PeriodId.parse('year'))

/** The algebra page of the second quarter with something of everything on it, closed. */
export const closedQuarter: readonly Past[] = [
  ...school,
  pageOpened,
  lessonRecorded,
  attendanceTaken([BORIS, 'Н']),
  workHeld('test'),
  markRecorded(ANNA, 4),
  onPage({
    type: 'MarkCorrected',
    data: {
      entry: entryOf(ANNA, 'test'),
      work: workId(LESSON, 'test'),
      lesson: LESSON,
      pupil: ANNA,
      previous: 4,
      value: 5,
      criteria: null,
      reason: 'typing-error' as never,
      note: '=2+2 перепутал строки',
    },
  }),
  homeworkSet,
  finalRecorded(ANNA, 5),
  finalRecorded(BORIS, 3),
  finalRecorded(VERA, 'осв'),
  pageClosed(),
]

/** The page of the year, closed in May. */
export const closedYear: readonly Past[] = [
  past('journalPage', WHOLE_YEAR_PAGE, {
    type: 'PageOpened',
    data: { journal: ALGEBRA, year: YEAR, period: PeriodId.parse('year'), grading: 'g5' },
  }),
  ...[ANNA, BORIS].map((pupil) =>
    past('journalPage', WHOLE_YEAR_PAGE, {
      type: 'FinalMarkRecorded',
      data: { pupil, kind: 'year', value: 4, opensAt: null, dueAt: null },
    }),
  ),
  past(
    'journalPage',
    WHOLE_YEAR_PAGE,
    { type: 'PageClosed', data: { postponed: [], excused: [], carried: [], into: null } },
    '2027-05-26T09:00:00.000Z',
  ),
]

export const OF_PAGE: ArchiveScope = { kind: 'page', page: PAGE }
export const OF_YEAR: ArchiveScope = { kind: 'class-year', class: CLASS_7A, year: YEAR }
export const OF_SUMMARY: ArchiveScope = { kind: 'summary', class: CLASS_7A, year: YEAR }

export const PACKED_AT = Instant.parse('2027-06-01T03:00:00.000Z')

export interface Archive {
  readonly installation: Installation
  readonly execution: Execution
  readonly folder: PackageFolder
  readonly making: MakingPackages
  /** A file of trust with the key of the log. */
  readonly trust: string
  make(scope: ArchiveScope, name?: string): Promise<{ readonly package: Uuid; readonly file: string }>
  close(): Promise<void>
}

const asked = (scope: ArchiveScope, name: string) => {
  const job = id(`job/${name}`)
  return { school: SCHOOL, id: job, package: uuidV5(job, 'package'), scope, actor: OPERATOR }
}

/** A school whose log is sealed while the archive is at work. */
export async function openArchive(
  engine: TestEngine,
  folder: string,
  history: readonly Past[] = closedQuarter,
  clock: Clock = () => PACKED_AT,
): Promise<Archive> {
  const log = { info() {}, warn() {}, error() {} }
  const database: TestDatabase = await engine.openStarted()
  const installation = await install(database, clock, log, testKeys)
  const { execution } = installation
  await recordPast(execution.store, history)
  await execution.places.persons.keep(SCHOOL, ANNA, ANNA_NAME, id('account/deputy'), clock())
  await execution.places.persons.keep(SCHOOL, MATHEMATICIAN, TEACHER_NAME, id('account/deputy'), clock())
  const state = join(folder, 'seal')
  mkdirSync(state)
  const { sealer } = sealing(database, execution.store, state, { clock })
  const stop = new AbortController()
  const running = sealer.run(stop.signal)
  const packages = new PackageFolder(join(folder, 'packages'))
  const making: MakingPackages = {
    execution,
    sealed: new SealedLog(database.kysely),
    folder: packages,
    keys: () => [LOG_KEY],
    namesOf: async (of, persons) => {
      const names = await installation.persons.names(of, persons)
      return new Map([...names.keys()].map((person) => [person, fullName(person, names)]))
    },
    texts: installation.texts,
    withoutEffect: async () => ({ of: () => null }),
    standing: async () => null,
  }
  return {
    installation,
    execution,
    folder: packages,
    making,
    trust: JSON.stringify({ keys: [formatVerifierKey(LOG_KEY)] }),
    async make(scope, name = scope.kind) {
      const of = asked(scope, name)
      const made = await makePackage(making, of)
      if ('refused' in made) throw new Error(`refused: ${JSON.stringify(made)}`)
      return { package: of.package, file: packages.pathOf(made.sha512) }
    },
    async close() {
      stop.abort()
      await running
      await expectWhole(database, execution.store)
      await installation.close()
    },
  }
}

const ANNA_NAME = { family: 'Абрамова', given: 'Анна', patronymic: 'Сергеевна' }
const TEACHER_NAME = { family: 'Лобачевская', given: 'Софья', patronymic: null }

export const ENGLISH_YEAR = pageId(ENGLISH, PeriodId.parse('year'))
/** The page of the year of the other journal with marks of class 7А, ready to be closed. */
export const englishYear: readonly Past[] = [
  past('journalPage', ENGLISH_YEAR, {
    type: 'PageOpened',
    data: { journal: ENGLISH, year: YEAR, period: PeriodId.parse('year'), grading: 'g5' },
  }),
  past('journalPage', ENGLISH_YEAR, {
    type: 'FinalMarkRecorded',
    data: { pupil: ANNA, kind: 'year', value: 4, opensAt: null, dueAt: null },
  }),
]
