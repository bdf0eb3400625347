import { z } from 'zod'
import { formatPosition } from '#events/store/position.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { rebuild, rebuilds as finishedRebuilds } from '#projections/rebuild.ts'
import { ProblemError } from '../problems.ts'
import { RebuildReply } from './replies.ts'
import { defineView } from './view.ts'

const tag = 'Представления'
const names = READ_MODELS.map(({ name }) => name)

/** How far each read model has come, and whether one has stopped. */
export const readModelStatus = defineView({
  name: 'read-model-status',
  path: 'read-models',
  summary: 'Состояние представлений: позиция, остановки',
  tag,
  operation: 43,
  roles: ['system-administrator', 'auditor'],
  input: z.strictObject({}),
  reply: z.strictObject({
    head: z.string().nullable(),
    readModels: z.array(
      z.strictObject({
        name: z.string(),
        version: z.int(),
        position: z.string().nullable(),
        failure: z
          .strictObject({
            at: z.string(),
            stream: z.string(),
            revision: z.int(),
            type: z.string(),
            problem: z.string(),
          })
          .nullable()
          .describe('Событие, на котором представление остановилось, и почему'),
      }),
    ),
  }),
  async answer({ parts }) {
    const head = await parts.execution.store.head()
    const readModels = parts.projectors.map(({ model, position, failure }) => ({
      name: model.name,
      version: model.version,
      position: position === null ? null : formatPosition(position),
      failure,
    }))
    return { body: { head: head === null ? null : formatPosition(head), readModels } }
  },
})

interface Running {
  readonly started: string
  events: number
  problem: string | null
}

/** Rebuilds of this process that have not finished: a finished one is in the table. */
const running = new Map<string, Running>()

/** Builds a read model of this school anew while reads go on, and reports every row that differed (R-D3). */
export const rebuildReadModel = defineView({
  name: 'rebuild-read-model',
  path: 'read-models/:model/rebuild',
  summary: 'Перестроить представление школы из событий, не прерывая чтения',
  tag,
  operation: 43,
  roles: ['system-administrator'],
  input: z.strictObject({ model: z.enum(names as [string, ...string[]]) }),
  reply: z.strictObject({ job: z.string(), status: z.string() }),
  async answer({ school, parts, input }) {
    const model = READ_MODELS.find(({ name }) => name === input.model)!
    const job = `${school}.${model.name}`
    if (running.get(job)?.problem === null) throw new ProblemError('rebuild-running', { job })
    const state: Running = { started: parts.execution.clock(), events: 0, problem: null }
    running.set(job, state)
    void run(job, state, () =>
      rebuild(model, school, {
        store: parts.execution.store,
        database: parts.database,
        clock: parts.execution.clock,
        progress: (events) => {
          state.events = events
        },
      }),
    )
    return {
      status: 202,
      body: { job: model.name, status: `/v1/schools/${school}/read-models/${model.name}/rebuilds` },
    }
  },
})

async function run(job: string, state: Running, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
    running.delete(job)
  } catch (error) {
    state.problem = error instanceof Error ? error.message : String(error)
  }
}

/** The rebuilds of a read model, the newest first: one that runs with its progress, finished ones with their report. */
export const rebuildList = defineView({
  name: 'rebuild-list',
  path: 'read-models/:model/rebuilds',
  summary: 'Перестройки представления: ход и отчёты',
  tag,
  operation: 43,
  roles: ['system-administrator', 'auditor'],
  input: z.strictObject({ model: z.enum(names as [string, ...string[]]) }),
  reply: z.strictObject({
    running: z
      .strictObject({ started: z.string(), events: z.int(), problem: z.string().nullable() })
      .nullable()
      .describe('Перестройка, которая идёт, или последняя, которая не удалась'),
    rebuilds: z.array(RebuildReply),
  }),
  async answer({ school, parts, input }) {
    const rebuilds = await finishedRebuilds(parts.database, input.model, school)
    return { body: { running: running.get(`${school}.${input.model}`) ?? null, rebuilds } }
  },
})
