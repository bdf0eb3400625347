import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { isRefusal } from '#commands/refusal.ts'
import { policyFold, policyOn } from '#commands/policy/state.ts'
import { referenceStream } from '#commands/references.ts'
import { adoptTopicPlan } from '#commands/topic-plan/adopt-topic-plan.ts'
import type { SchoolSlug } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { actingAs } from '../authentication.ts'
import { splitByPath } from '../addresses.ts'
import { give, Recorded } from '../command-routes.ts'
import type { ApiParts } from '../parts.ts'
import { ProblemError } from '../problems.ts'
import { ProblemReply, WriteHeaders } from '../schemas.ts'
import { CSV, csvRows, XLSX, xlsxRows } from './sheet-file.ts'
import { planOfFile } from './topic-plan-file.ts'

/**
 * A topic plan out of a file (R-7A.6c): the same command as by hand, so that rights and rules are the same. A file with
 * one wrong cell changes nothing; all of them are told, each with its line and column.
 */
export function topicPlanImport(app: FastifyInstance, parts: ApiParts): void {
  const command = adoptTopicPlan
  app.register((scope, _options, done) => {
    scope.addContentTypeParser([CSV, XLSX], { parseAs: 'buffer' }, (_request, body, parsed) => {
      parsed(null, body)
    })
    scope.route({
      method: 'POST',
      url: `/v1/schools/:school/${command.path}/import`,
      config: {
        permission: { operation: command.operation },
        operation: 'import-topic-plan',
        logged: true,
      },
      schema: {
        operationId: 'importTopicPlan',
        summary: 'Загрузить календарно-тематический план из файла CSV (UTF-8) или XLSX',
        description:
          'Первая строка — заголовки: «Раздел», «Тема», «Часы», «Виды работ», «Дата»; нужен только столбец «Тема». ' +
          'Если хотя бы одна ячейка неверна, не записывается ничего, а ответ называет строку и столбец каждой.',
        tags: ['Календарно-тематический план'],
        consumes: [CSV, XLSX],
        params: splitByPath(command.path, command.input).params,
        querystring: z.strictObject({ effectiveFrom: LocalDate }),
        headers: WriteHeaders,
        body: z.unknown().meta({ description: 'Файл' }),
        response: { 200: Recorded, 201: Recorded, default: ProblemReply },
      },
      handler: async (request, reply) => {
        const { body } = request
        if (!Buffer.isBuffer(body))
          throw new ProblemError('media-type-unsupported', { accepted: [CSV, XLSX] })
        // Whoever may not give the command has no file read for him.
        const actor = actingAs(
          request.who!,
          command,
          (request.headers as z.output<typeof WriteHeaders>)['letopis-role'],
        )
        if (isRefusal(actor)) throw new ProblemError(actor.refused, actor.detail)
        const { school, ...target } = request.params as { school: SchoolSlug }
        const { effectiveFrom } = request.query as { effectiveFrom: LocalDate }
        const isCsv = request.headers['content-type']?.startsWith(CSV) === true
        const rows = isCsv ? csvRows(body) : await xlsxRows(body)
        const policy = await parts.execution.streams.load(policyFold, referenceStream(school, 'policy', null))
        const kinds = policyOn(policy.state, effectiveFrom)?.kindsOfWork ?? []
        const { sections, errors, ignored } = planOfFile(rows, kinds)
        if (errors.length > 0) throw new ProblemError('rows-invalid', { errors })
        const input = command.input.safeParse({ ...target, effectiveFrom, sections })
        if (input.error !== undefined) {
          const fields = input.error.issues.map(({ path, message }) => ({
            field: path.join('/'),
            problem: message,
          }))
          throw new ProblemError('malformed-request', { fields })
        }
        const told: Record<string, string> = ignored.length === 0 ? {} : { ignored: ignored.join(', ') }
        return give(parts, command, request, reply, input.data, told)
      },
    })
    done()
  })
}
