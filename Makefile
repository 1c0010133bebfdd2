# Everything on a machine that has Python 3.11+ and make. `make help` lists the targets.
PYTHON ?= python3
PY = .venv/bin/python
export PORT ?= 8000
export DEMO ?= 1
.PHONY: help run test lint format bench shots setup setup-dev catalogues clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/'

setup:
	@$(PYTHON) scripts/setup.py requirements.txt

setup-dev:
	@$(PYTHON) scripts/setup.py requirements.txt requirements-dev.txt
	@$(PY) -m scripts.catalogues

run: setup ## all the set-up, then the whole system in the foreground
	@exec $(PY) -m config.supervisor

test: setup-dev ## all the set-up, then every test
	@$(PY) -m pytest -n 2 --dist loadfile -q $(ARGS)

lint: setup-dev ## what CI checks besides the tests
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .
	@$(PY) -m djlint templates --lint --quiet
	@PYTHONPATH=. .venv/bin/python -m importlinter.cli lint 2>/dev/null || PYTHONPATH=. $(PY) -c "import sys; from importlinter.cli import lint_imports_command; sys.argv = ['lint-imports']; lint_imports_command()"
	@$(PY) -m mypy

format: setup-dev ## ruff's formatting and safe fixes
	@$(PY) -m ruff check --fix-only --quiet . ; $(PY) -m ruff format --quiet .

bench: setup-dev ## ratios against a limit or a peer, into docs/performance.md; SCALE=0.01 for a quick one
	@$(PY) -m bench

shots: setup-dev ## screenshots of every page, role, language, theme and width, into shots/
	@$(PY) -m scripts.shots

catalogues: setup-dev ## compile the translations

clean: ## remove what set-up and runs have made
	@rm -rf .venv var staticfiles shots .pytest_cache .ruff_cache .mypy_cache .hypothesis
