# Every target sets up what it needs: uv, if there is none, in .uv/; the dependencies, as locked, in .venv/.

UV_VERSION := 0.13.9
UV := $(or $(shell command -v uv),.uv/bin/uv)
RUN := $(UV) run --locked --quiet

# Most tests wait for processes and sockets, not for a processor; a file's tests stay together, with what they share.
PYTEST := $(RUN) pytest --numprocesses 4 --dist loadfile

TYPES := tests/slack/types/node_modules

.PHONY: help demo install test check faults bench fuzz format pictures catalogues browser

help: ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

demo: $(UV) ## Try the bot here, with a pretend Slack and a pretend SuperOffice
	@$(RUN) python -m playground $(ARGS)

install: $(UV) ## Install the bot into .venv/, with what it needs to run and no more
	$(UV) sync --locked --quiet --no-dev

test: $(UV) browser $(TYPES) ## Run the tests
	$(PYTEST)

check: $(UV) browser $(TYPES) ## Run every check: format, lint, types, the house's rules, the tests with coverage
	$(RUN) ruff format --check
	$(RUN) ruff check
	$(RUN) mypy
	$(RUN) lint-imports
	$(PYTEST) --cov --cov-report=term

faults: $(UV) ## Run the real bot against every fault, and for a minute under load
	$(PYTEST) tests/faults

bench: $(UV) ## Measure the bot beside a tutorial's bot and a bare Bolt
	@$(RUN) python -m bench $(ARGS)

fuzz: $(UV) ## Break replies of SuperOffice by the hundred thousand, and see what the reader makes of them
	$(RUN) python -m fuzz.soap_reader --inputs 100000

format: $(UV) ## Format the code
	$(RUN) ruff format
	$(RUN) ruff check --fix

pictures: $(UV) browser ## Take the README's pictures, from the page of the playground
	$(RUN) python -m playground.picture

catalogues: $(UV) ## Bring the catalogues of languages up to date with the words in the code; then translate what is new
	@pot=$$(mktemp) && trap 'rm -f "$$pot"' EXIT && \
	$(RUN) pybabel -q extract --no-wrap --no-location --keyword=_n:1,2 --output-file="$$pot" bot && \
	for po in bot/words/locales/*.po; do \
		$(RUN) pybabel -q update --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
			--locale="$$(basename "$$po" .po)" --input-file="$$pot" --output-file="$$po" || exit 1; \
	done

# The page of the playground is tested in Debian's Chromium; without one, those tests are left out, and say so.
browser:
	@command -v chromium >/dev/null || ! test -w /usr/bin || ! command -v apt-get >/dev/null || \
		{ export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && apt-get install -qq --no-install-recommends chromium fonts-noto-core fonts-noto-color-emoji; } >/dev/null

# Slack's own types for blocks, where there is npm; without it, that test is left out, and says so.
$(TYPES): tests/slack/types/package-lock.json
	@! command -v npm >/dev/null || npm ci --prefix tests/slack/types --ignore-scripts --no-audit --no-fund --silent

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
