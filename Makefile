# Everything goes through here. `make help` lists the targets; each one sets up what it needs.

RUN := python3 -m scripts

.DEFAULT_GOAL := help

include python/Makefile
include node/Makefile

# A variable, quoted for the shell; `given`: of the command line alone, as some machines set NAME in the environment.
quoted = '$(subst ','\'',$($1))'
given = $(if $(filter command,$(origin $1)),$(call quoted,$1),'')

.PHONY: help setup demo up workers_up workers_down test test-compose test-flower test-load test-hostile chaos outages lint lint-docker format bench-quick api-reference new-task rename use-published test-clone clean

help: ## List every target
	@awk -F ':.*## ' '/^[a-z][a-z0-9_-]*:.*## / && !seen[$$1]++ { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing: Poetry if the machine has none, the Python packages, the Node packages
	@$(RUN) setup

demo: ## Run both workers and both clients once, print the four results, stop everything
	@$(RUN) demo

up: ## Run the server (PORT=6379, or the one of JOBS_BROKER_URL) and both workers until Ctrl-C, Flower too with MONITOR=1
	@$(RUN) up $(call quoted,PORT) --monitor=$(call given,MONITOR)

workers_up: ## Build and run the server (PORT=6379) and workers (PY_WORKERS=1 JS_WORKERS=1) in containers, Flower too with MONITOR=1
	@$(RUN) workers-up --port=$(call quoted,PORT) --py-workers=$(call given,PY_WORKERS) --js-workers=$(call given,JS_WORKERS) --monitor=$(call given,MONITOR)

workers_down: ## Stop the containers and remove them; tasks that still wait are kept
	@$(RUN) workers-down

test: ## Run every test: Python, Node, and what spans both
	@$(RUN) test

test-compose: ## Test the containers on this machine's Docker: build, scale, kill, restart
	@$(RUN) setup --quiet && $(PY_DIR).venv/bin/python -m pytest tests/compose

test-flower: ## Test Flower's pages in Chromium, which has to be there; pictures go to .data/flower
	@$(RUN) setup --quiet --parts python,node,flower-pages
	@VALKEY_SERVER="$$($(RUN) server-path)" $(PY_DIR).venv/bin/python -m pytest tests/flower

test-load: ## Run 10,000 chains and 200 chords of 50 across both languages at once, and a long rolling restart
	@$(RUN) setup --quiet && $(PY_DIR).venv/bin/python -m pytest -s tests/conformance/test_canvas_load.py tests/conformance/test_rolling_restart.py --chains 10000 --chords 200 --restarts 5

test-hostile: ## Send 20,000 hostile messages to each worker (EXAMPLES=20000), and enter what became of each
	@$(RUN) setup --quiet && $(PY_DIR).venv/bin/python -m pytest -s tests/hostile --hostile-examples $(if $(EXAMPLES),$(call quoted,EXAMPLES),20000)

chaos: ## Kill workers, servers and connections under 20,000 tasks, and print what became of them (SEED=1, HOSTILE=100)
	@$(RUN) setup --quiet && $(PY_DIR).venv/bin/python -m tests.chaos --seed=$(call given,SEED) --hostile=$(call given,HOSTILE)

outages: ## Take the server away in 25 ways from both workers and both clients, and write the table of docs/delivery.md
	@$(RUN) setup --quiet && $(PY_DIR).venv/bin/python -m tests.outages

lint: ## Run every linter and type checker: ruff, mypy --strict, biome, tsc --strict
	@$(RUN) lint

lint-docker: ## Run the linters of the Dockerfiles, of docker-compose.yml and of the workflows
	@$(RUN) lint-docker

format: ## Format the code, and fix what the linters are sure of
	@$(RUN) format

bench-quick: ## Measure the Node worker against celery-node and BullMQ, in under two minutes
	@$(RUN) setup --quiet --parts python,node,bench
	@VALKEY_SERVER="$$($(RUN) server-path)" node bench/quick.js

api-reference: ## Write node/celery-js/reference from the JSDoc of celery-js
	@$(RUN) setup --quiet --parts node,api-reference && node scripts/api_reference/generate.js

new-task: ## Write a task and its test: lang=python|node team=billing name=send_invoice
	@$(RUN) new-task --lang=$(call given,lang) --team=$(call given,team) --name=$(call given,name)

rename: ## Make this clone your own: NAME=acme_jobs for packages, apps, images and title
	@$(RUN) rename --name=$(call given,NAME)

use-published: ## Depend on published packages instead of their source: CELERY_JS=1.2.3 CELERY_RELIABLE=1.2.3
	@$(RUN) use-published --celery-js=$(call given,CELERY_JS) --celery-reliable=$(call given,CELERY_RELIABLE)

test-clone: ## Test a clone's life in a copy: rename it, run it, run it on packages instead of their source
	@$(RUN) test-clone

clean: ## Remove everything that set-up and runs have made; asks where tasks would be lost (FORCE=1: does not)
	@$(RUN) clean --force=$(call given,FORCE)
