# Everything goes through here. `make help` lists the targets; each one sets up what it needs.

RUN := python3 -m scripts

.DEFAULT_GOAL := help

include python/Makefile
include node/Makefile

.PHONY: help setup demo up test lint format bench-quick clean

help: ## List every target
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing: Poetry if the machine has none, the Python packages, the Node packages
	@$(RUN) setup

demo: ## Run both workers and both clients once, print the four results, stop everything
	@$(RUN) demo

up: ## Run the server (PORT=6379, or REDIS_URL) and both workers until Ctrl-C, their logs side by side
	@$(RUN) up $(PORT)

test: ## Run every test: Python, Node, and what spans both
	@$(RUN) test

lint: ## Run every linter and type checker: ruff, mypy --strict, biome, tsc --strict
	@$(RUN) lint

format: ## Format the code, and fix what the linters are sure of
	@$(RUN) format

bench-quick: ## Measure the Node worker against celery-node and BullMQ, in under two minutes
	@$(RUN) setup --quiet --parts python,node,bench
	@VALKEY_SERVER="$$($(RUN) server-path)" node bench/quick.js

clean: ## Remove everything that set-up and runs have made
	@$(RUN) clean
