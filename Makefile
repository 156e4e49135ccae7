# Everything runs in .venv, made on first use from pyproject.toml.
PYTHON ?= python3
JOBS_PYTHON ?= python3.13
BIN := .venv/bin
# Tests write tens of thousands of small files: into memory where there is plenty, and programs may lie in it.
MEMORY := $(shell room=$$(df -Pk /dev/shm 2>&- | awk 'END {print $$4}'); [ "$${room:-0}" -gt 4000000 ] \
  && one=$$(mktemp /dev/shm/XXXXXX) && echo : > $$one && chmod +x $$one && $$one && echo /dev/shm; rm -f "$$one")
# Whoever is done takes over some of what waits for others. Where some tests wait, one worker more than processors.
WORKERS := $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
RUN := $(if $(MEMORY),TMPDIR=$(MEMORY)) $(BIN)/pytest --dist worksteal
PYTEST := $(RUN) -n $(WORKERS)
# Whatever the machine is set to: hundreds of processes use what one of them has compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo check test proof lowest live tests quick code lint lock bundle docs site bench clean
help:  ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

.venv/installed: pyproject.toml cocflow/version.py
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

node_modules/installed: package.json package-lock.json
	npm ci --silent --no-audit --no-fund
	@touch $@

demo: .venv/installed  ## Play the demo on the embedded sandbox
	@$(BIN)/cocflow demo
	@echo 'To play it yourself, in the browser: $(BIN)/cocflow rehearse'

check: .venv/installed  ## The quick loop: format, lint, types, layers, and the tests that start no server and no process
	@$(MAKE) --no-print-directory -j 2 code quick

test: .venv/installed node_modules/installed  ## The gate: lint, and beside it every test; of the long matrices one of each kind
	@$(MAKE) --no-print-directory -j 2 tests lint

proof: .venv/installed node_modules/installed  ## The long matrices whole, with the counts of what was tried; takes long
	COCFLOW_FAULTS=all COCFLOW_FUZZ=long COCFLOW_HISTORIES=1000 $(PYTEST) -m matrix -o faulthandler_timeout=0

# The tools ask for newer ones than cocflow does of what both need: the second step takes them down again.
lowest:  ## The tests of the quick loop, and of the sandbox, with the lowest versions that pyproject.toml declares
	$(PYTHON) -m venv .lowest
	.lowest/bin/python -m pip install --quiet uv
	.lowest/bin/uv pip install --quiet --python .lowest --resolution lowest-direct --editable '.[dev]'
	.lowest/bin/uv pip install --quiet --python .lowest --resolution lowest-direct --upgrade \
	  --editable '.[sandbox,graph,mail,slack,report]'
	.lowest/bin/python -m pytest -n auto -m 'not slow'
	.lowest/bin/python -m pytest -n auto tests/sandbox tests/adapters

live: .venv/installed  ## Ask github.com whether it does as the contract says: REPO=owner/name-contract, empty and for nothing else
	$(BIN)/python -m tests.contract.live $(REPO)

tests: .venv/installed node_modules/installed
	$(PYTEST)

quick: .venv/installed
	$(RUN) -n auto -m 'not slow'

code: .venv/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lint: code  ## Format check, lint, types, layers, workflow security
	$(BIN)/zizmor --offline --no-progress --quiet .
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions .github/actions/*/action.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.citation-file-format CITATION.cff
	$(BIN)/check-jsonschema --quiet --schemafile workflows/schema/process.schema.json $(filter-out %/outcomes.yml,$(wildcard workflows/*.yml))
	$(BIN)/check-jsonschema --quiet --schemafile workflows/schema/outcomes.schema.json workflows/outcomes.yml

# Resolved from PyPI alone, whatever pip is set up to look at besides.
lock: .venv/installed  ## Pin what the jobs install to the newest releases, with hashes
	env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND='make lock' \
	  $(BIN)/pip-compile --quiet --upgrade --extra mail --extra slack --generate-hashes --strip-extras --no-emit-index-url \
	  --output-file .github/requirements.txt pyproject.toml

# The jobs' own Python compiles it, so it has to be there.
bundle: .venv/installed  ## Pack what the jobs import into archives, which `init` gives to repositories
	$(BIN)/python .ci/bundle.py $(JOBS_PYTHON)

docs: .venv/installed  ## Write what is made from the definitions and the code: pages, drawings, schema, the job's labels
	$(BIN)/python -m cocflow process schema --output workflows/schema/process.schema.json
	$(BIN)/python -m cocflow process schema --outcomes --output workflows/schema/outcomes.schema.json
	$(BIN)/python -m cocflow process write docs
	$(BIN)/python -m docs

site: .venv/installed  ## Make a site of the documentation in site/, with a search that needs no network
	$(BIN)/python -m docs.site

bench: .venv/installed  ## Print the table of counts and ratios
	$(BIN)/python -m benchmarks

clean:  ## Remove what was built
	rm -rf .venv .lowest node_modules dist build site .github/cocflow-modules.*
