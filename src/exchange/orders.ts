import type { LocalDate } from '#values/time.ts'
import { type RowRefused, rowRefused } from './list.ts'

interface OrderCells {
  readonly orderNumber: string | null
  readonly orderDate: LocalDate | null
}

/** The order of a row: none, whole, or only half of it. */
export function orderOf({
  orderNumber: number,
  orderDate: date,
}: OrderCells): { readonly order?: { number: string; date: LocalDate } } | RowRefused {
  if (number === null && date === null) return {}
  if (number === null) return rowRefused('order-incomplete', 'orderNumber')
  return date === null ? rowRefused('order-incomplete', 'orderDate') : { order: { number, date } }
}
