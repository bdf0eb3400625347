/**
 * Writes the samples that are missing: `node test/samples/write.ts`, after a new event type or version. A sample
 * that exists stays as it is: it stands for events that are already in somebody's log.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EventType, registry } from '#events/registry.ts'
import { makeSample, sampleFile } from './sample.ts'

for (const type of Object.keys(registry) as EventType[]) {
  const file = join(import.meta.dirname, sampleFile(type, registry[type].v))
  if (existsSync(file)) continue
  writeFileSync(file, `${JSON.stringify(makeSample(type), null, 2)}\n`)
  console.log(file)
}
