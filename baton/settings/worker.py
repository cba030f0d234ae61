"""Settings of a worker: how much it takes on at a time, and how it ends."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings

from .about import About
from .values import lower


class WorkerSettings(BaseSettings):
    """What one worker takes on."""

    worker_max_activities: Annotated[
        int,
        Field(ge=1, le=10_000),
        About("activities that one worker runs at a time", example="50", unit="activities"),
    ] = 50
    worker_max_workflow_tasks: Annotated[
        int,
        Field(ge=2, le=10_000),
        About("workflow tasks that one worker runs at a time", example="50", unit="tasks"),
    ] = 50
    worker_max_cached_runs: Annotated[
        int,
        Field(ge=1, le=100_000),
        About(
            "runs that one worker keeps in memory, 0.5 MB each; any other is read from its history when it goes on",
            example="200",
            unit="runs",
        ),
    ] = 200
    worker_shutdown_seconds: Annotated[
        int,
        Field(ge=0, le=3600),
        About("time that running activities get when a worker is stopped", example="10", unit="seconds"),
    ] = 10
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        BeforeValidator(lower),
        About("least severity that is logged: debug, info, warning, error", example="info"),
    ] = "warning"
