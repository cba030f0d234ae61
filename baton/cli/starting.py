"""Handing an enquiry in: each id runs once, also after Temporal has forgotten it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ValidationError
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from activities.cards import all_cards, shadow_cards
from baton.cli.console import note
from baton.cli.demo_systems import in_the_shops_name
from baton.cli.messages import Incoming
from baton.cli.problems import Problem, RanBefore, Running
from baton.cli.runs import CALL, Runs
from baton.contracts import names
from baton.contracts.enquiry import Enquiry, EnquiryOptions
from baton.contracts.record import EnquiryStart
from baton.contracts.shadow import ShadowStart
from baton.settings import Settings
from baton.temporal import search_attributes as sa
from baton.temporal.large_values import LargeValueFault
from baton.temporal.worker_options import STAGES_APART_S, START_TASK_TIMEOUT

MOST_TIMES = 20

LAST = Priority(priority_key=5)
"""Of all that waits in a queue's partition, a step of such a run is taken last. The usual priority is 3."""

SHADOW_WITHIN_S = 2.0
"""How long the start of a shadow may take. The enquiry runs by then, and whoever hands it in waits to be told so."""

SHADOW_AT_MOST = timedelta(days=1)
"""How long a shadow may run. Where no worker knows such runs it would stay open for ever, with the customer's mail."""


async def start(runs: Runs, incoming: Incoming) -> EnquiryStart:
    """Start the run of an enquiry; what it was handed. Raises RanBefore when its id ever ran."""
    enquiry_id = incoming.enquiry_id
    if runs.archived(enquiry_id) is not None:
        raise ran_before(enquiry_id)
    known = await known_attributes(runs)
    received_at = datetime.now(UTC)
    enquiry = EnquiryStart(
        enquiry=Enquiry(enquiry_id=enquiry_id, message=incoming.message, received_at=received_at),
        options=options(in_the_shops_name(runs.settings) if runs.here else runs.settings),
        cards=all_cards(runs.settings.models, runs.settings.task_queue),
        search_attributes=known,
        stages_apart_s=STAGES_APART_S,
    )
    try:
        await begin(
            runs,
            names.ENQUIRY_WORKFLOW,
            enquiry_id,
            enquiry,
            process=names.PROCESS_ENQUIRY,
            summary=f"Customer enquiry {enquiry_id}",
            received_at=received_at,
            known=known,
        )
    except WorkflowAlreadyStartedError:
        line = await runs.line(enquiry_id)
        if line.state == "running":
            raise Running(
                f"{enquiry_id} is running already. See it with: uv run starter.py status {enquiry_id}"
            ) from None
        raise ran_before(enquiry_id) from None
    return enquiry


async def start_shadow(runs: Runs, enquiry: EnquiryStart) -> None:
    """Start the shadow of an enquiry that runs, where one is set: a problem is told, and none is raised.

    Begun here and not by the enquiry's own run: so nothing in that can wait for it, or fail with it. Never within the
    time that `start` has: whoever read that the enquiry was not started would hand it in again.
    """
    if not runs.settings.shadowed:
        return
    settings, shadow_id = runs.settings, names.shadow_id(enquiry.enquiry.enquiry_id)
    start = ShadowStart(
        enquiry=enquiry.enquiry,
        options=enquiry.options,
        cards=shadow_cards(settings.models, settings.task_queue),
        models=[str(model) for model in settings.models.of("shadow")],
        search_attributes=enquiry.search_attributes,
        stages_apart_s=enquiry.stages_apart_s,
    )
    try:
        async with asyncio.timeout(SHADOW_WITHIN_S):
            await begin(
                runs,
                names.SHADOW_WORKFLOW,
                shadow_id,
                start,
                process=names.PROCESS_SHADOW,
                summary=f"Shadow of {enquiry.enquiry.enquiry_id}: nothing of it is used",
                received_at=enquiry.enquiry.received_at,
                known=list(enquiry.search_attributes),
                priority=LAST,
                at_most=SHADOW_AT_MOST,
            )
    except (WorkflowAlreadyStartedError, RPCError, LargeValueFault, TimeoutError) as problem:
        why = str(problem) or f"no answer within {SHADOW_WITHIN_S:g} s"
        note(f"The enquiry goes on without its shadow, which could not be started: {why}")


async def start_again(runs: Runs, incoming: Incoming) -> EnquiryStart:
    """Handle a message once more, under the next free id: `INQ-1042.2`, then `.3`.

    Never under the old one: its idempotency keys and its record belong to what was done then. Raises RanBefore while
    an earlier run of it goes on.
    """
    for number in range(1, MOST_TIMES + 1):
        next_id = incoming.enquiry_id if number == 1 else f"{incoming.enquiry_id}.{number}"
        again = Incoming(incoming.message, next_id)
        try:
            return await start(runs, again)
        except Running:
            raise
        except RanBefore:
            continue
    raise Problem(f"{incoming.enquiry_id} was handled {MOST_TIMES} times before: give it an id of its own with --id.")


def ran_before(enquiry_id: str) -> RanBefore:
    """An id never runs twice by accident."""
    return RanBefore(
        f"{enquiry_id} was handled before. See how with: uv run starter.py record {enquiry_id} "
        "(--again handles it once more)."
    )


def options(settings: Settings) -> EnquiryOptions:
    """How this shop wants its enquiries handled, fixed for a run when it starts. Raises Problem."""
    try:
        return EnquiryOptions(
            ask_customer=settings.ask_customer,
            trust=settings.trust,
            question_rounds=settings.question_rounds,
            reply_deadline_hours=settings.reply_deadline_hours,
            review_due_hours=settings.review_due_hours,
            signature=settings.signature,
        )
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        name = str(first["loc"][0]).upper()
        raise Problem(f"{name}={first['input']}: {first['msg'].lower()}.") from None


async def begin(
    runs: Runs,
    workflow: str,
    business_id: str,
    start: BaseModel,
    *,
    process: str,
    summary: str,
    received_at: datetime,
    known: list[str],
    priority: Priority = Priority.default,
    at_most: timedelta | None = None,
) -> None:
    """Start one run of a process; `at_most`: how long it may run, None: without end.

    Raises WorkflowAlreadyStartedError when its id ever ran.
    """
    await runs.client.start_workflow(
        workflow,
        start,
        id=names.workflow_id(business_id),
        task_queue=runs.settings.task_queue,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        task_timeout=START_TASK_TIMEOUT,
        memo={names.MEMO_RECEIVED: received_at},
        static_summary=summary,
        search_attributes=TypedSearchAttributes(_first_values(process, known)),
        priority=priority,
        execution_timeout=at_most,
        rpc_timeout=CALL * 2,
    )


async def known_attributes(runs: Runs) -> list[str]:
    """Which attributes may be written; none when the server does not tell, because a missing one would hang the run."""
    try:
        return await sa.existing(runs.client)
    except RPCError:
        return []


def _first_values(process: str, known: list[str]) -> list[SearchAttributePair[Any]]:
    first: list[SearchAttributePair[Any]] = [
        SearchAttributePair(sa.PROCESS, process),
        SearchAttributePair(sa.STAGE, "starting"),
        SearchAttributePair(sa.WAITING_ON, "nothing"),
    ]
    return [pair for pair in first if pair.key.name in known]
