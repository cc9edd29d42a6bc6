# Two commands do everything on a fresh machine:  make demo   make test
# ENCODER=1 also installs PyTorch and sentence-transformers, for a sentence model of your own.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check bench bench-small format lock clean

demo: $(READY)
	$(BIN)/duijie demo

test: $(READY) $(if $(ENCODER),$(VENV)/.encoder)
	$(BIN)/pytest

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python benchmarks/run.py

bench-small: $(READY)
	$(BIN)/python benchmarks/run.py --small

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -q && apt-get install -y -q python3-venv; \
	     else echo "请先安装 / first run:  sudo apt-get install -y python3-venv"; exit 1; fi
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.encoder: $(READY) requirements-encoder.txt
	sed -nE 's/^([A-Za-z0-9._-]+==[^\\]+).*/\1/p' requirements.lock > $(VENV)/constraints.txt
	$(BIN)/pip install --quiet -r requirements-encoder.txt -c $(VENV)/constraints.txt
	@touch $@

# needs uv, which only those who change dependencies install
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock

clean:
	rm -rf $(VENV) var
