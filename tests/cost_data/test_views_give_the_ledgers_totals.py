"""Every view against what the generator put in, to the last digit."""

from collections import defaultdict
from decimal import Decimal

import pytest

from tests.cost_data.conftest import MONTHS, total

# Before July the bill lacks Bedrock's metadata; October was restated; November is open.
every_month = pytest.mark.parametrize("month", MONTHS)


def summed(rows, *keys, column="cost_usd"):
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums["/".join(str(row[key]) for key in keys)] += row[column] or 0
    return {key: value for key, value in sums.items() if value}


def exact(amounts):
    return {key: Decimal(usd) for key, usd in amounts.items() if Decimal(usd)}


@every_month
def test_bedrock_costs_hold_every_line_and_no_other(ask, ledger, month):
    rows, truth = ask("bedrock_costs", month), ledger[month]
    assert total(rows) == Decimal(truth["bedrock_cost_usd"])
    assert sum(row["line_items"] for row in rows) == truth["bedrock_lines"]
    assert summed(rows, "charge_kind") == exact(truth["by_charge_kind"])


@every_month
def test_models_and_tokens_are_told_in_all_spellings_and_units(ask, ledger, month):
    calls = [row for row in ask("bedrock_costs", month) if row["route"]]
    tokens = {
        f"{model}/{kind}": told["tokens"]
        for model, kinds in ledger[month]["by_model"].items()
        for kind, told in kinds.items()
    }
    assert summed(calls, "model", "token_kind", column="tokens") == tokens
    assert summed(calls, "service_tier") == exact(ledger[month]["by_tier"])
    assert summed(calls, "reach") == exact(ledger[month]["by_reach"])
    assert summed(calls, "route") == exact(ledger[month]["by_route"])


@every_month
def test_showback_gives_each_tenant_what_the_ledger_says(ask, ledger, month):
    rows = ask("showback", month)
    for name, column in {
        "usage": "usage_cost_usd",
        "credit": "credit_cost_usd",
        "refund": "refund_cost_usd",
        "tax": "tax_cost_usd",
        "fee": "other_cost_usd",
    }.items():
        told = {t: kinds[name] for t, kinds in ledger[month]["by_tenant"].items() if name in kinds}
        assert summed(rows, "tenant", column=column) == exact(told), name
    assert total(rows) == Decimal(ledger[month]["bedrock_cost_usd"])
    assert sum(row["share_of_bedrock"] for row in rows) == pytest.approx(1)


@every_month
def test_chargeback_adds_up_to_the_bill_exactly_and_in_cents(ask, ledger, month):
    rows, bill = ask("chargeback_statement", month), Decimal(ledger[month]["bedrock_cost_usd"])
    assert total(rows) == bill
    assert total(rows, "charge_usd") == round(bill, 2)
    assert total(rows, "shared_cost_usd") == Decimal(ledger[month]["untagged_cost_usd"])
    assert all(abs(row["charge_usd"] - row["cost_usd"]) <= Decimal("0.01") for row in rows)
    assert "(unallocated)" not in {row["tenant"] for row in rows}


@every_month
def test_untagged_spend_names_account_and_principal(ask, ledger, month):
    rows = ask("untagged_spend", month)
    assert total(rows) == Decimal(ledger[month]["untagged_cost_usd"])
    usage = [row | {"who": row["iam_principal"] or "(none)"} for row in rows]
    by_principal = summed([row for row in usage if row["charge_kind"] == "usage"], "who")
    assert by_principal == exact(ledger[month]["untagged_by_principal"])
    assert all(row["account_id"] and row["remedy"] for row in rows)
    assert not any("session-" in (row["iam_principal"] or "") for row in rows)


@every_month
def test_unprofiled_spend_holds_direct_system_profile_and_mantle_calls(ask, ledger, month):
    rows = ask("unprofiled_spend", month)
    assert total(rows) == Decimal(ledger[month]["unprofiled_cost_usd"])
    assert {row["route"] for row in rows} == {"direct", "system profile", "mantle"}
    assert all(row["iam_principal"] and row["account_id"] for row in rows)


@every_month
def test_broad_tag_spend_counts_a_line_with_two_broad_tags_once(ask, ledger, month):
    rows = ask("broad_tag_spend", month)
    assert total(rows, "counted_cost_usd") == Decimal(ledger[month]["broad_tag_cost_usd"])
    assert {(row["tag_key"], row["tag_value"]) for row in rows} == {
        ("bedrock:tool", "AI"),
        ("bedrock:project", "shared"),
    }


@every_month
def test_llm_tax_sets_bedrock_and_its_support_against_the_whole_bill(ask, ledger, month):
    rows = {row["component"]: row for row in ask("llm_tax", month)}
    truth = ledger[month]
    assert rows["guardrails"]["cost_usd"] == Decimal(truth["guardrail_cost_usd"])
    for component in ("logging", "library"):
        assert rows[component]["cost_usd"] == Decimal(truth["support"][component])
    parts = sum((r["cost_usd"] for name, r in rows.items() if name != "all of these"), Decimal(0))
    assert rows["all of these"]["cost_usd"] == parts
    assert 0 < rows["all of these"]["share_of_bill"] < 1


@every_month
def test_invoices_add_up_to_the_bill_and_tie_to_the_cent_once_there_are_any(ask, ledger, month):
    rows = ask("invoice_tie", month)
    told = {key.replace("(open)", "(not invoiced yet)"): usd
            for key, usd in ledger[month]["by_invoice"].items()}  # fmt: skip
    assert summed(rows, "invoice_id") == exact(told)
    assert total(rows, "bedrock_cost_usd") == Decimal(ledger[month]["bedrock_cost_usd"])
    assert total(rows) == Decimal(ledger[month]["bill_cost_usd"])
    assert {row["note"] for row in rows} == (
        {"not invoiced yet"} if month == "2026-11" else {"ties"}
    )
    assert all(row["difference_usd"] == 0 for row in rows if row["note"] == "ties")


@every_month
def test_unit_costs_and_the_mix_hold_all_tokens(ask, ledger, month):
    calls = sum((Decimal(usd) for usd in ledger[month]["by_route"].values()), Decimal(0))
    tokens = [row for row in ask("unit_cost", month) if row["measure"] == "tokens"]
    assert total(tokens) == calls
    assert total(ask("model_mix", month)) == calls
    opus = next(
        row for row in tokens
        if (row["model"], row["token_kind"]) == ("Claude Opus 5.5", "cache_write_1h")
    )  # fmt: skip
    assert opus["usd_per_unit"] == pytest.approx(8.8, rel=0.05)  # some of it at the global rate


@every_month
def test_the_cost_bridge_leads_from_last_month_to_this_exactly(ask, ledger, month):
    tenants: defaultdict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in ask("cost_bridge", month):
        tenants[row["tenant"]][row["effect"]] = row["cost_usd"]
    for effects in tenants.values():
        this = effects.pop("this month")
        assert sum(effects.values()) == this
    if month == MONTHS[0]:
        assert not tenants
        return
    before = MONTHS[MONTHS.index(month) - 1]
    assert sum(effects["last month"] for effects in tenants.values()) == Decimal(
        ledger[before]["bedrock_cost_usd"]
    )


@every_month
def test_estimates_are_three_percent_above_the_bill_as_they_were_made(ask, month):
    rows = ask("estimate_vs_bill", month)
    assert {row["note"] for row in rows} == {"compared"}
    for row in rows:
        assert row["drift_ratio"] == pytest.approx(0.03, abs=1e-6)
        assert row["correction_factor"] == pytest.approx(1 / 1.03, abs=1e-6)
        assert 0 < row["billed_days"] <= row["estimated_days"]


@every_month
def test_caches_save_what_their_tokens_would_have_cost_as_input(ask, month):
    rows = [row for row in ask("cache_efficiency", month) if row["model"] == "Nova Pro"]
    cached = [row for row in rows if row["cache_read_tokens"]]
    assert cached
    for row in cached:
        # Nova Pro: 1.05 for input, 0.2625 for a read, so that a read saves 0.7875 per 1M.
        assert float(row["saved_by_reads_usd"]) == pytest.approx(
            row["cache_read_tokens"] * 0.7875e-6, rel=1e-6
        )
        assert 0 < row["hit_ratio"] < 1


@every_month
def test_return_is_computed_from_recorded_outcomes_only(ask, ledger, month):
    rows = {row["tenant"]: row for row in ask("roi", month)}
    writer, silent = rows["writer"], rows["research-sandbox"]
    assert writer["value_usd"] == Decimal("180.5") * 50
    assert writer["cost_usd"] == sum(
        Decimal(usd) for usd in ledger[month]["by_tenant"]["writer"].values()
    )
    assert writer["note"] == "measured"
    assert silent["note"] == "no outcomes recorded"
    assert [silent[key] for key in ("hours_saved", "value_usd", "value_per_usd")] == [None] * 3
    velocity = {row["tenant"]: row for row in ask("unit_cost_vs_velocity", month)}
    assert velocity["writer"]["velocity"] == 38
    assert velocity["research-sandbox"]["usd_per_unit"] is None
