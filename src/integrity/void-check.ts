import { decode } from '#events/registry.ts'
import type { EventStore } from '#events/store/event-store.ts'
import type { StreamName } from '#events/stream-name.ts'
import { type FoundOperation, partedAt, WindowOperations } from '#events/void-rule.ts'
import type { SchoolSlug } from '#values/school.ts'

/** The list of an incident is not what its rule gives over the log (docs/spec/breach.md). */
export class VoidListDiffers extends Error {
  override readonly name = 'VoidListDiffers'
  readonly stream: string
  readonly incident: string
  readonly list: 'void' | 'suspect'
  /** Operations that the rule gives and the list lacks, and those that are listed and should not be. */
  readonly missing: number
  readonly extra: number

  constructor(
    stream: string,
    incident: string,
    list: 'void' | 'suspect',
    { missing, extra }: { readonly missing: number; readonly extra: number },
  ) {
    super(`${stream}: the ${list} list of ${incident} lacks ${missing} operations and has ${extra} too many`)
    this.stream = stream
    this.incident = incident
    this.list = list
    this.missing = missing
    this.extra = extra
  }
}

interface Declared {
  readonly incident: string
  readonly notice: string
  readonly operations: WindowOperations
  readonly listed: { readonly void: Set<string>; readonly suspect: Set<string> }
}

/**
 * Recomputes by rule v1 what every declared incident of a school had to list, and holds the lists against it. The log of the
 * school is read once more for that, and only where an incident was declared.
 *
 * @returns how many incidents were declared
 * @throws {VoidListDiffers}
 */
export async function checkVoidLists(
  store: Pick<EventStore, 'readAll' | 'readStream'>,
  incidents: StreamName,
): Promise<number> {
  const declared = await declaredIn(store, incidents)
  if (declared.size === 0) return 0
  const school = incidents.slice(0, incidents.indexOf('.')) as SchoolSlug
  for await (const event of store.readAll({ school, asText: true })) {
    for (const { operations } of declared.values()) operations.take(event)
  }
  for (const { incident, notice, operations, listed } of declared.values()) {
    const { since, before } = partedAt(operations.found, notice)
    hold(incidents, incident, 'void', since, listed.void)
    hold(incidents, incident, 'suspect', before, listed.suspect)
  }
  return declared.size
}

async function declaredIn(
  store: Pick<EventStore, 'readStream'>,
  incidents: StreamName,
): Promise<Map<string, Declared>> {
  const declared = new Map<string, Declared>()
  for await (const recorded of store.readStream(incidents)) {
    const event = decode(recorded)
    if (event?.type === 'CompromiseDeclared') {
      const { incident, account, credEpoch, noticeReceivedAt: notice, compromisedFrom } = event.data
      const from = compromisedFrom === null || compromisedFrom > notice ? notice : compromisedFrom
      const operations = new WindowOperations({ incident, account, credEpoch, from })
      declared.set(incident, {
        incident,
        notice,
        operations,
        listed: { void: new Set(), suspect: new Set() },
      })
    }
    if (event?.type !== 'OperationsVoided' && event?.type !== 'OperationsSuspected') continue
    const list = declared.get(event.data.incident)?.listed[
      event.type === 'OperationsVoided' ? 'void' : 'suspect'
    ]
    for (const { stream, operations } of event.data.streams) {
      for (const { id, rev, cause } of operations) list?.add(nameOf(stream, rev, id, cause))
    }
  }
  return declared
}

const nameOf = (stream: string, rev: number, id: string, cause: string | null): string =>
  `${stream} ${rev} ${id} ${cause ?? '-'}`

function hold(
  stream: string,
  incident: string,
  list: 'void' | 'suspect',
  found: readonly FoundOperation[],
  listed: ReadonlySet<string>,
): void {
  const expected = new Set(found.map((one) => nameOf(one.stream, one.rev, one.id, one.cause)))
  const missing = [...expected].filter((name) => !listed.has(name)).length
  const extra = [...listed].filter((name) => !expected.has(name)).length
  if (missing > 0 || extra > 0) throw new VoidListDiffers(stream, incident, list, { missing, extra })
}
