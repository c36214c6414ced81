"""Every setting of the node in one table: its two names, its meaning, how its text is read."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.errors import NodeError
from node.mail_settings import read_mail, read_mail_from, read_mail_name, read_mail_password
from node.origins import is_loopback as is_loopback
from node.origins import read_origin as read_origin

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_E_MAIL = re.compile(r"[^\s@:<>]{1,64}@[^\s@:<>/]{3,250}")
_CONTACT = re.compile(r"(mailto:[^\s<>]{3,320}|https://[^\s<>]{3,500}|tel:\+?[0-9-]{3,30})")
_LEVELS = ("debug", "info", "warning", "error", "critical")


class ConfigError(NodeError):
    """A setting is unknown or malformed; the sentence names it."""

    status = 500
    reason = "setting-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: `name` in josoor.toml, `variable` in the environment (which wins).

    `read` turns the text or TOML value into what Config holds; `base` is the folder from which a
    relative path counts. It raises ValueError with the rest of a sentence. `default` is for the
    documentation.
    """

    name: str
    variable: str
    meaning: str
    default: str
    read: Callable[[Any, Path], Any]
    in_file: bool = True


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"is {value!r}, and must be a string")
    return value.strip()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise ValueError(f"has the port {text!r}, and a port is a number from 0 to 65535")
    return int(text)


def read_path(value: object, base: Path) -> Path:
    """An absolute path; a relative one counts from `base`."""
    text = _text(value)
    if not text or "\0" in text:
        raise ValueError("is empty, and must be a path")
    return Path(base, Path(text).expanduser()).absolute()


def read_existing_file(value: object, base: Path) -> Path:
    """The path of a file that is there."""
    path = read_path(value, base)
    if not path.is_file():
        raise ValueError(f"names {path}, and there is no such file")
    return path


def read_listen(value: object, base: Path) -> tuple[str, int]:
    """Host and port to listen at; `[::1]:8080` for IPv6, host empty for every address."""
    text = _text(value)
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not (host.startswith("[") and host.endswith("]"))):
        raise ValueError(f"is {text!r}, and must look like 127.0.0.1:8080 or [::1]:8080")
    return host.strip("[]"), _port(port)


def read_optional_listen(value: object, base: Path) -> tuple[str, int] | None:
    """The same, or None for `off`."""
    return None if _text(value).lower() == "off" else read_listen(value, base)


def read_database(value: object, base: Path) -> str:
    """`sqlite` (a file in the data folder), `sqlite:///path` or `postgresql://…`."""
    text = _text(value)
    if text == "sqlite" or text.startswith("postgresql://"):
        return text
    if text.startswith("postgres://"):
        return text.replace("postgres://", "postgresql://", 1)
    if text.startswith("sqlite:///") and len(text) > len("sqlite:///"):
        return f"sqlite:///{read_path(text.removeprefix('sqlite:///'), base)}"
    # The value may hold a password, so it is not repeated.
    raise ValueError("must be sqlite, sqlite:///path or postgresql://…")


def read_networks(value: object, base: Path) -> tuple[Network, ...]:
    """Addresses and networks, from a TOML list or from text with commas or blanks between them."""
    words = value if isinstance(value, list) else _text(value).replace(",", " ").split()
    networks: list[Network] = []
    for word in words:
        try:
            networks.append(ipaddress.ip_network(_text(word)))
        except ValueError as wrong:
            raise ValueError(f"holds {word!r}, which is no address or network: {wrong}") from wrong
    return tuple(networks)


def read_workers(value: object, base: Path) -> int:
    """A number of processes from 1 to 64."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 64):
        raise ValueError(f"is {text!r}, and must be a number from 1 to 64")
    return int(text)


def read_contact(value: object, base: Path) -> str:
    """An address to write to, as a URI: `mailto:`, `https:` or `tel:`; a bare e-mail address is
    taken for the first."""
    text = _text(value)
    if _E_MAIL.fullmatch(text):
        text = f"mailto:{text}"
    if not _CONTACT.fullmatch(text):
        raise ValueError(f"is {text!r}, and must be an e-mail address or begin with https: or tel:")
    return text


def _one_of(*words: str) -> Callable[[object, Path], str]:
    def read(value: object, base: Path) -> str:
        text = _text(value).lower()
        if text not in words:
            raise ValueError(f"is {text!r}, and must be one of {', '.join(words)}")
        return text

    return read


SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="data",
        variable="JOSOOR_DATA",
        meaning="The data folder. Holds josoor.toml, so it cannot be set there.",
        default="./data",
        read=read_path,
        in_file=False,
    ),
    Setting(
        name="origin",
        variable="JOSOOR_ORIGIN",
        meaning="The public origin, part of every id and handle: chosen once, for ever.",
        default="http://localhost with the port of `listen`",
        read=read_origin,
    ),
    Setting(
        name="listen",
        variable="JOSOOR_LISTEN",
        meaning="Address and port at which the node listens.",
        default="127.0.0.1:8080",
        read=read_listen,
    ),
    Setting(
        name="database",
        variable="JOSOOR_DATABASE",
        meaning="`sqlite` (a file in the data folder), `sqlite:///path` or `postgresql://…`.",
        default="sqlite",
        read=read_database,
    ),
    Setting(
        name="secret_file",
        variable="JOSOOR_SECRET_FILE",
        meaning="The master key that seals private keys and tokens, readable by its owner only.",
        default="secret.key in the data folder",
        read=read_path,
    ),
    Setting(
        name="trusted_proxies",
        variable="JOSOOR_TRUSTED_PROXIES",
        meaning="Addresses of the reverse proxies whose forwarding headers are believed.",
        default="none",
        read=read_networks,
    ),
    Setting(
        name="private_peers",
        variable="JOSOOR_PRIVATE_PEERS",
        meaning="Networks that the address guard lets through, and for which plain http and any "
        "port are allowed. For tests, demos and closed networks.",
        default="none",
        read=read_networks,
    ),
    Setting(
        name="ca_file",
        variable="JOSOOR_CA_FILE",
        meaning="Further certificate authorities for outgoing TLS, as a PEM file.",
        default="none",
        read=read_existing_file,
    ),
    Setting(
        name="workers",
        variable="JOSOOR_WORKERS",
        meaning="Processes that serve. More than 1 needs PostgreSQL.",
        default="1",
        read=read_workers,
    ),
    Setting(
        name="log",
        variable="JOSOOR_LOG",
        meaning="The least level that is logged: debug, info, warning, error or critical.",
        default="info",
        read=_one_of(*_LEVELS),
    ),
    Setting(
        name="log_format",
        variable="JOSOOR_LOG_FORMAT",
        meaning="`text` (key=value) or `json`, one line each.",
        default="text",
        read=_one_of("text", "json"),
    ),
    Setting(
        name="security_contact",
        variable="JOSOOR_SECURITY_CONTACT",
        meaning="Whom to write to about a hole in this node: stands in /.well-known/security.txt.",
        default="the legal notice",
        read=read_contact,
    ),
    Setting(
        name="mail",
        variable="JOSOOR_MAIL",
        meaning="The server that takes our mail: smtps://user:password@host:465, or smtp:// for "
        "STARTTLS. Without it no mail is sent, and nothing else is missing.",
        default="none",
        read=read_mail,
    ),
    Setting(
        name="mail_password_file",
        variable="JOSOOR_MAIL_PASSWORD_FILE",
        meaning="A file that holds the password for the mail server, in place of one in `mail`.",
        default="none",
        read=read_mail_password,
    ),
    Setting(
        name="mail_from",
        variable="JOSOOR_MAIL_FROM",
        meaning="The address from which mail is sent.",
        default="none",
        read=read_mail_from,
    ),
    Setting(
        name="mail_name",
        variable="JOSOOR_MAIL_NAME",
        meaning="The name of the sender. It stands on the phone of whoever gets mail.",
        default="none",
        read=read_mail_name,
    ),
    Setting(
        name="metrics_listen",
        variable="JOSOOR_METRICS_LISTEN",
        meaning="Address and port for the counters, or `off`.",
        default="off",
        read=read_optional_listen,
    ),
)

BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in SETTINGS}
BY_VARIABLE: Mapping[str, Setting] = {setting.variable: setting for setting in SETTINGS}
