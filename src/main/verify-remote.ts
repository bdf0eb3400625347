import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Malformed } from '#integrity/tlog/malformed.ts'
import { parseHash, type TreeHash, verifiesConsistency } from '#integrity/tlog/merkle-tree.ts'
import { isAnchor, vouched, type Vouched } from '#integrity/trust.ts'
import { boundedText } from './bounded-answer.ts'
import { makeFolder } from './folder.ts'
import { replaceWhole } from './placed-file.ts'
import { type Asked, NotProven, trustOf, type Verdict, verdict } from './verifying.ts'

/** The largest answer that is read, and how long a service may think, in milliseconds. */
const MAX_ANSWER_BYTES = 131_072
const PATIENCE = 20_000

export interface Followed extends Asked {
  /** The address of a service, such as `https://journal.school35.example`. */
  readonly url: string
  /** A folder of the auditor: what he was shown stays there. */
  readonly kept: string
}

/** The service does not answer as it should. */
class NoAnswer extends Malformed {}

/**
 * Asks a service for its newest checkpoint, and keeps it if it goes on from the one that was kept last. Done every day, or
 * every minute, on a machine of somebody else, it is what a later `--pinned` is held against; what does not go on is kept
 * as well, because with the one before it proves the forgery.
 */
export function verifyRemote({ url, kept, ...asked }: Followed): Promise<Verdict> {
  return verdict(asked.strict, async () => {
    const trust = trustOf(asked)
    makeFolder(kept)
    const latest = join(kept, 'latest')
    const before = existsSync(latest) ? vouched(readFileSync(latest), trust) : null
    const note = await answerOf(`${url.replace(/\/+$/, '')}/log/checkpoint`)
    const now = vouched(note, trust)
    const { origin, size } = now.checkpoint
    const anchored = isAnchor(now, trust)
    if (anchored) {
      try {
        await mustGoOn(before, now, url)
      } catch (error) {
        if (error instanceof NotProven) replaceWhole(join(kept, `refused-${size}`), note)
        throw error
      }
      replaceWhole(join(kept, `checkpoint-${size}`), note)
      replaceWhole(latest, note)
    }
    return {
      lines: [
        `${origin}: записей ${size}${before === null ? '' : `, прежде было ${before.checkpoint.size}`}.`,
        ...(anchored ? [`Сохранено: ${join(kept, `checkpoint-${size}`)}`] : []),
      ],
      json: { origin, size, before: before?.checkpoint.size ?? null },
      anchored,
      warnings: [],
    }
  })
}

/** @throws {NotProven} it does not */
async function mustGoOn(before: Vouched | null, { checkpoint }: Vouched, url: string): Promise<void> {
  if (before === null) return
  const { origin, size: from } = before.checkpoint
  const { size: to } = checkpoint
  if (origin !== checkpoint.origin) throw new Malformed(`прежде это был журнал ${origin}`)
  if (from > to) throw new NotProven(`журнал стал короче: было подписано ${from} записей, стало ${to}.`)
  const steps = from === to || from === 0 ? [] : await stepsOf(url, from, to)
  if (!verifiesConsistency(before.checkpoint, checkpoint, steps)) {
    throw new NotProven(`дерево на ${to} записей не продолжает сохранённое на ${from}.`)
  }
}

async function stepsOf(url: string, from: number, to: number): Promise<TreeHash[]> {
  const answer = await answerOf(`${url.replace(/\/+$/, '')}/log/consistency?from=${from}&to=${to}`)
  let parsed: unknown
  try {
    parsed = JSON.parse(answer)
  } catch (cause) {
    throw new NoAnswer('доказательство — не JSON', { cause })
  }
  const { proof } = (parsed ?? {}) as Record<string, unknown>
  if (!Array.isArray(proof)) throw new NoAnswer('в ответе нет доказательства')
  return proof.map((line) => parseHash(String(line)))
}

/** The text at an address, bounded in size and time. @throws {NoAnswer} */
async function answerOf(address: string): Promise<string> {
  let response: Response
  try {
    response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE), redirect: 'error' })
  } catch (cause) {
    throw new NoAnswer(`${address} не отвечает`, { cause })
  }
  if (!response.ok || response.body === null) throw new NoAnswer(`${address} отвечает ${response.status}`)
  const text = await boundedText(response, MAX_ANSWER_BYTES)
  if (text === null) throw new NoAnswer(`${address}: ответ слишком велик`)
  return text
}
