# What only the maintainers of this template and of its packages need.

.PHONY: help-all setup strip update use-published packages version lint-docker test-deploy test-compose test-long test-flower test-ecosystem test-telemetry test-toolchains test-brokers test-load test-hostile test-clone test-versions chaos scaling outages bench bench-quick bench-long measure record api-reference

# Prints a makefile's targets, with colours on a terminal.
HELP = colour=; [ -t 1 ] && [ -z "$$NO_COLOR" ] && [ "$$TERM" != dumb ] && colour=1; awk -v colour=$$colour -v all=$(filter help-all,$@) -f scripts/help.awk
PYTHON := $(PY_DIR).venv/bin/python
ON_SERVER = PYTHONDONTWRITEBYTECODE= VALKEY_SERVER="$$($(RUN) server-path)"

help-all: ## List every target of every makefile
	@$(HELP) $(MAKEFILE_LIST)

##@ Packages
setup: ## Install the Python and Node packages, and Poetry if missing
	@$(RUN) setup

strip: ## Remove a language that the team does not use; lang=node
	@$(RUN) strip --lang=$(call given,lang)

update: ## Merge a later version of the template; TO=v0.3.0
	@$(RUN) update --to=$(call given,TO) --source=$(call given,FROM)

use-published: ## Use published versions; CELERY_JS=1.2.3 CELERY_RELIABLE=...
	@$(RUN) use-published --celery-js=$(call given,CELERY_JS) --celery-reliable=$(call given,CELERY_RELIABLE)

packages: ## Build the npm archive and the wheel in dist/
	@$(RUN) packages

version: ## Give both packages their next version; TO=0.3.0
	@$(RUN) version --to=$(call given,TO)

##@ More tests and linters
lint-docker: ## Lint the Dockerfiles, docker-compose.yml and the workflows
	@$(RUN) lint-docker

test-deploy: ## Test deploy/kubernetes: render, validate, scan, run the pods
	@$(RUN) setup --quiet --parts python,node,deploy-tools
	@$(PYTHON) -m pytest -n 6 --maxschedchunk 1 -o norecursedirs=node_modules tests/deploy

test-compose: ## Test the containers with Docker: build, scale, kill, restart
	@$(RUN) setup --quiet && $(PYTHON) -m pytest tests/compose

test-long: ## Run what `make test` leaves out; follow the pages of docs/
	@$(RUN) setup --quiet && $(ON_SERVER) $(PYTHON) -m pytest -n 7 --dist loadfile --no-loadscope-reorder tests -m long

test-flower: ## Test Flower's pages in Chromium; pictures go to .data/flower
	@$(RUN) setup --quiet --parts python,node,flower-pages
	@$(ON_SERVER) $(PYTHON) -m pytest tests/flower

test-ecosystem: ## Test docs/frameworks.md and libraries for Celery
	@$(RUN) setup --quiet && $(ON_SERVER) $(PYTHON) -m pytest tests/ecosystem

test-telemetry: ## Test traces and error reports with the SDKs
	@$(RUN) setup --quiet --parts python,node,telemetry
	@$(ON_SERVER) $(PYTHON) -m pytest -n 2 --dist loadfile tests/telemetry

test-toolchains: ## Test other compilers, bundlers, runtimes, pm2 and jest
	@$(RUN) setup --quiet --parts python,node,toolchains
	@$(ON_SERVER) $(PYTHON) -m pytest tests/toolchains

test-brokers: ## Test Sentinel, RabbitMQ and PostgreSQL; ARGS="classic"
	@$(RUN) setup --quiet && $(ON_SERVER) $(PYTHON) -m tests.brokers $(PY_ARGS)

test-clone: ## Test rename, use-published and strip in copies of this folder
	@$(RUN) test-clone

test-versions: ## Test other Pythons, Nodes, Celerys, servers; ARGS="--node 22"
	@$(RUN) setup --quiet && $(PYTHON) -m tests.versions $(PY_ARGS)

test-load: ## Run 10,000 chains, 200 chords of 50 and a rolling restart
	@$(RUN) setup --quiet && $(PYTHON) -m pytest -s -m "" tests/conformance/test_canvas_load.py tests/conformance/test_rolling_restart.py --chains 10000 --chords 200 --restarts 5

test-hostile: ## Send 20,000 hostile messages to each worker; EXAMPLES=20000
	@$(RUN) setup --quiet && $(PYTHON) -m pytest -s tests/hostile --hostile-examples $(if $(EXAMPLES),$(call quoted,EXAMPLES),20000)

chaos: ## Run 20,000 tasks under faults; HOSTILE=100 BROKER=rabbitmq
	@$(RUN) setup --quiet && $(PYTHON) -m tests.chaos --seed=$(call given,SEED) --hostile=$(call given,HOSTILE) --sentinel=$(call given,SENTINEL) --broker=$(call given,BROKER) --tasks=$(call given,TASKS)

scaling: ## Measure 1 to 8 workers; updates docs/scaling.md
	@$(RUN) setup --quiet && $(ON_SERVER) $(PYTHON) -m tests.scaling

outages: ## Interrupt the server in 25 ways; updates docs/delivery.md
	@$(RUN) setup --quiet && $(PYTHON) -m tests.outages

##@ Measurements and generated files
bench: ## Compare the speed of both workers and clients with others
	@$(RUN) setup --quiet --parts python,node,bench
	@$(ON_SERVER) node bench/bench.js all

bench-quick: ## The most important comparisons, in three minutes
	@$(RUN) setup --quiet --parts python,node,bench
	@$(ON_SERVER) node bench/bench.js quick

bench-long: ## Measure one Node worker with a million tasks waiting
	@$(RUN) setup --quiet --parts python,node,bench
	@$(ON_SERVER) node bench/bench.js long

measure: ## Measure the source: sizes, imports, untyped lines, hops
	@$(RUN) setup --quiet
	@$(ON_SERVER) node scripts/code_measures/measure.js

record: ## Record Celery's messages and results for celery-js's tests
	@$(RUN) setup --quiet --parts python
	@$(PYTHON) node/celery-js/tests/fixtures/record.py && $(PYTHON) node/celery-js/tests/tasks/fixtures/record_binding.py

api-reference: ## Generate celery-js's types and reference from its JSDoc
	@$(RUN) setup --quiet --parts node,api-reference && node scripts/api_reference/generate.js
