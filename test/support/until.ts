/** Waits until something is so, and looks often; fails when it is not so in time. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  { within = 30_000 }: { within?: number } = {},
): Promise<void> {
  const limit = performance.now() + within
  for (;;) {
    if (await Promise.resolve(isSo()).catch(() => false)) return
    if (performance.now() > limit) throw new Error(`not so within ${within} ms`)
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}
