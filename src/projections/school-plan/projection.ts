import type { CurriculumFor, CurriculumLine } from '#values/curriculum.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { amend, put, type ReadModel, table } from '../read-model.ts'

/** One version of a curriculum. */
export interface CurriculumRow {
  readonly curriculum: Uuid
  readonly effective_from: LocalDate
  readonly until: LocalDate | null
  readonly year: number
  readonly name: string
  readonly for: CurriculumFor
  readonly lines: readonly CurriculumLine[]
}

/** One version of the topic plan (КТП) of a journal. */
export interface TopicPlanRow {
  readonly journal: Uuid
  readonly version: number
  readonly year: number
  readonly effective_from: LocalDate
  readonly hours: number
  readonly sections: ReadonlyArray<{
    readonly title: string | null
    readonly items: ReadonlyArray<{
      readonly number: number
      readonly topic: string
      readonly hours: number
      readonly kinds: readonly string[]
      readonly plannedOn: LocalDate | null
    }>
  }>
  readonly adopted_at: Instant
  /** The account that adopted it. */
  readonly author: Uuid
  readonly approved_at: Instant | null
}

/** A test of the consolidated schedule. */
export interface TestRow {
  readonly test: Uuid
  readonly year: number
  readonly journal: Uuid
  readonly subject: Uuid
  readonly classes: readonly Uuid[]
  readonly date: LocalDate
  readonly form: string
  readonly topic: string | null
  readonly internal_control: boolean
  readonly cancelled: boolean
  /** The days on which it had stood before, with what was said when it was moved away. */
  readonly moves: ReadonlyArray<{
    readonly from: LocalDate
    readonly at: Instant
    readonly note: PersonalText | null
  }>
}

/** What the school means to teach: curricula by date, the topic plans of its journals, and when tests are written. */
export const schoolPlan: ReadModel = {
  name: 'school-plan',
  version: 2,
  tables: [
    table<CurriculumRow>({
      name: 'curriculum',
      columns: {
        curriculum: 'uuid',
        effective_from: 'text',
        until: 'text',
        year: 'integer',
        name: 'text',
        for: 'jsonb',
        lines: 'jsonb',
      },
      key: ['curriculum', 'effective_from'],
      on: {
        CurriculumAdopted: ({ data: { curriculum, effectiveFrom, ...data } }) => [
          put<CurriculumRow, 'curriculum' | 'effective_from'>(
            { curriculum, effective_from: effectiveFrom },
            data,
          ),
        ],
      },
    }),
    table<TopicPlanRow>({
      name: 'topic_plan',
      columns: {
        journal: 'uuid',
        version: 'integer',
        year: 'integer',
        effective_from: 'text',
        hours: 'integer',
        sections: 'jsonb',
        adopted_at: 'text',
        author: 'uuid',
        approved_at: 'text',
      },
      key: ['journal', 'version'],
      indexes: [['journal'], ['year']],
      on: {
        TopicPlanAdopted: ({ meta, data: { journal, version, year, effectiveFrom, sections } }) => {
          const items = sections.flatMap((section) => section.items)
          return [
            put<TopicPlanRow, 'journal' | 'version'>(
              { journal, version },
              {
                year,
                effective_from: effectiveFrom,
                hours: items.reduce((sum, { hours }) => sum + hours, 0),
                sections,
                adopted_at: meta.at,
                author: meta.by,
                approved_at: null,
              },
            ),
          ]
        },
        TopicPlanApproved: ({ meta, data: { journal, version } }) => [
          amend<TopicPlanRow>({ journal, version }, () => ({ approved_at: meta.at })),
        ],
      },
    }),
    table<TestRow>({
      name: 'test',
      columns: {
        test: 'uuid',
        year: 'integer',
        journal: 'uuid',
        subject: 'uuid',
        classes: 'jsonb',
        date: 'text',
        form: 'text',
        topic: 'text',
        internal_control: 'boolean',
        cancelled: 'boolean',
        moves: 'jsonb',
      },
      key: ['test'],
      indexes: [['year', 'date']],
      on: {
        TestPlanned: ({ stream, data: { test, internalControl, overload: _warned, ...data } }) => {
          const year = Number(stream.slice(stream.indexOf('-') + 1))
          const rest = { ...data, year, internal_control: internalControl, cancelled: false, moves: [] }
          return [put<TestRow, 'test'>({ test }, rest)]
        },
        TestMoved: ({ meta, data: { test, date, previous, classes, note } }) => [
          amend<TestRow>({ test }, ({ moves }) => ({
            date,
            classes,
            moves: [...moves, { from: previous, at: meta.at, note }],
          })),
        ],
        TestCancelled: ({ data: { test } }) => [amend<TestRow>({ test }, () => ({ cancelled: true }))],
      },
    }),
  ],
}
