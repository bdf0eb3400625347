import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BadConfig, readConfig } from '#main/config.ts'

/** What is wrong, one line for each variable. */
function mistakesIn(environment: Readonly<Record<string, string>>): string[] {
  try {
    readConfig(environment)
  } catch (error) {
    expect(error).toBeInstanceOf(BadConfig)
    return (error as Error).message.split('\n').slice(1)
  }
  return []
}

describe('the configuration', () => {
  it('needs nothing: Letopis runs on what is in the folder', () => {
    expect(readConfig({ PATH: '/bin', HOME: '/root' })).toEqual({
      data: resolve('data'),
      host: '127.0.0.1',
      port: 8080,
      zone: 'Asia/Tomsk',
      logLevel: 'info',
      databaseUrl: undefined,
      databaseOwnerUrl: undefined,
      databasePool: 10,
      statementSeconds: 30,
      eventStoreUrl: undefined,
      readDays: 1_095,
      check: { at: '03:30', records: 2_000_000 },
      nats: undefined,
      backup: undefined,
      oidc: undefined,
      seal: undefined,
      openssl: 'openssl',
      delivery: { smtp: undefined, sms: undefined, diary: undefined },
      traces: undefined,
    })
  })

  it('is what the environment says', () => {
    expect(
      readConfig({
        LETOPIS_DATA: '/srv/letopis',
        LETOPIS_HOST: '::',
        LETOPIS_PORT: '0',
        LETOPIS_ZONE: 'Europe/Kaliningrad',
        LETOPIS_LOG_LEVEL: 'silent',
        DATABASE_URL: 'postgresql://school:secret@db:5433/letopis?sslmode=require',
        DATABASE_OWNER_URL: 'postgres://owner@db:5433/letopis',
        DATABASE_POOL: '40',
        DATABASE_STATEMENT_SECONDS: '5',
        EVENTSTORE_URL: 'esdb://letopis:secret@es1.example.org:2113,es2.example.org:2113?tls=true',
        NATS_URL: 'nats://n1:4222,nats://n2:4222',
        NATS_CREDS: '/run/secrets/nats.creds',
        NATS_REPLICAS: '3',
        LETOPIS_BACKUP_DIR: '/mnt/copies',
        LETOPIS_BACKUP_AT: '23:10',
        LETOPIS_BACKUP_DAYS: '45',
        LETOPIS_BACKUP_KEY_FILE: '/run/secrets/backup.key',
        LETOPIS_OIDC_ISSUER: 'https://id.example.org',
        LETOPIS_OIDC_CLIENT_ID: 'letopis',
        LETOPIS_OIDC_CLIENT_SECRET_FILE: '/run/secrets/oidc',
        LETOPIS_OIDC_REDIRECT_URL: 'https://diary.example.org/in',
        LETOPIS_OIDC_CLAIM: 'person',
        LETOPIS_OPENSSL: '/opt/gost/bin/openssl',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      }),
    ).toEqual({
      data: '/srv/letopis',
      host: '::',
      port: 0,
      zone: 'Europe/Kaliningrad',
      logLevel: 'silent',
      databaseUrl: 'postgresql://school:secret@db:5433/letopis?sslmode=require',
      databaseOwnerUrl: 'postgres://owner@db:5433/letopis',
      databasePool: 40,
      statementSeconds: 5,
      eventStoreUrl: 'esdb://letopis:secret@es1.example.org:2113,es2.example.org:2113?tls=true',
      readDays: 1_095,
      check: { at: '03:30', records: 2_000_000 },
      nats: {
        servers: ['nats://n1:4222', 'nats://n2:4222'],
        credentials: '/run/secrets/nats.creds',
        replicas: 3,
      },
      backup: { folder: '/mnt/copies', at: '23:10', days: 45, keyFile: '/run/secrets/backup.key' },
      oidc: {
        issuer: 'https://id.example.org',
        clientId: 'letopis',
        secretFile: '/run/secrets/oidc',
        redirect: 'https://diary.example.org/in',
        claim: 'person',
      },
      openssl: '/opt/gost/bin/openssl',
      delivery: { smtp: undefined, sms: undefined, diary: undefined },
      traces: 'http://127.0.0.1:4318',
    })
  })

  it('names every mistake at once, in Russian', () => {
    expect(
      mistakesIn({
        LETOPIS_DATA: '',
        LETOPIS_HOST: '',
        LETOPIS_PORT: 'eighty',
        LETOPIS_ZONE: 'Mars/Olympus',
        LETOPIS_LOG_LEVEL: 'loud',
        DATABASE_URL: 'mysql://db/letopis',
        DATABASE_POOL: '1',
        EVENTSTORE_URL: 'http://es:2113',
        NATS_URL: 'n1:4222',
        LETOPIS_BACKUP_AT: '24:00',
        LETOPIS_OPENSSL: './openssl',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'yes',
      }),
    ).toEqual([
      '  LETOPIS_DATA: пусто: уберите переменную или дайте ей значение',
      '  LETOPIS_HOST: пусто: уберите переменную или дайте ей значение',
      '  LETOPIS_PORT: порт — целое число от 0 до 65535',
      '  LETOPIS_ZONE: часовой пояс IANA, например Asia/Tomsk',
      '  LETOPIS_LOG_LEVEL: одно из: fatal, error, warn, info, debug, trace, silent',
      '  DATABASE_URL: адрес вида postgres://пользователь@узел:5432/база',
      '  DATABASE_POOL: соединений — целое число от 2 до 200',
      '  EVENTSTORE_URL: адрес вида esdb://пользователь:пароль@узел:2113',
      '  NATS_URL: адрес вида nats://узел:4222; несколько — через запятую',
      '  LETOPIS_BACKUP_AT: время суток вида 02:30',
      '  LETOPIS_OPENSSL: имя программы или полный путь к ней: openssl, /usr/bin/openssl',
      '  OTEL_EXPORTER_OTLP_ENDPOINT: адрес вида http://узел:4318',
    ])
  })

  it('says what one variable asks of another, beside other mistakes', () => {
    const alone = { EVENTSTORE_URL: 'esdb://es:2113', DATABASE_OWNER_URL: 'postgres://owner@db/letopis' }
    expect(mistakesIn({ ...alone, LETOPIS_PORT: 'x' })).toEqual([
      '  LETOPIS_PORT: порт — целое число от 0 до 65535',
      '  DATABASE_URL: нужен рядом с EVENTSTORE_URL: в базе хранятся представления и имена',
      '  DATABASE_URL: нужен рядом с DATABASE_OWNER_URL: это одна база, открытая с правами разных ролей',
    ])
  })

  it('asks for a sender beside a mail server, and takes a gateway of SMS without TLS on this machine alone', () => {
    const smtp = { LETOPIS_SMTP_URL: 'smtps://school:secret@mail.example.org:465' }
    expect(mistakesIn(smtp)).toEqual(['  LETOPIS_MAIL_FROM: нужен рядом с LETOPIS_SMTP_URL'])
    expect(mistakesIn({ LETOPIS_MAIL_FROM: 'school@example.org', LETOPIS_SMS_TOKEN_FILE: '/t' })).toEqual([
      '  LETOPIS_SMTP_URL: нужен рядом с LETOPIS_MAIL_FROM',
      '  LETOPIS_SMS_URL: нужен рядом с LETOPIS_SMS_TOKEN_FILE',
    ])
    for (const url of ['mail.example.org', 'http://mail.example.org', 'smtp://['])
      expect(mistakesIn({ LETOPIS_SMTP_URL: url, LETOPIS_MAIL_FROM: 'school@example.org' })).toEqual([
        '  LETOPIS_SMTP_URL: адрес вида smtps://имя:пароль@почта.example.org:465',
      ])
    expect(mistakesIn({ LETOPIS_SMS_URL: 'http://sms.example.org' })).toEqual([
      '  LETOPIS_SMS_URL: адрес вида https://sms.example.org/messages',
    ])
    const both = {
      ...smtp,
      LETOPIS_MAIL_FROM: 'school@example.org',
      LETOPIS_SMS_URL: 'http://127.0.0.1:8090/sms',
    }
    expect(readConfig(both).delivery).toEqual({
      smtp: { url: 'smtps://school:secret@mail.example.org:465', from: 'school@example.org' },
      sms: { url: 'http://127.0.0.1:8090/sms', tokenFile: undefined },
      diary: undefined,
    })
  })

  it('asks for what an external issuer needs, and takes one without TLS on this machine alone', () => {
    expect(mistakesIn({ LETOPIS_OIDC_ISSUER: 'https://id.example.org' })).toEqual([
      '  LETOPIS_OIDC_CLIENT_ID: нужен рядом с LETOPIS_OIDC_ISSUER',
      '  LETOPIS_OIDC_REDIRECT_URL: нужен рядом с LETOPIS_OIDC_ISSUER',
    ])
    const client = {
      LETOPIS_OIDC_CLIENT_ID: 'letopis',
      LETOPIS_OIDC_REDIRECT_URL: 'https://diary.example.org/in',
    }
    for (const issuer of ['http://127.0.0.1:8081', 'http://localhost:8081/realms/school'])
      expect(readConfig({ ...client, LETOPIS_OIDC_ISSUER: issuer }).oidc).toMatchObject({
        issuer,
        secretFile: undefined,
        claim: 'sub',
      })
    for (const issuer of ['http://id.example.org', 'http://localhost.example.org', 'id.example.org', ''])
      expect(mistakesIn({ ...client, LETOPIS_OIDC_ISSUER: issuer })).toEqual([
        '  LETOPIS_OIDC_ISSUER: адрес вида https://вход.example.org, как в iss издателя',
      ])
  })

  it.each(['', ' ', '-1', '65536', '99999', '80.5', '0x50', '1e3', '8080 ', '080800'])(
    'takes no port «%s»',
    (port) => {
      expect(mistakesIn({ LETOPIS_PORT: port })).toEqual(['  LETOPIS_PORT: порт — целое число от 0 до 65535'])
    },
  )

  it.each(['1', '80', '65535'])('takes port %s', (port) => {
    expect(readConfig({ LETOPIS_PORT: port }).port).toBe(Number(port))
  })

  it.each(['', 'db:5432/letopis', 'http://db/letopis', 'postgres'])('takes no database «%s»', (url) => {
    expect(mistakesIn({ DATABASE_URL: url })).toEqual([
      '  DATABASE_URL: адрес вида postgres://пользователь@узел:5432/база',
    ])
  })
})
