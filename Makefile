# make check | make test | make demo | make mutate | make bench - the first of them makes .venv from requirements.lock.
# Everything that is not a result goes to standard error, so that `make demo DEMO_ARGS=--json` prints one JSON object.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && n=4; echo $$n)
PEOPLE ?=
DEMO_ARGS ?=
MUTATE_ARGS ?=
BENCH_ARGS ?=
FUZZ_ARGS ?=

# Bytecode is kept: without it each worker of pytest compiles everything anew, which is a tenth of `make check`.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help check test demo mutate bench fuzz docs format lock clean

help:
	@echo "make check   style, types, walls and the fast tests (under a minute)"
	@echo "make test    every test, with the coverage of schemas and keys; figures under build/"
	@echo "make demo    the sandbox: a broker, some parties, one case    [PEOPLE=file] [DEMO_ARGS=\"--json\"]"
	@echo "make mutate  would a test notice if a rule were a little different? (long)      [MUTATE_ARGS=\"--again\"]"
	@echo "make bench   decisions per second on one core, as ratios; build/bench.json      [BENCH_ARGS=\"--json\"]"
	@echo "make fuzz    bytes that nobody thought of into every parser (long)    [FUZZ_ARGS=\"--seconds 600 jws\"]"
	@echo "make docs    renew the pages that are made from the pack, the rules and the examples"
	@echo "make format  let ruff lay out the code"
	@echo "make lock    renew requirements.lock from pyproject.toml (needs uv)"
	@echo "make clean   remove .venv, build/ and caches"

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >&2 || { \
	  echo "$(PYTHON) is older than Python 3.11. Install 3.11 or newer, or: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) has no venv. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "first run: installing requirements.lock into $(VENV), about half a minute" >&2
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e . >&2
	@touch $@

check: $(STAMP)
	@mkdir -p build
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit -q -r -ll broker connectors keys schemas deploy
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not slow and not postgres" --hypothesis-profile=check

test: $(STAMP)
	@mkdir -p build/coverage
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --junitxml=build/tests.xml \
	  --cov --cov-report=term --cov-report=json:build/coverage.json
	@$(BIN)/python -m tests.stories build/tests.xml

demo: $(STAMP)
	@mkdir -p build
	@$(if $(PEOPLE),PEOPLE="$(PEOPLE)") $(BIN)/python -m deploy.demo $(DEMO_ARGS)

mutate: export PYTHONDONTWRITEBYTECODE = 1
mutate: $(STAMP)
	@mkdir -p build
	@$(BIN)/python -m tests.mutation --jobs $(WORKERS) $(MUTATE_ARGS)

bench: $(STAMP)
	@mkdir -p build
	@$(BIN)/python -m tests.bench $(BENCH_ARGS)

fuzz: $(STAMP)
	@$(BIN)/python -m tests.fuzzing $(FUZZ_ARGS)

docs: $(STAMP)
	@$(BIN)/python -m tests.pages

format: $(STAMP)
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock:
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet --upgrade -o requirements.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
