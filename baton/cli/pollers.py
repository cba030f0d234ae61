"""Who asks a task queue for work."""

from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from baton.cli.runs import CALL


@dataclass(frozen=True)
class Poller:
    """One worker as the server last saw it. A dead one is listed for minutes: the age tells."""

    identity: str
    age_s: float


async def pollers(client: Client, queue: str, *, activities: bool = False) -> list[Poller]:
    """The workers seen on a task queue, for workflows or for activities."""
    kind = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY if activities else TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind),
        timeout=CALL,
    )
    now = datetime.now(UTC)
    return [
        Poller(each.identity, (now - each.last_access_time.ToDatetime(tzinfo=UTC)).total_seconds())
        for each in answer.pollers
    ]
