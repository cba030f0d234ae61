"""A run that tells its details when it is asked, and one that sets them itself."""

from temporalio import workflow


@workflow.defn
class StorytellerWorkflow:
    """Counts how often it was nudged, and tells that."""

    def __init__(self) -> None:
        self._nudges = 0

    @workflow.run
    async def run(self) -> None:
        """Wait to be asked."""
        await workflow.wait_condition(lambda: False)

    @workflow.signal
    def nudge(self) -> None:
        """Once more."""
        self._nudges += 1

    def current_details(self) -> str:
        """What the Temporal UI shows."""
        return f"**{self._nudges} nudges**"


@workflow.defn
class SilentWorkflow:
    """Tells nothing."""

    @workflow.run
    async def run(self) -> None:
        """Wait to be asked."""
        workflow.set_current_details("as Temporal has it")
        await workflow.wait_condition(lambda: False)
