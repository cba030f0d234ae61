"""The reader that asks a model: what a message says, in any language."""

from baton.agents.reading_by_model import faults_in, needs_no_model, question, reading_of
from baton.agents.suspecting import with_warnings
from baton.contracts.enquiry import ReadEnquiry, Reading

from .asking import MODEL_ATTEMPT_S, MODEL_WAIT_S, Thinking
from .capability import capability
from .standing import standing

BY_RULES = "Reader (rules)"


class ModelReader:
    """Reads messages with a model, and takes from its answer only what stands in the message."""

    def __init__(self, thinking: Thinking) -> None:
        self._thinking = thinking

    @capability(agent="Reader", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=MODEL_WAIT_S)
    async def read_enquiry_by_model(self, given: ReadEnquiry) -> Reading:
        """Read what a message asks for and who seems to write, in any language."""
        return await self.read(given, 0)

    @capability(agent="Reader", effect="model", attempt_s=MODEL_ATTEMPT_S, wait_s=MODEL_WAIT_S)
    async def read_enquiry_by_second_model(self, given: ReadEnquiry) -> Reading:
        """Read what a message asks for and who seems to write, in any language."""
        return await self.read(given, 1)

    async def read(self, given: ReadEnquiry, rung: int) -> Reading:
        """What the model on this rung reads in a message."""
        known = needs_no_model(given)
        if known is not None:
            standing().by = BY_RULES
            return with_warnings(known, given)
        answer = await self._thinking.ask(rung, question(given), lambda said: faults_in(given, said))
        return with_warnings(reading_of(given, answer), given)
