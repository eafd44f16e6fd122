"""With every tenant on `guard: observe`, no policy of the whole assembly takes anything away.

The example organisation, synthesized as a person does it, with each policy of each template judged
by what it is attached to: a role of somebody else loses nothing by it; what denies is attached to
nobody, or to the platform's own functions.
"""

import json
from pathlib import Path

import pytest

from finops_constructs.config.loader import ConfigFolder, load_config
from finops_constructs.enforcement.modes import Guard
from finops_constructs.stacks.organisation import build_app
from local.bedrock_calls import INVOKE, models, through, through_system_profile
from local.simulator import Caller, Request
from tests.iam.catalogue import ALL_ROUTES, OTHER_MODELS, UNRELATED
from tests.iam.deployed import Deployment
from tests.iam.scenarios import BROAD_ALLOWS
from tests.iam.tampering import ALL_TAMPERING

CONFIG = Path(__file__).resolve().parents[2] / "config"
POLICY_TYPES = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy")


@pytest.fixture(scope="module")
def organisation():
    config = load_config(CONFIG)
    observing = tuple(t.model_copy(update={"guard": Guard.OBSERVE}) for t in config.tenants)
    return ConfigFolder(platform=config.platform, tenants=observing, prices=config.prices)


@pytest.fixture(scope="module")
def assembly(organisation, tmp_path_factory):
    out = tmp_path_factory.mktemp("observing")
    build_app(organisation, outdir=str(out)).synth()
    templates = {
        path.name.removesuffix(".template.json"): json.loads(path.read_text())
        for path in sorted(out.glob("*.template.json"))
    }
    return Deployment(templates)


@pytest.fixture(scope="module")
def callers(organisation):
    return sorted({c.role_arn for tenant in organisation.tenants for c in tenant.callers})


@pytest.fixture(scope="module")
def calls(assembly, organisation):
    own = [assembly.profile(tenant.id, min(tenant.models)) for tenant in organisation.tenants]
    requests = [*UNRELATED, *ALL_ROUTES, *ALL_TAMPERING]
    requests += [Request(action=INVOKE, resource=arn) for arn in OTHER_MODELS.values()]
    asked = {f"{r.action} {r.resource} {r.context}": [r] for r in requests}
    for profile in own:
        asked[f"through {profile.arn}"] = through(profile)
        asked[f"through {profile.arn}, suspended"] = through(profile.suspended())
        asked[f"bare {profile.copied_from}"] = models(profile.copied_from)
        if ":inference-profile/" in profile.copied_from:
            asked[f"past {profile.copied_from}"] = through_system_profile(profile.copied_from)
    return asked


def test_every_caller_of_every_tenant_keeps_all_it_could_do(simulator, assembly, callers, calls):
    anything = BROAD_ALLOWS["*"]
    could = simulator.allowed_ones(Caller(arn=callers[0], policies={"own": anything}), calls)
    assert len(could) > 60
    for arn in callers:
        caller = assembly.caller(arn.rpartition("/")[2])
        assert caller.arn == arn
        assert simulator.allowed_ones(caller.plus("own", anything), calls) == could


def test_what_denies_is_attached_to_nobody_or_to_the_platforms_own_functions(assembly, callers):
    """Over every policy, so that one attached in another way than to a caller is seen, too."""
    names = {arn.rpartition("/")[2] for arn in callers}
    denying = list(_denying(assembly))
    assert denying, "the suspension policies deny, attached to nobody"
    for stack, logical_id, attached in denying:
        assert not attached & names, f"{stack} {logical_id} denies {attached & names}"
        own = {
            role
            for role in attached
            if (arn := assembly_role(assembly, role)) and "/finops/" in arn
        }
        assert attached == own, f"{stack} {logical_id} denies {attached - own}"


def assembly_role(assembly, name):
    return next((arn for stack in assembly.stacks if (arn := stack.role_arn(name))), None)


def _denying(assembly):
    """Yield stack, logical id and the names of the roles, users and groups of what denies."""
    for stack in assembly.stacks:
        for kind in POLICY_TYPES:
            for logical_id, properties in stack.resources(kind):
                if _denies(properties["PolicyDocument"]):
                    attached = [
                        *(properties.get("Roles") or []),
                        *(properties.get("Users") or []),
                        *(properties.get("Groups") or []),
                        *([properties["RoleName"]] if "RoleName" in properties else []),
                    ]
                    yield stack.name, logical_id, set(attached)
        for logical_id, properties in stack.resources("AWS::IAM::Role"):
            if any(_denies(each["PolicyDocument"]) for each in properties.get("Policies", [])):
                yield stack.name, logical_id, {stack.resolve({"Ref": logical_id})}


def _denies(document):
    return any(statement["Effect"] == "Deny" for statement in document["Statement"])
