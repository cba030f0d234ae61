# One image for the worker, the command line and the demo systems.
FROM python:3.11.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never \
    UV_PROJECT_ENVIRONMENT=/opt/venv \
    PATH=/opt/venv/bin:$PATH \
    STATE_DIR=/state

# A process that reads strangers' mail does not run as root.
RUN pip install --no-cache-dir uv==0.13.9 \
    && useradd --uid 10001 --create-home baton \
    && install -d -o baton -g baton -m 0700 /state

WORKDIR /app

# Packages before code: a changed line of code does not fetch them again. `--build-arg MODELS=yes`: those for models, too.
ARG MODELS=
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-cache --no-default-groups --group demo ${MODELS:+--extra models}

COPY activities activities
COPY baton baton
COPY demo demo
COPY workflows workflows
COPY worker.py starter.py ./

USER baton
VOLUME /state
CMD ["python", "worker.py"]
