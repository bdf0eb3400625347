import { SingleBar } from 'cli-progress'

/** Progress of long work: a bar on a terminal, a line now and then elsewhere; on standard error, so that output stays clean. */
export function progress(title: string, total: number): { to(done: number): void; end(): void } {
  if (process.stderr.isTTY) {
    const bar = new SingleBar({
      format: `${title} {bar} {percentage}% | {value}/{total} | осталось {eta_formatted}`,
      hideCursor: true,
      stream: process.stderr,
    })
    bar.start(total, 0)
    return { to: (done) => bar.update(done), end: () => bar.stop() }
  }
  let shown = -1
  return {
    to(done) {
      const tenth = Math.floor((done * 10) / Math.max(total, 1))
      if (tenth > shown) process.stderr.write(`${title}: ${done}/${total}\n`)
      shown = Math.max(shown, tenth)
    },
    end() {},
  }
}
