import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Malformed } from '#integrity/tlog/malformed.ts'
import { COSIGNATURE, parseVerifierKey, type VerifierKey } from '#integrity/tlog/signed-note.ts'
import { ADD_CHECKPOINT } from '#integrity/tlog/witness-request.ts'
import { type AskedWitness, WitnessAway } from '#integrity/witnessing.ts'
import { boundedText } from './bounded-answer.ts'
import { Obstacle } from './explain.ts'

const Witnesses = z.strictObject({
  witnesses: z
    .array(z.strictObject({ url: z.url({ protocol: /^https?$/ }), vkey: z.string().max(1_024) }))
    .min(1)
    .max(16),
})

/** How long a witness may think, in milliseconds, and how much it may answer. */
const PATIENCE = 15_000
const MAX_ANSWER_BYTES = 65_536

/**
 * The witnesses of a file, JSON: `{ "witnesses": [{ "url": "https://witness.education.example", "vkey": "name+id+base64" }] }`.
 *
 * @throws {Obstacle}
 */
export function askedWitnesses(file: string | undefined): AskedWitness[] {
  if (file === undefined) return []
  let parsed: z.output<typeof Witnesses>
  try {
    parsed = Witnesses.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new Obstacle(
      `${file}: не файл свидетелей. Нужно {"witnesses": [{"url": "https://…", "vkey": "…"}]} (LETOPIS_WITNESSES_FILE).`,
      { cause },
    )
  }
  const asked = parsed.witnesses.map(({ url, vkey }) => {
    const key = keyOf(vkey, file)
    return { key, ask: (body: string) => post(`${url.replace(/\/+$/, '')}${ADD_CHECKPOINT}`, body) }
  })
  if (new Set(asked.map(({ key }) => key.id)).size < asked.length)
    throw new Obstacle(`${file}: один свидетель назван дважды.`)
  return asked
}

function keyOf(vkey: string, file: string): VerifierKey {
  try {
    const key = parseVerifierKey(vkey)
    if (key.type !== COSIGNATURE) throw new Malformed('not the key of a witness')
    return key
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause
    throw new Obstacle(`${file}: «${vkey}» — не открытый ключ свидетеля (letopis witness new его покажет).`, {
      cause,
    })
  }
}

async function post(address: string, body: string): Promise<{ status: number; body: string }> {
  try {
    const response = await fetch(address, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      signal: AbortSignal.timeout(PATIENCE),
      redirect: 'error',
    })
    const text = await boundedText(response, MAX_ANSWER_BYTES)
    if (text === null) throw new Error('the answer is too long')
    return { status: response.status, body: text }
  } catch (cause) {
    throw new WitnessAway(`${address} does not answer`, { cause })
  }
}
