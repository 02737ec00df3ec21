# make run    a working dashboard on this machine      make test   every test
# make check  format, lint, types, imports, known holes  make bench  what is measured, beside its peers
# make grocer a real promotion, from its workbook to what was learned of it, in data/grocer
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=
# --required: where the database of vulnerabilities is not reached, the check fails.
AUDIT_ARGS ?=
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check format bench grocer lock clean

help:
	@sed -n 's/^# //p' Makefile | head -3

setup:
	@VENV=$(VENV) scripts/setup.sh run

setup-dev:
	@VENV=$(VENV) scripts/setup.sh dev

# The demo store, or the account of KLAVIYO_API_KEY where that is set (in the environment or in .env).
run: setup
	@$(BIN)/promolens start

test:
	@VENV=$(VENV) scripts/setup.sh dev --browser
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(PYTEST_ARGS)

check: setup-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/uv pip check -q --python $(BIN)/python
	@$(BIN)/python scripts/audit.py $(AUDIT_ARGS) requirements/run.txt requirements/dev.txt

format: setup-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench:
	@VENV=$(VENV) scripts/setup.sh dev --browser
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

# docs/workbooks.md says what is in it. GROCER_ARGS='MEAT SEAFOOD-PCKGD PRODUCE': of these departments only.
grocer:
	@VENV=$(VENV) scripts/setup.sh dev
	@$(BIN)/python -m benchmarks.grocer_promotion data/grocer $(GROCER_ARGS)

# Hashed locks without any index's address. Run after a change of pyproject.toml.
lock: setup-dev
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group build pyproject.toml -o requirements/run.txt
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group build --group dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

clean:
	@rm -rf .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis build dist
