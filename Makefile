# Two commands matter: `make run` and `make test`. Each makes .venv on its first run.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
PYTEST_ARGS ?=
# What Python compiles is kept, also where the environment tells it to write nothing beside its sources: the suite
# starts a hundred processes, and each would compile everything anew.
PYTEST := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX="$(CURDIR)/build/bytecode" $(BIN)/python -m pytest
BENCH_ARGS ?=
EXAMPLES ?= 1000
STEPS ?= 50

# The machine's own Python is used; uv must never fetch another one.
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1

CATALOGUES := $(wildcard web/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)
TEMPLATE := build/messages.pot

.PHONY: run test check bench soak accessible lock messages compiled clean
.DELETE_ON_ERROR:

run: $(VENV)/.run compiled
	$(BIN)/alianza run

# A temporary folder of its own: other runs on the machine clear pytest's common one.
test: check compiled
	@mkdir -p build
	$(PYTEST) -n $(WORKERS) --dist worksteal --basetemp build/pytest $(PYTEST_ARGS)

check: $(VENV)/.dev compiled
	@mkdir -p build
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) tests/guards -q --basetemp build/guards

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

# Every page of every person in both languages, widths and colours; the suite sees each page in one of two looks.
accessible: $(VENV)/.dev compiled
	@mkdir -p build
	ALIANZA_EVERY_LOOK=1 REQUIRE_BROWSER=1 $(BIN)/python -m pytest tests/e2e/test_pages_accessible.py \
		--basetemp build/accessible $(PYTEST_ARGS)

# The walks of tests/machines, long and at random, with the moves that were made at the end; every odd value in every field.
soak: $(VENV)/.dev compiled
	@mkdir -p build
	ALIANZA_SOAK_EXAMPLES=$(EXAMPLES) ALIANZA_SOAK_STEPS=$(STEPS) $(PYTEST) \
		tests/machines/test_*_machine.py tests/web/test_text_injection.py -rP -n $(WORKERS) --dist worksteal --basetemp build/soak $(PYTEST_ARGS)

# With uv when the index could give it, with pip otherwise: both check every hash.
install = if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --python $(BIN)/python $(1); \
	else $(BIN)/python -m pip install --quiet $(1); fi

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "alianza needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) \
		|| { echo "python3 cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --require-hashes -r .ci/uv.lock || echo "no uv from the index: going on with pip"
	@touch $@

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/.made
	@$(call install,--require-hashes -r requirements.lock)
	@$(call install,--no-deps --no-build-isolation --editable .)
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/.made
	@$(call install,--require-hashes -r requirements-dev.lock)
	@$(call install,--no-deps --no-build-isolation --editable .)
	@touch $@ $(VENV)/.run

# Locks name versions and hashes only, never the address of an index.
compile = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header $(1)

lock: | $(VENV)/.made
	$(call compile,--upgrade --group build pyproject.toml --output-file requirements.lock)
	$(call compile,--upgrade --group build --group dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock)
	echo uv | $(call compile,--upgrade --output-file .ci/uv.lock -)

compiled: $(COMPILED)

%.mo: %.po | $(VENV)/.run
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

messages: | $(VENV)/.dev
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping pyproject.toml --no-location --sort-output \
		--project alianza --copyright-holder Alianza --output-file $(TEMPLATE) .
	@for language in es en; do \
		if [ -f web/translations/$$language/LC_MESSAGES/messages.po ]; then act="update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date"; \
		else act=init; fi; \
		$(BIN)/pybabel --quiet $$act --input-file $(TEMPLATE) --output-dir web/translations --locale $$language || exit 1; \
	done

# Everything that make made; the data of `make run` stays.
clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis $(COMPILED)
	find broker matching web tests -name __pycache__ -type d -prune -exec rm -rf {} +
