# Thin names for what bin/ and the tools do.
.PHONY: run run-standin test test-faults lint bench contact-sheet lock

python := .venv/bin/python
compile := UV_SYSTEM_CERTS=1 uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--quiet --python-version 3.11 pyproject.toml

run:
	@exec bin/run

run-standin:  # with a stand-in for HiAPI on this machine: no key, no cost, no network
	@bin/setup dev
	@exec $(python) -m tests.standin --secret stand-in-signing-key -- bin/run

test:  # minutes; CI adds one round of the fault tests
	@exec bin/test

test-faults:  # the fault tests with all their rounds: some hours
	@exec bin/test tests/faults

lint:
	@bin/setup dev
	@$(python) -m ruff format --check .
	@$(python) -m ruff check .
	@$(python) -m mypy
	@$(python) -m pytest -q tests/test_rooms.py

bench:
	@bin/setup dev
	@exec $(python) -m bench

contact-sheet:
	@bin/setup dev
	@exec $(python) -m bench.contact_sheet

lock:
	$(compile) -o requirements/runtime.txt
	$(compile) --group dev -o requirements/dev.txt
