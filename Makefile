# Every target installs what it needs: uv into .uv/, and the locked dependencies into .venv/.

UV := .uv/bin/uv
RUN := $(UV) run --no-sync --quiet
# uv's own list of certificate authorities lacks that of a proxy which inspects TLS.
export UV_SYSTEM_CERTS := 1

# Most tests wait for processes and sockets, not for a processor; a file's tests stay together, with what they share.
PYTEST := $(RUN) pytest --numprocesses 4 --dist loadfile

# Where `make dist` and `make sbom` put what they make.
DIST := dist

# The markers of the tests that take minutes or need more than Python; pyproject.toml explains each.
SLOW := bench or browser or e2e or faults or long or npm
# The markers of the tests that .ci/container and .ci/install prepare and run.
PREPARED := container or install

# With COVER=yes, what these tests cover is kept in .coverage.quick and .coverage.slow for `make coverage`.
QUICK_TESTS = $(if $(COVER),COVERAGE_FILE=$(CURDIR)/.coverage.quick) $(PYTEST) $(COVERED) -m "not ($(SLOW) or $(PREPARED))"
SLOW_TESTS = $(if $(COVER),COVERAGE_FILE=$(CURDIR)/.coverage.slow) $(PYTEST) $(COVERED) -m "$(SLOW)"
COVERED = $(if $(COVER),--cov --cov-report= --cov-fail-under=0)

.NOTPARALLEL:
.PHONY: help demo install dist sbom audit test check lint slow coverage faults bench fuzz simulate mutants format picture pictures catalogues ready browser types

help: ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: ready ## Try the bot here, with a pretend Slack and a pretend SuperOffice
	@echo "Starting the bot, with a pretend Slack and a pretend SuperOffice ..."
	@$(RUN) python -m playground $(ARGS)

install: $(UV) ## Install the bot into .venv/, with what it needs to run and no more
	@echo "Installing the bot into .venv/ ..."
	@$(UV) sync --locked --quiet --no-dev
	@echo "Installed: .venv/bin/who-is-online"

# pip and pipx know no uv.lock: constraints.txt tells them each version and its hashes, also those of the wheel itself.
dist: $(UV) ## Build what a machine without make installs: the wheel, and the versions and hashes of all it needs
	@$(UV) build --quiet --offline --clear --wheel --out-dir "$(DIST)"
	@{ echo "# who-is-online and all that it needs, each with its hashes. docs/operate.md says how to install it." && \
	echo "who-is-online==$$($(UV) version --short --frozen) $$(.uv/bin/pip hash "$(DIST)"/*.whl | tail -n 1)" && \
	$(UV) export --quiet --locked --no-dev --no-emit-project --no-header --no-annotate; } > "$(DIST)"/constraints.txt
	@echo Built: "$(DIST)"/*.whl "$(DIST)"/constraints.txt

sbom: $(UV) ## List all that the bot needs to run, with hashes, as CycloneDX
	@mkdir -p "$(DIST)"
	@$(UV) export --quiet --locked --no-dev --format cyclonedx1.5 --preview-features sbom-export \
		--output-file "$(DIST)"/sbom.cdx.json > /dev/null
	@echo Written: "$(DIST)"/sbom.cdx.json

# uv ends with 1 if it found something, and with 2 if it could not look.
audit: $(UV) ## Ask the database of OSV whether what the bot needs to run has a known vulnerability
	@$(UV) audit --locked --no-dev --preview-features audit-command || { code=$$?; \
		[ $$code = 1 ] || echo "Nothing was looked up, so nothing is known; the lines above say why." >&2; exit $$code; }

test: ready ## Run the quick tests
	@echo "Running the quick tests, for one to two minutes ..."
	@$(QUICK_TESTS)
	@echo "The quick tests passed. They leave out the bot as a process, its faults, the page in a browser, Slack's types,"
	@echo "the benchmark and long runs: 'make check' runs those too."

check: export COVER := yes
check: lint test slow coverage ## Run all that CI checks here: lint, the quick tests, the slow ones, and what they cover
	@echo "Every check passed."

lint: ready ## Check format, spelling, lint, types and the house's rules
	@echo "Checking format, lint, spelling, types and the house's rules ..."
	$(RUN) ruff format --check
	$(RUN) ruff check
	$(RUN) codespell
	$(RUN) mypy
	$(RUN) lint-imports
	$(RUN) python -m docs.house --check

slow: ready browser types ## Run the tests that 'make test' leaves out
	@echo "Running the slow tests, for two to four minutes ..."
	@$(SLOW_TESTS)

coverage: ready ## Report what the quick and the slow tests covered, if both ran with COVER=yes
	@echo "What the quick and the slow tests covered:"
	@$(RUN) coverage combine --quiet --keep .coverage.quick .coverage.slow
	@$(RUN) coverage report

faults: ready ## Run the real bot against every fault, and for a minute under load
	$(PYTEST) tests/faults

bench: ready ## Measure the bot beside a tutorial's bot and a bare Bolt
	@$(RUN) python -m bench $(ARGS)

fuzz: ready ## Break replies of SuperOffice by the hundred thousand, and see what the reader makes of them
	$(RUN) python -m fuzz.soap_reader --inputs 100000

simulate: ready ## Play days of the bot in virtual time, for an hour or with ARGS="--minutes 5"
	$(RUN) python -m tests.simulation $(ARGS)

mutants: ready ## Change the code one bit at a time, and list the changes that no test notices
	@echo "Changing one bit of the code at a time, to see whether a test notices, for 15 to 25 minutes ..."
	@rm -rf mutants
	@$(RUN) mutmut run --max-children 2
	@echo "No test noticed these ('timeout' was noticed: a test hung). To see one: .venv/bin/mutmut show NAME"
	@$(RUN) mutmut results

format: ready ## Format the code
	$(RUN) ruff format
	$(RUN) ruff check --fix

picture: ready ## Draw the picture in docs/architecture.md from the imports
	@$(RUN) python -m docs.house

pictures: ready browser ## Take the README's pictures, from the page of the playground
	$(RUN) python -m docs.picture

catalogues: ready ## Bring the catalogues of languages up to date with the words in the code; then translate what is new
	@pot=$$(mktemp) && trap 'rm -f "$$pot"' EXIT && \
	$(RUN) pybabel -q extract --no-wrap --no-location --keyword=_n:1,2 --output-file="$$pot" bot && \
	for po in bot/words/locales/*.po; do \
		$(RUN) pybabel -q update --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
			--locale="$$(basename "$$po" .po)" --input-file="$$pot" --output-file="$$po" || exit 1; \
	done

ready: $(UV)
	@$(UV) sync --locked --check --quiet 2>/dev/null || \
		{ echo "Installing what this needs into .venv/ ..." && $(UV) sync --locked --quiet; }

browser:
	@.ci/browser

types:
	@.ci/types

.uv/bin/uv: uv.txt
	@echo "Installing uv into .uv/ ..."
	@python3 -m venv .uv
	@.uv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement uv.txt
	@touch $@
