import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'

/** What a success is called where the route has no words of its own for it. */
const SUCCESSES: Record<string, string> = { 200: 'Выполнено', 201: 'Записано', 202: 'Принято в работу' }

/**
 * How a route stands in the OpenAPI document: as its zod schemas say it, and with the words that stand beside a
 * named schema. @fastify/swagger drops every keyword beside a `$ref`, as OpenAPI 3.0 had it, though 3.1 allows
 * them; in a list of one (`allOf`) the reference means the same and the words stay.
 */
export const describedRoute: typeof jsonSchemaTransform = (route) => {
  const { schema, url } = jsonSchemaTransform(route)
  return { schema: wordsKept(schema), url }
}

function wordsKept<Node>(node: Node): Node
function wordsKept(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(wordsKept)
  if (node === null || typeof node !== 'object') return node
  const kept = Object.fromEntries(Object.entries(node).map(([key, child]) => [key, wordsKept(child)]))
  const { $ref, ...words } = kept
  return $ref === undefined || Object.keys(words).length === 0 ? kept : { ...words, allOf: [{ $ref }] }
}

/** The whole OpenAPI document, where every answer has words. */
export const describedDocument: typeof jsonSchemaTransformObject = (document) => {
  const described = jsonSchemaTransformObject(document)
  for (const operations of Object.values(described.paths ?? {})) {
    for (const operation of Object.values(operations ?? {})) {
      nameSuccesses((operation as { responses: Record<string, { description: string }> }).responses)
    }
  }
  return described
}

function nameSuccesses(responses: Record<string, { description: string }>): void {
  for (const [status, response] of Object.entries(responses)) {
    if (response.description === 'Default Response') response.description = SUCCESSES[status] ?? status
  }
}
