import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '#main/config.ts'
import { ROLES } from '#main/roles.ts'
import { ROOT } from '../../scripts/rule-sources.ts'

/*
 * There is no Docker engine where these tests run, so nobody starts the containers here: what is held is what the files
 * themselves say.
 */

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

interface Service {
  readonly image?: string
  readonly build?: string
  readonly user?: string
  readonly restart?: string
  readonly read_only?: boolean
  readonly init?: boolean
  readonly tmpfs?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly network_mode?: string
  readonly networks?: readonly string[]
  readonly ports?: readonly string[]
  readonly command?: readonly string[]
  readonly volumes?: readonly string[]
  readonly secrets?: readonly string[]
  readonly profiles?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  /** Null is taken from the operator's own, where it is set there. */
  readonly environment?: Readonly<Record<string, string | null>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly deploy?: { readonly resources: { readonly limits: Readonly<Record<string, string>> } }
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean }>>
  readonly volumes: Readonly<Record<string, object>>
  readonly secrets?: Readonly<Record<string, { readonly file?: string; readonly environment?: string }>>
}

// A tag of compose's own, as `!override`, is of no matter to what is read here.
const composed = (file: string): Compose => parse(read(file), { merge: true, logLevel: 'silent' }) as Compose

const OVERLAYS = ['docker-compose.cluster.yml', 'docker-compose.messages.yml'] as const
const base = composed('docker-compose.yml')

/** As compose lays one file over another, as far as these go: mappings member by member, mounts joined, the rest replaced. */
function laidOver(over: Compose): Compose {
  const names = [...new Set([...Object.keys(base.services), ...Object.keys(over.services)])]
  const services = names.map((name) => {
    const [under = {}, above = {}] = [base.services[name], over.services[name]]
    const environment = { ...under.environment, ...above.environment }
    const volumes = [...(under.volumes ?? []), ...(above.volumes ?? [])]
    return [name, { ...under, ...above, environment, volumes }] as const
  })
  return { ...base, services: Object.fromEntries(services), volumes: { ...base.volumes, ...over.volumes } }
}

const isLetopis = ({ image }: Service): boolean => image?.startsWith('letopis:') === true
const isOneShot = ({ restart }: Service): boolean => restart === 'no'

/** Names of the image of EventStoreDB 24.2, as its documentation has them. */
const EVENTSTORE: ReadonlySet<string> = new Set(
  [
    'CLUSTER_SIZE',
    'NODE_IP',
    'REPLICATION_IP',
    'NODE_HOST_ADVERTISE_AS',
    'REPLICATION_HOST_ADVERTISE_AS',
    'DISCOVER_VIA_DNS',
    'GOSSIP_SEED',
    'RUN_PROJECTIONS',
    'TELEMETRY_OPTOUT',
    'STREAM_INFO_CACHE_CAPACITY',
    'CERTIFICATE_FILE',
    'CERTIFICATE_PRIVATE_KEY_FILE',
    'TRUSTED_ROOT_CERTIFICATES_PATH',
    'DEFAULT_ADMIN_PASSWORD',
    'DEFAULT_OPS_PASSWORD',
  ].map((name) => `EVENTSTORE_${name}`),
)

/** `${NAME:-default}`, `${NAME:?}` and `${NAME}` with what an operator might have given. */
const substituted = (text: string): string =>
  text.replaceAll(
    /\$\{(\w+)(?::-([^}]*)|:\?)?\}/g,
    (_, name: string, otherwise?: string) => otherwise ?? `${name}x`,
  )

const SETS: ReadonlyArray<readonly [string, Compose]> = [
  ['docker-compose.yml', base],
  ...OVERLAYS.map((file) => [`docker-compose.yml with ${file}`, laidOver(composed(file))] as const),
]

describe.each(SETS)('%s', (_, { services, networks, volumes, secrets }) => {
  const all = Object.entries(services)
  const lasting = all.filter(([, service]) => !isOneShot(service))
  const having = (variable: string): string[] =>
    all.filter(([, { environment }]) => environment?.[variable] !== undefined).map(([name]) => name)

  it.each(all)('%s comes from an image of one version', (_, { image }) => {
    expect(image).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?$/)
  })

  it.each(lasting)('%s lasts, within limits, and says how it is', (_, service) => {
    expect(service.restart).toBe('unless-stopped')
    expect(Object.keys(service.deploy!.resources.limits)).toEqual(['cpus', 'memory'])
    // The image of Letopis brings its own check.
    if (!isLetopis(service)) expect(service.healthcheck?.test[0]).toBe('CMD')
  })

  it.each(all)('%s is not root, unless it touches volumes alone and no network', (_, service) => {
    if (service.user === 'root') {
      expect(service).toMatchObject({ restart: 'no', network_mode: 'none' })
      return
    }
    expect(service.user).toMatch(/^(node|postgres|1000:1000)$/)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
  })

  it.each(all.filter(([, service]) => isLetopis(service)))(
    '%s has a root that cannot be written to, and settings that Letopis takes',
    (_, service) => {
      expect(service).toMatchObject({ read_only: true, init: true, tmpfs: ['/tmp'] })
      const environment = Object.fromEntries(
        Object.entries(service.environment!).flatMap(([name, text]) =>
          text === null ? [] : [[name, substituted(text)]],
        ),
      )
      expect(readConfig(environment)).toMatchObject({ eventStoreUrl: expect.any(String) as string })
      const known = read('src/main/config.ts')
      expect(Object.keys(service.environment!).filter((name) => !known.includes(`  ${name}: `))).toEqual([])
      const [command, option, ...roles] = service.command!
      if (command !== 'migrate') expect([command, option]).toEqual(['serve', '--role'])
      expect(roles.filter((role) => !ROLES.includes(role as never))).toEqual([])
    },
  )

  it('runs every role', () => {
    const running = all.flatMap(([, { command = [] }]) => (command[0] === 'serve' ? command.slice(2) : []))
    expect(new Set(running)).toEqual(new Set(ROLES))
  })

  it('sets of EventStoreDB what its image knows', () => {
    const names = all.flatMap(([, { image, environment }]) =>
      image?.startsWith('eventstore/eventstore') === true ? Object.keys(environment!) : [],
    )
    expect(names.filter((name) => !EVENTSTORE.has(name))).toEqual([])
  })

  it('waits for what can be waited for', () => {
    for (const [name, { depends_on: on = {} }] of all) {
      for (const [other, { condition }] of Object.entries(on)) {
        const awaited = services[other]
        expect(awaited, `${name} waits for ${other}`).toBeDefined()
        expect(condition, `${name} waits for ${other}`).toBe(
          isOneShot(awaited!) ? 'service_completed_successfully' : 'service_healthy',
        )
        expect(awaited!.profiles, `${name} waits for ${other}`).toBeUndefined()
      }
    }
  })

  it('is reached through the API alone, from this host alone; engines are in a network without a way out', () => {
    expect(all.flatMap(([, { ports = [] }]) => ports)).toEqual(['127.0.0.1:8080:8080'])
    expect(networks!['engines']!.internal).toBe(true)
    for (const [name, service] of all) {
      const sends = Object.keys(service.environment ?? {}).includes('LETOPIS_SMTP_URL')
      if (name === 'api' || sends || service.network_mode === 'none') continue
      expect(service.networks, name).toEqual(['engines'])
    }
  })

  it('has the archive where packages are asked for and made, and the key of the seal with the sealer alone', () => {
    expect(having('LETOPIS_ARCHIVE_DIR')).toEqual(['api', 'sealer'])
    expect(having('LETOPIS_SEAL_DIR')).toEqual(['sealer'])
  })

  it('mounts what is there, and volumes and secrets that are declared', () => {
    for (const [name, service] of all) {
      for (const mount of service.volumes ?? []) {
        const [source] = mount.startsWith('${') ? ['${'] : mount.split(':')
        if (source!.startsWith('.')) expect(existsSync(join(ROOT, source!)), `${name}: ${mount}`).toBe(true)
        else if (source !== '${') expect(Object.keys(volumes), `${name}: ${mount}`).toContain(source)
      }
      for (const secret of service.secrets ?? []) expect(Object.keys(secrets!)).toContain(secret)
    }
  })
})

describe('the variables of the compose files', () => {
  const files = ['docker-compose.yml', ...OVERLAYS]
  const passed = files.flatMap((file) =>
    Object.values(composed(file).services).flatMap(({ environment = {} }) =>
      Object.keys(environment).filter((name) => environment[name] === null),
    ),
  )
  const used = files.flatMap((file) => [...read(file).matchAll(/\$\{(\w+)(:-[^}]*|:\?)?\}/g)])

  it('have no password and no key by default: without a value nothing starts', () => {
    const secret = used.filter(([, name]) => /PASSWORD|KEY/.test(name!))
    expect(secret.length).toBeGreaterThan(6)
    expect(secret.filter(([, , fallback]) => fallback !== ':?').map(([text]) => text)).toEqual([])
    expect(read('.env.example')).not.toMatch(/PASSWORD=\S/)
  })

  it('are all in .env.example, and nothing else is', () => {
    const given = [...read('.env.example').matchAll(/^#?(\w+)=/gm)].map(([, name]) => name!)
    const secrets = Object.values(base.secrets!).flatMap(({ environment }) => environment ?? [])
    expect(new Set([...used.map(([, name]) => name!), ...passed, ...secrets])).toEqual(new Set(given))
  })
})

describe('Dockerfile', () => {
  const text = read('Dockerfile')
  const lines = text.split('\n')

  it('is of one version of Node, the one that the project runs on', () => {
    const images = [...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image!)
    expect(new Set(images).size).toBe(1)
    const [, major] = /^node:(\d+)\.\d+\.\d+-bookworm-slim$/.exec(images[0]!) ?? []
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    expect(dependencies['node']).toMatch(new RegExp(`^\\^${major}\\.`))
  })

  it('copies what is there and what .dockerignore lets through', () => {
    const ignored = read('.dockerignore').split('\n')
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1))
    expect(copied.length).toBeGreaterThan(4)
    for (const file of copied) {
      expect(existsSync(join(ROOT, file)), file).toBe(true)
      expect(ignored, file).toContain(`!${file}`)
    }
  })

  it('ends as a user who is not root', () => {
    expect(lines.findLast((line) => line.startsWith('USER '))).toBe('USER node')
  })

  it('checks the health of the service by asking it', async () => {
    const [, json] = /^HEALTHCHECK[^[]+CMD (\[.+\])$/m.exec(text)!
    const [, ...args] = JSON.parse(json!) as string[]
    let status = 200
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/health/ready' ? status : 404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const port = String((server.address() as AddressInfo).port)
    const check = (LETOPIS_PORT: string): Promise<number | null> =>
      new Promise((resolve) => {
        const child = execFile(process.execPath, args, { env: { LETOPIS_PORT } })
        child.on('exit', resolve)
      })
    expect(await check(port)).toBe(0)
    status = 503
    expect(await check(port)).toBe(1)
    await new Promise((resolve) => server.close(resolve))
    expect(await check(port)).toBe(1)
  })
})
