"""One worker: settings, connectors, agents, then Temporal's Worker. No logic."""

import asyncio
import logging
import signal
import sys
from collections.abc import Sequence

from temporalio.client import Client
from temporalio.worker import Interceptor, Worker

from activities.archivist import Archivist
from activities.by_model import model_queue, thinking_agents
from activities.capability import steps_of
from activities.cards import mcp_tools, own_agents, plan_cards, process_cards
from activities.composer import Composer
from activities.crm_desk import CrmDesk
from activities.customers import CustomerDesk
from activities.mail_desk import MailDesk
from activities.mcp_tools import McpTool
from activities.order_desk import OrderDesk
from activities.order_policy import OrderPolicy
from activities.own_modules import WrongModule
from activities.pending import Pending
from activities.plan_desk import PlanDesk
from activities.policy_desk import PolicyDesk
from activities.reader import Reader
from activities.resolver import Resolver
from activities.tools.crm import CrmTools
from activities.tools.figures import FigureTools
from activities.tools.mail import MailTools
from activities.tools.orders import OrderTools
from activities.tools.policy import PolicyTools
from activities.tools.time import TimeTools
from baton.archive import Archive
from baton.connectors.load import Systems, load_systems
from baton.connectors.models import load_models
from baton.contracts.asking import AsksModels
from baton.contracts.plan import PlanCard
from baton.contracts.systems import SystemFault
from baton.health import recent_health
from baton.processes.loading import load_processes
from baton.settings import Settings, SettingsError, load_settings
from baton.temporal import search_attributes
from baton.temporal.connect import NoServer, connect
from baton.temporal.leaving import run_and_leave
from baton.temporal.outcomes import counted_outcomes
from baton.temporal.worker_options import model_worker_options, worker_options
from baton.temporal.working import at_work
from workflows.enquiry import EnquiryWorkflow
from workflows.goal import GoalWorkflow
from workflows.late_log import LateLogWorkflow
from workflows.planning import PlanningWorkflow
from workflows.shadow import ShadowWorkflow

WORKFLOWS = (EnquiryWorkflow, GoalWorkflow, LateLogWorkflow, PlanningWorkflow, ShadowWorkflow)


def agents_for(settings: Settings, systems: Systems, client: Client, of_plans: Sequence[PlanCard] = ()) -> list[object]:
    """The team of this installation. `of_plans`: the cards of all that plans may use."""
    return [
        Reader(),
        CustomerDesk(systems.orders, systems.crm),
        PolicyDesk.reading(settings.policy_file, systems.orders),
        OrderDesk(systems.orders),
        Resolver(),
        MailDesk(systems.mailbox),
        CrmDesk(systems.crm, client, settings.task_queue),
        Archivist(Archive(settings.state_dir)),
        PlanDesk(of_plans, lambda: recent_health(settings.state_dir)),
        Composer(),
        OrderPolicy(systems.orders),
    ]


def tools_for(settings: Settings, systems: Systems) -> list[object]:
    """What plans use beside agents of one's own."""
    return [
        OrderTools(systems.orders),
        CrmTools(systems.crm),
        MailTools(systems.mailbox),
        PolicyTools.reading(settings.policy_file),
        TimeTools(),
        FigureTools(),
    ]


def build_worker(
    client: Client, settings: Settings, systems: Systems, granted: Sequence[McpTool] = (), *more: Interceptor
) -> Worker:
    """A worker that runs every process and every step. Raises WrongModule."""
    for_plans = [*plan_cards(settings.agent_modules), *(tool.card for tool in granted)]
    own = load_processes(settings.process_modules, process_cards(for_plans, settings.models, settings.task_queue))
    return Worker(
        client,
        workflows=[*WORKFLOWS, *(each.workflow for each in own)],
        activities=[
            *steps_of([*agents_for(settings, systems, client, for_plans), *tools_for(settings, systems)]),
            *(each.step for each in own_agents(settings.agent_modules)),
            *(tool.step for tool in granted),
            *Pending(client).activities(),
        ],
        **worker_options(settings, *more),
    )


def build_model_workers(
    client: Client, settings: Settings, models: AsksModels | None, *more: Interceptor
) -> list[Worker]:
    """A worker for each provider of models, on a queue of its own: that carries the bound of calls per minute."""
    if models is None:
        return []
    for_plans = plan_cards(settings.agent_modules, settings.agents_file)
    steps = steps_of(thinking_agents(settings.models, models, for_plans))
    return [
        Worker(
            client,
            activities=steps,
            **model_worker_options(
                settings,
                model_queue(settings.task_queue, provider),
                settings.model_calls_per_minute.get(provider),
                *more,
            ),
        )
        for provider in settings.models.providers
    ]


async def main(settings: Settings) -> None:
    """Work until told to stop."""
    client = await connect(settings)
    missing = await search_attributes.ensure(client)
    if missing:
        commands = search_attributes.create_commands(missing, client.namespace)
        logging.warning(
            "The server lacks search attributes, and lists show less. Create them:\n%s", "\n".join(commands)
        )
    async with (
        load_systems(settings) as systems,
        mcp_tools(settings.agent_modules, settings.agents_file) as granted,
        counted_outcomes(settings.state_dir) as counting,
        load_models(settings) as models,
        at_work(
            [
                build_worker(client, settings, systems, granted, counting),
                *build_model_workers(client, settings, models, counting),
            ]
        ),
    ):
        told = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        logging.info("Working on task queue %s", settings.task_queue)
        await told.wait()


def work() -> None:
    """Start with this process's settings; where that does not go, what to mend, and exit code 1."""
    try:
        chosen = load_settings()
        logging.basicConfig(level=chosen.log_level.upper(), format="%(asctime)s %(levelname)s %(message)s")
        # Below these levels they log whole payloads and addresses: a customer's words and e-mail.
        logging.getLogger("temporalio").setLevel(max(logging.INFO, logging.root.level))
        for client in ("httpx", "httpcore", "httpx2", "httpcore2", "openai", "anthropic", "google_genai"):
            logging.getLogger(client).setLevel(logging.WARNING)
        logging.getLogger("mcp").setLevel(logging.CRITICAL)  # an answer that is none, whole
        asyncio.run(main(chosen))
    except (SettingsError, NoServer, SystemFault, WrongModule) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    run_and_leave(work)
