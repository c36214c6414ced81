"""What can be wrong with a node, each with its mend. States: green, yellow, red."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from node.config import Config
from node.invariants import Finding, findings
from node.master import exchange_under_way
from node.settings import is_loopback
from node.storage.inspection import inspect

Check = dict[str, str]
_GIGABYTE = 1024**3


def check_folder(config: Config) -> list[Check]:
    """The data folder: there, private, with room."""
    if not config.secret_file.exists():
        return [_red("data folder", f"{config.data} holds no node", "Run: josoor init")]
    checks = [_private(config.data, 0o700), _private(config.secret_file, 0o600), _room(config.data)]
    if config.file.exists():
        checks.append(_private(config.file, 0o600))
    if exchange_under_way(config.secret_file):
        checks.append(
            _yellow(
                "master key",
                "its exchange was begun and not ended; nothing is lost",
                "Run: josoor key rotate-master",
            )
        )
    return checks


def check_node(config: Config, status: Mapping[str, Any]) -> list[Check]:
    """The node itself, by what it tells of itself."""
    checks = [
        _green("database", f"{status['database']} answers"),
        _green("community", f"{status['handle']} with {status['followers']} followers"),
        _origin(config.origin),
    ]
    parked = status["parked"] + status["inbox_parked"]
    if parked:
        checks.append(
            _yellow("queue", f"{parked} are stuck", "Look at: josoor queue list --parked")
        )
    else:
        checks.append(_green("queue", f"{status['waiting']} on their way, none stuck"))
    checks += _security(config) + _mail(config, status)
    if status["unproven"]:
        checks.append(
            _yellow(
                "keys of others",
                f"{status['unproven']} actors have new keys that no earlier key vouched for",
                "Look at: josoor key unproven",
            )
        )
    if until := status.get("held_until"):
        checks.append(
            _yellow(
                "restored",
                f"brought back from a backup: nothing leaves and nothing comes in until {until}",
                "Look around, then: josoor restore release",
            )
        )
    return checks + _nobody_leads(status) + _shut_out(status)


async def check_database(config: Config, now: datetime) -> list[Check]:
    """The whole database, by what must always be true of it; a running node is not disturbed."""
    found = await inspect(config.database, lambda tx, engine: findings(tx, engine, now))
    return [_told(each) for each in found]


def _told(finding: Finding) -> Check:
    if not finding.many:
        return _green(finding.name, finding.says)
    broken = f"{finding.many} times not so: {finding.says} ({', '.join(finding.examples)})"
    return _red(finding.name, broken, "Keep a copy of the data folder and report this")


def _origin(origin: str) -> Check:
    parts = urlsplit(origin)
    if parts.hostname in ("localhost", "127.0.0.1"):
        return _yellow(
            "origin",
            f"{origin} is this machine only: nobody elsewhere can follow",
            "A public node has a name of its own, for ever: begin one in another data folder, with "
            "josoor init --origin https://NAME",
        )
    if parts.scheme != "https":
        return _yellow("origin", f"{origin} is not encrypted", "Use https for a public node")
    return _green("origin", origin)


def _security(config: Config) -> list[Check]:
    """Whom strangers tell of a hole; on one's own machine nobody does."""
    if config.security_contact:
        return [_green("security.txt", f"names {config.security_contact}")]
    if is_loopback(config.origin):
        return []
    return [
        _yellow(
            "security.txt",
            "names nobody but the legal notice: whoever finds a hole may not find you",
            'Set security_contact in josoor.toml, such as "security@example.org"',
        )
    ]


def _mail(config: Config, status: Mapping[str, Any]) -> list[Check]:
    """How sending goes, where mail is set up: it is an extra, and nothing is wrong without it."""
    state = status["mail"]
    if config.mail is None:
        return []
    if state["well"]:
        last = f"the last one {state['sent']}" if state["sent"] else "none was sent yet"
        return [_green("mail", f"{state['waiting']} wait, {last}")]
    return [
        _yellow(
            "mail",
            f"{state['waiting']} wait: {state['trouble']} ({state['troubled']})",
            "Try it: josoor mail test ADDRESS",
        )
    ]


def _nobody_leads(status: Mapping[str, Any]) -> list[Check]:
    """After a restore it can be so: a role that was handed over is gone, and not given."""
    if not status["nobody_leads"]:
        return []
    return [_yellow("roles", "nobody is ambassador", "Run: josoor user role NAME ambassador")]


def _shut_out(status: Mapping[str, Any]) -> list[Check]:
    """How many wait for a link: after a restore these are also those whose last way in was
    replaced since the backup."""
    many = status["without_a_way_in"]
    if not many:
        return []
    says = f"{many} with no password, passkey or recovery code that opens"
    if not status.get("held_until"):
        return [_green("ways in", says)]
    return [_yellow("ways in", says, "Hand each who asks a link: josoor user reset-link NAME")]


def _private(path: Path, wanted: int) -> Check:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & ~wanted:
        return _red(path.name, f"others may open it ({mode:o})", f"chmod {wanted:o} {path}")
    return _green(path.name, "only its owner may open it")


def _room(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    if free < _GIGABYTE // 4:
        return _red("disk", f"{free // 2**20} MB are free", "Make room")
    if free < _GIGABYTE:
        return _yellow("disk", f"{free // 2**20} MB are free", "Make room soon")
    return _green("disk", f"{free // _GIGABYTE} GB are free")


def _green(check: str, says: str) -> Check:
    return {"check": check, "state": "green", "says": says, "mend": ""}


def _yellow(check: str, says: str, mend: str) -> Check:
    return {"check": check, "state": "yellow", "says": says, "mend": mend}


def _red(check: str, says: str, mend: str) -> Check:
    return {"check": check, "state": "red", "says": says, "mend": mend}
