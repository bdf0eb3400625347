import { type ImportAsked, importRows } from '../import-rows.ts'
import type { ImportParts } from '../record-all.ts'
import type { ImportReport } from '../report.ts'
import { readBundle } from './bundle.ts'
import { sourcesOf } from './from-bundle.ts'

/** The name under which a bundle is imported, beside those of the lists. */
export const ONEROSTER = 'oneroster'

/**
 * Brings a bundle of OneRoster 1.2 into a school: its files become rows of the lists, and those are imported together.
 *
 * @throws {FileRefused} it is no such bundle
 * @throws {StoreUnavailable} how much was recorded is not known; the same bundle again brings in the rest
 * @throws {StaleRevision} others were faster time after time; the same bundle again brings in the rest
 */
export async function importBundle(
  parts: ImportParts,
  asked: ImportAsked,
  zip: Uint8Array,
): Promise<ImportReport> {
  const { bundle, errors } = readBundle(zip)
  const read = sourcesOf(bundle)
  const found = await importRows(parts, asked, read.sources, [...errors, ...read.errors])
  const { id, dryRun, partial } = asked
  return { import: id, list: ONEROSTER, dryRun, partial, encoding: 'utf-8', delimiter: ',', ...found }
}
