"""Loaded once into the process that workers are forked from: what each of them would else do anew at its start."""

from temporalio.worker._worker import load_default_build_id

from . import working

__all__ = ["working"]

# The SDK hashes the code of every loaded module, and remembers that: a second's work where Python keeps no bytecode.
load_default_build_id()
