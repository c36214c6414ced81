"""How this node was set up: one frozen value from josoor.toml and the environment."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from node.mail_settings import MailServer
from node.settings import (
    BY_NAME,
    BY_VARIABLE,
    SETTINGS,
    ConfigError,
    Network,
    Setting,
    is_loopback,
)

__all__ = ["FILE_NAME", "SETTINGS", "Config", "ConfigError", "load_config", "write_config"]

FILE_NAME = "josoor.toml"
DATABASE_NAME = "josoor.db"

# Read by the test suite, not by the node.
_OF_THE_TESTS = frozenset(
    {
        "JOSOOR_SHARED",
        "JOSOOR_REQUIRE_POSTGRES",
        "JOSOOR_REQUIRE_PEERS",
        "JOSOOR_PEERS_CACHE",
        "JOSOOR_PASTURE_PYTHON",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of a running node; every path is absolute.

    `origin` is `scheme://host[:port]` without a slash at its end. `database` is
    `sqlite:///PATH` or `postgresql://…`. `ca_file` and `metrics_listen` are None when not set.
    """

    data: Path
    origin: str
    listen_host: str
    listen_port: int
    database: str = field(repr=False)
    secret_file: Path
    trusted_proxies: tuple[Network, ...]
    private_peers: tuple[Network, ...]
    ca_file: Path | None
    workers: int
    log_level: str
    log_format: str
    metrics_listen: tuple[str, int] | None
    security_contact: str | None = None
    mail: MailServer | None = None
    mail_from: str | None = None
    mail_name: str = ""

    @property
    def file(self) -> Path:
        """Where the settings file of this data folder is, or would be."""
        return self.data / FILE_NAME

    @property
    def engine(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.database.partition(":")[0]


def load_config(environ: Mapping[str, str], *, data: Path | None = None) -> Config:
    """The settings from the data folder's file and from `environ`, which wins.

    `data` wins over JOSOOR_DATA. A data folder without a file, or none at all, gives the defaults.
    Raises: ConfigError with a sentence that names the setting.
    """
    given = _from_environment(environ)
    folder = (data or given.get("data") or Path("data")).absolute()
    config = _config(folder, _from_file(folder / FILE_NAME) | given)
    _check_together(config)
    return config


def write_config(settings: Mapping[str, object], path: Path) -> None:
    """Write the file that `load_config` reads, readable by its owner only, all of it or nothing.

    Values are strings, numbers and lists of strings. Raises: ConfigError if one would not load.
    """
    lines = []
    for name, value in settings.items():
        setting = _known(name, path)
        _read(setting, value, path.parent, where=name)
        lines += [f"# {setting.meaning}", f"{name} = {json.dumps(value, ensure_ascii=False)}", ""]
    _replace(path, "\n".join(lines))


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """What the environment sets; an empty variable sets nothing."""
    values = {}
    for variable, text in environ.items():
        if not variable.startswith("JOSOOR_") or variable in _OF_THE_TESTS:
            continue
        setting = BY_VARIABLE.get(variable)
        if setting is None:
            known = ", ".join(BY_VARIABLE)
            raise ConfigError(f"{variable} in the environment is no setting. There are: {known}.")
        if text.strip():
            values[setting.name] = _read(setting, text, Path.cwd(), where=variable)
    return values


def _from_file(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as wrong:
        raise ConfigError(f"{path} cannot be read: {wrong.strerror}.") from wrong
    except ValueError as wrong:  # TOML or UTF-8
        raise ConfigError(f"{path} is not valid TOML: {wrong}.") from wrong
    return {
        name: _read(_known(name, path), value, path.parent, where=f"{name} in {path}")
        for name, value in table.items()
    }


def _known(name: str, path: Path) -> Setting:
    setting = BY_NAME.get(name)
    if setting is None or not setting.in_file:
        known = ", ".join(each.name for each in SETTINGS if each.in_file)
        raise ConfigError(f"{name} in {path} is no setting. There are: {known}.")
    return setting


def _read(setting: Setting, value: object, base: Path, *, where: str) -> object:
    try:
        return setting.read(value, base)
    except ValueError as wrong:
        raise ConfigError(f"{where} {wrong}.") from wrong


def _config(data: Path, values: Mapping[str, Any]) -> Config:
    host, port = values.get("listen", ("127.0.0.1", 8080))
    return Config(
        data=data,
        origin=values.get("origin", _local_origin(port)),
        listen_host=host,
        listen_port=port,
        database=_database(values.get("database", "sqlite"), data),
        secret_file=values.get("secret_file", data / "secret.key"),
        trusted_proxies=values.get("trusted_proxies", ()),
        private_peers=values.get("private_peers", ()),
        ca_file=values.get("ca_file"),
        workers=values.get("workers", 1),
        log_level=values.get("log", "info"),
        log_format=values.get("log_format", "text"),
        metrics_listen=values.get("metrics_listen"),
        security_contact=values.get("security_contact"),
        mail=_mail(values),
        mail_from=values.get("mail_from"),
        mail_name=values.get("mail_name", ""),
    )


def _mail(values: Mapping[str, Any]) -> MailServer | None:
    """The mail server, its password from the file where one is named."""
    server, file = values.get("mail"), values.get("mail_password_file")
    return replace(server, password=file) if server and file else server


def _local_origin(port: int) -> str:
    return "http://localhost" if port == 80 else f"http://localhost:{port}"


def _database(url: str, data: Path) -> str:
    return f"sqlite:///{data / DATABASE_NAME}" if url == "sqlite" else url


def _check_together(config: Config) -> None:
    """Raises: ConfigError where two settings that are each well formed do not fit."""
    plain = config.origin.startswith("http://")
    if plain and not is_loopback(config.origin) and not config.private_peers:
        raise ConfigError(
            f"origin (JOSOOR_ORIGIN) is {config.origin}, and must be https: plain http is for "
            "localhost, or where private_peers (JOSOOR_PRIVATE_PEERS) is set."
        )
    if config.workers > 1 and config.engine == "sqlite":
        raise ConfigError(
            f"workers (JOSOOR_WORKERS) is {config.workers}, and more than one needs PostgreSQL: "
            "set database (JOSOOR_DATABASE) to postgresql://…."
        )
    if config.mail is not None:
        _check_mail(config)


def _check_mail(config: Config) -> None:
    if config.mail_from is None:
        raise ConfigError("mail (JOSOOR_MAIL) is set: set mail_from (JOSOOR_MAIL_FROM) as well.")
    if find_spec("aiosmtplib") is None:
        raise ConfigError(
            "mail (JOSOOR_MAIL) is set, and the library aiosmtplib is not installed: "
            "pip install 'josoor-connect[email]'."
        )


def _replace(path: Path, text: str) -> None:
    """Put a file in place in one step; nobody else can read it at any moment."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
