# Meterlake with Python, Java and Delta's jars inside; it needs no network to run. For example
#   docker build -t meterlake .
#   docker run --rm -v "$PWD:/data" meterlake jobs/run_pipeline.py --config my.yaml
# Folders of the configuration are relative to /data, which user 10001 must be able to write;
# docker build --build-arg UID="$(id -u)" makes it your own user instead.

FROM python:3.11-slim-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends openjdk-17-jre-headless \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/meterlake
COPY requirements.lock setup.py pyproject.toml ./
# The packages first: a change of our own code does not install them again.
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --constraint requirements.lock \
      delta-spark holidays pandas pyarrow pydantic pyspark PyYAML setuptools tenacity tzdata
COPY . .
RUN .venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
 && .venv/bin/python -m meterlake.spark_jars \
 && .venv/bin/python -m meterlake.java \
 && .venv/bin/python -m meterlake.java_classes \
 && .venv/bin/python -m compileall -q lib jobs

FROM python:3.11-slim-bookworm
ARG UID=10001
# Spark's scripts ask ps for their processes; tini passes signals on, so that docker stop is heard.
RUN apt-get update \
 && apt-get install -y --no-install-recommends openjdk-17-jre-headless procps tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid "$UID" meterlake \
 && install -d -o meterlake -g meterlake /data
COPY --from=build /opt/meterlake /opt/meterlake
USER meterlake
WORKDIR /data
ENTRYPOINT ["tini", "--", "/opt/meterlake/spark-submit.sh"]
CMD ["--help"]
