import { readFileSync } from 'node:fs'
import { Obstacle } from '../explain.ts'
import type { Sms } from '../config.ts'
import { ANSWER, type Carrier } from './carrier.ts'

/** What a gateway says of us or of the moment, and not of the letter: our token is wrong, or there are too many at once. */
const OURS = new Set([401, 403, 404, 405, 408, 425, 429])

/**
 * SMS by a gateway over HTTP (docs/runbooks/messages.md): `POST {"id","to","text"}` with `Idempotency-Key`. 2xx is taken
 * over, 4xx of the letter itself never will be, everything else is worth another try.
 *
 * @throws {Obstacle} the token cannot be read
 */
export function smsCarrier({ url, tokenFile }: Sms): Carrier {
  const token = tokenFile === undefined ? null : tokenIn(tokenFile)
  return {
    async carry({ id, address, text }) {
      try {
        const { status, body } = await fetch(url, {
          method: 'POST',
          redirect: 'error',
          signal: AbortSignal.timeout(ANSWER),
          headers: {
            'content-type': 'application/json',
            'idempotency-key': id,
            ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          },
          body: JSON.stringify({ id, to: address, text }),
        })
        await body?.cancel()
        if (status >= 200 && status < 300) return { outcome: 'accepted', code: status }
        const lasting = status >= 400 && status < 500 && !OURS.has(status)
        return { outcome: lasting ? 'refused' : 'later', code: status }
      } catch {
        return { outcome: 'later', code: null }
      }
    },
    close: () => {},
  }
}

function tokenIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new Obstacle(`${file}: не читается (LETOPIS_SMS_TOKEN_FILE).`, { cause })
  }
}
