"""Options of every worker and every start, measured so that a crashed worker stalls no run for long."""

import hashlib
from datetime import timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

from temporalio.worker import Interceptor, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from baton.settings import Settings

from .catching_up import CatchingUp
from .details import Details
from .heartbeats import Heartbeats
from .interceptors import SignalGuard

START_TASK_TIMEOUT = timedelta(seconds=2)
"""`task_timeout` at start: how long a workflow task of a crashed worker blocks its run. The default is 10 s."""

STAGES_APART_S = 1.0
"""`stages_apart_s` at start: a stage that is over sooner nobody could read in a list, and each costs the server as much
as a third of a step. What a run waits for, that it is paused and how it ended is written at once."""

STICKY_TIMEOUT = timedelta(seconds=1)
"""How long a task waits for the worker that had the run in its cache. The default is 10 s, for every waiting run."""

ACTIVITY_POLLS = 5
"""Calls that a worker has open for its next step. Frozen, it swallows one attempt with each before they are closed."""

CHECKOUT = Path(__file__).resolve().parents[2]

ROOMS = ("baton", "activities", "workflows")
"""What a run is made of."""


class WorkerOptions(TypedDict):
    """Keyword arguments of `temporalio.worker.Worker`."""

    task_queue: str
    build_id: str
    interceptors: list[Interceptor]
    workflow_runner: WorkflowRunner
    sticky_queue_schedule_to_start_timeout: timedelta
    max_concurrent_activities: int
    max_concurrent_activity_task_polls: int
    max_concurrent_workflow_tasks: int
    max_cached_workflows: int
    graceful_shutdown_timeout: timedelta


def worker_options(settings: Settings, *more: Interceptor) -> WorkerOptions:
    """What each worker is made with: `Worker(client, workflows=…, activities=…, **worker_options(settings))`."""
    return WorkerOptions(
        task_queue=settings.task_queue,
        build_id=build_of(),
        interceptors=[SignalGuard(), Details(), Heartbeats(), *more],
        workflow_runner=workflow_runner(),
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        max_concurrent_activities=settings.worker_max_activities,
        max_concurrent_activity_task_polls=ACTIVITY_POLLS,
        max_concurrent_workflow_tasks=settings.worker_max_workflow_tasks,
        max_cached_workflows=settings.worker_max_cached_runs,
        graceful_shutdown_timeout=timedelta(seconds=settings.worker_shutdown_seconds),
    )


class ModelWorkerOptions(TypedDict):
    """Keyword arguments of a Worker that asks one provider's models and does nothing else."""

    task_queue: str
    build_id: str
    interceptors: list[Interceptor]
    max_concurrent_activities: int
    max_task_queue_activities_per_second: float | None
    graceful_shutdown_timeout: timedelta


def model_worker_options(
    settings: Settings, task_queue: str, calls_per_minute: float | None, *more: Interceptor
) -> ModelWorkerOptions:
    """The bound per minute is kept by the server, for all workers of the queue; how many at once, by each worker."""
    return ModelWorkerOptions(
        task_queue=task_queue,
        build_id=build_of(),
        interceptors=[Heartbeats(), *more],
        max_concurrent_activities=settings.baton_model_at_once,
        max_task_queue_activities_per_second=calls_per_minute / 60 if calls_per_minute else None,
        graceful_shutdown_timeout=timedelta(seconds=settings.worker_shutdown_seconds),
    )


def workflow_runner(*more: str) -> WorkflowRunner:
    """The sandbox, with all modules of ours (and `more`) loaded once: else each run would load its own."""
    return CatchingUp(restrictions=SandboxRestrictions.default.with_passthrough_modules(*ROOMS, *more))


@cache
def build_of(checkout: Path = CHECKOUT) -> str:
    """Which code does a task, for `temporal workflow reset --build-id`: a digest of ours and the SDK's version.

    Without one the SDK makes it of all modules that are loaded, and a worker starts 0.8 s later. Nothing is versioned
    by it. The SDK would rather be told a deployment, which each of a run's tasks would then name as well.
    """
    found = hashlib.sha256(version("temporalio").encode())
    for file in sorted(file for room in ROOMS for file in (checkout / room).rglob("*.py")):
        found.update(file.read_bytes())
    return found.hexdigest()[:32]
