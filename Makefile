# The same commands by hand and in CI. Everything is set up in .venv; PYTHON chooses the interpreter.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
STAMP := $(VENV)/.ready

.PHONY: train test lint check bench clean

train: $(STAMP)  ## train on the bundled digits, with a progress display and a report
	$(RUN) examples/digits.py

test: $(STAMP) lint  ## style, types and all tests
	$(RUN) -m pytest -n 2

lint: $(STAMP)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

bench: $(STAMP)  ## the readable executor against hand-written NumPy, and the import time
	$(RUN) benchmarks/readable.py
	$(RUN) benchmarks/imports.py

$(STAMP): pyproject.toml requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check -e ".[standard]"
	touch $(STAMP)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
