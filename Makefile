# Two commands do everything on a fresh machine:  make demo   make test
# `make demo` opens the site with its story; with no keyboard behind it, it opens, looks at the pages and ends.
# ENCODER=1 also installs PyTorch and sentence-transformers, for a sentence model of your own.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

PACKAGES := chromium postgresql libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk fonts-noto-core

# what a second database cannot change: pages in a browser, and power cuts of the embedded one
ONCE := --ignore tests/site/journeys --ignore tests/site/durability --ignore tests/site/kernel/test_gallery.py

.PHONY: demo test check bench bench-small format lock clean

demo: $(READY)
	$(BIN)/duijie demo

test: $(READY) $(VENV)/.system $(if $(ENCODER),$(VENV)/.encoder)
	$(BIN)/pytest
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; \
	  then echo "== PostgreSQL"; DUIJIE_TEST_DATABASE=postgresql $(BIN)/pytest tests/site $(ONCE); \
	  else echo "跳过：没有安装 PostgreSQL，只在 SQLite 上测试 / SKIPPED: no PostgreSQL, tested on SQLite only"; fi

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	DUIJIE_VAR=$(VENV)/var $(BIN)/python manage.py makemigrations --check --dry-run
	DUIJIE_VAR=$(VENV)/var DJANGO_SETTINGS_MODULE=tools.lint_settings $(BIN)/python manage.py lintmigrations --project-root-path . --no-cache --ignore-initial-migrations --include-apps kernel ledger registry parties files notices demands offers imports matching
	find src -name '*.html' -print0 | xargs -0 $(BIN)/djade --check --target-version 5.2
	$(BIN)/python tools/messages.py check
	$(BIN)/pytest -n 0 tests/test_docs.py

bench: $(READY)
	$(BIN)/python benchmarks/run.py

bench-small: $(READY)
	$(BIN)/python benchmarks/run.py --small

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(READY): requirements.lock pyproject.toml package-lock.json requirements-node.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -q && apt-get install -y -q python3-venv; \
	     else echo "请先安装 / first run:  sudo apt-get install -y python3-venv"; exit 1; fi
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@node -e 'process.exit(process.versions.node.split(".")[0] < 20)' 2>/dev/null && command -v npm >/dev/null \
	  || $(BIN)/pip install --quiet --require-hashes -r requirements-node.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --silent
	$(BIN)/python tools/messages.py compile
	@touch $@

# what tests and prints need of the system; without it they say what they leave out
$(VENV)/.system: $(READY)
	@if ! dpkg -s $(PACKAGES) >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	    then apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $(PACKAGES) || true; \
	    else echo "要测试全部，请先安装 / to test everything, first run:  sudo apt-get install -y $(PACKAGES)"; fi; fi
	@touch $@

$(VENV)/.encoder: $(READY) requirements-encoder.txt
	sed -nE 's/^([A-Za-z0-9._-]+==[^\\]+).*/\1/p' requirements.lock > $(VENV)/constraints.txt
	$(BIN)/pip install --quiet -r requirements-encoder.txt -c $(VENV)/constraints.txt
	@touch $@

# needs uv, which only those who change dependencies install
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock

clean:
	rm -rf $(VENV) var node_modules
