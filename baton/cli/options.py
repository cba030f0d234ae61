"""Arguments and options that several commands share, with the words of their help."""

from typing import Annotated

import typer

EnquiryArgument = Annotated[
    str, typer.Argument(metavar="ID", help="Its id: INQ-1042, GOAL-7, returns/RET-7.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON of a stable shape, for programs.")]
TextOption = Annotated[str | None, typer.Option("--text", help="The message itself.", show_default=False)]
FileOption = Annotated[
    str | None, typer.Option("--file", help="An .eml, .txt or .json file; - reads standard input.", show_default=False)
]
FromOption = Annotated[
    str | None, typer.Option("--from", help="With --text or a .txt: who wrote, e.g. thandi@example.co.za.")
]
ReviewOption = Annotated[
    str | None, typer.Option("--review", help="Which review, when several are open.", show_default=False)
]
RevisionOption = Annotated[
    int | None,
    typer.Option("--revision", help="The revision that you saw, where you did not look here.", show_default=False),
]
CommentOption = Annotated[str, typer.Option("--comment", help="A remark for the record; feedback for changes.")]
ValueOption = Annotated[
    str | None, typer.Option("--value", help="JSON, or a file with it; - reads standard input.", show_default=False)
]
OrdersOption = Annotated[
    str | None,
    typer.Option(
        "--orders", help="A JSON file with products, users and orders for the order system.", show_default=False
    ),
]
