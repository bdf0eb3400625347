import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '#support/databases.ts'
import { natsAbsence } from '#support/nats.ts'
import { processes } from '#support/process.ts'

const NATS_URL = process.env['TEST_NATS_URL'] ?? 'nats://127.0.0.1:4222'

describe.skipIf(natsAbsence !== null)(
  `letopis relay${natsAbsence === null ? '' : `: ${natsAbsence}`}`,
  () => {
    const letopis = processes()

    it('says how far it has come, and moves it back', { timeout: 180_000 }, async () => {
      const folder = temporaryFolder()
      const variables = { LETOPIS_DATA: folder.path, NATS_URL }
      const before = await letopis.run(['relay', 'status', '--json'], variables)
      expect(JSON.parse(before.stdout)).toMatchObject({ position: null, replay: false, head: null })
      const ahead = await letopis.run(['relay', 'replay', '--from', '12-12'], variables)
      expect(ahead).toMatchObject({ code: 1, stderr: expect.stringMatching('пропали бы') as string })
      const moved = await letopis.run(['relay', 'replay', '--from', '0-0'], variables)
      expect(moved).toMatchObject({ code: 0 })
      expect(moved.stdout).toMatch('События после 0-0 будут переданы снова')
      const after = await letopis.run(['relay', 'status'], variables)
      expect(after.stdout).toMatch('Передано до позиции: — (назначен повтор)')
      expect(after.stdout).toMatch(/NATS \d+\.\d+/)
      folder.remove()
    })

    it('says in a sentence what is wrong', { timeout: 180_000 }, async () => {
      const folder = temporaryFolder()
      const own = { LETOPIS_DATA: folder.path }
      expect(await letopis.run(['relay', 'status'], own)).toMatchObject({
        code: 1,
        stderr: 'NATS не настроен: укажите NATS_URL.\n',
      })
      const away = await letopis.run(['relay', 'status'], { ...own, NATS_URL: 'nats://127.0.0.1:1' })
      expect(away).toMatchObject({ code: 1, stderr: expect.stringMatching(/^NATS не отвечает/) as string })
      const wrong = await letopis.run(['relay', 'replay', '--from', 'вчера'], { ...own, NATS_URL })
      expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching('«вчера» не годится') as string })
      folder.remove()
    })
  },
)
