"""`demo`: one enquiry from message to logged outcome, before your eyes."""

import asyncio
from typing import Annotated

import httpx
import typer
from pydantic import JsonValue
from rich.panel import Panel
from rich.text import Text

from baton.cli.asking import Answer, ask, by_itself, read_line
from baton.cli.breaking import Breaking
from baton.cli.breaks import Part
from baton.cli.console import err, interactive, line, lines, note, out
from baton.cli.deciding import decision_for, open_reviews, send
from baton.cli.demo_enquiries import DemoDiary, chosen_message, fresh, next_message, still_open, to_go_on_with
from baton.cli.demo_goal import GOAL, hand_in, orders_unread
from baton.cli.installation import Installation
from baton.cli.interrupting import until_interrupted
from baton.cli.messages import Incoming, from_file
from baton.cli.options import FileOption, FromOption, OrdersOption, TextOption
from baton.cli.plan_reviews import shown_review
from baton.cli.presenting.goals import answer_lines
from baton.cli.presenting.message import message_panel, sent_mail_panel
from baton.cli.presenting.record import record_table
from baton.cli.presenting.review import answers
from baton.cli.problems import INTERRUPTED, NoWorker, Problem, RanBefore, plainly
from baton.cli.runs import Runs, open_runs
from baton.cli.seen import remember
from baton.cli.starting import start, start_shadow
from baton.cli.up import addresses, orders_file, say_which_server
from baton.cli.watching import Follower
from baton.contracts import names
from baton.contracts.enquiry import EnquiryResult
from baton.contracts.mail import Message
from baton.contracts.record import CustomerReplied, RunStatus
from baton.contracts.review import Review
from baton.settings import load_settings

_PATIENCE = 8  # silent queries: a worker that was killed is started again in the meantime


@plainly
async def demo(
    *,
    words: Annotated[str | None, typer.Argument(metavar="[GOAL]", help="With --goal: what is wanted.")] = None,
    goal: Annotated[
        bool, typer.Option("--goal", help="A goal in place of an enquiry: planned, fanned out, with a fallback.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Answer the review by itself.")] = False,
    file: FileOption = None,
    text: TextOption = None,
    sender: FromOption = None,
    orders: OrdersOption = None,
    breaks: Annotated[
        Part | None, typer.Option("--break", help="Break that part in the middle, and count what came of it.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="A model that is asked before the rules: openai:gpt-5-mini.", show_default=False),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep everything running afterwards, until Ctrl-C.")] = False,
) -> None:
    """Show one enquiry at work: server, demo systems and worker start here, and end with the demo."""
    settings = load_settings()
    given = chosen_message(file, text, sender)
    if words is not None and not goal:
        raise Problem("Give a goal with --goal, and a customer's message with --text or --file.")
    if goal and (given or breaks):
        raise Problem("--goal goes with neither a message nor --break.")
    installation = Installation(settings, orders=orders_file(orders), model=model, tell=_tell)
    show = Demo(installation, yes=yes, keep=keep, breaking=Breaking(breaks, installation))
    shown = show.show_goal(words or GOAL) if goal else show.run(given)
    say_which_server(settings)
    try:
        stopped = await until_interrupted(shown, installation.hurry)
        if stopped:
            line("")
            line("Stopped. Nothing is lost: `demo` or `up` goes on where it was.", style="warn")
            raise typer.Exit(INTERRUPTED)
    finally:
        await installation.end()


def _tell(words: str) -> None:
    console = out if out.is_terminal else err  # past the console of the live lines it would be written into them
    console.print(words, style="warn", markup=False, soft_wrap=True)


class Demo:
    """One demo from start to end."""

    def __init__(self, installation: Installation, *, yes: bool, keep: bool, breaking: Breaking) -> None:
        self._installation = installation
        self._breaking = breaking
        self._settings = installation.settings
        self._yes = yes
        self._keep = keep
        self._diary = DemoDiary(self._settings)
        self._answered = 0
        self._refused_edits: dict[str, JsonValue] = {}

    async def run(self, given: Incoming | None) -> None:
        """Start everything, take one enquiry through, show what came of it."""
        runs = await self._start()
        async with self._breaking.prepared(runs, self._diary, given) as incoming:
            enquiry_id = await self._take(runs, incoming)
            ended = await self._breaking.during(enquiry_id, self._through(runs, enquiry_id))
            if ended is not None:
                await self._show_outcome(runs, enquiry_id, ended)
        await self._stay_or_leave()

    async def show_goal(self, words: str) -> None:
        """Start everything, take one goal through while the order system fails it, show what came of it."""
        runs = await self._start()
        async with orders_unread(self._installation):
            goal_id = await hand_in(runs, self._installation, words, may_ask=not self._yes)
            ended = await self._through(runs, goal_id)
        if ended is not None:
            await self._show_outcome(runs, goal_id, ended)
        await self._stay_or_leave()

    async def _start(self) -> Runs:
        with out.status("Starting the Temporal server, the demo systems and a worker…", spinner="dots"):
            address = await self._installation.start()
            runs = await open_runs(self._settings, embedded=address)
        out.print(addresses(self._installation))
        line("")
        return runs

    async def _take(self, runs: Runs, given: Incoming | None) -> str:
        """The enquiry to show: an earlier one that still waits, the one given, else the next of the demo's own."""
        if given is None:
            earlier = to_go_on_with(await still_open(runs, self._diary), by_itself=self._yes)
            if earlier is not None:
                line(f"An earlier demo run, {earlier.enquiry_id}, is still open. It goes on here.", style="wait")
                return earlier.enquiry_id
            chosen, used = next_message(self._diary)
            incoming, name = fresh(from_file(str(chosen))), chosen.name
            if used:
                other = f"STATE_DIR={self._settings.state_dir}-2"
                note("All demo messages were used before, so their orders have changed since. "
                     f"Another shop, for one run: {other} uv run starter.py demo")  # fmt: skip
        else:
            incoming, name = given, "given"
        self._diary.note(incoming.enquiry_id, name)
        out.print(message_panel(incoming.message, incoming.enquiry_id))
        try:
            await start_shadow(runs, await start(runs, incoming))
        except RanBefore:
            line_known = {each.enquiry_id for each in await still_open(runs, self._diary)}
            if incoming.enquiry_id in line_known:
                line(f"{incoming.enquiry_id} is open already. It goes on here.", style="wait")
            else:
                incoming = await self._start_as_new(runs, incoming)
        return incoming.enquiry_id

    async def _start_as_new(self, runs: Runs, incoming: Incoming) -> Incoming:
        again = fresh(incoming)
        line(
            f"{incoming.enquiry_id} was handled before; for the demo it is handled again as {again.enquiry_id}.", "wait"
        )
        self._diary.note(again.enquiry_id, "given")
        await start_shadow(runs, await start(runs, again))
        return again

    async def _through(self, runs: Runs, enquiry_id: str) -> RunStatus | None:
        """Follow the run and answer what it asks, until it ends; None when it is left open."""
        follower = Follower(runs, enquiry_id, patience=_PATIENCE)
        while True:
            try:
                status = await follower.follow()
            except NoWorker:
                log = self._settings.state_dir / "worker.log"
                raise NoWorker(f"No worker is answering: {log} tells why. {enquiry_id} is kept.") from None
            if status.waiting.what == "review":
                if not await self._answer_reviews(runs, enquiry_id):
                    return None
            elif status.waiting.what == "customer":
                if not await self._answer_as_customer(runs, enquiry_id):
                    return None
            else:
                return status

    async def _answer_reviews(self, runs: Runs, enquiry_id: str) -> bool:
        for review in open_reviews(await runs.reviews(enquiry_id)):
            line("")
            out.print(await shown_review(runs, review, enquiry_id))
            remember(self._settings.state_dir, enquiry_id, [review])
            await self._breaking.before_answering(review)
            draft = self._refused_edits.get(review.subject_digest)
            answer = by_itself(review, self._answered) if self._yes else await ask(review, draft=draft)
            if answer is None:
                self._say_it_waits(review, enquiry_id)
                return False
            self._answered += 1
            if self._yes:
                line(f"--yes answers: {answer.choice.id.replace('_', ' ')}", style="ok")
            await self._send(runs, enquiry_id, review, answer)
            line("")
        return True

    async def _send(self, runs: Runs, enquiry_id: str, review: Review, answer: Answer) -> None:
        decision = decision_for(enquiry_id, review, answer.choice.id, value=answer.value, comment=answer.comment)
        became = await send(runs, enquiry_id, decision)
        if became.status == "refused":
            line(f"Refused: {became.reason}.", style="bad")
            if answer.choice.id == "edit":
                self._refused_edits[review.subject_digest] = answer.value
                line("Your text is kept: edit again to mend it.", style="quiet")
        elif became.status == "not_yet_taken":
            line("Delivered; no worker has taken it yet. It is kept.", style="warn")

    def _say_it_waits(self, review: Review, enquiry_id: str) -> None:
        line("")
        line(f"{enquiry_id} stays open. The next `demo` shows it again; or with `up` in another terminal:")
        out.print(answers(review, enquiry_id=enquiry_id))

    async def _answer_as_customer(self, runs: Runs, enquiry_id: str) -> bool:
        """The question went out. In the demo you may be the customer, too."""
        said = None
        if not self._yes:
            line("")
            line("The question was sent, and the run waits for the customer. Be the customer:", style="wait")
            said = await read_line("Their answer (empty: later): ")
        if not said:
            line(f"{enquiry_id} waits for the customer. With `up` running, their answer goes in with:")
            line(f'  uv run starter.py reply {enquiry_id} --text "…"', style="key")
            return False
        came = fresh(Incoming(Message(text=said), ""))
        await runs.signal(
            enquiry_id, names.CUSTOMER_REPLIED, CustomerReplied(reply_id=came.enquiry_id, message=came.message)
        )
        await _no_longer(runs, enquiry_id, "customer")
        line("")
        return True

    async def _show_outcome(self, runs: Runs, enquiry_id: str, ended: RunStatus) -> None:
        line("")
        record = await runs.record(enquiry_id)
        out.print(record_table(record))
        lines(answer_lines(ended.result))
        message_id = ended.result.reply_message_id if isinstance(ended.result, EnquiryResult) else None
        mail_url = self._installation.demo.mail_url if self._installation.demo else ""
        if self._breaking.on:
            line("")
            await self._breaking.count(ended, record)
        elif message_id and mail_url:
            line("")
            out.print(await sent_mail(mail_url, message_id))
        line("")
        line(f"In the Temporal UI:  {runs.link(enquiry_id)}")

    async def _stay_or_leave(self) -> None:
        if not self._installation.owner:
            line("Another `up` or `demo` runs all this, and goes on.", style="quiet")
        elif self._keep:
            line("Everything keeps running. Ctrl-C ends it.", style="quiet")
            await asyncio.Event().wait()
        elif interactive() and not self._yes:
            await read_line("Enter ends the demo; the links work until then. ")


async def _no_longer(runs: Runs, enquiry_id: str, waiting_for: str, within_s: float = 8.0) -> None:
    """Wait until a run has taken what it waited for."""
    try:
        async with asyncio.timeout(within_s):
            while (await runs.status(enquiry_id)).waiting.what == waiting_for:  # noqa: ASYNC110  another process
                await asyncio.sleep(0.1)
    except (TimeoutError, NoWorker):
        return


async def sent_mail(mail_url: str, message_id: str) -> Panel:
    """The mail as the mail server got it, or the reason why it cannot be shown."""
    try:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            answer = await client.get(f"{mail_url}/messages", params={"message_id": message_id})
            return sent_mail_panel(answer.raise_for_status().json())
    except (httpx.HTTPError, ValueError, KeyError, Problem) as problem:
        return Panel(Text(f"The mail server does not show it: {problem}", style="warn"))
