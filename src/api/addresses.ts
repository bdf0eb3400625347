import { z } from 'zod'
import { SchoolSlug } from '#values/school.ts'

/**
 * An input is one schema, but travels in two places: `:name` parameters of the path, and the rest in the body or the
 * query string. Both refuse unknown fields.
 */
export function splitByPath(path: string, input: z.ZodObject): { params: z.ZodObject; rest: z.ZodObject } {
  const inPath = new Set([...path.matchAll(/:(\w+)/g)].map(([, name]) => name!))
  const fields = Object.entries(input.shape) as Array<[string, z.ZodType]>
  const own = fields.filter(([name]) => inPath.has(name)).map(([name, schema]) => [name, fromText(schema)])
  const rest = fields.filter(([name]) => !inPath.has(name))
  return {
    params: z.strictObject({ school: SchoolSlug, ...(Object.fromEntries(own) as z.ZodRawShape) }),
    rest: z.strictObject(Object.fromEntries(rest)),
  }
}

/** A number in an address comes as text. */
export function fromText(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodNumber ? z.coerce.number().pipe(schema) : schema
}

/** `record-marks` → `recordMarks`: the `operationId` of a command or a query. */
export function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
