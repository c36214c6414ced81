"""The public origin of a node, in its one spelling."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_DEFAULT_PORT = {"http": 80, "https": 443}


def _is_host(host: str) -> bool:
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in host.split("."))


def _a_label(name: str) -> str:
    # Only where needed: its tables take two megabytes.
    import idna  # noqa: PLC0415

    return idna.encode(name, uts46=True).decode("ascii")


def _host(name: str) -> str:
    """Lower-case A-label form; an IPv6 address in brackets."""
    if ":" in name:
        return f"[{ipaddress.IPv6Address(name)}]"
    host = name.lower() if name.isascii() else _a_label(name)
    if not _is_host(host):
        raise ValueError(name)
    return host


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in _DEFAULT_PORT or not parts.hostname or "@" in parts.netloc:
        raise ValueError(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(text)
    port = "" if parts.port in (None, _DEFAULT_PORT[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{_host(parts.hostname)}{port}"


def read_origin(value: object, base: Path) -> str:
    """`scheme://host[:port]` in its one spelling: lower case, no default port, no path."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        return _origin(text)
    except ValueError as wrong:
        example = "https://josoor.example.org, with nothing after the host and port"
        raise ValueError(f"is {value!r}, and must look like {example}") from wrong


def is_loopback(origin: str) -> bool:
    """Whether the host of an origin can only mean this machine."""
    host = urlsplit(origin).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
