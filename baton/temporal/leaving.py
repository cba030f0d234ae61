"""How a program that talked to Temporal ends."""

import logging
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn


def run_and_leave(program: Callable[[], object]) -> NoReturn:
    """Run a program's whole work and end the process with its exit code, without the interpreter's tear-down.

    The SDK's threads outlive the event loop. A command that ends right after a call met them in the tear-down every
    third time, and ended with SIGABRT or SIGSEGV in place of its exit code (temporalio/sdk-python#300).
    """
    code = 0
    try:
        program()
    except SystemExit as ended:
        code = _exit_code(ended)
    except KeyboardInterrupt:
        code = 130
    except BaseException:
        traceback.print_exc()
        code = 1
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # whoever read it has gone
            stream.flush()
    os._exit(code)


def _exit_code(ended: SystemExit) -> int:
    """Python's own rule: nothing is 0, a number is itself, words go to standard error and are 1."""
    if ended.code is None:
        return 0
    if isinstance(ended.code, int):
        return ended.code & 0xFF
    sys.stderr.write(f"{ended.code}\n")
    return 1
