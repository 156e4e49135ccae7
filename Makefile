# Everything runs in .venv, made on first use from pyproject.toml.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test lint bench clean
help:  ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

node_modules/installed: package.json package-lock.json
	npm ci --silent --no-audit --no-fund
	@touch $@

demo: .venv/installed  ## Play the demo on the embedded sandbox
	@$(BIN)/cocflow demo

test: lint node_modules/installed  ## Lint, then run every test
	$(BIN)/pytest -n auto

lint: .venv/installed  ## Format check, lint, types, layers, workflow security
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed  ## Print the table of counts and ratios
	$(BIN)/python -m benchmarks

clean:  ## Remove what was built
	rm -rf .venv node_modules dist build
