import { readFileSync } from 'node:fs'
import type {
  ChannelCredentialOptions,
  Credentials,
  DNSClusterOptions,
  GossipClusterOptions,
  SingleNodeOptions,
} from '@eventstore/db-client'
import {
  type ConnectionOptions,
  parseConnectionString,
} from '@eventstore/db-client/dist/Client/parseConnectionString.js'

/** Where EventStoreDB is, in the terms of its client. */
export interface EventStoreAddress {
  readonly settings: DNSClusterOptions | GossipClusterOptions | SingleNodeOptions
  readonly channel: ChannelCredentialOptions
  readonly credentials: Credentials | undefined
  /** The hosts as the address names them, for the log: never the password. */
  readonly hosts: string
}

/** `EVENTSTORE_URL` is not an address of EventStoreDB. The message holds nothing of its credentials. */
export class BadEventStoreAddress extends Error {
  override readonly name = 'BadEventStoreAddress'
}

const ADDRESS = /^(esdb|kurrentdb)(\+discover)?:\/\/(?:([^:@/]+):([^@/]*)@)?(\S+)$/

/**
 * Reads `esdb://user:password@host:2113?tls=…`; several hosts, or `esdb+discover://`, are a cluster that is asked by
 * gossip. All options of the client's connection string are understood (`tlsCAFile`, `nodePreference`, …).
 *
 * The credentials are taken out first: the client repeats the whole text in what it prints of an unknown option.
 *
 * @throws {BadEventStoreAddress}
 */
export function parseEventStoreAddress(url: string): EventStoreAddress {
  const parts = ADDRESS.exec(url.trim())
  if (parts === null) throw new BadEventStoreAddress('expected esdb://user:password@host:port')
  const [, , discover = '', user, password, rest] = parts
  const options = parsed(`esdb${discover}://${rest!}`)
  return {
    settings: settingsOf(options),
    channel: channelOf(options),
    credentials:
      user === undefined
        ? undefined
        : { username: decodeURIComponent(user), password: decodeURIComponent(password!) },
    hosts: options.hosts.map(({ address, port }) => `${address}:${port}`).join(','),
  }
}

function parsed(url: string): ConnectionOptions {
  try {
    return parseConnectionString(url)
  } catch (error) {
    throw new BadEventStoreAddress(`an address of EventStoreDB: ${(error as Error).message}`)
  }
}

function settingsOf(options: ConnectionOptions): EventStoreAddress['settings'] {
  const { hosts, dnsDiscover, nodePreference, discoveryInterval, gossipTimeout, maxDiscoverAttempts } =
    options
  const common = given({
    connectionName: options.connectionName,
    keepAliveInterval: options.keepAliveInterval,
    keepAliveTimeout: options.keepAliveTimeout,
    defaultDeadline: options.defaultDeadline,
  })
  const cluster = given({ nodePreference, discoveryInterval, gossipTimeout, maxDiscoverAttempts })
  if (dnsDiscover) return { ...common, ...cluster, discover: hosts[0]! }
  return hosts.length > 1 ? { ...common, ...cluster, endpoints: hosts } : { ...common, endpoint: hosts[0]! }
}

function channelOf({
  tls,
  tlsCAFile,
  userCertFile,
  userKeyFile,
}: ConnectionOptions): ChannelCredentialOptions {
  if (tls === false) return { insecure: true }
  return given({
    rootCertificate: content(tlsCAFile),
    userCertFile: content(userCertFile),
    userKeyFile: content(userKeyFile),
  })
}

function content(file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(file)
  } catch (error) {
    throw new BadEventStoreAddress(`${file} in the address of EventStoreDB cannot be read`, { cause: error })
  }
}

/** Without what is not given: to the client, an option that is undefined is not one that is absent. */
function given<Options extends object>(
  options: Options,
): { [Name in keyof Options]?: NonNullable<Options[Name]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}
