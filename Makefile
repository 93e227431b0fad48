# The doors of this project. Each target makes what it needs first, and nothing that is there already.
# Logic belongs into Python (hatch_build.py, src/, tests/), not here.

SHELL := /bin/sh
BIN := .venv/bin
STAMPS := .venv/stamps
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
of = $(shell cat $(1) | cksum | tr -d ' ')
UV := VIRTUAL_ENV=.venv $(BIN)/uv pip
INSTALL := $(UV) install --quiet --require-hashes

BOOTSTRAPPED := $(STAMPS)/bootstrap-$(call of,requirements/bootstrap.lock)
INSTALLED := $(STAMPS)/app-$(call of,requirements/app.lock requirements/build.lock pyproject.toml hatch_build.py)
DEVELOPED := $(STAMPS)/dev-$(call of,requirements/dev.lock)

.DEFAULT_GOAL := help
.PHONY: help run test check fix bench faults lock web schema system-packages

help: ## Show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(INSTALLED) web ## Start Veza: database, API, web app, RTMP, live video
	@exec $(BIN)/veza serve

test: $(DEVELOPED) system-packages web ## Every check and every test, as on the build machine
	@$(MAKE) --no-print-directory check
	@# Stories keep one core busy, so there are two runs of half of them side by side.
	@$(MAKE) --no-print-directory -j2 stories-1 stories-2
	@# Playwright keeps an event loop running in its process, so pages have one of their own.
	@CI=true $(BIN)/python -m pytest -m browser tests/browser
	@CI=true $(BIN)/python -m pytest -m "not browser and not faults" -n 2 --dist loadgroup

stories-%:
	@CI=true CACHE_DIR=node_modules/.cache/stories-$* $(BIN)/python hatch_build.py npm run test -- --shard=$*/2

check: $(DEVELOPED) web ## Style, types, arrows, unused code, sizes, the tree's own rules; a minute
	@$(BIN)/python hatch_build.py install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/deptry src
	$(BIN)/vulture
	$(BIN)/python -m pytest tests/tidy -p no:randomly
	@mkdir -p .cache && $(BIN)/veza openapi > .cache/openapi.json
	@$(BIN)/python hatch_build.py npm run schema -- ../.cache/openapi.json --check
	@CI=true $(BIN)/python hatch_build.py npm run check

fix: $(DEVELOPED) ## Let the tools repair what they can
	@$(BIN)/python hatch_build.py install
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	@$(BIN)/python hatch_build.py npm run fix

bench: $(DEVELOPED) web ## Measure our claims beside their peers; fails when a peer is missing
	@$(BIN)/python hatch_build.py install
	$(BIN)/python -m bench

faults: $(DEVELOPED) web ## Kill things and see what is left; a few minutes
	$(BIN)/python -m pytest tests/faults -p no:randomly --timeout 600 -m faults

web: $(INSTALLED)
	@$(BIN)/python hatch_build.py build

schema: $(INSTALLED) ## Renew what is generated from the code: the client's types, the settings page
	@$(BIN)/python hatch_build.py install
	@mkdir -p .cache && $(BIN)/veza openapi > .cache/openapi.json
	@$(BIN)/python hatch_build.py npm run schema -- ../.cache/openapi.json
	@$(BIN)/python -m tests.tidy.settings_page > docs/reference/settings.md

lock: $(BOOTSTRAPPED) ## Renew requirements/*.lock from pyproject.toml and requirements/*.in
	@compile="$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header"; set -e; \
	for name in bootstrap build; do $$compile requirements/$$name.in -o requirements/$$name.lock; done; \
	$$compile pyproject.toml -o requirements/app.lock; \
	$$compile pyproject.toml --extra dev -o requirements/dev.lock

$(BOOTSTRAPPED):
	@test -n "$(PYTHON)" || { echo "Veza needs Python 3.11 or newer with venv (Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "veza: makes .venv" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@mkdir -p $(STAMPS) && rm -f $(STAMPS)/bootstrap-* && touch $@

$(INSTALLED): $(BOOTSTRAPPED)
	@echo "veza: installs Python packages" >&2
	@$(INSTALL) -r requirements/build.lock
	@$(INSTALL) -r requirements/app.lock
	@$(BIN)/python hatch_build.py build
	@$(UV) install --quiet --no-deps --no-build-isolation -e .
	@rm -f $(STAMPS)/app-* && touch $@

$(DEVELOPED): $(INSTALLED)
	@echo "veza: installs what tests need" >&2
	@$(INSTALL) -r requirements/dev.lock
	@rm -f $(STAMPS)/dev-* && touch $@

# A browser for the tests that look at pages: the system's, else from its packages, else Playwright's own.
system-packages: $(DEVELOPED)
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core >/dev/null; } || \
	$(BIN)/python -m playwright install chromium
