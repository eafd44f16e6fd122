"""Names for what is proposed: ids, aliases, and the model behind a profile."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from finops_constructs.config.names import MAX_ALIAS_LENGTH, MAX_TENANT_ID_LENGTH

_FAMILIES: Final = ("opus", "sonnet", "haiku", "nova-micro", "nova-lite", "nova-pro", "embed")
_REGIONS: Final = {"eu": "eu", "us": "us", "ap": "apac", "ca": "ca"}
_ANY_SCOPE: Final = re.compile(r"(us|eu|apac|jp|au|ca|us-gov|global)\.")
_SHORTEST: Final = 2


def slug(text: str, taken: Iterable[str], *, longest: int = MAX_TENANT_ID_LENGTH) -> str:
    """Return a name in lower case, digits and single hyphens that is not taken yet."""
    bare = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if not bare or not bare[0].isalpha():
        bare = f"app-{bare}".strip("-")
    bare = bare[:longest].strip("-")
    bare = bare if len(bare) >= _SHORTEST else f"{bare}-app"
    known, number, name = set(taken), 1, bare
    while name in known:
        number += 1
        ending = f"-{number}"
        name = bare[: longest - len(ending)].strip("-") + ending
    return name


def alias_of(model: str, taken: Iterable[str]) -> str:
    """Return an alias that says what kind of model it is."""
    family = next((each for each in _FAMILIES if each in model), None)
    last = model.rpartition("/")[2].partition(":")[0].rpartition(".")[2]
    return slug(family or last, taken, longest=MAX_ALIAS_LENGTH)


def source_of(model_arns: Sequence[str], region: str) -> str | None:
    """Return what a profile was copied from, as far as its models tell; None: they do not.

    A profile lists the foundation models it routes to, not the system profile it was copied from:
    several Regions of one area mean that area's, a Region-less one means `global.`.
    """
    names = {arn.rpartition("/")[2] for arn in model_arns}
    if len(names) != 1:
        return None
    (name,) = names
    if any(":inference-profile/" in arn for arn in model_arns):
        return name
    regions = {arn.split(":")[3] for arn in model_arns}
    if "" in regions:
        return f"global.{name}"
    if regions == {region}:
        return name
    areas = {each.partition("-")[0] for each in regions}
    area = _REGIONS.get(next(iter(areas))) if len(areas) == 1 else None
    return f"{area}.{name}" if area else None


def called_source(model_id: str) -> str:
    """Return a model as it was called, by id, without what an ARN has around it."""
    return model_id.rpartition("/")[2] if model_id.startswith("arn:") else model_id


def same_model(one: str, other: str) -> bool:
    """Whether two ids are of one foundation model, whatever the scope."""
    return _ANY_SCOPE.sub("", one, count=1) == _ANY_SCOPE.sub("", other, count=1)
