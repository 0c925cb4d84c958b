"""Bodies that the web servers accept, and the lines of a CSV file."""

from typing import Any

CUSTOMER = {
    "customerId": "C1",
    "tenureMonths": 3,
    "monthlyCharge": 110.5,
    "contract": "monthly",
    "supportCalls": 5,
    "latePayments": 1,
    "products": 1,
}
HEADER = "customer_id,tenure_months,monthly_charge,contract,support_calls,late_payments,products,churned\n"
ROW = "A1,12,70.5,yearly,1,0,2,0\n"
# By the path that they are posted to. A body is valid although its session has no such dataset, model or job.
BODIES: dict[str, dict[str, Any]] = {
    "/api/datasets": {"seed": 1, "rows": 100},
    "/api/trainings": {"dataset": "x"},
    "/api/predictions": {"model": "x", "customer": CUSTOMER},
    "/api/prediction-files": {"model": "x", "dataset": "x"},
    "/api/reports": {"predictions": "x"},
    "/api/mails": {"report": "x", "to": "ada@example.org"},
    "/api/workflows": {"model": "x", "dataset": "x", "to": "ada@example.org"},
    "/api/mailbox/outage": {"seconds": 0},
}
