import { SingleBar } from 'cli-progress'

export interface Progress {
  /** The first call shows it. */
  readonly to: (done: number, total: number) => void
  readonly end: () => void
}

/** Progress of long work: a bar on a terminal, a line now and then elsewhere; on standard error, so that output stays clean. */
export function progress(title: string): Progress {
  return process.stderr.isTTY ? barOf(title) : linesOf(title)
}

function barOf(title: string): Progress {
  const bar = new SingleBar({
    format: `${title} {bar} {percentage}% | {value}/{total} | осталось {eta_formatted}`,
    hideCursor: true,
    stream: process.stderr,
  })
  return {
    to: (done, total) => {
      if (bar.isActive) bar.update(done)
      else bar.start(total, done)
    },
    end: () => bar.stop(),
  }
}

function linesOf(title: string): Progress {
  let shown = -1
  return {
    to: (done, total) => {
      const tenth = Math.floor((done * 10) / Math.max(total, 1))
      if (tenth > shown) process.stderr.write(`${title}: ${done}/${total}\n`)
      shown = Math.max(shown, tenth)
    },
    end: () => {},
  }
}
