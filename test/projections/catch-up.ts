import { expect } from 'vitest'
import { Projector, type ProjectorParts } from '#projections/projector.ts'
import type { ReadModel } from '#projections/read-model.ts'

/** Longer than any test lasts: who waits for this fails. */
export const FOR_EVER = 600_000

/** Brings read models to the end of the log, and leaves them there. */
export async function catchUp(
  models: readonly ReadModel[],
  parts: Pick<ProjectorParts, 'store' | 'database' | 'clock'>,
): Promise<void> {
  const head = await parts.store.head()
  for (const model of models) {
    const projector = new Projector(model, { ...parts, log: { info: () => {}, error: () => {} } })
    await projector.start()
    if (head !== null) expect(await projector.reaches(head, FOR_EVER)).toBe(true)
    await projector.stop()
  }
}
