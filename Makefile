# Tiến Độ: everything a developer or a fresh machine runs. `make help` lists the targets.

PYTHON ?= python3
PORT ?= 8000
DATA ?= data
SECONDS := 600
VENV := .venv
BIN := $(VENV)/bin
# What the environment was built from; a changed lock file rebuilds it.
RUN_STAMP := $(VENV)/.run-$(shell cat requirements.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)
DEV_STAMP := $(VENV)/.dev-$(shell cat requirements-dev.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)

.DEFAULT_GOAL := help
.PHONY: help install run test check bench fuzz assets lock migration clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

install: $(RUN_STAMP) assets ## Environment in .venv and built front end

run: $(RUN_STAMP) assets ## Serve the sample province (PORT=8000 DATA=data)
	@$(BIN)/tiendo serve --port $(PORT) --data $(DATA) --demo

test: $(DEV_STAMP) assets ## The whole test suite (SQLite, PostgreSQL, browser)
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(DEV_STAMP) ## Format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(DEV_STAMP) assets ## Ratios in one run: table, and bench.json
	@$(BIN)/python -m tests.bench

fuzz: $(DEV_STAMP) ## Fuzz FEEL and DMN for SECONDS=600 (Linux)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fuzz.lock
	@$(BIN)/python -m tests.engine.feel.fuzzing --seconds $(SECONDS)

assets: $(RUN_STAMP) ## Build the front end when its sources changed
	@$(BIN)/python web/frontend/build.py

lock: ## Rewrite the lock files (needs uv)
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock
	uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements-dev.lock

migration: $(DEV_STAMP) ## Write the next migration (M="what changes")
	@$(BIN)/python -m migrations.generate "$(M)"

clean: ## Remove what was built
	rm -rf $(VENV) web/static/dist web/frontend/node_modules .mypy_cache .ruff_cache .pytest_cache

$(RUN_STAMP): requirements.lock pyproject.toml
	@echo "1/3 Môi trường Python ($(VENV)) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "2/3 Gói tiendo …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . 2>/dev/null \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(RUN_STAMP)
	@echo "Công cụ kiểm tra …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
