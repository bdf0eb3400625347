/** Waits until there is something, or something is so, and looks often; what it saw. Fails when it is not so in time. */
export async function until<Seen>(
  look: () => Seen | Promise<Seen>,
  { within = 30_000 }: { within?: number } = {},
): Promise<NonNullable<Seen>> {
  const limit = performance.now() + within
  for (;;) {
    const seen = await Promise.resolve(look()).catch(() => null)
    if (seen) return seen
    if (performance.now() > limit) throw new Error(`not so within ${within} ms`)
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}
