"""The reader: what a message says."""

from baton.agents.reading import read
from baton.agents.suspecting import with_warnings
from baton.contracts.enquiry import ReadEnquiry, Reading

from .capability import capability
from .retries import RULES


class Reader:
    """Reads messages by rules."""

    @capability(agent="Reader (rules)", retry=RULES, attempt_s=20)
    async def read_enquiry(self, given: ReadEnquiry) -> Reading:
        """Read what a message asks for and who seems to write."""
        return with_warnings(read(given), given)
