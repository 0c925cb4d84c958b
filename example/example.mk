# The targets of the example application; `make remove-example` removes them with it.

# `make workers_up EXAMPLE=1` adds the example's containers.
ifeq ($(EXAMPLE),1)
export COMPOSE_FILE := docker-compose.yml:example/docker-compose.yml
# `make workers_up` prints this address once all containers are healthy.
export EXAMPLE_PAGE := http://127.0.0.1:$(or $(WEB_PORT),8000)
endif

.PHONY: example test-example remove-example

##@ Example application
example: ## Show both languages behind a page; SERVER=python PORT=8000
	@$(RUN) example --server=$(call given,SERVER) --port=$(call given,PORT)

test-example: ## Test its page, both web servers and their load
	@$(RUN) test-example

remove-example: ## Take the example application out of this clone
	@$(RUN) remove-example
