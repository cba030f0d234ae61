"""What can go wrong in a command, each with the exit code that a script can rely on.

0  done
1  refused or failed
2  wrong use (from Typer)
3  no worker is answering: what was sent is kept, and it is safe to repeat
4  this enquiry id has run before
5  a goal may mean several things: choose one of those that are listed
130  interrupted
"""

import asyncio
import errno
import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import ParamSpec

import typer
from temporalio.service import RPCError, RPCStatusCode

from baton.cli.console import complaint
from baton.settings import SettingsError, child_environment

P = ParamSpec("P")

INTERRUPTED = 130
_NOT_WRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EBADF)
WITHIN_S = 7.5
"""How long a command may take that only asks and sends; with the program's own start it stays below 10 s."""
_NO_ANSWER = "The Temporal server does not answer. Start one with `uv run starter.py up`, or set TEMPORAL_ADDRESS."


class Problem(Exception):
    """Something a person can be told in one line; `code` is the command's exit code."""

    code = 1


class NoWorker(Problem):
    """Temporal answers, and no worker does."""

    code = 3


def not_yet_taken(again: str) -> NoWorker:
    """What was sent waits for a worker; `again`: what it would be to send it once more."""
    return NoWorker(
        f"Delivered, not yet taken: no worker is answering. It is kept and will be taken when one runs; {again}."
    )


class WrongUse(Problem):
    """What the command was called with cannot be meant: told apart from a no, for scripts that go by the code."""

    code = 2


class Unsure(Problem):
    """A goal that may mean several things, and nobody there to ask."""

    code = 5


class RanBefore(Problem):
    """An enquiry id that has run already."""

    code = 4


class Running(RanBefore):
    """An enquiry id whose run goes on."""


class UnknownRun(Problem):
    """Neither Temporal nor the archive has that enquiry."""


class NoServer(Problem):
    """No Temporal server answers."""


def in_words(problem: RPCError) -> str:
    """One line for an error of the server's API that no command foresaw."""
    if problem.status in (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED):
        return _NO_ANSWER
    if problem.status in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED):
        return f"The Temporal server refuses this client: {problem.message}. Check TEMPORAL_API_KEY and the profile."
    return f"The Temporal server says: {problem.message}"


def promptly(command: Callable[P, Coroutine[None, None, None]]) -> Callable[P, Coroutine[None, None, None]]:
    """A command that ends within `WITHIN_S`, whatever the server does: a script may wait for it."""

    @functools.wraps(command)
    async def limited(*args: P.args, **kwargs: P.kwargs) -> None:
        async with asyncio.timeout(WITHIN_S):
            await command(*args, **kwargs)

    return limited


def plainly(command: Callable[P, Coroutine[None, None, None]]) -> Callable[P, None]:
    """An async command as Typer calls it: its problems become one line on stderr and an exit code, no traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            asyncio.run(command(*args, **kwargs))
        except Problem as problem:
            complaint(str(problem))
            raise typer.Exit(problem.code) from None
        except SettingsError as problem:
            complaint(str(problem))
            raise typer.Exit(1) from None
        except RPCError as problem:
            complaint(in_words(problem))
            raise typer.Exit(1) from None
        except TimeoutError:
            complaint(f"{_NO_ANSWER} What was sent before is kept, and it is safe to repeat.")
            raise typer.Exit(1) from None
        except (KeyboardInterrupt, asyncio.CancelledError):
            complaint("Interrupted.")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            raise typer.Exit(1) from None
        except typer.Exit:
            raise
        except Exception as problem:
            if child_environment({}).get("LOG_LEVEL", "").lower() == "debug":
                raise
            if isinstance(problem, OSError) and problem.errno in _NOT_WRITTEN:
                complaint(f"What this command has to write cannot be written: {problem.strerror}.")
                raise typer.Exit(1) from None
            words = (str(problem).splitlines() or [""])[0]
            complaint(f"Unexpected {type(problem).__name__}: {words} (LOG_LEVEL=debug shows where.)")
            raise typer.Exit(1) from None

    run.__signature__ = inspect.signature(command)  # type: ignore[attr-defined]  # Typer reads the options from it
    return run
