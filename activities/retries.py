"""How often and how fast an attempt is repeated: one table, by what the step changes outside.

Attempts wait for a worker without being used up: a weekend without one fails nothing. A worker that dies in the middle
uses one up, and one that stands still can use up as many as it has polls open. The first delay comes on top of the
heartbeat timeout before another worker takes the step up: together they stay well below three seconds, except where a
model is asked.
"""

from temporalio.common import RetryPolicy

from baton.contracts.agents import Effect, Retry

RETRY_OF: dict[Effect, Retry] = {
    # Many and quick: about four minutes before the ladder goes on.
    "read": Retry(attempts=15, first_delay_s=0.2, longest_delay_s=30),
    # Each costs money. A model that asks for a pause gets it. Two are for answers that go back: nine can fail.
    "model": Retry(attempts=11, first_delay_s=0.5, longest_delay_s=60),
    # Under the same key, and looked up first: about five minutes.
    "idempotent_write": Retry(attempts=12, first_delay_s=0.5, longest_delay_s=60),
    # Only as long as it is known that nothing was dispatched.
    "irreversible": Retry(attempts=12, first_delay_s=0.5, longest_delay_s=60),
}

RULES = Retry(attempts=10, first_delay_s=0.1, longest_delay_s=5)
"""For what is computed here: nothing of it mends by waiting, but workers may die under it."""

FOR_A_MONTH = Retry(attempts=1_440, first_delay_s=5, longest_delay_s=1_800)
"""For what nobody waits for; soon at first, for most systems are back within a minute."""

_FEW = 4


def a_few(policy: RetryPolicy | None) -> int:
    """How many attempts that get which seldom helps: a third of the step's, and at least four."""
    return max(_FEW, policy.maximum_attempts // 3 if policy else 0)
