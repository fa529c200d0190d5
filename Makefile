# Every target sets up what it needs: uv, if there is none, in .uv/; the dependencies, as locked, in .venv/.

UV_VERSION := 0.13.9
UV := $(or $(shell command -v uv),.uv/bin/uv)
RUN := $(UV) run --locked --quiet

.PHONY: help demo install test check faults bench fuzz format pictures

help: ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

demo: $(UV) ## Try the bot here, with a pretend Slack and a pretend SuperOffice
	@$(RUN) python -m playground

install: $(UV) ## Install the bot into .venv/, with what it needs to run and no more
	$(UV) sync --locked --quiet --no-dev

test: $(UV) ## Run the tests
	$(RUN) pytest

check: $(UV) ## Run every check: format, lint, types, the house's rules, the tests with coverage
	$(RUN) ruff format --check
	$(RUN) ruff check
	$(RUN) mypy
	$(RUN) lint-imports
	$(RUN) pytest --cov --cov-report=term

faults: $(UV) ## Run the real bot against every fault, and for a minute under load
	$(RUN) pytest tests/faults

bench: $(UV) ## Measure the bot beside a tutorial's bot and a bare Bolt
	@$(RUN) python -m bench $(ARGS)

fuzz: $(UV) ## Break replies of SuperOffice by the hundred thousand, and see what the reader makes of them
	$(RUN) python -m fuzz.soap_reader --inputs 100000

format: $(UV) ## Format the code
	$(RUN) ruff format
	$(RUN) ruff check --fix

pictures: $(UV) ## Draw the README's picture, from what the bot really sends
	$(RUN) python -m playground.picture

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
