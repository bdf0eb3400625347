import { SingleBar } from 'cli-progress'
import type { Position } from '#events/store/position.ts'

export interface Progress {
  /** The first call shows it. */
  readonly to: (done: number, total: number) => void
  readonly end: () => void
}

/** Progress of long work: a bar on a terminal, a line now and then elsewhere; on standard error, so that output stays clean. */
export function progress(title: string): Progress {
  return process.stderr.isTTY ? barOf(title) : linesOf(title)
}

export interface StagedProgress<Stage extends string> {
  readonly to: (stage: Stage, done: number, total: number) => void
  readonly end: () => void
}

/** Progress of work in stages: a bar for each, one after another. */
export function stagedProgress<Stage extends string>(
  titles: Readonly<Record<Stage, string>>,
): StagedProgress<Stage> {
  let shown: { readonly stage: Stage; readonly bar: Progress } | null = null
  return {
    to: (stage, done, total) => {
      if (shown?.stage !== stage) {
        shown?.bar.end()
        shown = { stage, bar: progress(titles[stage]) }
      }
      shown.bar.to(done, total)
    },
    end: () => shown?.bar.end(),
  }
}

function barOf(title: string): Progress {
  const speed = speedometer()
  const bar = new SingleBar({
    format: `${title} {bar} {percentage}% | {value}/{total} | {speed}/с | осталось {eta_formatted}`,
    hideCursor: true,
    stream: process.stderr,
  })
  return {
    to: (done, total) => {
      if (!bar.isActive) bar.start(total, done, { speed: 0 })
      bar.setTotal(total)
      bar.update(done, { speed: speed(done) })
    },
    end: () => bar.stop(),
  }
}

function linesOf(title: string): Progress {
  const speed = speedometer()
  let shown = -1
  return {
    to: (done, total) => {
      const perSecond = speed(done)
      const tenth = Math.floor((done * 10) / Math.max(total, 1))
      if (tenth > shown) process.stderr.write(`${title}: ${done}/${total}, ${perSecond}/с\n`)
      shown = Math.max(shown, tenth)
    },
    end: () => {},
  }
}

/**
 * How far a reader of a log has come, in percent. Engines count positions in events or in bytes, so that nothing
 * but the share of the way can be told of them.
 */
export function percent(from: Position | null, at: Position, head: Position | null): number {
  const begun = from?.commit ?? 0n
  const way = (head?.commit ?? 0n) - begun
  return way <= 0n ? 100 : Number(((at.commit - begun) * 100n) / way)
}

/** How many a second were done since the first call. */
function speedometer(): (done: number) => number {
  let first: { readonly at: number; readonly done: number } | null = null
  return (done) => {
    const at = performance.now()
    first ??= { at, done }
    return at === first.at ? 0 : Math.round(((done - first.done) * 1_000) / (at - first.at))
  }
}
