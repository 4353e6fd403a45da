# coopgov: `make help` lists what can be done.
PYTHON ?= python3
BIN := .venv/bin
# One more than cores: each waits a good part of the time for a browser or a database.
JOBS ?= 3
SOURCES := coopgov tests bench tools migrations
# Some machines forbid bytecode: each command would compile every source again.
export PYTHONDONTWRITEBYTECODE :=
.DEFAULT_GOAL := help
.PHONY: help run setup test check fix bench lock system-run system-test

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: system-run .venv/.run translations ## start the demonstration cooperative (SQLite, web and worker)
	@COOPGOV_DEMO=$${COOPGOV_DEMO:-1} $(BIN)/coopgov serve

setup: system-test .venv/.dev translations ## make .venv with everything tests and benches need

test: setup ## run the whole suite, on SQLite and PostgreSQL, and the browser stories
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

check: setup ## format and lint check, types, imports, then every test
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	@$(MAKE) --no-print-directory test

fix: setup ## format, and mend what the linters can mend
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: setup ## measure, one JSON line per goal
	@for program in bench/*.py; do $(BIN)/python $$program || exit 1; done

lock: .venv/.dev ## resolve requirements*.in again into the hashed locks
	@for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --no-emit-index-url --no-emit-find-links $$name.in -o $$name.txt; done

system-run:
	@tools/system_packages.sh run

system-test:
	@tools/system_packages.sh test

translations: coopgov/translations/fr/LC_MESSAGES/messages.mo

coopgov/translations/fr/LC_MESSAGES/messages.mo: $(wildcard coopgov/translations/fr/*.po) | .venv/.run
	@$(BIN)/python tools/compile_translations.py

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Il faut Python 3.11 ou plus récent.")'
	@$(PYTHON) -m venv .venv

.venv/.run: requirements.txt pyproject.toml | .venv/pyvenv.cfg
	@echo "Installation des bibliothèques…"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
