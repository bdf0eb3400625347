import type { z } from 'zod'

/** The schema of one type of event in its newest version, and how older versions become it. */
export interface EventDefinition<Data extends z.ZodType = z.ZodType> {
  /** The version that is written today. */
  readonly v: number
  readonly data: Data
  /** `upcast[n]` turns the data of version n into that of version n + 1. Every version below `v` has one. */
  readonly upcast: Readonly<Record<number, (data: never) => unknown>>
}

export type EventDefinitions = Readonly<Record<string, EventDefinition>>

/** An event type in its first version. */
export function v1<Data extends z.ZodType>(data: Data): EventDefinition<Data> {
  return { v: 1, data, upcast: {} }
}

/** What people typed about somebody stood in clear before it was sealed, and is read as it stands. */
export const inClear = (data: object): object => data

/** An event type whose texts about people are sealed from version 2 on. */
export function sealed<Data extends z.ZodType>(data: Data): EventDefinition<Data> {
  return { v: 2, data, upcast: { 1: inClear } }
}

/** An event type that says more from each version on: what those before it said stands as it is. */
export function widened<Data extends z.ZodType>(data: Data, v = 2): EventDefinition<Data> {
  const before = Array.from({ length: v - 1 }, (_, i) => [i + 1, (said: object) => said])
  return { v, data, upcast: Object.fromEntries(before) }
}

/** The union of the events that a set of definitions describes: `{ type: 'MarkRecorded', data: {…} } | …`. */
export type EventsOf<Definitions extends EventDefinitions> = {
  [Type in keyof Definitions & string]: {
    readonly type: Type
    readonly data: Readonly<z.output<Definitions[Type]['data']>>
  }
}[keyof Definitions & string]
