# make help lists the targets. Everything lives in .venv; nothing else is touched.
PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet --no-input
PYTEST := $(PY) -m pytest
SQL := sql/migrations sql/functions sql/triggers
COMPILE := uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-package polyfactory --no-emit-package faker --extra embedded --extra editable
SITE ?= build/docs
HELPERS = $(subst /,.,$(basename $(shell find tests -name "*.py" ! -name "test_*" ! -name "__init__.py")))

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-clients run test check check-all lint types format bench snapshot docs wheel release lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.run ## Make .venv and install what running needs

setup-dev: .venv/.dev ## … and what tests and lint need

setup-clients: .venv/.bi .venv/.clients .venv/.kits .venv/.openid ## … and what a few tests try Jalon with: readers of BI, frameworks, generators of clients, an OpenID provider (need npm)

.venv/.openid: tests/openid/package-lock.json
	@cd tests/openid && npm ci --no-audit --no-fund --ignore-scripts --loglevel error
	@touch $@

.venv/.bi: tests/bi/requirements.txt tests/bi/requirements-dbt.txt
	@$(PYTHON) -m venv .venv/bi
	@.venv/bi/bin/python -m pip --disable-pip-version-check --quiet install -r tests/bi/requirements.txt
	@$(PYTHON) -m venv .venv/dbt
	@.venv/dbt/bin/python -m pip --disable-pip-version-check --quiet install -r tests/bi/requirements-dbt.txt
	@touch $@

.venv/.clients: tests/clients/package-lock.json tests/clients/requirements.txt
	@$(PYTHON) -m venv .venv/clients
	@.venv/clients/bin/python -m pip --disable-pip-version-check --quiet install -r tests/clients/requirements.txt
	@cd tests/clients && npm ci --no-audit --no-fund --ignore-scripts --loglevel error
	@touch $@

.venv/.kits: tests/kits/package-lock.json tests/kits/requirements.txt
	@$(PYTHON) -m venv .venv/kits
	@.venv/kits/bin/python -m pip --disable-pip-version-check --quiet install -r tests/kits/requirements.txt
	@cd tests/kits && npm ci --no-audit --no-fund --ignore-scripts --loglevel error
	@touch $@

.venv/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Jalon needs Python 3.11 or newer; this is %s. Say which: make PYTHON=python3.12 …" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "Making .venv and installing the pinned dependencies (the first time takes about half a minute) …"
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@echo "Installing what tests and lint need …"
	@$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	@mkdir -p .venv/types && ln -sfn ../../app .venv/types/jalon
	@touch $@

run: .venv/.run ## Start everything on http://127.0.0.1:8000 (Ctrl-C stops it)
	@$(PY) -m jalon serve

test: .venv/.dev ## All tests, on an embedded PostgreSQL 18 (JALON_TEST_POSTGRES=16 or 15 for others)
	@$(PYTEST) -n auto --dist worksteal $(ARGS)

check: lint types ## The first lane: lint, types, and the tests that need Python alone
	@.ci/tests 18 -m "not second_lane"

check-all: .venv/.dev ## The second lane: other servers, browser, Node, generators, no superuser
	@.ci/check-all

lint: .venv/.dev ## ruff, sqlfluff, squawk
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m sqlfluff lint --processes 0 --disable-progress-bar $(SQL)
	@.venv/bin/squawk $(filter-out %.rollback.sql,$(wildcard sql/migrations/engine/*.sql sql/migrations/modules/*/*.sql))

types: .venv/.dev ## mypy, strict: the application, bench, and what tests share
	@MYPYPATH=.venv/types:. $(PY) -m mypy --explicit-package-bases -p jalon -p bench $(addprefix -m ,$(HELPERS))

format: .venv/.dev ## Let ruff and sqlfluff mend what they can
	@$(PY) -m ruff check --fix --exit-zero .
	@$(PY) -m ruff format .
	@$(PY) -m sqlfluff fix --disable-progress-bar $(SQL)

bench: .venv/.dev ## Measure (see bench/)
	@$(PY) -m bench $(ARGS)

snapshot: .venv/.dev ## Write tests/snapshots anew from the migrations; read the diff before you commit it
	@JALON_TEST_SNAPSHOT=write $(PYTEST) -q -k snapshot tests

.venv/.docs: docs/site/requirements.txt
	@$(PYTHON) -m venv .venv/docs
	@.venv/docs/bin/python -m pip --disable-pip-version-check --quiet install -r docs/site/requirements.txt
	@touch $@

.venv/.release: tests/release/requirements.txt
	@$(PYTHON) -m venv .venv/release
	@.venv/release/bin/python -m pip --disable-pip-version-check --quiet install -r tests/release/requirements.txt
	@touch $@

docs: .venv/.docs ## Build the documentation as a site in build/docs; a dead link is an error
	@rm -rf "$(SITE)"
	@.venv/docs/bin/sphinx-build -q -W --keep-going -c docs/site -d "$(SITE)/.doctrees" . "$(SITE)"
	@echo "The documentation is in $(SITE)/index.html."

wheel: .venv/.dev ## Build dist/jalon-*.whl
	@$(PY) -m build --outdir dist

release: .venv/.dev .venv/.release ## Build what is to be released, install it alone, serve it, say what is left to do (see CONTRIBUTING.md)
	@$(PY) -m tests.release $(ARGS)

# Litestar wants polyfactory and its 25 MB of faker for examples that it makes up; ours are written.
lock: ## Pin the newest versions anew (needs uv)
	@$(COMPILE) pyproject.toml -o requirements.lock
	@$(COMPILE) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## Remove .venv, caches and builds (data in JALON_HOME stays)
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
