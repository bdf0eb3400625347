import type { Delivery } from '../config.ts'
import type { Installation, ServiceLog } from '../installation.ts'
import { Deliveries } from './deliveries.ts'
import { smsCarrier } from './sms-carrier.ts'
import { smtpCarrier } from './smtp-carrier.ts'

/** The deliveries of an installation, by what its configuration names. @throws {Obstacle} a token cannot be read */
export function openDeliveries(
  { smtp, sms, diary }: Delivery,
  installation: Pick<Installation, 'database' | 'execution' | 'texts' | 'contactCodes'>,
  log: Pick<ServiceLog, 'warn' | 'error'>,
): Deliveries {
  const carriers = {
    email: smtp === undefined ? null : smtpCarrier(smtp),
    sms: sms === undefined ? null : smsCarrier(sms),
  }
  return new Deliveries(installation, carriers, diary ?? null, log)
}
