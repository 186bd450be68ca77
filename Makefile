# Every target sets up what it needs: Python 3.11 with venv, and make, are enough.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: help demo test fast lint format bench lock sbom clean

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements/dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is missing; install Python 3.11 with venv, or name another: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## a small live estate on loopback: a mail server, a portal and a bill, told on the terminal
	$(BIN)/nigehban demo

test: $(STAMP) ## every test; tests of real servers are skipped where those are not installed
	$(BIN)/python -m pytest -n 2

fast: $(STAMP) ## the tests of a few seconds
	$(BIN)/python -m pytest -n 2 -m "not slow and not peer"

lint: $(STAMP) ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## put the code in the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP) ## ours and its peers side by side; writes docs/performance.md
	$(BIN)/python -m benchmarks

lock: $(STAMP) ## renew the hash-locked requirements (needs uv)
	uv pip compile --quiet --custom-compile-command "make lock" --generate-hashes --no-emit-index-url --universal --python-version 3.11 pyproject.toml --output-file requirements/core.txt
	uv pip compile --quiet --custom-compile-command "make lock" --generate-hashes --no-emit-index-url --universal --python-version 3.11 --extra dev pyproject.toml --output-file requirements/dev.txt

sbom: $(STAMP) ## the bill of materials of a release, CycloneDX JSON
	@mkdir -p dist
	$(BIN)/cyclonedx-py requirements requirements/core.txt --output-file dist/nigehban.cdx.json

clean: ## remove what the targets made
	rm -rf $(VENV) dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache
