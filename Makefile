# Two commands do everything, set-up included: `make preview` and `make test`. `make help` lists the rest.
# Works with GNU make 3.81 (macOS) and a POSIX shell.

PYTHON ?= python3
# many tests wait for a browser, a server or a disk: one more than two cores
WORKERS ?= 3

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help venv preview serve site test torture bench quality lint reference format lock wheel clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile
	@echo ''
	@echo 'Settings: PYTHON=python3.12 (the Python to begin with), PORT=8001 (make preview),'
	@echo '          WORKERS=3 and ARGS="-k name" (make test), UPGRADE=1 (make lock)'

# --- set-up ---------------------------------------------------------------------------------------

venv: $(READY) ## make .venv with all that is needed (the other targets do it themselves)

# A new lock means a new environment, so that nothing stays behind in it.
$(LOCKED): requirements.lock
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo 'error: there is no "$(PYTHON)" here. Install Python 3.11 or newer, or name one: make PYTHON=python3.12 …' >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: $(PYTHON) is `$(PYTHON) --version 2>&1`; 3.11 or newer is needed. Name one: make PYTHON=python3.12 …" >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'error: $(PYTHON) cannot make environments (no "venv" or "ensurepip"). On Debian or Ubuntu: apt install python3-venv' >&2; \
	  exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(READY): $(LOCKED) pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# --- this repository's notebook -------------------------------------------------------------------

preview: site ## build this repository's notebook and serve it live (stop with Ctrl-C)
	$(BIN)/kb serve $(if $(PORT),--port $(PORT))

serve: preview ## the same as preview

site: $(READY) ## build this repository's notebook into site/
	$(BIN)/kb build

# --- tests and checks -----------------------------------------------------------------------------

test: $(READY) ## run the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

torture: $(READY) ## run the long counts too long for every day
	$(BIN)/python -m pytest -n $(WORKERS) -m torture $(ARGS)

bench: $(READY) ## measure: every script in tests/benchmarks
	@for script in tests/benchmarks/*.py; do \
	  if [ -f "$$script" ]; then echo "== $$script"; $(BIN)/python "$$script" || exit 1; fi; \
	done

quality: $(READY) ## measure the built site: Nu checker, axe, Lighthouse (needs Node, Java, Chromium)
	$(BIN)/python .ci/site_quality.py

lint: $(READY) ## check form, style, types and layers
	@status=0; \
	for tool in 'ruff format --check' 'ruff check' 'mypy' 'lint-imports'; do \
	  echo "$(BIN)/$$tool"; $(BIN)/$$tool || status=1; \
	done; \
	$(BIN)/python .ci/command_reference.py --check || status=1; \
	exit $$status

reference: $(READY) ## write the guide's page of commands from their --help
	$(BIN)/python .ci/command_reference.py

format: $(READY) ## bring the code into form and mend what can be mended
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

# --- packaging ------------------------------------------------------------------------------------

lock: $(READY) ## pin what pyproject.toml asks for in requirements.lock (UPGRADE=1: the newest that fits)
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command 'make lock' --quiet $(if $(UPGRADE),--upgrade) \
	  --output-file requirements.lock

wheel: $(READY) ## build the wheel (and the source archive it is made from) into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation

clean: ## remove what make and the tools made: .venv, caches, dist, the built site
	rm -rf $(VENV) dist build .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .kb/cache
	find notebook_kb tests -type d -name __pycache__ -prune -exec rm -rf {} +
	find site -mindepth 1 ! -name .gitkeep -prune -exec rm -rf {} +
