import { existsSync } from 'node:fs'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '#support/databases.ts'
import { processes } from '#support/process.ts'

// Every start of a process is seconds where many tests run at once.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

describe('two processes on one data folder', () => {
  const letopis = processes()
  const folder = temporaryFolder()
  afterAll(() => folder.remove())
  const variables = { LETOPIS_DATA: folder.path }

  it('the second is told who has it and leaves the first alone; a dead one holds nothing', async () => {
    const first = await letopis.serve(variables)
    for (const command of [['serve'], ['seed'], ['rebuild']]) {
      const second = await letopis.run(command, { LETOPIS_PORT: '0', ...variables })
      expect(second).toEqual({
        code: 1,
        stdout: '',
        stderr: `Папка данных занята: с ней работает процесс ${first.pid}. Остановите его или укажите другую в LETOPIS_DATA.\n`,
      })
    }
    expect((await fetch(`${first.address}/health/ready`)).status).toBe(200)

    await first.end('SIGKILL')
    const next = await letopis.serve(variables)
    expect((await fetch(`${next.address}/health/ready`)).status).toBe(200)
    expect(await next.end('SIGTERM')).toMatchObject({ code: 0 })
    expect(await (await letopis.serve(variables)).end('SIGINT')).toMatchObject({ code: 0 })
  })

  it('a first start that is killed while it makes the database costs nothing', async () => {
    const fresh = temporaryFolder()
    const data = { LETOPIS_DATA: fresh.path, LETOPIS_PORT: '0' }
    const first = letopis.start(['serve'], data)
    const begun = (): void => expect(existsSync(`${fresh.path}/pglite.new/base/1`)).toBe(true)
    await vi.waitFor(begun, { timeout: 30_000, interval: 5 })
    await first.end('SIGKILL')
    const service = await letopis.serve(data)
    expect((await fetch(`${service.address}/health/ready`)).status).toBe(200)
    expect(await service.end('SIGTERM')).toMatchObject({ code: 0 })
    fresh.remove()
  })
})
