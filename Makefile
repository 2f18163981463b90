# Two commands after a clone: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?=
PY := .venv/bin/python
MANAGE := $(PY) manage.py
HOST ?= 127.0.0.1
PORT ?= 8000
EDGE_PORT ?= 8001
# Two workers a core: most of a browser's test is a wait, for a second on screen or for an answer.
WORKERS ?= $(shell $(PY) -c "import os; print(2 * os.cpu_count())")
PARALLEL = -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# Quick tests wait for little, and each worker reads all of them first: one a core.
QUICK_WORKERS ?= $(shell $(PY) -c "import os; print(max(2, os.cpu_count()))")
# Tests start many processes, and each would compile all modules anew where the environment forbids to keep them compiled.
unexport PYTHONDONTWRITEBYTECODE
PYTHONS ?=
TESTS ?= tests/experiments/admin tests/checkout_widgets/admin tests/browser/test_admin.py

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset serve test test-fast check check-long long kills rig coverage lint types guards test-database snippet snippet-package woocommerce-plugin vendor messages screenshots check-pythons lock sbom docs bench

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

.venv/ready: requirements.lock tools/setup.sh
	@PYTHON="$(PYTHON)" tools/setup.sh run

.venv/ready-dev: requirements-dev.lock tools/setup.sh
	@PYTHON="$(PYTHON)" tools/setup.sh dev

setup: .venv/ready ## Install what the product needs into .venv

demo: .venv/ready ## Run the whole product with a demo store
	@DEMO=1 $(MANAGE) demo --host $(HOST) --port $(PORT)

demo-reset: .venv/ready ## Forget the demo's data and start over
	@DEMO=1 $(MANAGE) demo --host $(HOST) --port $(PORT) --reset

serve: .venv/ready ## Run it as in production: console on gunicorn, edge on granian
	@$(MANAGE) serve --host $(HOST) --port $(PORT) --edge-port $(EDGE_PORT)

test: .venv/ready-dev ## Run all tests, the browser's included
	@tools/chromium.sh
	@tools/nginx.sh
	@tools/php.sh
	@$(PY) -m pytest $(PARALLEL) --create-db --durations 12 --durations-min 5 tests

test-fast: .venv/ready-dev ## Run what needs no browser, no PHP and no seconds, in less than two minutes; ARGS picks tests: make test-fast ARGS="-k refund"
	@HYPOTHESIS_PROFILE=quick $(PY) -m pytest $(PARALLEL) -n $(QUICK_WORKERS) --reuse-db -m "not browser and not php and not slow and not long" tests $(ARGS)

lint: .venv/ready-dev ## Check style
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .

types: .venv/ready-dev ## Check types
	@.venv/bin/mypy

check: .venv/ready-dev ## What the build server runs: lint, types, guards, tests, and how long each took
	@tools/check.sh lint types+guards+test-database test

check-long: .venv/ready-dev ## What takes too long for make check, by hand: docs/performance.md has the last figures
	@tools/check.sh long kills rig check-pythons coverage

# Tests with Hypothesis are all in make check too, with a quarter of the examples.
long: .venv/ready-dev
	@HYPOTHESIS_PROFILE=thorough $(PY) -m pytest -n $(WORKERS) --create-db --durations 12 -m "long or hypothesis" tests

kills: .venv/ready-dev
	@$(PY) -m bench.kills

rig: .venv/ready-dev
ifdef RIG
	@$(PY) -m pytest tests/shop_rig
else
	@echo "RIG names no shop, so tests/shop_rig is left out."
endif

# On the newest Python, whose own monitoring (since 3.12) costs next to nothing: tracing took several times as long.
coverage: .venv/ready-dev
	@COVERAGE_CORE=sysmon tools/check_pythons.sh newest $(PARALLEL) --create-db --cov --cov-report term:skip-covered -m "not browser and not long" tests

guards: .venv/ready-dev
	@$(MANAGE) makemigrations --check --dry-run
	@SECRET_KEY=$$($(PY) -c "import secrets; print(secrets.token_urlsafe(50))") HTTPS=1 $(MANAGE) check --deploy --fail-level WARNING
	@tools/snippet.sh check

test-database: .venv/ready-dev
	@$(PY) -m tests.template_database

snippet: .venv/ready-dev ## Build the snippet from static/src into static/dist
	@tools/snippet.sh build

snippet-package: .venv/ready-dev ## Put the npm package with loader, types and fake edge together in var/snippet-package
	@tools/snippet.sh package

woocommerce-plugin: .venv/ready ## Build the WooCommerce plugin's zip, var/offerlift.zip
	@$(PY) -m tools.woocommerce_plugin

vendor: .venv/ready-dev ## Copy the front-end libraries from their npm packages into static/vendor
	@tools/vendor.sh

messages: .venv/ready-dev ## Update and compile the console's catalogs in locale/; LANGUAGE=de begins one
	@tools/messages.sh $(LANGUAGE)

screenshots: .venv/ready-dev ## Take the documentation's pictures from a running demo
	@tools/chromium.sh
	@$(PY) -m tools.screenshots http://$(HOST):$(PORT)
	@[ -z "$(RIG)" ] || $(PY) -m tools.shop_screenshots http://$(HOST):$(PORT) http://$(HOST):$(EDGE_PORT)

check-pythons: .venv/ready-dev ## Run the admin's tests on the oldest and the newest Python of the machine; PYTHONS and TESTS choose others
	@tools/chromium.sh
	@tools/check_pythons.sh "$(PYTHONS)" $(TESTS)

lock: .venv/ready-dev ## Pin the dependencies of requirements*.in, with hashes
	@tools/lock.sh $(ARGS)

sbom: .venv/ready-dev ## List all that is shipped of others in var/sbom.json, as CycloneDX
	@$(PY) -m tools.sbom

docs: .venv/ready-dev ## Build the documentation as a site in var/docs; a link that leads nowhere fails
	@.venv/bin/zensical build --strict
	@echo "Open var/docs/index.html"

bench: .venv/ready-dev ## Run the benchmarks of docs/performance.md
	@$(PY) -m bench.decide
	@$(PY) -m bench.events
	@$(PY) -m bench.followers
	@$(PY) -m bench.wal
	@$(PY) -m bench.lookups
	@$(PY) -m bench.webhooks
	@$(PY) -m bench.snippet
	@$(PY) -m bench.statistics
