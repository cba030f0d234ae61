"""What a model answered, kept and given again: a server that speaks as OpenAI's does, before a real one or for it.

    uv run python -m bench.proxy record --file answers.jsonl --upstream https://llm.your-shop.co.za/v1
    uv run python -m bench.proxy replay --file answers.jsonl

Whoever asks names it in place of the real one: `BATON_MODEL=http://127.0.0.1:8099#qwen3-32b`. Keys pass through and
are never written. A request is known by the digest of its body; what was answered to it several times is given in that
order, and the last again and again.
"""

import argparse
import hashlib
import json
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

PORT = 8099
LONGEST_ANSWER_S = 600.0
_KEPT_OF_AN_ANSWER = ("content-type", "retry-after")
_PASSED_ON = ("authorization", "content-type")
_SHORTEST_KEY = 8
"""Shorter ones are words such as `none`, for servers that want any key: an answer may well hold them."""


class Answered(BaseModel):
    """One answer, a line of the file. `request`: the digest of what was asked."""

    model_config = ConfigDict(extra="forbid")

    request: str
    path: str
    status: int
    headers: dict[str, str]
    body: str


Ask = Callable[[str, Mapping[str, str], bytes], Answered]
"""What is answered to a request, by its path, its headers in small letters, and its body."""


class Recording:
    """The answers of one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._left: dict[str, list[Answered]] = defaultdict(list)
        self._lock = threading.Lock()

    def read(self) -> None:
        """Read the file. Raises OSError; ValueError with the line that is none of its lines."""
        for number, line in enumerate(self._file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                answered = Answered.model_validate_json(line)
            except ValidationError:
                raise ValueError(f"{self._file}:{number} is not an answer that was recorded") from None
            self._left[answered.request].append(answered)

    def keep(self, answered: Answered) -> None:
        """Write one more."""
        with self._lock, self._file.open("a", encoding="utf-8") as file:
            file.write(answered.model_dump_json() + "\n")

    def next(self, request: str) -> Answered | None:
        """What was answered to it; None where it was not recorded."""
        with self._lock:
            left = self._left.get(request, [])
            return left.pop(0) if len(left) > 1 else next(iter(left), None)


def digest_of(path: str, body: bytes) -> str:
    """The same for the same JSON, however it is written."""
    with suppress(ValueError):
        body = json.dumps(json.loads(body), sort_keys=True).encode()
    return hashlib.sha256(path.encode() + b"\n" + body).hexdigest()


@contextmanager
def recorder(file: Path, upstream: str, port: int = 0) -> Iterator[str]:
    """Pass on to the real one and keep its answers; its own address."""
    recording = Recording(file)
    with httpx.Client(base_url=upstream, timeout=LONGEST_ANSWER_S) as real:

        def ask(path: str, headers: Mapping[str, str], body: bytes) -> Answered:
            passed = {name: headers[name] for name in _PASSED_ON if name in headers}
            try:
                answer = real.post(path.lstrip("/"), headers=passed, content=body)
            except httpx.HTTPError as failure:
                return _refusal(502, f"{upstream} did not answer: {type(failure).__name__}")
            kept = {name: answer.headers[name] for name in _KEPT_OF_AN_ANSWER if name in answer.headers}
            key = passed.get("authorization", "").removeprefix("Bearer ")
            said = answer.text
            if len(key) >= _SHORTEST_KEY:
                said = said.replace(key, "(the key)")  # some quote a key that they refuse
            answered = Answered(
                request=digest_of(path, body), path=path, status=answer.status_code, headers=kept, body=said
            )
            recording.keep(answered)
            return answered

        with _served(ask, port) as url:
            yield url


@contextmanager
def replayer(file: Path, port: int = 0) -> Iterator[str]:
    """Answer from the file alone; its address. Raises OSError and ValueError where it cannot be read."""
    recording = Recording(file)
    recording.read()

    def ask(path: str, headers: Mapping[str, str], body: bytes) -> Answered:
        request = digest_of(path, body)
        words = f"not recorded in {file}: POST {path} {request[:12]}. Record it: python -m bench.proxy record"
        return recording.next(request) or _refusal(404, words)

    with _served(ask, port) as url:
        yield url


def _refusal(status: int, words: str) -> Answered:
    """What the proxy itself says, also where it runs: clients do not show a server's words."""
    print(words, file=sys.stderr)
    body = json.dumps({"error": {"message": words, "type": "proxy"}})
    return Answered(request="", path="", status=status, headers={"content-type": "application/json"}, body=body)


@contextmanager
def _served(ask: Ask, port: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answered = ask(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            sent = answered.body.encode()
            with suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(answered.status)
                for name, value in {**answered.headers, "content-length": str(len(sent))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: whoever asks tells what it asked."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve until it is interrupted. Exit code 2, and what to mend, where it cannot."""
    parser = argparse.ArgumentParser(prog="python -m bench.proxy", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("record", "replay"))
    parser.add_argument("--file", type=Path, required=True, metavar="FILE", help="the answers, one a line")
    parser.add_argument("--upstream", default="", metavar="URL", help="the real one, as BATON_MODEL would have it")
    parser.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")
    asked = parser.parse_args()
    if asked.what == "record" and not asked.upstream.startswith(("http://", "https://")):
        parser.error("record needs the real one: --upstream https://llm.your-shop.co.za/v1")
    try:
        with (
            recorder(asked.file, asked.upstream, asked.port)
            if asked.what == "record"
            else replayer(asked.file, asked.port)
        ) as url:
            print(f"BATON_MODEL={url}#MODEL", flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        return
    except (OSError, OverflowError, ValueError, httpx.InvalidURL) as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
