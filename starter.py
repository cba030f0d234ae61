"""The command line: `uv run starter.py demo` shows everything at work; `--help` lists the rest."""

import typer

from baton.cli.agents import agents
from baton.cli.check import check
from baton.cli.console import make_streams_forgiving
from baton.cli.demo import demo
from baton.cli.enquiries import list_runs, record, reply, start_enquiry, status, watch
from baton.cli.goals import show_plan, start_goal, start_plan
from baton.cli.inbox import inbox
from baton.cli.locking import lock
from baton.cli.own_processes import start_process
from baton.cli.plans import PlanGroup, plan_check
from baton.cli.report import report
from baton.cli.reviews import approve, decide, edit, reject, request_changes, review
from baton.cli.shadow import shadow_report
from baton.cli.steering import change_goal, note
from baton.cli.stopping import cancel, pause, resume
from baton.cli.up import up
from baton.temporal.leaving import run_and_leave

app = typer.Typer(
    name="starter.py",
    help="Customer enquiries and goals, from first word to logged outcome; people decide before anything is done.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
start = typer.Typer(help="Hand in an enquiry, a goal, a plan, or input of your own process.", no_args_is_help=True)
app.add_typer(start, name="start", rich_help_panel="Enquiries and goals")
plan = typer.Typer(
    cls=PlanGroup,
    help='Plan a goal, and run nothing: plan "GOAL". Or check a plan in a file: plan check FILE.',
    subcommand_metavar='"GOAL" | check FILE',
    no_args_is_help=True,
)
app.add_typer(plan, name="plan", rich_help_panel="Enquiries and goals")

app.command("demo", rich_help_panel="Try it")(demo)
app.command("up", rich_help_panel="Try it")(up)
app.command("check", rich_help_panel="Try it")(check)
capabilities = typer.Typer(invoke_without_command=True)
app.add_typer(capabilities, name="agents", rich_help_panel="Try it")
capabilities.callback()(agents)
capabilities.command("lock")(lock)
start.command("enquiry")(start_enquiry)
start.command("plan")(start_plan)
start.command("goal")(start_goal)
start.command("process")(start_process)
plan.command("goal")(show_plan)
plan.command("check")(plan_check)
app.command("list", rich_help_panel="Enquiries and goals")(list_runs)
app.command("status", rich_help_panel="Enquiries and goals")(status)
app.command("watch", rich_help_panel="Enquiries and goals")(watch)
app.command("record", rich_help_panel="Enquiries and goals")(record)
app.command("report", rich_help_panel="Enquiries and goals")(report)
shadow = typer.Typer(help="Compare proposals that were made beside and not used: shadow report.", no_args_is_help=True)
app.add_typer(shadow, name="shadow", rich_help_panel="Enquiries and goals")
shadow.command("report")(shadow_report)
app.command("reply", rich_help_panel="Enquiries and goals")(reply)
app.command("note", rich_help_panel="Enquiries and goals")(note)
app.command("change-goal", rich_help_panel="Enquiries and goals")(change_goal)
app.command("pause", rich_help_panel="Enquiries and goals")(pause)
app.command("resume", rich_help_panel="Enquiries and goals")(resume)
app.command("cancel", rich_help_panel="Enquiries and goals")(cancel)
app.command("inbox", rich_help_panel="Reviews")(inbox)
app.command("review", rich_help_panel="Reviews")(review)
app.command("decide", rich_help_panel="Reviews")(decide)
app.command("approve", rich_help_panel="Reviews")(approve)
app.command("edit", rich_help_panel="Reviews")(edit)
app.command("reject", rich_help_panel="Reviews")(reject)
app.command("request-changes", rich_help_panel="Reviews")(request_changes)

if __name__ == "__main__":
    make_streams_forgiving()
    run_and_leave(app)
