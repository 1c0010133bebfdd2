# Everything, on a machine that has Python 3.11 or newer and make.
PYTHON ?= python3
PY = .venv/bin/python
export PORT ?= 8000
export DEMO ?= 1
.PHONY: help run test lint format bench shots setup setup-dev clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/'

setup:
	@MERIDIAN_FOR=$(MAKECMDGOALS) $(PYTHON) scripts/setup.py requirements.txt

setup-dev:
	@$(PYTHON) scripts/setup.py requirements.txt requirements-dev.txt

run: setup ## set up what is missing, then the whole system in the foreground (PORT=8000, DEMO=1, MERIDIAN_VAR=var)
	@exec $(PY) -m config.supervisor

test: setup-dev ## set up what is missing, then every test (ARGS="tests/risk -x")
	@$(PY) -m scripts.catalogues
	@exec $(PY) -m pytest -n 2 --dist loadfile -q $(ARGS)

lint: setup-dev ## what CI checks besides the tests
	@$(PY) -m scripts.lint

format: setup-dev ## ruff's formatting and safe fixes
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format --quiet .

bench: setup-dev ## ratios against a limit or a peer, into docs/performance.md (SCALE=0.01 for a quick one)
	@exec $(PY) -m bench

shots: setup-dev ## pictures of every page in every language, theme and width, into shots/
	@exec $(PY) -m scripts.shots

clean: ## remove the environment and what tools have left; the data in var/ stays
	@rm -rf .venv staticfiles shots .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache
