import type { Scratch } from './scratch.ts'

/** One part of the benchmark: a question, and everybody who answers it measured in turn within one run. */
export interface Scenario {
  readonly name: string
  /** One line for `--list`. */
  readonly about: string
  run(run: Run): Promise<Outcome>
}

export interface Run {
  readonly mode: Mode
  readonly scratch: Scratch
  /** Tells whoever waits what is being measured. */
  readonly say: (text: string) => void
}

/** `quick` is for every day: the whole benchmark in some minutes. `full` has the volumes of the targets. */
export type Mode = 'quick' | 'full'

export interface Outcome {
  readonly tables: readonly Table[]
  readonly checks: readonly Check[]
  /** What a reader must know to judge the figures: what was left out, and why. */
  readonly notes: readonly string[]
  /** Every single measurement, for the JSON file. */
  readonly samples: Readonly<Record<string, unknown>>
}

export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: ReadonlyArray<readonly [name: string, ...cells: string[]]>
}

/** A figure beside its target. */
export interface Check {
  readonly what: string
  /** Null when it could not be measured; the notes say why. */
  readonly value: number | null
  readonly unit: '×' | 'ms' | 's' | 'events' | 'commands' | 'events/s' | 'commands/s'
  readonly target: { readonly least: number } | { readonly most: number }
}

export function isReached({ value, target }: Check): boolean | null {
  if (value === null) return null
  return 'least' in target ? value >= target.least : value <= target.most
}

/** The outcome of a scenario that cannot run here. */
export function skipped(why: string): Outcome {
  return { tables: [], checks: [], notes: [`skipped: ${why}`], samples: {} }
}
