import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fastify from 'fastify'
import { StateFile } from '#integrity/signing-state.ts'
import { COSIGNATURE, formatVerifierKey, type VerifierKey } from '#integrity/tlog/signed-note.ts'
import { ADD_CHECKPOINT, MAX_REQUEST_BYTES } from '#integrity/tlog/witness-request.ts'
import { parseTrust } from '#integrity/trust.ts'
import { Witness } from '#integrity/witness.ts'
import { type Clock, systemClock } from '#values/time.ts'
import { Obstacle } from './explain.ts'
import { makeFolder } from './folder.ts'
import { lockFolder } from './folder-lock.ts'
import { readKeys } from './seal-keys.ts'
import { serviceLog } from './service-log.ts'

export interface WitnessSettings {
  /** The folder of the key, and of what was cosigned last of each log. */
  readonly folder: string
  /** A file of trust: `keys` are those of the logs that are witnessed. */
  readonly trust: string
  readonly host: string
  readonly port: number
  readonly clock?: Clock
}

/** How many requests that prove a forgery are kept: whoever owns the key of a log could fill the disk otherwise. */
const MAX_EVIDENCE = 1_000

/**
 * A witness of C2SP tlog-witness as a small service: for a machine of somebody else, without a database and without anything
 * of a school. `POST /add-checkpoint` cosigns; `GET /` says who it is and what it cosigned last.
 *
 * @throws {Obstacle}
 */
export async function serveWitness({
  folder,
  trust,
  host,
  port,
  clock = systemClock,
}: WitnessSettings): Promise<{ readonly address: string; close(): Promise<void> }> {
  const [key] = readKeys(folder)
  if (key?.type !== COSIGNATURE)
    throw new Obstacle(`В ${folder} ключ журнала, а не свидетеля (letopis witness new).`)
  const logs = logsOf(trust)
  const unlock = lockFolder(folder)
  try {
    const log = serviceLog({ level: process.env['LETOPIS_LOG_LEVEL'] ?? 'info', roles: ['witness'] })
    const states = new Map(
      logs.map(({ name }) => [name, new StateFile(join(folder, `${slugOf(name)}.json`))]),
    )
    // A state that cannot be read is said at the start, not at the first request of the night.
    for (const state of states.values()) state.read()
    const witness = new Witness({
      key,
      logs,
      states: (origin) => states.get(origin)!,
      clock,
      evidence: (origin, body, why) => keepEvidence(folder, origin, body, why, log),
    })
    const app = fastify({
      loggerInstance: log,
      bodyLimit: MAX_REQUEST_BYTES,
      disableRequestLogging: true,
    })
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    app.post(ADD_CHECKPOINT, async (request, reply) => {
      const { status, type, body } = witness.add((request.body as Buffer | undefined) ?? Buffer.alloc(0))
      log.info({ status }, 'a checkpoint was shown to the witness')
      return reply.code(status).type(type).send(body)
    })
    app.get('/', async (_request, reply) => {
      const seen = [...states].map(([origin, state]) => {
        const last = state.read()
        return last === null ? `${origin}\n0\n` : `${last.at}\n${last.note}`
      })
      return reply.type('text/plain; charset=utf-8').send([formatVerifierKey(key), '', ...seen].join('\n'))
    })
    app.addHook('onClose', async () => unlock())
    return { address: await app.listen({ host, port }), close: () => app.close() }
  } catch (error) {
    unlock()
    throw error
  }
}

function logsOf(file: string): readonly VerifierKey[] {
  const { keys } = parseTrust(readFileSync(file, 'utf8'))
  if (keys.length === 0) throw new Obstacle(`${file}: ни одного ключа журнала.`)
  return keys
}

/** An origin as the name of a file: its readable part, and what makes it one. */
const slugOf = (origin: string): string =>
  `${origin.replaceAll(/[^a-zA-Z0-9.-]+/g, '-').slice(0, 80)}-${createHash('sha256').update(origin).digest('hex').slice(0, 12)}`

function keepEvidence(
  folder: string,
  origin: string,
  body: string,
  why: string,
  log: ReturnType<typeof serviceLog>,
): void {
  log.error({ origin, why }, 'the log shows another history than was cosigned: the request is kept')
  const kept = join(folder, 'evidence')
  makeFolder(kept, 0o700)
  if (readdirSync(kept).length >= MAX_EVIDENCE) return
  writeFileSync(join(kept, `${slugOf(origin)}-${why}-${randomUUID()}`), body, { mode: 0o600, flush: true })
}
