# How to work on ianawatch: `make` alone lists what there is. Needs make and Python 3.11 or newer, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: sync
sync: $(VENV)/project.stamp ## install into .venv, fetch the registry, list what it has in 3000-3999
	$(BIN)/ianawatch sync
	$(BIN)/ianawatch list --range 3000-3999

.PHONY: test
test: $(VENV)/project.stamp ## run the tests, without the matrix
	$(BIN)/pytest --numprocesses auto

.PHONY: test-all
test-all: $(VENV)/project.stamp ## run every test, the whole matrix included
	$(BIN)/pytest --numprocesses auto -m ""

.PHONY: check
check: $(VENV)/project.stamp ## check format, lint, types and the direction of imports
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: $(VENV)/project.stamp ## format the code and mend what ruff can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: bench
bench: $(VENV)/project.stamp ## measure against floors, some ten minutes, and keep it: docs/performance.md
	$(BIN)/python -m benchmarks --write

# A lock says what PyPI has, whatever pip is told on this machine. Versions stay unless pyproject.toml rules them out;
# `make lock UPGRADE=--upgrade` takes the newest.
UPGRADE ?=
LOCK := env -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_FIND_LINKS -u PIP_NO_INDEX \
	PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND='make lock' \
	$(BIN)/pip-compile --quiet $(UPGRADE)
# What working on it needs beyond what running it needs: the group `dev` and the build backend.
DEVELOPMENT := import tomllib; p = tomllib.load(open("pyproject.toml", "rb")); \
	print(*p["dependency-groups"]["dev"], *p["build-system"]["requires"], sep="\n")

.PHONY: lock
lock: $(VENV)/dependencies.stamp ## write both lock files anew from pyproject.toml
	$(LOCK) --output-file requirements.lock pyproject.toml
	$(BIN)/python -c '$(DEVELOPMENT)' | $(LOCK) --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml -

# One environment for running and for working on it: exactly what the lock names, checked against its hashes.
$(VENV)/dependencies.stamp: requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'make: $(PYTHON) is no Python 3.11 or newer; install one, or name one: make PYTHON=python3.12' >&2; exit 1; }
	@echo 'installing into $(VENV), once'
	@$(PYTHON) -m venv $(VENV) || { \
		echo 'make: $(PYTHON) can make no virtual environment; on Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $< || { \
		echo 'make: the packages that $< names could not be installed: is PyPI within reach?' >&2; exit 1; }
	@touch $@

# The build backend is in the lock: nothing further is fetched.
$(VENV)/project.stamp: $(VENV)/dependencies.stamp pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
