/** What one contestant did in one round. */
export interface Sample {
  /** Units of work a second. */
  readonly rate: number
  /** Milliseconds of one operation. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)]!
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** @param units of work done by all operations together @param seconds from the first to the last */
export function sampleOf(latencies: readonly number[], units: number, seconds: number): Sample {
  return {
    rate: units / seconds,
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
    p99: quantile(latencies, 0.99),
  }
}

export const medianRate = (samples: readonly Sample[]): number => median(samples.map(({ rate }) => rate))

/**
 * How many times as fast `ours` is: the median over rounds, each compared with its own round, because a machine that
 * is busy for a while is busy for both.
 */
export function ratio(ours: readonly Sample[], theirs: readonly Sample[]): number {
  return median(ours.map(({ rate }, round) => rate / theirs[round]!.rate))
}

/**
 * Measures contestants in turns: every round begins with another one, so that none always comes after the same
 * neighbour, whose checkpoint or garbage it would pay for.
 */
export async function inTurns<Contestant extends { readonly name: string }>(
  contestants: readonly Contestant[],
  rounds: number,
  measure: (contestant: Contestant) => Promise<Sample>,
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map<string, Sample[]>(contestants.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contestants.length; i++) {
      const contestant = contestants[(i + round) % contestants.length]!
      samples.get(contestant.name)!.push(await measure(contestant))
    }
  }
  return samples
}

/** Milliseconds of each of `turns` operations, one after the other, behind so many that are not counted. */
export async function oneByOne(
  turns: number,
  operation: (turn: number) => Promise<unknown>,
  warmUp = 0,
): Promise<number[]> {
  const latencies: number[] = []
  for (let turn = -warmUp; turn < turns; turn++) {
    const before = performance.now()
    await operation(Math.abs(turn))
    if (turn >= 0) latencies.push(performance.now() - before)
  }
  return latencies
}

/** Repeats an operation in `width` chains at once for `milliseconds`, each operation after the one before in its chain. */
export async function keepBusy(
  width: number,
  milliseconds: number,
  unitsOfOne: number,
  operation: (chain: number) => Promise<unknown>,
): Promise<Sample> {
  const latencies: number[] = []
  const began = performance.now()
  await Promise.all(
    Array.from({ length: width }, async (_, chain) => {
      for (let before = performance.now(); before - began < milliseconds; ) {
        await operation(chain)
        const now = performance.now()
        latencies.push(now - before)
        before = now
      }
    }),
  )
  return sampleOf(latencies, latencies.length * unitsOfOne, (performance.now() - began) / 1_000)
}
