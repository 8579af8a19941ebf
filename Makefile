# Thin on purpose: everything is in packaging/bootstrap.py, which needs only Python.
# Arguments: make run ARGS="--seconds 5", make test ARGS="-k freeze".

PYTHON ?= python3
ARGS ?=
BOOTSTRAP = $(PYTHON) packaging/bootstrap.py

.PHONY: run test static check bench simulate shots lock
run test static check bench simulate shots lock:
	@$(BOOTSTRAP) $@ -- $(ARGS)
