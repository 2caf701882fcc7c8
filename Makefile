# Two commands on a fresh machine: `make app` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: app test browser lint types benchmarks clean

app: $(VENV)/app.stamp
	$(BIN)/streamlit run app.py

test: $(VENV)/dev.stamp browser
	$(BIN)/python -m pytest -n 3 --dist worksteal

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

benchmarks: $(VENV)/dev.stamp
	for file in benchmarks/[a-z]*.py; do $(BIN)/python $$file || exit 1; done

browser:
	sh tests/browser/install_chromium.sh

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/app.stamp: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV): minutes at the first time, PyTorch is large ..."
	$(PIP) -r requirements.txt
	@# by its path: beside the clone, a folder of the same name would hide a package that is found otherwise
	$(PIP) --no-deps --editable . --config-settings editable_mode=compat
	touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/app.stamp
	$(PIP) -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
