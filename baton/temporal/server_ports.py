"""Which ports the embedded server gets."""

import socket

USUAL = (7233, 8233)
"""gRPC and UI port of a Temporal development server: `temporal workflow list` then needs no address."""


def choose_ports(remembered: tuple[int, int] | None) -> tuple[int, int]:
    """gRPC and UI port: the remembered ones, else the usual ones, each replaced by any free one when taken."""
    wanted = remembered or USUAL
    return _free(wanted[0]), _free(wanted[1])


def _free(port: int) -> int:
    return port if _can_listen(port) else any_free_port()


def any_free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _can_listen(port: int) -> bool:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return (
                False  # on macOS binding beside a listener on all addresses succeeds, and one of the two gets no calls
            )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
