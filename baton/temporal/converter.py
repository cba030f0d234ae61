"""How values become payloads."""

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter


def data_converter() -> DataConverter:
    """The one data converter of every client, worker and replayer: encryption will be set here and nowhere else."""
    return pydantic_data_converter
