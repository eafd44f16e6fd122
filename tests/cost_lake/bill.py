"""A sample bill for the functions of the cost lake."""

from datetime import date

from finops_constructs.cost_data.sample.inputs import write_inputs
from finops_constructs.cost_data.sample.writer import plan_months, write_sample

AS_OF = date(2026, 11, 24)


def write_bill(folder):
    months = plan_months(last=AS_OF, months=3, rows=1500)
    ledger = write_sample(folder, months).ledger
    write_inputs(folder, months, ledger)
    return ledger["months"]
