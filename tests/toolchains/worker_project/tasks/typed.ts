/** Tasks in TypeScript. */
import { type BoundTask, task } from "celery-js";

interface Order {
  invoice: string;
  amount: number;
}

export const total = (orders: Order[], discount: number = 0): number =>
  orders.reduce((sum, { amount }) => sum + amount, 0) * (1 - discount);

async function describe(self: BoundTask, { invoice, amount }: Order): Promise<string> {
  return `${invoice}: ${amount} at attempt ${self.request.retries}`;
}
export const described = task({ bind: true, pool: "threads" }, describe);
