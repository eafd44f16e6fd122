"""Every way to spoil a tenant that `finops validate` is promised to name."""

from tests.config.config_folders import Edit

SECRETLY_NUMBERS = [
    Edit('account: "111122223333"', "account: 111122223333", "account", "111122223333", "quotes"),
    Edit('account: "111122223333"', "account: 011122223333", "account", "011122223333", "octal"),
    Edit("region: eu-west-1", "region: no", "region", "no", "true or false; put it in quotes"),
    Edit("display_name: Writer", "display_name: ~", "display_name", "~", "must be text"),
    Edit("cost_centre: CC-1", "cost_centre: 1042", "owner.cost_centre", "1042", "quotes"),
    Edit("cost_centre: CC-1", "cost_centre: 12:30:45", "owner.cost_centre", "12:30:45", "base-60"),
]

WRONG_VALUES = [
    Edit("id: writer", "id: Writer_1", "id", "'Writer_1'", "lower-case letters"),
    Edit("email: content@example.com", "email: content", "owner.email", "'content'", "an e-mail"),
    Edit('"111122223333"', '"1111"', "account", "'1111'", "12 digits"),
    Edit("region: eu-west-1", "region: Ireland", "region", "'Ireland'", "such as eu-west-1"),
    Edit("mode: shadow", "mode: kill", "mode", "'kill'", "'shadow', 'approve' or 'enforce'"),
    Edit("guard: observe", "guard: [x]", "guard", "(a list of 1)", "'observe' or 'enforce'"),
    Edit("display_name: Writer", "display_name: Writer ${AWS::Region}", "display_name",
         "'Writer ${AWS::Region}'", "must not contain ${"),
    Edit("cost_centre: CC-1", "cost_centre: '{{resolve:ssm:x}}'", "owner.cost_centre",
         "'{{resolve:ssm:x}}'", "must not contain {{resolve:"),
    Edit("  team: Content", "  teem: Content", "owner.teem", "'Content'", "did you mean team"),
    Edit("finops::data-residency", "residency", "acknowledge[0].rule", "'residency'", "findings"),
    Edit("reason: agreed with the data protection officer", "reason: ok", "acknowledge[0].reason",
         "'ok'", "at least 10"),
    Edit("schema_version: 1", "schema_version: 2", "schema_version", "2", "must be 1"),
    Edit("  emails: [writers@example.com]", "  emails: writers@example.com", "alerts.emails",
         "'writers@example.com'", "must be a list"),
    Edit("    shared_with: []", "    shared_with: [ghost]", "callers[0].shared_with[0]", "'ghost'",
         "no such tenant"),
    Edit("    shared_with: []", "    shared_with: [writer]", "callers[0].shared_with[0]",
         "'writer'", "the tenant itself"),
]  # fmt: skip

BUDGETS = [
    Edit("usd: 500", f"usd: {given}", "budget.monthly_limit_usd", shown, allowed)
    for given, shown, allowed in [
        ("0", "0", "greater than 0"),
        ("-5", "-5", "greater than 0"),
        (".nan", ".nan", "finite"),
        (".inf", ".inf", "finite"),
        ("NaN", "'NaN'", "finite"),
        ("1e12", "'1e12'", "at most 50,000"),
        ("1.0e+12", "1.0e+12", "at most 50,000"),
        ("9" * 5000, "9" * 60, "(5000 characters)"),
        ("0100", "0100", "octal"),
        ("0x1F4", "0x1F4", "hexadecimal"),
        ("true", "true", "must be a number"),
        ("10.001", "10.001", "2 decimal places"),
        ("five hundred", "'five hundred'", "must be a number"),
        ("2026-01-01", "'2026-01-01'", "must be a number"),
        ("[500]", "(a list of 1)", "must be a number"),
    ]
]

THRESHOLDS = [
    Edit("[50, 90]", given, f"budget.alert_percentages{key}", shown, allowed)
    for given, key, shown, allowed in [
        ("[90, 50]", "[1]", "50", "greater than the one before it (90)"),
        ("[50, 50]", "[1]", "50", "greater than the one before it (50)"),
        ("[50, 101]", "[1]", "101", "at most budget.stop_percentage (100)"),
        ("[]", "", "(a list of 0)", "at least 1 entries"),
        ("[1, 2, 3, 4, 5, 6, 7, 8]", "", "(a list of 8)", "at most 7 entries"),
        ("[0]", "[0]", "0", "at least 1"),
        ("[true]", "[0]", "true", "whole number"),
        ("[50.5]", "[0]", "50.5", "whole number"),
    ]
]

TAGS = [
    Edit("tool: Writer", f"tool: {given}", "cost_tags.tool", shown, allowed)
    for given, shown, allowed in [
        ("AI", "'AI'", "too broad"),
        ("Retail", "'Retail'", "too broad"),
        ("x" * 300, "(300 characters)", "at most 256 characters"),
        ("'Häuser'", "'Häuser'", "letters, digits"),
        ("''", "''", "must not be empty"),
    ]
]

MODELS = [
    Edit("model: eu.anthropic.claude-sonnet-5-5", f"model: {given}", "models.smart.model", shown,
         allowed)
    for given, shown, allowed in [
        ("claude", "'claude'", "a foundation model id"),
        ("eu.anthropic.claude-sonet-5-5", "'eu.anthropic.claude-sonet-5-5'",
         "did you mean eu.anthropic.claude-sonnet-5-5"),
        ("us.anthropic.claude-sonnet-5-5", "'us.anthropic", "allowed there are eu., global."),
        ("arn:aws:bedrock:eu-west-2:111122223333:inference-profile/eu.anthropic.claude-sonnet-5-5",
         "'arn:aws", "the tenant's Region eu-west-1"),
        ("arn:aws:bedrock:eu-west-1:444455556666:inference-profile/eu.anthropic.claude-sonnet-5-5",
         "'arn:aws", "the tenant's account 111122223333"),
        ("arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc", "'arn:aws",
         "profile_arn"),
        ("x" * 400, "(400 characters)", "at most 300 characters"),
    ]
]  # fmt: skip

CAPS = [
    Edit(old, f"{old}\n{new}", key, shown, allowed)
    for old, new, key, shown, allowed in [
        ("  stop_percentage: 100", "  hard_cap_percentage: 99", "budget.hard_cap_percentage", "99",
         "at least budget.stop_percentage (100)"),
        ("  stop_percentage: 100", "caps: {hourly_usd: 501}", "caps.hourly_usd", "501",
         "at most budget.monthly_limit_usd (500)"),
        ("  stop_percentage: 100", "caps: {daily_usd: 500.01}", "caps.daily_usd", "500.01",
         "at most budget.monthly_limit_usd (500)"),
        ("  stop_percentage: 100", "caps: {hourly_usd: 0}", "caps.hourly_usd", "0",
         "greater than 0"),
        ("  stop_percentage: 100", "caps: {weekly_usd: 9}", "caps.weekly_usd", "9", "unknown key"),
        ("    model: example.house-model-v1", "    hourly_cap_usd: 600",
         "models.own.hourly_cap_usd", "600", "at most budget.monthly_limit_usd (500)"),
        ("    model: example.house-model-v1", "    hourly_cap_usd: true",
         "models.own.hourly_cap_usd", "true", "must be a number"),
        ("    model: example.house-model-v1", "    hourly_cap_usd: 1\n    metered: false",
         "models.own.hourly_cap_usd", "1", "not allowed with metered: false"),
        ("mode: shadow", "approval: {timeout_minutes: 4}", "approval.timeout_minutes", "4",
         "at least 5"),
        ("mode: shadow", "approval: {on_timeout: wait}", "approval.on_timeout", "'wait'",
         "'stop' or 'hold'"),
        ("mode: shadow", "cool_down_minutes: 1441", "cool_down_minutes", "1441", "at most 1440"),
        ("mode: shadow", "cool_down_minutes: 7.5", "cool_down_minutes", "7.5", "whole number"),
    ]
] + [
    Edit("  stop_percentage: 100", "  stop_percentage: 130", "budget.stop_percentage", "130",
         "at most budget.hard_cap_percentage (default 120)"),
]  # fmt: skip

ROLES = [
    Edit("arn:aws:iam::111122223333:role/writer-app", given, "callers[0].role_arn", shown, allowed)
    for given, shown, allowed in [
        ("writer-app", "'writer-app'", "the ARN of an IAM role"),
        ("arn:aws:iam::444455556666:role/x", "'arn:aws:iam::444455556666:role/x'",
         "the tenant's account 111122223333"),
    ]
]  # fmt: skip

_AI_ACT = "role: deployer, classification: high-risk, basis: as counsel advised, owner: CCO"
_DOCUMENT = f"title: Technical file, sha256: {'ab' * 32}, owner: CCO, reviewed_on: 2026-09-01"
REGULATION = [
    Edit("mode: shadow", f"regulation: {{{given}}}", f"regulation.{key}", shown, allowed)
    for given, key, shown, allowed in [
        (f"ai_act: {{{_AI_ACT}, date: soon}}", "ai_act.date", "'soon'", "must be a date"),
        (f"ai_act: {{{_AI_ACT}, date: 2026-09-01, annex_iii: 5b}}", "ai_act.annex_iii", "'5b'",
         "such as 5(b)"),
        (f"ai_act: {{{_AI_ACT.replace('deployer', 'user')}, date: 2026-09-01}}", "ai_act.role",
         "'user'", "'provider', 'deployer' or 'both'"),
        ("dora: {applies: 'yes', basis: as counsel advised, owner: CCO, date: 2026-09-01}",
         "dora.applies", "'yes'", "must be true or false"),
        (f"documents: [{{clause: ai-act.art-111, {_DOCUMENT}}}]", "documents[0].clause",
         "'ai-act.art-111'", "did you mean ai-act.art-11"),
        (f"documents: [{{clause: ai-act.art-11, {_DOCUMENT.replace('ab', 'AB')}}}]",
         "documents[0].sha256", "'ABAB", "64 hexadecimal digits in lower case"),
        (f"documents: [{', '.join([f'{{clause: ai-act.art-9, {_DOCUMENT}}}'] * 2)}]",
         "documents[1].clause", "'ai-act.art-9'", "listed for this clause already"),
    ]
]  # fmt: skip

TENANT_EDITS = [
    *SECRETLY_NUMBERS, *WRONG_VALUES, *BUDGETS, *THRESHOLDS, *TAGS, *MODELS, *CAPS, *ROLES,
    *REGULATION,
]  # fmt: skip
