import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { recordWholeLesson } from '#commands/journal-page/record-whole-lesson.ts'
import { isRefusal } from '#commands/refusal.ts'
import type { Position } from '#events/store/position.ts'
import { SchoolSlug } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import { camelCase } from './addresses.ts'
import { carryOut } from './command-routes.ts'
import { answeredWith, askedBy, lastPosition, refusedFor, RefusedReply } from './many-commands.ts'
import type { ApiParts } from './parts.ts'
import { ProblemReply, WriteHeaders } from './schemas.ts'

const NAME = 'record-whole-lessons'
/** A week of a teacher, with something to spare. */
const LESSONS = 60

const place = { page: Uuid, date: LocalDate, number: z.int() }
type Place = { readonly page: Uuid; readonly date: LocalDate; readonly number: number }
const nameOf = ({ page, date, number }: Place): string => `${page} ${date} ${number}`

const WholeLessons = z.strictObject({
  lessons: z
    .array(recordWholeLesson.input)
    .min(1)
    .max(LESSONS)
    .refine((all) => new Set(all.map(nameOf)).size === all.length, { error: 'урок назван дважды' }),
})

const WholeLessonsReply = z.object({
  position: lastPosition,
  lessons: z.array(
    z.object({
      ...place,
      outcome: z.enum(['recorded', 'repeated', 'refused']),
      revision: z.int().nullable().describe('Ревизия страницы после урока'),
      refused: RefusedReply,
    }),
  ),
})

/**
 * `POST …/record-whole-lessons`: the lessons of a week in one request, as from a device that teachers share, or after
 * an outage (R-T4). Each is the command `record-whole-lesson`, recorded whole or refused by itself; the answer names
 * the outcome of each, and a repeated request records nothing twice.
 */
export function wholeLessonsRoute(app: FastifyInstance, parts: ApiParts): void {
  const { operation } = recordWholeLesson
  app.route({
    method: 'POST',
    url: `/v1/schools/:school/${NAME}`,
    config: { permission: { operation }, operation: NAME, logged: true },
    schema: {
      operationId: camelCase(NAME),
      summary: 'Записать уроки недели целиком: каждый — всё или ничего, с ответом о каждом',
      tags: ['Страница журнала'],
      params: z.strictObject({ school: SchoolSlug }),
      headers: WriteHeaders.omit({ 'if-match': true }),
      body: WholeLessons,
      response: { 200: WholeLessonsReply, default: ProblemReply },
    },
    handler: async (request, reply) => {
      const { school } = request.params as { school: SchoolSlug }
      const { lessons } = request.body as z.output<typeof WholeLessons>
      const { actor, id } = askedBy(request, school, { operation })
      let position: Position | null = null
      const outcomes: Array<z.input<typeof WholeLessonsReply>['lessons'][number]> = []
      // In the order of the week: the topic that a plan gives a lesson follows from those before it.
      const inOrder = lessons.toSorted((a, b) => a.date.localeCompare(b.date) || a.number - b.number)
      for (const input of inOrder) {
        const { page, date, number } = input
        const of = uuidV5(id, nameOf(input))
        const outcome = await carryOut(parts, recordWholeLesson, request, { school, actor, id: of, input })
        if (isRefusal(outcome)) {
          const refused = refusedFor(outcome)
          outcomes.push({ page, date, number, outcome: 'refused', revision: null, refused })
          continue
        }
        position = outcome.position ?? position
        const word = outcome.repeated ? 'repeated' : 'recorded'
        const revision = Number(outcome.revision)
        outcomes.push({ page, date, number, outcome: word, revision, refused: null })
      }
      return reply.status(200).send({ position: answeredWith(reply, id, position), lessons: outcomes })
    },
  })
}
