# Everything a developer or an installer does by hand. `make` alone prints the list.

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes

# The stamp keeps the folder the environment was made for: moved or broken, it is made anew.
SOUND := $(shell test "$$(cat $(VENV)/runtime.stamp 2>/dev/null)" = "$(CURDIR)" \
	&& $(PY) -c 'import pip' 2>/dev/null && echo yes)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help setup run test check format quality bench bench-growth bench-faults bundle translations migration lock development anew

help: ## Print this list
	@echo "Targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) \
		| awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

setup: $(VENV)/runtime.stamp ## Make the environment in .venv from the lock file
	@:

run: setup ## Prepare everything and serve (PORT=8000 HOST=127.0.0.1 DEMO=0)
	@exec $(PY) -m flask --app wsgi start

test: development ## Run the whole suite on SQLite and on PostgreSQL (WORKERS=0 ARGS="-k word")
	@$(PY) -m tests.real.browser
	@$(PY) -m tests.real.suite $(ARGS)

check: development ## Check format, lint, security, libraries, types, contracts, templates, architecture
	@echo "== Format"
	@$(VENV)/bin/ruff format --check --quiet --output-format concise . || { echo "Run: make format"; exit 1; }
	@echo "== Lint"
	@$(VENV)/bin/ruff check --quiet --output-format concise .
	@echo "== Security"
	@$(VENV)/bin/bandit --quiet --recursive --configfile pyproject.toml innovation
	@$(PY) .ci/audit.py
	@echo "== Types"
	@$(VENV)/bin/mypy --no-error-summary
	@echo "== Import contracts"
	@$(VENV)/bin/lint-imports --no-logo
	@echo "== Templates"
	@$(VENV)/bin/djlint templates --check --quiet || { echo "Run: make format"; exit 1; }
	@$(VENV)/bin/djlint templates --lint --quiet
	@echo "== Architecture, translations, migrations"
	@# Asking every address as everybody takes minutes, and is part of the suite.
	@$(PY) -m pytest tests/architecture -q --deselect tests/architecture/test_access.py::test_what_everybody_gets
	@echo "All checks passed."

format: development ## Format the code and the templates
	@$(VENV)/bin/ruff format --quiet .
	@$(VENV)/bin/ruff check --fix --quiet . || true
	@$(VENV)/bin/djlint templates --reformat --quiet || true

quality: development ## Measure finding, warning, suggesting (DATA= QUERIES= GUARD= ROUTING= SIMILAR= ONLY=)
	@$(PY) -m bench.quality $(if $(DATA),--data $(DATA)) $(foreach part,$(ONLY),--only $(part)) \
		$(foreach folder,$(QUERIES),--queries $(folder)) $(foreach file,$(GUARD),--guard $(file)) \
		$(foreach file,$(ROUTING),--routing $(file)) $(foreach folder,$(SIMILAR),--similar $(folder))

bench: development ## Measure what the platform costs, and searching (DATA=folder SIZES=postgresql:100000)
	@$(if $(SIZES),,$(PY) -m bench.platform $(if $(DATA),--data $(DATA)))
	@$(if $(DATA)$(SIZES),$(PY) -m bench.search $(if $(DATA),--data $(DATA)) $(if $(SIZES),--sizes $(SIZES)))

bench-growth: development ## Measure how costs grow up to a million ideas, for hours (DATA=folder SIZES=sqlite:1000)
	@$(PY) -m bench.growth $(if $(DATA),--data $(DATA)) $(if $(SIZES),--sizes $(SIZES))

bench-faults: development ## Break things on purpose (FAST=1 for the short form, ONLY="kill mail")
	@$(PY) -m bench.faults $(foreach fault,$(ONLY),--only $(fault))

bundle: setup ## One archive to install without the internet, in dist/ (ARGS=--untried)
	@$(PY) .ci/bundle.py $(ARGS)

translations: development ## Collect the messages from code and templates into the fi and sv catalogues
	@$(VENV)/bin/pybabel -q extract -F pyproject.toml -k _l -k lazy_gettext --no-location --sort-output \
		--project innovation --version 1 --copyright-holder POPsote --last-translator POPsote \
		-o $(VENV)/messages.pot .
	@for language in fi sv; do \
		action=init; \
		if test -f innovation/translations/$$language/LC_MESSAGES/messages.po; then \
			action="update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date"; \
		fi; \
		$(VENV)/bin/pybabel -q $$action -i $(VENV)/messages.pot -d innovation/translations \
			-l $$language || exit 1; \
	done

migration: development ## Draft a migration from the models (m="what changes")
	@test -n "$(m)" || { echo 'Say what changes: make migration m="what changes"'; exit 1; }
	@next=$$(ls migrations/versions | grep -c '^[0-9]') && number=$$(printf '%04d' $$((next + 1))) \
		&& $(PY) -m flask --app wsgi db migrate --rev-id "$$number" -m "$(m)"

lock: setup ## Pin the newest allowed versions into the lock files
	@$(PY) -m pip install --quiet --disable-pip-version-check uv
	@for lock in requirements requirements-dev; do \
		$(VENV)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header $$lock.in -o $$lock.txt || exit 1; \
	done

development: setup $(VENV)/development.stamp

anew:

# The first working Python of the right version that can also make environments.
$(VENV)/runtime.stamp: requirements.txt $(if $(SOUND),,anew)
	@if test -z "$(SOUND)"; then \
		python= bare=; \
		for candidate in $(or $(PYTHON),python3.13 python3.12 python3.11 python3); do \
			"$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
				>/dev/null 2>&1 || continue; \
			if "$$candidate" -c 'import venv, ensurepip' >/dev/null 2>&1; \
				then python=$$candidate; break; else bare=$$candidate; fi; \
		done; \
		if test -z "$$python" && test -n "$$bare"; then \
			version=$$("$$bare" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
			echo "Python $$version is here but its venv module is not; install it (on Debian and Ubuntu: apt install python$$version-venv) and run make again." >&2; exit 1; \
		elif test -z "$$python"; then \
			echo "This needs Python 3.11, 3.12 or 3.13; install one, or name it with make PYTHON=/path/to/python, and run make again." >&2; exit 1; \
		fi; \
		echo "Making the environment in $(VENV) with $$("$$python" --version)."; \
		"$$python" -m venv --clear $(VENV); \
	fi
	@$(PIP) -r requirements.txt
	@# Whoosh has old string escapes; compiled here once, they never warn in front of anybody.
	@$(PY) -W ignore -m compileall -qq $(VENV)/lib/python3*/site-packages/whoosh
	@echo "The environment is ready: $(VENV)"
	@echo "$(CURDIR)" > $@

$(VENV)/development.stamp: requirements-dev.txt $(VENV)/runtime.stamp
	@echo "Adding the tools for building and checking."
	@$(PIP) -r requirements.txt -r requirements-dev.txt
	@echo "$(CURDIR)" > $@
