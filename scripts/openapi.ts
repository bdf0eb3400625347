import { generateKeyPairSync } from 'node:crypto'
import { pino } from 'pino'
import { createApp } from '#api/app.ts'
import { Pasts } from '#api/past.ts'
import { fixedTokenKeys } from '#api/token-keys.ts'
import { openInMemory } from '#main/database.ts'
import { install, servedBy } from '#main/installation.ts'
import { passingKeys } from '#main/person-key-folder.ts'
import { systemClock, TimeZone } from '#values/time.ts'

/** The description of the API, asked of the API itself: it runs on an empty database in memory. */
export async function openApi(): Promise<string> {
  const log = pino({ level: 'silent' })
  const installation = await install(await openInMemory(), systemClock, log, async () => passingKeys())
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const app = await createApp(
    {
      ...servedBy(installation),
      externalIssuer: null,
      backups: null,
      packages: null,
      models: installation.projectors,
      pasts: new Pasts(openInMemory),
      duties: [],
      tokenKeys: fixedTokenKeys({ private: privateKey, public: publicKey }),
      zone: TimeZone.parse('Asia/Tomsk'),
      tokenSeconds: 1,
      patience: 1,
    },
    log,
  )
  const described = app.swagger()
  await app.close()
  await installation.close()
  return `${JSON.stringify(described, null, 2)}\n`
}
