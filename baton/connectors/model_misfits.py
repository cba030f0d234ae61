"""Answers of a model that are of no use: asking the same model again would not help."""

from baton.contracts.systems import Rejected


class Refused(Rejected):
    """The model, or its provider's filter, will not answer."""


class CutOff(Rejected):
    """The answer was cut off at its longest."""


class Misfit(Rejected):
    """The answer does not fit, also after it was sent back with its faults."""


class SentBack(Exception):
    """The answer does not fit, and goes back with its faults: with the next attempt, which is the next request."""
