"""A run whose next step hangs on the clock, in a file of its own."""

from datetime import timedelta

from temporalio import workflow


@workflow.defn
class FirstWordWorkflow:
    """Waits for a word. When it seems to come at once, the run stalls; it ends with one that took its time."""

    def __init__(self) -> None:
        self._words: list[str] = []

    @workflow.run
    async def run(self) -> str:
        """The first word."""
        began = workflow.now()
        await workflow.wait_condition(lambda: bool(self._words))
        if workflow.now() - began < timedelta(seconds=0.5):
            await workflow.sleep(timedelta(hours=1))
        return self._words[0]

    @workflow.signal
    def say(self, word: str) -> None:
        """A word."""
        self._words.append(word)

    @workflow.query
    def words(self) -> list[str]:
        """All that it heard."""
        return self._words
