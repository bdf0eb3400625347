import { z } from 'zod'
import { formatPosition } from '#events/store/position.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { rebuild } from '#projections/rebuild.ts'
import { rebuilds, RebuildRunning } from '#projections/rebuild-record.ts'
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
  operation: '43',
  readsNoModel: true,
  input: z.strictObject({}),
  reply: z.strictObject({
    head: z.string().nullable(),
    readModels: z.array(
      z.strictObject({
        name: z.string(),
        version: z.int(),
        position: z.string().nullable(),
        complete: z.boolean().describe('Построено до конца; пока нет, чтения отвечают 503 not-caught-up'),
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
    const readModels = parts.models.map(({ model, position, complete, failure }) => ({
      name: model.name,
      version: model.version,
      position: position === null ? null : formatPosition(position),
      complete,
      failure,
    }))
    return { body: { head: head === null ? null : formatPosition(head), readModels } }
  },
})

/** Builds a read model of this school anew while reads go on, and reports every row that differed (R-D3). */
export const rebuildReadModel = defineView({
  name: 'rebuild-read-model',
  path: 'read-models/:model/rebuild',
  summary: 'Перестроить представление школы из событий, не прерывая чтения',
  tag,
  operation: '43',
  posted: true,
  input: z.strictObject({ model: z.enum(names as [string, ...string[]]) }),
  reply: z.strictObject({ model: z.string(), status: z.string().describe('Где смотреть ход и отчёт') }),
  async answer({ school, parts, input }) {
    const model = READ_MODELS.find(({ name }) => name === input.model)!
    const began = Promise.withResolvers<void>()
    const { store, clock } = parts.execution
    const done = rebuild(model, school, { store, database: parts.unhurried, clock, began: began.resolve })
    // A rebuild that fails later says so in the list.
    done.catch(began.reject)
    try {
      await began.promise
    } catch (error) {
      throw error instanceof RebuildRunning
        ? new ProblemError('rebuild-running', { model: model.name })
        : error
    }
    const status = `/v1/schools/${school}/read-models/${model.name}/rebuilds`
    return { status: 202, body: { model: model.name, status } }
  },
})

/** The rebuilds of a read model, the newest first: one that runs with its progress, finished ones with their report. */
export const rebuildList = defineView({
  name: 'rebuild-list',
  path: 'read-models/:model/rebuilds',
  summary: 'Перестройки представления: ход и отчёты',
  tag,
  operation: '43',
  readsNoModel: true,
  input: z.strictObject({ model: z.enum(names as [string, ...string[]]) }),
  reply: z.strictObject({
    rebuilds: z.array(RebuildReply),
  }),
  async answer({ school, parts, input }) {
    return { body: { rebuilds: await rebuilds(parts.database, input.model, school) } }
  },
})
