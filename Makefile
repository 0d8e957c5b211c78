# The same commands by hand and in CI. Everything is set up in .venv; PYTHON chooses the interpreter.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
STAMP := $(VENV)/.ready
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check
# Without a C++ compiler the package is installed without its native executor.
PURE := $(shell command -v c++ >/dev/null 2>&1 || echo PELLUCID_PURE=1)

# Versions differ in what they make of the same settings.
CLANG_FORMAT ?= clang-format

.PHONY: train test lint house docs conformance jax doctor sanitize attack handing arm bench web wheel wheel-pure clean

train: $(STAMP)  ## train on the bundled digits, with a progress display and a report
	$(VENV)/bin/pellucid train

test: $(STAMP) lint  ## style, types and all tests
	$(RUN) -m pytest -n 2

lint: $(STAMP)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	@if $(CLANG_FORMAT) --version 2>/dev/null | grep -q "version 14"; then \
	    $(CLANG_FORMAT) --dry-run --Werror native/*.h native/*.cpp; \
	else echo "the C++ is not checked: clang-format 14 is not here"; fi

house: $(STAMP)  ## the measures of the house: circles of files, how far a step reaches, sizes
	$(RUN) -m tests.house

docs: $(STAMP)  ## the documentation, in docs/built/index.html; a warning is an error
	$(PIP) -r docs/requirements.txt
	cd docs && ../$(RUN) -m sphinx -W --keep-going -b html . built
	$(RUN) docs/check_links.py

conformance: $(STAMP)  ## Keras's own tests on pellucid; KERAS is a folder, keras/src with its tests
	$(RUN) -m tests.conformance $(KERAS)

jax: $(STAMP)  ## every row of the contract by executor="jax"; needs JAX, and takes some minutes
	PELLUCID_JAX=all $(RUN) -m pytest tests/test_jax.py

doctor: $(STAMP)  ## the doctor beside faults, drawn ones too, and all its checks with all trials
	PELLUCID_DOCTOR=all $(RUN) -m pytest tests/test_doctor_checks.py
	for part in seen unseen published; do $(RUN) -m tests.doctor.judge $$part; done
	$(RUN) -m tests.doctor.drawn 2

sanitize: $(STAMP)  ## native tests and attacks, memory, arithmetic and threads watched
	$(RUN) tests/sanitize.py

SECONDS ?= 600
attack: $(STAMP)  ## hostile cases from seeds, for SECONDS: nothing may crash, hang, lie or be lost
	$(RUN) -m tests.attack --seconds $(SECONDS) --seed $(or $(SEED),0)

handing: $(STAMP)  ## a hundred random networks in C, JavaScript, NumPy and ONNX, as far as they are here
	$(RUN) -m tests.handing --networks 100 --layers --seed $(or $(SEED),0)
	$(RUN) -m tests.handing.speed

arm: $(STAMP)  ## native tests on an emulated Arm processor; see tests/arm.py for what it needs
	$(RUN) tests/arm.py

bench: $(STAMP)  ## speed beside other libraries (RESULTS.md, docs/tour.md), and growth with the work
	$(RUN) benchmarks/growth.py
	$(RUN) benchmarks/run.py --fresh
	$(RUN) benchmarks/imports.py

# The built files are committed: nobody needs Node to install pellucid.
web:  ## the script and the style of pages, from web/ into src/pellucid/web/static; needs Node
	cd web && npm ci --no-audit --no-fund && npm run check && npm run build

# Each is installed in an environment of its own, and trains there with the executor it should have.
wheel: $(STAMP)  ## a wheel for this machine, in dist/
	$(RUN) tests/wheel.py native

wheel-pure: $(STAMP)  ## a wheel for all machines, without the native executor, in dist/
	$(RUN) tests/wheel.py numpy

$(STAMP): pyproject.toml requirements-dev.txt CMakeLists.txt $(wildcard native/*)
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements-dev.txt
	$(PURE) $(PIP) -e ".[standard]"
	touch $(STAMP)

clean:
	rm -rf $(VENV) build dist docs/built docs/generated web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
