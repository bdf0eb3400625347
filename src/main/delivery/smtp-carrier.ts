import { createTransport } from 'nodemailer'
import type { Smtp } from '../config.ts'
import { ANSWER, type Carried, type Carrier } from './carrier.ts'

const LOCAL = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** The transport of a server: what leaves this host does so by TLS, or not at all. */
export function smtpTransport({ url }: Smtp) {
  const at = new URL(url)
  return createTransport({
    host: at.hostname.replaceAll(/^\[|\]$/g, ''),
    port: Number(at.port || (at.protocol === 'smtps:' ? 465 : 587)),
    secure: at.protocol === 'smtps:',
    requireTLS: !LOCAL.has(at.hostname),
    ignoreTLS: LOCAL.has(at.hostname) && at.protocol === 'smtp:',
    ...(at.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(at.username), pass: decodeURIComponent(at.password) } }),
    connectionTimeout: ANSWER,
    greetingTimeout: ANSWER,
    socketTimeout: ANSWER,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  })
}

/** E-mail by SMTP (RFC 5321). The Message-ID is made of the delivery, so that a repetition can be told from a new letter. */
export function smtpCarrier(smtp: Smtp): Carrier {
  const transport = smtpTransport(smtp)
  const domain = smtp.from.slice(smtp.from.lastIndexOf('@') + 1)
  return {
    async carry({ id, address, subject, text }) {
      try {
        const { response } = await transport.sendMail({
          messageId: `<${id}@${domain}>`,
          from: { name: 'Электронный дневник', address: smtp.from },
          // As an object: an address in a text could name several.
          to: { name: '', address },
          subject,
          text,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
        return { outcome: 'accepted', code: Number.parseInt(response, 10) || 250 }
      } catch (error) {
        return failed(error as SmtpFailure)
      }
    },
    close: () => transport.close(),
  }
}

interface SmtpFailure {
  readonly code?: string
  readonly command?: string
  readonly responseCode?: number
}

/** A lasting no (5xx) to the recipient or to the letter ends it; one to us, such as a wrong password, is ours to mend. */
function failed({ command = '', responseCode }: SmtpFailure): Carried {
  const code = responseCode ?? null
  const ofLetter = command === 'RCPT TO' || command === 'DATA'
  return { outcome: ofLetter && code !== null && code >= 500 ? 'refused' : 'later', code }
}
