"""RFC 9457: every error of the stand-in systems is a problem document, and none repeats what a person sent."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException


class FieldProblem(BaseModel):
    """One field that would not do: where it stands and the kind of mistake, never its value."""

    field: str
    mistake: str


class ProblemDocument(BaseModel):
    """The body of every error answer (application/problem+json)."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldProblem] | None = None


class Problem(Exception):
    """An error on its way to the caller. `title` names the rule and is the same for every order and customer."""

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str | None = None,
        *,
        errors: list[FieldProblem] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.document = ProblemDocument(
            type=f"/problems/{slug}", title=title, status=status, detail=detail, errors=errors
        )
        self.headers = dict(headers or {})

    def response(self) -> JSONResponse:
        """The answer to send."""
        return JSONResponse(
            self.document.model_dump(exclude_none=True),
            status_code=self.document.status,
            headers=self.headers,
            media_type="application/problem+json",
        )


def no_keys() -> Problem:
    """The answer of a system started with --no-keys to whoever asks by key."""
    return Problem(404, "no-keys", "This system keeps no idempotency keys")


async def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return error.response()


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = []
    for mistake in error.errors():
        # The last part of a surplus field's place is the sender's own word, which may be anything.
        place = mistake["loc"][:-1] if mistake["type"] == "extra_forbidden" else mistake["loc"]
        fields.append(FieldProblem(field=".".join(str(part) for part in place), mistake=mistake["type"]))
    return Problem(422, "invalid-request", "The request does not have the required form", errors=fields).response()


async def _plain(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    title = {404: "There is nothing at this address", 405: "This address does not take this method"}.get(
        error.status_code, HTTPStatus(error.status_code).phrase
    )
    slug = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return Problem(error.status_code, slug, title, headers=error.headers).response()


async def _broken(request: Request, error: Exception) -> JSONResponse:
    return Problem(500, "internal-error", "The system failed while answering").response()


def answer_with_problems(app: FastAPI) -> None:
    """Make every error of the app, its framework's own included, a problem document."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _broken)
