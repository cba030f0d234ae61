"""The count at the end: what was approved against what the systems show, by key and by content. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .effects import Deed, Found, Letter, Outside

_AS_APPROVED = ("answered", "done_without_reply")
"""Outcomes that say: everything approved last was done."""


@dataclass(frozen=True)
class Approval:
    """What a person approved or wrote, and the run accepted: changes of orders with a reply, or a question alone."""

    deeds: tuple[Deed, ...] = ()
    letter: Letter | None = None
    question: bool = False


@dataclass(frozen=True)
class Account:
    """An enquiry that was acknowledged, as it stands at the end; `outcome` empty: it has not ended.

    `waits_for` says what a person is asked, `says_done` how many changes its result tells of, `in_doubt` of how many
    effects it says that nobody can tell. `taken_back` has each change that somebody had undone, with what undoes it.
    """

    enquiry_id: str
    outcome: str = ""
    waits_for: str = ""
    says_done: int = 0
    in_doubt: int = 0
    approvals: tuple[Approval, ...] = ()
    taken_back: tuple[tuple[Deed, Deed], ...] = ()

    def deeds(self) -> list[Deed]:
        """Every change that may be there: what was approved, and what undoes it where somebody wanted that."""
        return [deed for each in self.approvals for deed in each.deeds] + [undone for _, undone in self.taken_back]


@dataclass
class Verdict:
    """What the count found: a line for each thing that must not be."""

    completed: int = 0
    waiting: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    unapproved: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Nothing lost, nothing twice, nothing that nobody approved."""
        return not (self.lost or self.duplicated or self.unapproved)


def count(accounts: Sequence[Account], outside: Outside) -> Verdict:
    """Every enquiry, then every effect outside."""
    verdict = Verdict()
    for account in accounts:
        _count_end(account, verdict)
    deeds = _Ledger("change of an order", _deeds_of(accounts))
    letters = _Ledger("mail", _letters_of(accounts))
    for ledger, found in ((deeds, outside.deeds), (letters, outside.letters)):
        ledger.enter(found, verdict)
    for account in accounts:
        _count_effects(account, deeds.of(account), letters.of(account), verdict)
    _count_entries(accounts, outside, verdict)
    _count_orders(accounts, outside, verdict)
    return verdict


def _count_end(account: Account, verdict: Verdict) -> None:
    if account.outcome:
        verdict.completed += 1
    elif account.waits_for:
        verdict.waiting.append(f"{account.enquiry_id} waits: {account.waits_for}")
    else:
        verdict.lost.append(f"{account.enquiry_id} neither ended nor waits for a person")


@dataclass(frozen=True)
class _Owned:
    """An effect that was approved, and what may be there once: a customer gets one reply, whatever its words."""

    enquiry_id: str
    once: object


class _Ledger:
    """Effects that a system shows, each entered under the enquiry in which it was approved."""

    def __init__(self, what: str, approved: dict[Deed | Letter, _Owned]) -> None:
        self._what = what
        self._approved = approved
        self._there: dict[str, set[Deed | Letter]] = {}

    def enter(self, found: Sequence[Found], verdict: Verdict) -> None:
        """Tell what nobody approved, and what is there a second time: by its key, or by its content."""
        seen: set[object] = set()
        for each in found:
            owned = self._approved.get(each.effect)
            if owned is None:
                verdict.unapproved.append(f"nobody approved this {self._what}: {each.effect} ({each.key})")
                continue
            marks = {(owned.enquiry_id, owned.once), *([each.key] if each.key else [])}
            if marks & seen:
                verdict.duplicated.append(f"{owned.enquiry_id}: {self._what} twice: {each.effect} ({each.key})")
            seen |= marks
            self._there.setdefault(owned.enquiry_id, set()).add(each.effect)

    def of(self, account: Account) -> set[Deed | Letter]:
        """What is there of this enquiry."""
        return self._there.get(account.enquiry_id, set())


def _deeds_of(accounts: Sequence[Account]) -> dict[Deed | Letter, _Owned]:
    return {deed: _Owned(account.enquiry_id, deed) for account in accounts for deed in account.deeds()}


def _letters_of(accounts: Sequence[Account]) -> dict[Deed | Letter, _Owned]:
    return {
        approval.letter: _Owned(account.enquiry_id, approval.letter if approval.question else "the reply")
        for account in accounts
        for approval in account.approvals
        if approval.letter is not None
    }


def _count_effects(account: Account, deeds: set[Deed | Letter], letters: set[Deed | Letter], verdict: Verdict) -> None:
    """What an ended enquiry says of itself, against what is there."""
    if not account.outcome:
        return
    standing = deeds - {deed for pair in account.taken_back for deed in pair}
    if not 0 <= len(standing) - account.says_done <= account.in_doubt:
        verdict.lost.append(f"{account.enquiry_id} tells of {account.says_done} changes, and there are {len(standing)}")
    for done, undone in account.taken_back:
        if done in deeds and undone not in deeds:
            verdict.lost.append(f"{account.enquiry_id}: this was to be taken back, and stands: {done}")
    for effect in _must_be_there(account):
        if effect not in deeds | letters:
            verdict.lost.append(f"{account.enquiry_id} ended as {account.outcome}, and this is not there: {effect}")


def _must_be_there(account: Account) -> Iterator[Deed | Letter]:
    last = next((each for each in reversed(account.approvals) if not each.question), None)
    if last is None or account.outcome not in _AS_APPROVED:
        return
    yield from last.deeds
    if last.letter is not None and account.outcome == "answered":
        yield last.letter


def _count_entries(accounts: Sequence[Account], outside: Outside, verdict: Verdict) -> None:
    known = {account.enquiry_id: account for account in accounts}
    times = Counter(entry.enquiry_id for entry in outside.entries)
    for enquiry_id, number in times.items():
        if enquiry_id not in known:
            verdict.unapproved.append(f"the CRM tells of {enquiry_id}, which never came in")
        verdict.duplicated += [f"{enquiry_id}: logged {number} times"] * (number - 1)
    for account in accounts:
        if account.outcome and not times[account.enquiry_id]:
            verdict.lost.append(f"{account.enquiry_id} ended as {account.outcome} and is not logged")
    for entry in outside.entries:
        account = known.get(entry.enquiry_id, Account(entry.enquiry_id))
        if account.outcome and entry.outcome != account.outcome:
            verdict.lost.append(f"{entry.enquiry_id} ended as {account.outcome} and is logged as {entry.outcome}")


def _count_orders(accounts: Sequence[Account], outside: Outside, verdict: Verdict) -> None:
    """The orders themselves, whatever the list of changes says."""
    as_before = {undone.order_id for account in accounts for _, undone in account.taken_back}
    acted_on = {each.effect.order_id for each in outside.deeds if isinstance(each.effect, Deed)}
    verdict.unapproved += [f"order {each} changed, and no change is told" for each in outside.changed_orders - acted_on]
    verdict.lost += [
        f"order {each} is as it was, though a change is told" for each in acted_on - as_before - outside.changed_orders
    ]
    verdict.duplicated += [f"more was paid back for order {each} than paid" for each in outside.overpaid_orders]
