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
      }),
    ).toEqual({
      data: '/srv/letopis',
      host: '::',
      port: 0,
      zone: 'Europe/Kaliningrad',
      logLevel: 'silent',
      databaseUrl: 'postgresql://school:secret@db:5433/letopis?sslmode=require',
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
      }),
    ).toEqual([
      '  LETOPIS_DATA: пусто: уберите переменную или дайте ей значение',
      '  LETOPIS_HOST: пусто: уберите переменную или дайте ей значение',
      '  LETOPIS_PORT: порт — целое число от 0 до 65535',
      '  LETOPIS_ZONE: часовой пояс IANA, например Asia/Tomsk',
      '  LETOPIS_LOG_LEVEL: одно из: fatal, error, warn, info, debug, trace, silent',
      '  DATABASE_URL: адрес вида postgres://пользователь@узел:5432/база',
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
