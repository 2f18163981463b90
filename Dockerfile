# syntax=docker/dockerfile:1
# One image for console, edge and worker: `serve --only` says which (docs/deploying.md). All paths are below /srv/offerlift,
# so that tests can play the same steps in an empty folder.

FROM python:3.12-slim-bookworm AS build
WORKDIR /srv/offerlift
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
COPY requirements.lock ./
RUN python3 -m venv .venv && .venv/bin/python -m pip install --quiet --require-hashes -r requirements.lock
COPY . ./
RUN OFFERLIFT_DATA_DIR=var .venv/bin/python manage.py collectstatic --no-input --verbosity 0 && rm -f var/secret_key

FROM python:3.12-slim-bookworm
# tini collects the orphans of processes that were killed, which no process of ours does as number 1.
RUN apt-get update && apt-get install --yes --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /srv/offerlift offerlift
WORKDIR /srv/offerlift
COPY --from=build /srv/offerlift ./
ENV PATH=/srv/offerlift/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LOG_FORMAT=json
USER 10001
EXPOSE 8000 8001
ENTRYPOINT ["tini", "--"]
CMD ["python", "manage.py", "serve", "--only", "console", "--host", "0.0.0.0"]
