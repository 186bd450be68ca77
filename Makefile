# Every target sets up what it needs: Python 3.11 with venv, and make, are enough.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

# Seconds that `make fuzz` gives each parser.
SECONDS ?= 60

.PHONY: help demo test fast house lint fuzz format bench quality lock dist sbom clean

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements/dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is missing. Install Python 3.11 or newer with venv (Debian: apt-get install python3.11-venv), or name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is older than 3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: $(PYTHON) has no venv module (Debian: apt-get install python3.11-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## a small live estate on loopback: mail, a portal, an e-office and a bill, told on the terminal
	$(BIN)/nigehban demo

test: $(STAMP) ## every test; tests of real servers are skipped where those are not installed
	$(BIN)/python -m pytest -n 2 --dist=worksteal

fast: $(STAMP) ## the tests of a minute or two
	$(BIN)/python -m pytest -n 2 --dist=worksteal -m "not slow and not peer"

house: $(STAMP) ## the house rules over every tracked file
	$(BIN)/python -m pytest -q tests/house -m "not slow and not peer"

lint: $(STAMP) ## ruff, mypy --strict, import-linter, house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house -m "not slow and not peer"

$(VENV)/.fuzzing: $(STAMP) requirements/fuzz.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/fuzz.txt
	@touch $@

fuzz: $(VENV)/.fuzzing ## every parser of outside bytes under coverage-guided fuzzing, a minute each (SECONDS=60)
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

format: $(STAMP) ## put the code in the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP) ## ours and its peers side by side; writes docs/performance.md
	$(BIN)/python -m benchmarks

quality: $(STAMP) ## false pages, delays and what each mechanism is worth, beside rivals; writes docs/alert-quality.md
	$(BIN)/python -m benchmarks.alert_quality --write-docs

lock: ## renew the hash-locked requirements (needs uv)
	@command -v uv >/dev/null || { echo "make: uv is missing (pip install uv)" >&2; exit 1; }
	uv pip compile --quiet --custom-compile-command "make lock" --generate-hashes --universal --python-version 3.11 pyproject.toml --output-file requirements/core.txt
	uv pip compile --quiet --custom-compile-command "make lock" --generate-hashes --universal --python-version 3.11 --extra dev pyproject.toml --output-file requirements/dev.txt
	uv pip compile --quiet --custom-compile-command "make lock" --generate-hashes --universal --python-version 3.11 --extra dev --extra fuzz pyproject.toml --output-file requirements/fuzz.txt

dist: $(STAMP) ## wheel and source archive, the same bytes for the same commit
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --no-isolation --outdir dist

sbom: $(STAMP) ## the bill of materials of a release, CycloneDX JSON
	@mkdir -p dist
	$(BIN)/cyclonedx-py requirements requirements/core.txt --output-reproducible --output-file dist/nigehban.cdx.json

clean: ## remove what the targets made
	rm -rf $(VENV) dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache
