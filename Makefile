# Every target sets up what it needs in .venv; a fresh clone needs Python 3.11+ and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO_OUT ?= demo-out
DATA ?= ../shared/data

export PYTHONDONTWRITEBYTECODE :=
export TOKENIZERS_PARALLELISM := false
export HF_HUB_OFFLINE ?= 1

# Two files of tests at a time; TEST_WORKERS= runs one after the other.
TEST_WORKERS ?= -n 2 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all lint fmt type check golden docs smoke bench bench-align bench-simalign bench-sentences bench-token bench-translate bench-train bench-embeddings bench-memory bench-large bench-engine torture fuzz clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

setup: $(STAMP)  ## make .venv and install the package with what the tests need

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: Python 3.11 or newer is needed (make PYTHON=python3.11 ...)")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $(STAMP)

demo: $(STAMP)  ## run everything on the shipped example data ; ends with one HTML page
	$(BIN)/cscl-data demo --out $(DEMO_OUT) --overwrite

test: $(STAMP)  ## the default tests: offline, CPU, under 8 minutes on 2 cores
	$(BIN)/python -m pytest $(TEST_WORKERS)

test-all: $(STAMP)  ## the slow tests too
	$(BIN)/python -m pytest $(TEST_WORKERS) -m 'not gpu' --timeout 1800

lint: $(STAMP)  ## ruff check and format check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

fmt: $(STAMP)  ## format and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

type: $(STAMP)  ## mypy --strict
	$(BIN)/mypy

golden: $(STAMP)  ## write the golden files anew; read the diff
	$(BIN)/python -m pytest tests/cli/test_help.py tests/train/test_run.py --update-golden

docs: $(STAMP)  ## write docs/cli.md from --help
	$(BIN)/python -m tests.cli.reference

smoke: $(STAMP)  ## the installed command answers
	$(BIN)/cscl-data --help > /dev/null
	$(BIN)/cscl-data doctor

bench-align: $(STAMP)  ## word alignment on the real data in DATA ; BENCH='--only a,b --eflomal PROGRAM'
	$(BIN)/python -m benchmarks.align --data $(DATA) $(BENCH)

check: lint type test smoke  ## what CI runs, and a little more

bench-simalign: $(STAMP)  ## our simalign backend against the package: speed, links
	$(BIN)/python -m benchmarks.simalign

bench-sentences: $(STAMP)  ## sentence alignment on the real data in DATA
	$(BIN)/python -m benchmarks.sentence_alignment --data $(DATA) $(BENCH)

bench-token: $(STAMP)  ## how fast words are switched, on the real data in DATA
	$(BIN)/python -m benchmarks.token_cs --data $(DATA)

bench-translate: $(STAMP)  ## translate-bundle against CTranslate2 alone, and killed, on the real data in DATA
	$(BIN)/python -m benchmarks.translation --data $(DATA) $(BENCH)

bench-train: $(STAMP)  ## the figures of training beside their bars ; BENCH='--only loader,trainer'
	$(BIN)/python -m benchmarks.train --data $(DATA) $(BENCH)

bench-memory: $(STAMP)  ## peak memory of a million and three million pairs, streamed ; an hour
	$(BIN)/python -m benchmarks.streaming $(BENCH)

bench-large: $(STAMP)  ## the same with ten million ; hours
	$(BIN)/python -m benchmarks.streaming --pairs 1000000,10000000 $(BENCH)

bench: bench-engine bench-memory  ## the figures of both: engines, then memory ; more than an hour

bench-engine: $(STAMP)  ## what the engines cost and give, and how fast a finished run ends ; BENCH='--pairs 200000'
	$(BIN)/python -m benchmarks.engine $(BENCH)

torture: $(STAMP)  ## 100 trials of kills a command; goes on where it stopped (torture.json) ; hours
	$(BIN)/python -m benchmarks.torture $(BENCH)

fuzz: $(STAMP)  ## hostile bytes for the readers, FUZZ_EXAMPLES of each kind
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-5000} $(BIN)/python -m pytest $(TEST_WORKERS) tests/io/test_fuzz.py --timeout 7200

bench-embeddings: $(STAMP)  ## memory and time of new embeddings for large vocabularies ; BENCH='--tokens 50000'
	$(BIN)/python -m benchmarks.embeddings $(BENCH)

clean:  ## remove build products, not .venv
	rm -rf $(DEMO_OUT) .mypy_cache .pytest_cache .ruff_cache build dist
