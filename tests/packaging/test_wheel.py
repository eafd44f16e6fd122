"""The library as an app team gets it: a wheel, installed alone, used from another folder."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"


def example() -> str:
    """The first Python block of the README."""
    return README.read_text().split("```python\n", 1)[1].split("```", 1)[0]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "-w", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The python of a new virtual environment with the wheel, and this one's dependencies."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # Its dependencies only: this environment's own link to the checkout is left out.
    for each in Path(sysconfig.get_path("purelib")).iterdir():
        if "finops_constructs" not in each.name and not (site / each.name).exists():
            (site / each.name).symlink_to(each)
    return folder / "bin" / "python"


def synthesize(python: Path, folder: Path, cwd: Path) -> dict[str, str]:
    script = cwd / "chat.py"
    script.write_text(example())
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["CDK_OUTDIR"] = str(folder)
    done = subprocess.run(
        [python, str(script)], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assets = json.loads((folder / "Chat.assets.json").read_text())["files"]
    return {key: each["source"]["path"] for key, each in assets.items()}


def test_the_wheel_carries_the_functions_and_no_byte_code(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "finops_constructs/_lambdas/tenant_release/handler.py" in names
    assert "finops_constructs/prices/prices.json" in names
    assert "finops_constructs/py.typed" in names
    assert "finops_constructs/controls/clauses/ai-act.toml" in names
    assert "finops_constructs/evidence/page/page.css" in names
    assert not [name for name in names if name.endswith(".pyc") or name.startswith("tests/")]


def test_the_readme_example_synthesizes_from_an_installed_wheel_with_the_checkouts_asset_hashes(
    installed, tmp_path
):
    where = subprocess.run(
        [installed, "-c", "import finops_constructs; print(finops_constructs.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert str(installed.parents[1]) in where
    from_wheel = synthesize(installed, tmp_path / "wheel", tmp_path)
    from_checkout = synthesize(Path(sys.executable), tmp_path / "checkout", tmp_path)
    functions = {key for key, path in from_wheel.items() if path.startswith("asset.")}
    assert functions
    assert functions <= set(from_checkout)
