/** The bodies of POSTs. Zod's errors name the field, and the page shows them next to it. */
import { z } from "zod";

const name = z.string().max(100);
const to = z.email().max(200);

const customer = z.strictObject({
  customerId: z.string().min(1).max(40),
  tenureMonths: z.int().min(0).max(120),
  monthlyCharge: z.number().min(0).max(500),
  contract: z.enum(["monthly", "yearly", "two-year"]),
  supportCalls: z.int().min(0).max(50),
  latePayments: z.int().min(0).max(24),
  products: z.int().min(1).max(8),
});

export const keyed = z.object({ "idempotency-key": z.string().min(1).max(200).optional() });
export const newDataset = z.strictObject({ seed: z.int().min(0).max(1_000_000), rows: z.int().min(100).max(50_000) });
export const training = z.strictObject({ dataset: name, rounds: z.int().min(1).max(400).default(40) });
export const forOne = z.strictObject({ model: name, customer });
export const forFile = z.strictObject({ model: name, dataset: name });
export const report = z.strictObject({ predictions: name });
export const mail = z.strictObject({ report: name, to });
export const workflow = forFile.extend({ to });
export const outage = z.strictObject({ seconds: z.int().min(0).max(120) });
