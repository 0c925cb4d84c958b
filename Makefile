# What a team needs; `make help` shows it as a table. Each target installs what it needs.
# The other targets are in maintainers.mk, python/Makefile and node/Makefile; `make help-all` lists them.

RUN := python3 -m scripts

.DEFAULT_GOAL := help

include $(wildcard python/Makefile node/Makefile) maintainers.mk $(wildcard example/example.mk)

# A variable, quoted for the shell. `given` reads the command line only: some machines set NAME in the environment.
quoted = '$(subst ','\'',$($1))'
given = $(if $(filter command,$(origin $1)),$(call quoted,$1),'')

# Other servers than Redis or Valkey: rabbitmq for the tasks, postgres for the results.
SERVERS = --broker=$(call given,BROKER) --results=$(call given,RESULTS)

.PHONY: help demo up new-task contracts test lint format rename workers_up workers_down dead-letters clean

help: ## List these targets
	@$(HELP) usage='Usage: make TARGET [VARIABLE=value ...]. `make help-all` lists more targets.' Makefile

##@ Run
demo: ## Run a worker and a client of each language once
	@$(RUN) demo $(SERVERS)

#: example: ## Show both languages behind a web page; SERVER=python
up: ## Run it all; PORT=6380 MONITOR=1 DEBUG=1 RESULTS=postgres
	@$(RUN) up $(call quoted,PORT) --monitor=$(call given,MONITOR) --watch=$(call given,WATCH) --debug=$(call given,DEBUG) $(SERVERS)

#: py-worker, js-worker: ## Run another worker; ARGS="-c 4 -n py2@%h"

##@ Develop
new-task: ## Write a task and its test; lang=node team=mail name=greet
	@$(RUN) new-task --lang=$(call given,lang) --team=$(call given,team) --name=$(call given,name)

contracts: ## Write what tasks take and give; CHECK=1 STRICT=1 BASE=tag
	@$(RUN) contracts --check=$(call given,CHECK) --strict=$(call given,STRICT) --base=$(call given,BASE)

#: shell-py, shell-js: ## Open a shell with all tasks; add.delay(1, 2)
#: py-add, js-add: ## Add a library; PKG="pandas>=2,<3"
test: ## Run all tests; py-test, js-test: those of one language
	@$(RUN) test

lint: ## Run all linters and type checkers
	@$(RUN) lint

format: ## Format the code and apply safe fixes
	@$(RUN) format

rename: ## Give this clone its own name; NAME=acme_jobs KEEP=tests
	@$(RUN) rename --name=$(call given,NAME) --keep=$(call given,KEEP)

##@ Operate
workers_up: ## Run it all in containers; PY_WORKERS=2 JS_WORKERS=2
	@$(RUN) workers-up --port=$(call quoted,PORT) --py-workers=$(call given,PY_WORKERS) --js-workers=$(call given,JS_WORKERS) --monitor=$(call given,MONITOR) $(SERVERS)

workers_down: ## Stop the containers; tasks that still wait are kept
	@$(RUN) workers-down

dead-letters: ## List tasks that could not run; ARGS="retry ID"
	@$(or $(JS_DEAD_LETTERS),$(PY_DEAD_LETTERS)) $(or $(JS_ARGS),$(PY_ARGS),list)

clean: ## Remove packages, data and logs; asks before losing tasks
	@$(RUN) clean --force=$(call given,FORCE)
