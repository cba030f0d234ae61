"""How every write is done once: look up what became of earlier attempts, do it only if they did not, and leave word.

Which word is left, and who is asked, depends on what the system can do:

    the system                       before dispatching   an attempt that died meanwhile
    -------------------------------  -------------------  ---------------------------------------------------------
    keeps keys                       (from attempt 2 on)  the key is looked up; the same key does nothing twice
    can be asked, repeats (mail)     word is left         the key is looked up; not there for a while: done again
    has no keys, evidence            word is left         the evidence decides: done, not done, nobody can tell
    has no keys, no evidence         word is left         nobody can tell: a person decides

The word ("dispatching", "not dispatched") is kept by Temporal and outlives the worker. Leaving it is the fence as well:
an attempt that was frozen until another took over is refused, and does nothing.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import ValidationError
from temporalio import activity

from baton.contracts.last_look import last_look
from baton.contracts.systems import NOTHING_DONE, Conflict, NotFound, OutcomeUnknown, Rejected, Throttled, Unavailable
from baton.contracts.wire import JsonObject, Wire
from baton.temporal.heartbeats import last_word, leave_word

from .server_clock import server_now
from .standing import standing

Result = TypeVar("Result")

LATE_S = 15.0
"""How long a request may still arrive after whoever sent it is gone: until then "not there" proves nothing."""


class Word(Wire):
    """The last word of an attempt. `at`: by the server's clock. `version`: of the thing, on which it was dispatched."""

    said: Literal["dispatching", "not dispatched"]
    at: datetime
    version: str = ""


class Keyed(Protocol):
    """What an effect is handed: its key, the keys of earlier rounds, and those that are in doubt."""

    @property
    def key(self) -> str:
        """The key of this round."""

    @property
    def earlier_keys(self) -> list[str]:
        """Keys under which it was tried before a person had it done again."""

    @property
    def unknown_keys(self) -> list[str]:
        """Those of which nobody knows what they did; its own among them when it was tried under that."""

    @property
    def only_look(self) -> bool:
        """Whether to say what became of it and no more."""


class Ledger(Generic[Result]):
    """What a system tells of what it did: asked by key, and, where it keeps none, by other evidence.

    `find` raises Rejected where the system keeps no keys. `same_key_is_safe`: it does nothing twice under one key.
    """

    def __init__(self, find: Callable[[str], Awaitable[Result | None]], *, same_key_is_safe: bool) -> None:
        self._find = find
        self._same_key_is_safe = same_key_is_safe
        self.keeps_keys: bool | None = None

    async def find(self, key: str) -> Result | None:
        """What was done under this key; raises Rejected where the system keeps no keys."""
        try:
            found = await self._find(key)
        except Rejected:
            self.keeps_keys = False
            raise
        self.keeps_keys = True
        return found

    @property
    def repeats_safely(self) -> bool:
        """Whether the system itself sees to it that a repeat does nothing."""
        return self._same_key_is_safe and self.keeps_keys is not False


class Once(Generic[Result]):
    """One effect in one attempt: `look_up`, and where that finds nothing `dispatch`.

    `evidence` tells, for the version on which an earlier attempt dispatched ('' when that is not known), the result
    where the effect shows, None where it surely was not done; it raises OutcomeUnknown where it cannot tell.
    """

    def __init__(
        self,
        ledger: Ledger[Result],
        given: Keyed,
        *,
        evidence: Callable[[str], Awaitable[Result | None]] | None = None,
    ) -> None:
        self._ledger = ledger
        self._given = given
        self._evidence = evidence
        self._word = _left()
        if self._word is None and given.unknown_keys:
            # Whoever tried under them could leave no word to this activity.
            self._word = Word(said="dispatching", at=server_now())
        self._unsettled = self._word is not None and self._word.said == "dispatching"
        self._dispatched_on = self._word.version if self._word else ""
        self._tried_before = (
            activity.info().attempt > 1 or bool(given.earlier_keys) or self._word is not None or given.only_look
        )
        standing().may_be_done = self._unsettled

    async def look_up(self) -> Result | None:
        """What an earlier attempt or round did; None when it is to be done.

        Raises OutcomeUnknown, and no other attempt is made, where nobody can tell; NotFound where it was not done and
        that is all that was asked.
        """
        if not self._tried_before:
            return None
        if self._word is not None:
            standing().word = self._word.model_dump_json()
            if standing().word != last_word():
                await self._leave(self._word)  # its time was not known: the next attempt counts from this
        elif activity.info().attempt > 1 and self._ledger.repeats_safely:
            standing().may_be_done = True  # it may have died in the middle, and such a system needs no word
        try:
            found = await self._by_key()
        except Rejected:
            found = await self._by_evidence()
        if self._given.only_look and found is None:
            self._allow_for_lateness()
        standing().may_be_done = standing().found_done = found is not None
        if self._given.only_look and found is None:
            raise NotFound("it was not done")
        return found

    async def look_again(self) -> Result | None:
        """What was done under our keys, seen only now: a request arrived late, or the run was put back to before it."""
        try:
            found = await self._by_key()
        except Rejected:
            found = await self._evident() if self._tried_before else None
        standing().found_done = found is not None
        return found

    async def dispatch(self, act: Callable[[], Awaitable[Result]], *, version: str = "") -> Result:
        """Do it. Raises Overtaken, with nothing done, when another attempt has begun meanwhile."""
        if self._ledger.keeps_keys is None:
            # Known from the first effect of a worker on: an effect without keys must not start without its word.
            try:
                found = await self._ledger.find(self._given.key)
            except Rejected:
                found = None
            if found is not None:
                standing().found_done = True
                return found
        if not self._ledger.repeats_safely or activity.info().attempt > 1:
            await self._leave(Word(said="dispatching", at=server_now(), version=version))
        last_look()
        standing().may_be_done = True
        standing().can_be_settled = self._ledger.keeps_keys is not False or self._evidence is not None
        try:
            return await act()
        except NOTHING_DONE as fault:
            standing().may_be_done = False
            if isinstance(fault, (Unavailable, Throttled, Conflict)):  # after the others there is no next attempt
                await self._leave(Word(said="not dispatched", at=server_now()))
            raise

    async def _by_key(self) -> Result | None:
        for key in dict.fromkeys([*self._given.earlier_keys, *self._given.unknown_keys, self._given.key]):
            found = await self._ledger.find(key)
            if found is not None:
                return found
        if not self._ledger.repeats_safely:
            self._allow_for_lateness()
        return None

    async def _by_evidence(self) -> Result | None:
        standing().may_be_done = self._unsettled
        if not self._unsettled:
            # A person has it done again: what they saw is the better evidence where ours says nothing.
            return await self._evident() if self._given.earlier_keys else None
        try:
            if self._evidence is None:
                raise OutcomeUnknown("an earlier attempt ended in the middle, and this system cannot tell what it did")
            found = await self._evidence(self._dispatched_on)
        except OutcomeUnknown:
            standing().can_be_settled = False
            raise
        if found is None:
            self._allow_for_lateness()
        return found

    async def _evident(self) -> Result | None:
        if self._evidence is None:
            return None
        try:
            return await self._evidence(self._dispatched_on)
        except OutcomeUnknown:
            return None

    def _allow_for_lateness(self) -> None:
        """Wait, as Temporal's pause, until what is not there cannot come any more."""
        if self._word is None or not self._unsettled:
            return
        passed = (server_now() - self._word.at).total_seconds()
        left = min(LATE_S - passed, LATE_S)
        if left > 0:
            raise Throttled("it did not arrive, so far: asked once more before that is believed", retry_after=left)

    async def _leave(self, word: Word) -> None:
        text = word.model_dump_json()
        await leave_word(text)
        self._word, standing().word = word, text


def in_doubt(handed: JsonObject) -> bool | None:
    """Whether an effect may have been carried out before its attempt begins; None when only a look-up could tell."""
    word = _left()
    if word is not None:
        return word.said == "dispatching"
    return True if handed.get("unknown_keys") else None


def word_of_a_failure() -> str:
    """What an attempt that failed leaves to the next: its own word; without one, that it dispatched nothing, if so.

    Else the next attempt could not tell it from one that died in the middle, and a system that is down for long would
    leave every effect in doubt.
    """
    stands = standing()
    if stands.word or stands.may_be_done is not False:
        return stands.word
    return Word(said="not dispatched", at=server_now()).model_dump_json()


def _left() -> Word | None:
    said = last_word()
    try:
        return Word.model_validate_json(said) if said else None
    except ValidationError:  # not to be read for sure: then the worst that it could have said
        return Word(said="dispatching", at=server_now())
