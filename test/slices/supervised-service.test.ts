import { expect, it } from 'vitest'
import type { MonthReport } from '#main/availability.ts'
import { temporaryFolder } from '#support/databases.ts'
import { parseExposition } from '#support/exposition.ts'
import { processes } from '#support/process.ts'

const letopis = processes()

it('R-A3.2a (part): a service shows its metrics, and its times of absence while it runs and after', async () => {
  const folder = temporaryFolder()
  try {
    const variables = { LETOPIS_DATA: folder.path, LETOPIS_LOG_LEVEL: 'info' }
    const first = await letopis.serve(variables)
    const live = await fetch(`${first.address}/health/live`)
    expect(live.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    const samples = parseExposition(await (await fetch(`${first.address}/metrics`)).text())
    expect(samples).toContainEqual(
      expect.objectContaining({
        name: 'letopis_http_requests_total',
        labels: { operation: 'live', method: 'GET', status: '2xx' },
        value: 1,
      }),
    )
    expect(samples).toContainEqual(expect.objectContaining({ name: 'letopis_log_position', value: 0 }))
    expect((await fetch(`${first.address}/health/availability?month=2026-13`)).status).toBe(400)

    const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10)
    const work = ['maintenance', '--from', `${tomorrow}T22:00`, '--minutes', '45', '--reason', 'замена диска']
    const served = await letopis.run(work, variables)
    expect(served).toMatchObject({ code: 1, stderr: expect.stringContaining('Служба работает') as string })
    expect((await first.end('SIGTERM')).code).toBe(0)
    expect(await letopis.run(work, variables)).toMatchObject({
      code: 0,
      stdout: `Плановые работы: ${tomorrow} 22:00:00, 45 мин. «замена диска»\n`,
    })
    const past = ['maintenance', '--from', '2026-01-01T22:00', '--minutes', '45', '--reason', 'задним числом']
    expect(await letopis.run(past, variables)).toMatchObject({ code: 1 })

    const second = await letopis.serve(variables)
    const asked = { ...variables, LETOPIS_PORT: new URL(second.address).port }
    const told = await letopis.run(['availability', '--json'], asked)
    expect(told).toMatchObject({ code: 0, stderr: '' })
    const report = JSON.parse(told.stdout) as MonthReport
    expect(report).toMatchObject({ up: true, planned: { count: 1 }, emergency: { count: 0 }, exceeded: [] })
    expect(report.outages).toMatchObject([{ kind: 'planned', reason: null }])
    const words = await letopis.run(['availability'], asked)
    expect(words.stdout).toMatch(/^Плановые: {2}1, вместе \d+:\d\d из 240:00/m)
    expect(words.stdout).toMatch(/^Доступность: \d+(\.\d+)? %$/m)
    expect((await second.end('SIGTERM')).code).toBe(0)

    const after = await letopis.run(['availability'], variables)
    expect(after).toMatchObject({ code: 0, stderr: '' })
    expect(after.stdout).toContain('Сейчас служба признаков жизни не подаёт.')
  } finally {
    folder.remove()
  }
}, 240_000)
