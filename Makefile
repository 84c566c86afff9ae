# Everything a contributor runs. `make help` lists it; each target installs what it needs.
MAKEFLAGS += --no-print-directory
PYTHON := .venv/bin/python
# --no-compile: Python compiles what is used when it is used, which halves the wait.
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check --no-compile
INSTALLED := .venv/installed
# Where it is set, each of the many processes here would compile all that it imports anew: seconds apiece.
unexport PYTHONDONTWRITEBYTECODE
SPEC := tests/telephony/openapi/node_modules/.package-lock.json
PURE := $(wildcard tests/core tests/expressions tests/engine tests/acd tests/ivr tests/dialer tests/screenpop tests/views)
LOCK := $(PYTHON) -m uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock"

.PHONY: help install demo test test-pure check format bench bench-pacing chaos lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

install: $(INSTALLED) ## make .venv with the server and the tools to work on it

$(INSTALLED): pyproject.toml requirements/dev.txt cti/__init__.py
	@tools/bootstrap run
	@test -x $(PYTHON) || "$$(tools/bootstrap python)" -m venv .venv
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

demo: install ## a small centre at work, in this terminal, until Ctrl-C
	@.venv/bin/cti demo $(ARGS)

test: install ## every test, with the database servers and the carrier's specification they need
	@tools/bootstrap test
	@$(MAKE) $(SPEC)
	@# Files as they come: sorted by how many tests they have, the slowest, which have few, would come last and alone.
	@# Three processes for two cores: a third of their time they wait, for servers to start and calls to go their way.
	@$(PYTHON) -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

$(SPEC): tests/telephony/openapi/package-lock.json
	@cd tests/telephony/openapi && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

test-pure: install ## only the pure rules: no servers, about a minute (`make test` runs the thorough ones too)
	@$(PYTHON) -m pytest -q -m "not thorough" --numprocesses 2 $(PURE) $(ARGS)

check: install ## style, types and the rules of the house
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m pytest -q tests/house

format: install ## rewrite the code the way `make check` wants it
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

bench: install ## the performance figures; ARGS are passed on
	@tools/bootstrap bench
	@$(PYTHON) -m benchmarks $(ARGS)

bench-pacing: install ## how busy and how lawful each way to pace a dialer is (ARGS=--quick: under five minutes)
	@$(PYTHON) -m benchmarks.pacing $(ARGS)

chaos: install ## 200 random kills under load, a mixed shift, one of a campaign, and the verdicts; ARGS are passed on
	@$(PYTHON) -m tests.chaos $(ARGS)

lock: install ## choose the newest allowed dependencies anew and write them to requirements/
	@$(PIP) uv
	@$(LOCK) pyproject.toml -o requirements/run.txt
	@$(LOCK) pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt

clean: ## remove everything that make made
	rm -rf tests/telephony/openapi/node_modules .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
