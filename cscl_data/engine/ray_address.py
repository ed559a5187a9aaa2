"""The address of a Ray cluster: tried before anything is fitted or loaded, for Ray itself tries for minutes."""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

from cscl_data.errors import BackendError

CONNECT_S = 5.0
"""How long an address may take to answer at all (our default)."""
_AUTO = "auto"
_HERE = ("localhost", "127.0.0.1", "::1")


def check_listening(address: str) -> None:
    """Return if something listens at an address; one that is no host and port is left to Ray.

    Raises:
        BackendError: nothing does.
    """
    named = os.environ.get("RAY_ADDRESS", _AUTO) if address == _AUTO else address
    try:
        parts = urlsplit(named if "://" in named else f"//{named}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return
    if host is None or port is None:
        return
    if host in _HERE and not parts.scheme:  # Ray asks there by the address that other nodes have for this one
        from ray.util import get_node_ip_address

        host = str(get_node_ip_address())
    try:
        socket.create_connection((host, port), timeout=CONNECT_S).close()
    except OSError as error:
        where = address if named == address else f"{address} (RAY_ADDRESS={named})"
        raise unreachable(where, f"nothing listens at {host}:{port}: {error}") from error


def unreachable(address: str, why: str) -> BackendError:
    """Build the error for a cluster that is not there."""
    return BackendError(
        f"--ray-address {address}: no cluster can be reached there ({why})",
        hint="`ray status --address HOST:PORT` says whether one is there; without --ray-address a local one is started",
    )
