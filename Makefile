# make run   try Yipan on this machine: environment, database, demo network, pages
# make test  run the tests in the same way; ARGS="-k placement" passes arguments to pytest
# make rehearse-servers  kill and restart servers behind one address under load (Debian: haproxy pgbouncer)
# make rehearse-ha  kill the primary of a replicated PostgreSQL under load (Debian: postgresql-15 patroni etcd-server)
# make lint  style, types and import contracts
# make bench  measure the bed pool in one table, each figure beside its goal; about ten minutes
# make bench-plan  solve public planning problems and print the gaps; ARGS="ihtc --seconds 600" (half an hour at 60 s)
# make bench-forecast  forecast public series from their own past and print the scores; ARGS="nhs", ARGS="refit"
# make bench-twin  the twin beside SimPy, formulas and a real network; ARGS="policies" for one table; some minutes
# make soak  kill everything at random for SOAK_MINUTES (10) and count; SOAK_SEED=n repeats a plan
# make messages  add new texts to the Chinese catalogue, drop unused ones, list what lacks a translation

VENV   ?= .venv
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
            "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
SETUP   = $(or $(PYTHON),python3) -I src/yipan/server/prepare.py

.PHONY: run test lint messages bench bench-plan bench-forecast bench-twin soak rehearse-servers rehearse-ha

run:
	@$(SETUP) run "$(VENV)" && exec "$(VENV)/bin/yipan" run

test:
	@$(SETUP) test "$(VENV)" && exec "$(VENV)/bin/python" -m pytest -n auto $(ARGS)

bench:
	@$(SETUP) test "$(VENV)" && exec "$(VENV)/bin/python" -m benchmarks.trust $(ARGS)

bench-plan:
	@$(SETUP) test "$(VENV)" && exec "$(VENV)/bin/python" -m benchmarks.planning $(or $(ARGS),ihtc)

bench-forecast:
	@$(SETUP) test "$(VENV)" && exec "$(VENV)/bin/python" -m benchmarks.forecast $(or $(ARGS),divi)

bench-twin:
	@$(SETUP) test "$(VENV)" && for table in $(or $(ARGS),speed fidelity policies ni); do \
	  "$(VENV)/bin/python" -m benchmarks.twin $$table || exit 1; done

rehearse-servers:
	@$(SETUP) run "$(VENV)" && exec "$(VENV)/bin/python" rehearsals/several_servers.py $(ARGS)

rehearse-ha:
	@$(SETUP) run "$(VENV)" && exec "$(VENV)/bin/python" rehearsals/high_availability.py $(ARGS)

lint:
	@$(SETUP) test "$(VENV)"
	"$(VENV)/bin/ruff" check
	"$(VENV)/bin/ruff" format --check
	"$(VENV)/bin/lint-imports"
	"$(VENV)/bin/mypy"

messages:
	@$(SETUP) test "$(VENV)" && exec "$(VENV)/bin/python" -m yipan.ui.catalogue

soak:
	@$(SETUP) test "$(VENV)" && exec "$(VENV)/bin/python" -m tests.crash.soak
