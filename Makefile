# Two commands for a stranger: `make demo` and `make test`. Each does all its own set-up first;
# the stamp makes the second run fast. `make check` is what a developer runs between commits.

READY := .venv/.ready
RUN := .venv/bin/

# The processes that tests start find the modules compiled, whatever the shell says.
test: export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test check format

demo: $(READY)
	$(RUN)dangan demo --out out/demo

test: $(READY)
	$(RUN)ruff format --check .
	$(RUN)ruff check .
	$(RUN)mypy
	$(RUN)python -m pytest -n 2 --dist worksteal

check: $(READY)
	$(RUN)ruff format --check . && $(RUN)ruff check . && $(RUN)mypy

format: $(READY)
	$(RUN)ruff format . && $(RUN)ruff check --fix .

$(READY): .ci/set-up pyproject.toml constraints.txt
	.ci/set-up $@
