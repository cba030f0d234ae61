"""Settings of the Temporal server: which it is, and what of it is kept here."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings

from .about import About
from .values import Directory, WebAddress, lower


class ServerSettings(BaseSettings):
    """Where runs are kept."""

    state_dir: Annotated[
        Directory, About("where the embedded server, the archive and logs are kept", example="/var/lib/baton")
    ] = Path(".baton")
    temporal_server: Annotated[
        Literal["environment", "embedded"],
        BeforeValidator(lower),
        About(
            "`environment`: the Temporal server that TEMPORAL_ADDRESS or a profile names, else the running embedded "
            "one; `embedded`: always the embedded one of the state directory",
            example="embedded",
        ),
    ] = "environment"
    task_queue: Annotated[
        str, Field(min_length=1), About("task queue of workflows and activities", example="baton")
    ] = "baton"
    retention_days: Annotated[
        int, Field(ge=1, le=3650), About("how long the embedded server keeps closed runs", example="30", unit="days")
    ] = 30
    large_values: Annotated[
        Literal["files", "refused"],
        BeforeValidator(lower),
        About(
            "what is too large for Temporal: `files`: kept in the state directory where the server is on this machine; "
            "`refused`: a person is asked, as with any other server",
            example="files",
        ),
    ] = "files"
    ui_address: Annotated[
        WebAddress | None,
        About("address of the Temporal UI for links; unset: the embedded server's", example="http://127.0.0.1:8233"),
    ] = None
