"""Says of each file whether compliance-trestle takes it; run by the Python of .venv-oscal."""

import json
import sys
from argparse import Namespace
from pathlib import Path

from trestle import oscal
from trestle.common import const
from trestle.core.validator_factory import validator_factory
from trestle.oscal.component import ComponentDefinition


def verdict(file):
    try:
        content = json.loads(file.read_text())["component-definition"]
        model = ComponentDefinition.model_validate(content)
        validator = validator_factory.get(Namespace(mode=const.VAL_MODE_ALL))
        return "valid" if validator.model_is_valid(model, True, None) else "refused"
    except ValueError as error:
        return f"unreadable: {error}"


told = {Path(name).name: verdict(Path(name)) for name in sys.argv[1:]}
json.dump({"files": told, "oscal_version": oscal.OSCAL_VERSION}, sys.stdout)
