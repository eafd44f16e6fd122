import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tenant_release.logic import Release, no_longer_adopted, with_retired

BASE = {
    "Tenant": "writer",
    "SuspensionPolicyArn": "arn:aws:iam::111122223333:policy/finops/suspension/eu-west-1/writer",
    "PolicyParameter": "/finops/writer/policy",
}
names = st.lists(st.sampled_from("abcdef"), unique=True)


@given(attached=names, registered=names)
def test_an_owner_lets_go_of_everybody_and_an_importing_stack_of_its_own_roles(
    attached, registered
):
    properties = BASE | {"RoleNames": registered}
    owner = Release.parse(properties | {"Owner": "true"})
    importer = Release.parse(properties)
    assert owner.to_detach(attached) == sorted(attached)
    assert set(importer.to_detach(attached)) == set(attached) & set(registered)


@given(st.dictionaries(st.sampled_from(["tenant", "mode", "limit"]), st.text(max_size=5)))
def test_marking_and_lifting_retirement_leaves_the_entry_as_it_was(entry):
    text = json.dumps(entry)
    marked = with_retired(text, retired=True)
    assert marked is not None
    assert json.loads(marked) == entry | {"retired": True}
    assert with_retired(marked, retired=True) is None
    lifted = with_retired(marked, retired=False)
    assert lifted is not None
    assert json.loads(lifted) == entry
    assert with_retired(text, retired=False) is None


def test_an_update_lets_go_of_exactly_what_is_no_longer_adopted():
    def adopting(profiles, budget=None):
        properties: dict[str, Any] = BASE | {
            "AdoptedProfiles": [{"Arn": arn, "Tags": {}} for arn in profiles]
        }
        if budget:
            properties["AdoptedBudget"] = {"Arn": budget, "Tags": {}}
        return Release.parse(properties)

    left = no_longer_adopted(adopting(["a", "b"], "old"), adopting(["b", "c"], "new"))
    assert [profile.arn for profile in left.profiles] == ["a"]
    assert left.budget is not None
    assert left.budget.arn == "old"
    same = no_longer_adopted(adopting(["a"], "old"), adopting(["a"], "old"))
    assert (same.profiles, same.budget) == ((), None)


def test_only_the_guards_own_tags_go_when_a_tenant_goes():
    tags = {"bedrock:tool": "Writer", "finops:tenant": "writer", "finops:alias": "smart"}
    release = Release.parse(BASE | {"AdoptedProfiles": [{"Arn": "a", "Tags": tags}]})
    assert release.profiles[0].guard_tag_keys == ["finops:alias", "finops:tenant"]
