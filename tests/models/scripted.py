"""A model whose answers are scripted: a real HTTP server that speaks as OpenAI's does, and counts what it is asked.

It answers in Anthropic's and Google's way as well, where their clients ask it: text, and failures.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-planted-4e1f9a7c55d2b8e0"
"""The key that it takes, where it is told to look at keys."""


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    body: Mapping[str, Any]
    key: str
    at: float

    @property
    def model(self) -> str:
        """The model that was asked for."""
        return str(self.body["model"])

    @property
    def instructions(self) -> str:
        """What stands in system messages."""
        return "\n".join(self._texts("system", "developer"))

    @property
    def material(self) -> str:
        """The first message of the user: what others wrote."""
        return next(self._texts("user"), "")

    @property
    def corrections(self) -> list[str]:
        """What was sent back since, each with its faults."""
        return list(self._texts("user"))[1:]

    @property
    def heard(self) -> list[str]:
        """What came of the tools that were called so far, as it is told."""
        return list(self._texts("tool"))

    @property
    def tools(self) -> set[str]:
        """The tools that it may call."""
        return {each["function"]["name"] for each in self.body.get("tools", ())}

    @property
    def output(self) -> str:
        """How an answer is asked for: the name of a schema, or of the tools."""
        schema = (self.body.get("response_format") or {}).get("json_schema")
        return (
            str(schema["name"]) if schema else ",".join(each["function"]["name"] for each in self.body.get("tools", ()))
        )

    def _texts(self, *roles: str) -> Iterator[str]:
        for message in self.body["messages"]:
            if message["role"] in roles:
                content = message["content"]
                yield content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


@dataclass(frozen=True)
class Says:
    """An answer: text or JSON, or a call of `tool` with it. `finish`: how it ended, as the provider says it.

    `by`: what the provider calls its model; empty: as it was asked for.
    """

    what: Any
    tool: str = ""
    finish: str = ""
    tokens: tuple[int, int] = (120, 40)
    after_s: float = 0
    by: str = ""


@dataclass(frozen=True)
class CallsTools:
    """Calls of tools, side by side: each its name and arguments."""

    calls: Sequence[tuple[str, Any]]
    tokens: tuple[int, int] = (300, 60)
    after_s: float = 0


@dataclass(frozen=True)
class Refuses:
    """It will not answer."""

    words: str = "I cannot help with that."


@dataclass(frozen=True)
class Fails:
    """An HTTP error, with the words that a provider may use."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, Any] = field(default_factory=lambda: {"message": "scripted", "type": "scripted"})


@dataclass(frozen=True)
class CutsTheLine:
    """The connection ends in the middle of the answer."""


@dataclass(frozen=True)
class Garbles:
    """200, and what comes is no JSON."""


Answer = Says | CallsTools | Refuses | Fails | CutsTheLine | Garbles
Rule = Callable[[Asked], Answer | None]


class ScriptedModel:
    """Answers by the first rule that has one; each request is kept."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.url = ""
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def rule(self, rule: Rule) -> None:
        """Answer by this; the newest rule is asked first."""
        self._rules.insert(0, rule)

    def answers(self, *answers: Answer) -> None:
        """These in turn, then the last again and again."""
        left = list(answers)

        def in_turn(asked: Asked) -> Answer:
            return left.pop(0) if len(left) > 1 else left[0]

        self.rule(in_turn)

    def wants_key(self, key: str = KEY) -> None:
        """Refuse every other key, quoting it, as providers do."""

        def only(asked: Asked) -> Answer | None:
            words = f"Incorrect API key provided: {asked.key}."
            return None if asked.key == key else Fails(401, error={"message": words, "code": "invalid_api_key"})

        self.rule(only)

    def take(self, asked: Asked) -> Answer:
        """The answer to one request."""
        with self._lock:
            self.asked.append(asked)
            found = (answer for rule in self._rules if (answer := rule(asked)) is not None)
            return next(found, Fails(500, error={"message": "no rule answers this", "type": "scripted"}))


@contextmanager
def scripted_model() -> Iterator[ScriptedModel]:
    """One such server, on a port of its own."""
    script = ScriptedModel()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = self.headers.get("Authorization", "").removeprefix("Bearer ")
            key = key or self.headers.get("x-api-key") or self.headers.get("x-goog-api-key") or ""
            if not self.path.split("?")[0].endswith(("/chat/completions", "/messages", ":generateContent")):
                self._send(404, {"error": {"message": "no such path", "type": "scripted"}})
                return
            try:
                self._answer(script.take(Asked(body, key, time.monotonic())), str(body.get("model", "scripted")))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _answer(self, answer: Answer, model: str) -> None:
            match answer:
                case Says() if not self.path.endswith("/chat/completions"):
                    said = _as_anthropic if "/messages" in self.path else _as_google
                    self._send(200, said(model, _text(answer), *answer.tokens))
                case Says():
                    time.sleep(answer.after_s)
                    finish = answer.finish or _finish(answer)
                    self._send(200, _completion(answer.by or model, _message(answer), finish, answer.tokens))
                case CallsTools():
                    time.sleep(answer.after_s)
                    self._send(200, _completion(model, _calls(answer), "tool_calls", answer.tokens))
                case Refuses(words):
                    refusal = {"role": "assistant", "content": None, "refusal": words}
                    self._send(200, _completion(model, refusal, "stop", (80, 10)))
                case Fails(status, headers, error):
                    self._send(status, {"error": dict(error)}, headers)
                case Garbles():
                    self._raw(200, b"<html>It works!</html>", {"Content-Type": "text/html"})
                case CutsTheLine():
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(b'{"id": "cut')
                    self.wfile.flush()
                    self.close_connection = True

        def _send(self, status: int, document: Any, headers: Mapping[str, str] | None = None) -> None:
            self._raw(status, json.dumps(document).encode(), {"Content-Type": "application/json", **(headers or {})})

        def _raw(self, status: int, sent: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(sent))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: tests look at what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _text(answer: Says) -> str:
    return answer.what if isinstance(answer.what, str) else json.dumps(answer.what)


def _message(answer: Says) -> dict[str, Any]:
    if not answer.tool:
        return {"role": "assistant", "content": _text(answer)}
    call = {"id": "call_1", "type": "function", "function": {"name": answer.tool, "arguments": _text(answer)}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def _calls(answer: CallsTools) -> dict[str, Any]:
    calls = [
        {"id": f"call_{place}", "type": "function", "function": {"name": name, "arguments": _json(arguments)}}
        for place, (name, arguments) in enumerate(answer.calls)
    ]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def _json(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def _finish(answer: Says) -> str:
    return "tool_calls" if answer.tool else "stop"


def _completion(model: str, message: dict[str, Any], finish: str, tokens: tuple[int, int]) -> dict[str, Any]:
    asked, said = tokens
    return {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said},
    }


def _as_anthropic(model: str, text: str, asked: int, said: int) -> dict[str, Any]:
    return {
        "id": "msg_scripted",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": asked, "output_tokens": said},
    }


def _as_google(model: str, text: str, asked: int, said: int) -> dict[str, Any]:
    return {
        "candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": asked, "candidatesTokenCount": said, "totalTokenCount": asked + said},
        "modelVersion": "gemini-2.5-flash",
    }
