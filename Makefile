# Everything runs from a clone with Python 3.11 to 3.13, Node 20 or newer and make; `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
PYTEST := $(BIN)/python -m pytest -p no:ape_test
SOURCES := $(shell find contracts -name '*.sol' -not -path '*/.cache/*' 2>/dev/null)
SCRIPTS := $(wildcard webapp/huizhen_web/static/js/*.js)

export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

# --- preparing -------------------------------------------------------------------------------------------------------
.PHONY: setup setup-dev lock vendor
setup: $(BIN)/.runtime build/contracts/.stamp ## prepare .venv, the npm packages and the compiled contracts

setup-dev: setup $(BIN)/.dev ## the same, and what tests and checks need

$(BIN)/.venv:
	@$(PYTHON) tools/check_python.py
	@echo "· Python environment in .venv"
	@$(PYTHON) -m venv .venv || { echo "Python cannot make an environment: install python3-venv (as root: apt-get install python3-venv)." >&2; exit 1; }
	@touch $@

$(BIN)/.runtime: requirements.lock | $(BIN)/.venv
	@echo "· Python packages of the product"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(BIN)/.dev: requirements-dev.lock | $(BIN)/.runtime
	@echo "· Python packages for tests and checks"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@$(BIN)/python tools/teach_ape.py
	@touch $@

node_modules/.stamp: package-lock.json tools/link-tools.mjs
	@node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null \
		|| { echo "Install Node 20 or newer, with npm." >&2; exit 1; }
	@echo "· npm packages: compiler, forge, anvil, cast"
	@npm ci --loglevel=error --no-update-notifier --no-audit --no-fund
	@node tools/link-tools.mjs
	@touch $@

build/contracts/.stamp: $(SOURCES) ape-config.yaml tools/solc node_modules/.stamp | $(BIN)/.runtime
	@echo "· contracts"
	@mkdir -p build/solc && ln -sf ../../tools/solc build/solc/solc-v0.8.37
	@$(BIN)/python -m huizhen.chain.compiler
	@touch $@

lock: ## lock the Python dependencies anew (needs uv)
	@tools/lock

vendor: node_modules/.stamp ## bundle the libraries that pages load into static/vendor
	@npm run --silent vendor

# --- running ---------------------------------------------------------------------------------------------------------
.PHONY: demo clean distclean
demo: setup ## the populated marketplace on http://localhost:8000 (PORT=... for another port)
	@exec $(BIN)/huizhen up --demo --port $(PORT)

clean: ## remove var/: the demo's chain, stores and keys
	rm -rf var

distclean: clean ## remove all that setup made as well
	rm -rf .venv node_modules build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# --- testing ---------------------------------------------------------------------------------------------------------
.PHONY: test unit test-unit test-contracts test-revm test-model test-gas test-forge test-integration test-web test-journey
test: test-unit test-contracts test-model test-gas test-forge test-integration test-web test-journey ## every test

unit: test-unit
test-unit: setup-dev ## tests without I/O: offline, under 10 s (also: make unit)
	$(PYTEST) tests/unit

test-contracts: setup-dev ## contract tests with Ape, one file per function
	$(BIN)/ape test tests/contracts --network ethereum:local:foundry

test-revm: setup-dev ## the same contract tests in process on pyrevm: seconds instead of minutes
	$(PYTEST) -p tests.support.on_revm tests/contracts

test-model: setup-dev ## the contracts beside their specification in Python: 64 runs of 64 calls, some again on anvil and py-evm
	$(PYTEST) tests/model

test-gas: setup-dev ## no step costs over 1 % more gas than bench/gas_snapshot.json says
	$(BIN)/python bench/gas.py --check

test-forge: setup-dev ## fuzz and invariant tests of the contracts with forge
	forge test -vv

test-integration: setup-dev ## a real database, a real anvil, reorganisations
	@tools/postgresql
	$(PYTEST) tests/integration

test-web: setup-dev ## pages, through Flask's test client
	$(PYTEST) tests/web

test-journey: setup-dev ## one browser journey in headless Chromium
	@tools/browser
	$(PYTEST) tests/journey

# --- checking and measuring ------------------------------------------------------------------------------------------
.PHONY: check format verify-contracts prove mutants coverage verify-index bench
check: setup-dev ## formatting, lint, strict types and slither
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(wildcard backend webapp tests tools bench migrations)
	forge fmt --check
	$(if $(SCRIPTS),esbuild --log-level=warning --outdir=build/scripts $(SCRIPTS))
	@$(MAKE) slither

format: setup-dev ## bring Python and Solidity into shape
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .
	forge fmt

# Three detectors are excluded because they find what we mean: deadlines by block time, locals that start at zero, and
# events after a call to a contract of our own. docs/contracts.md explains these and each exception in the source.
verify-contracts: setup-dev ## the long campaign: more fuzzing, deeper invariants, slither
	MODEL_RUNS=1000 MODEL_CALLS=100 MODEL_ROLL=long $(PYTEST) tests/model -s
	FOUNDRY_FUZZ_RUNS=50000 FOUNDRY_INVARIANT_RUNS=1000 FOUNDRY_INVARIANT_DEPTH=100 forge test -vv
	@$(MAKE) prove
	@$(MAKE) slither

.PHONY: slither
slither: setup-dev ## static analysis of the contracts
	FOUNDRY_OUT=build/slither FOUNDRY_CACHE_PATH=build/slither-cache $(BIN)/slither . --config-file tools/slither.json

mutants: setup-dev ## plant 400 faults in the contracts, one at a time: the tests must notice 95 % (an hour or two)
	$(BIN)/python -m tools.mutants $(MUTANTS)

coverage: setup-dev ## lines and branches of the contracts that their tests take (three minutes)
	$(BIN)/python -m tools.coverage

verify-index: setup-dev ## the long campaign: 500 rounds of reorganisations, kills and bad nodes against fresh builds
	HUIZHEN_CAMPAIGN_ROUNDS=500 $(PYTEST) tests/integration/test_index_campaign.py

# Halmos has an environment of its own: its pins are not Ape's.
build/halmos/.stamp: | $(BIN)/.venv
	@echo "· halmos"
	@$(PYTHON) -m venv build/halmos
	@build/halmos/bin/python -m pip --disable-pip-version-check -qq install halmos==0.3.3
	@touch $@

prove: setup-dev build/halmos/.stamp ## prove sums of the ledger and slots of the book symbolically, for the bounds in tests/contracts/forge/proofs
	FOUNDRY_PROFILE=prove build/halmos/bin/halmos --forge-build-out build/prove --solver-timeout-assertion 120000

bench: setup-dev ## run all of bench/ and write bench/results.json
	$(BIN)/python tools/bench.py
