"""Settings: read from a file and the environment, refused by name, written so that they load."""

from __future__ import annotations

import dataclasses
import stat
from ipaddress import ip_network
from pathlib import Path

import pytest

from node.config import SETTINGS, ConfigError, load_config, write_config


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "a data folder"
    folder.mkdir()
    return folder


def write(data: Path, text: str) -> None:
    (data / "josoor.toml").write_text(text, encoding="utf-8")


def test_nothing_set_serves_this_machine_from_the_data_folder(data):
    config = load_config({}, data=data)
    assert config.origin == "http://localhost:8080"
    assert (config.listen_host, config.listen_port) == ("127.0.0.1", 8080)
    assert config.database == f"sqlite:///{data}/josoor.db"
    assert config.engine == "sqlite"
    assert config.secret_file == data / "secret.key"
    assert config.trusted_proxies == config.private_peers == ()
    assert config.ca_file is None
    assert config.metrics_listen is None
    assert (config.workers, config.log_level, config.log_format) == (1, "info", "text")


def test_the_data_folder_is_data_here_unless_said_otherwise(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_config({}).data == tmp_path / "data"
    assert load_config({"JOSOOR_DATA": "elsewhere"}).data == tmp_path / "elsewhere"
    assert load_config({"JOSOOR_DATA": "elsewhere"}, data=Path("/x")).data == Path("/x")


def test_the_file_is_read_and_the_environment_wins(data):
    write(data, 'origin = "https://wien.example"\nlisten = "0.0.0.0:9000"\nworkers = 1\n')
    config = load_config({"JOSOOR_LISTEN": "[::1]:9001"}, data=data)
    assert config.origin == "https://wien.example"
    assert (config.listen_host, config.listen_port) == ("::1", 9001)


def test_an_empty_variable_sets_nothing(data):
    write(data, 'log = "debug"\n')
    assert load_config({"JOSOOR_LOG": "", "JOSOOR_ORIGIN": " "}, data=data).log_level == "debug"


def test_without_an_origin_it_is_localhost_with_the_port(data):
    assert load_config({"JOSOOR_LISTEN": ":8081"}, data=data).origin == "http://localhost:8081"
    assert load_config({"JOSOOR_LISTEN": "0.0.0.0:80"}, data=data).origin == "http://localhost"


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://Wien.Example", "https://wien.example"),
        ("HTTPS://wien.example:443/", "https://wien.example"),
        ("https://wien.example:8443", "https://wien.example:8443"),
        ("https://جسور.example", "https://xn--rgbkf8f.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("http://localhost:80", "http://localhost"),
        ("http://127.0.0.3:8101", "http://127.0.0.3:8101"),
        ("http://[::1]:8101", "http://[::1]:8101"),
        ("http://wien.localhost:8101", "http://wien.localhost:8101"),
    ],
)
def test_an_origin_has_one_spelling(data, given, origin):
    assert load_config({"JOSOOR_ORIGIN": given}, data=data).origin == origin


def test_plain_http_is_for_this_machine_or_closed_networks(data):
    environ = {"JOSOOR_ORIGIN": "http://wien.test:8101"}
    with pytest.raises(ConfigError, match=r"JOSOOR_ORIGIN.*https"):
        load_config(environ, data=data)
    closed = load_config(environ | {"JOSOOR_PRIVATE_PEERS": "127.0.0.0/8"}, data=data)
    assert closed.origin == "http://wien.test:8101"


def test_networks_come_as_text_or_as_a_list(data):
    write(data, 'private_peers = ["127.0.0.0/8", "::1"]\n')
    config = load_config({"JOSOOR_TRUSTED_PROXIES": "10.0.0.1, 10.0.1.0/24"}, data=data)
    assert config.private_peers == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert config.trusted_proxies == (ip_network("10.0.0.1/32"), ip_network("10.0.1.0/24"))


def test_paths_in_the_file_count_from_the_data_folder(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(data, 'secret_file = "keys/master"\n')
    assert load_config({}, data=data).secret_file == data / "keys/master"
    environ = {"JOSOOR_SECRET_FILE": "master"}
    assert load_config(environ, data=data).secret_file == tmp_path / "master"


def test_a_database_elsewhere_is_taken_as_it_is(data):
    url = "postgresql://josoor:pw@db.example/josoor"
    config = load_config({"JOSOOR_DATABASE": url, "JOSOOR_WORKERS": "4"}, data=data)
    assert (config.database, config.engine, config.workers) == (url, "postgresql", 4)


def test_a_password_in_the_database_url_is_not_shown(data):
    config = load_config({"JOSOOR_DATABASE": "postgresql://a:hidden@b/c"}, data=data)
    assert "hidden" not in repr(config)
    with pytest.raises(ConfigError) as refused:
        load_config({"JOSOOR_DATABASE": "mysql://a:hidden@b/c"}, data=data)
    assert "hidden" not in str(refused.value)


def test_more_workers_need_postgresql(data):
    with pytest.raises(ConfigError, match=r"JOSOOR_WORKERS.*PostgreSQL"):
        load_config({"JOSOOR_WORKERS": "2"}, data=data)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JOSOOR_ORIGIN", "wien.example"),
        ("JOSOOR_ORIGIN", "ftp://wien.example"),
        ("JOSOOR_ORIGIN", "https://wien.example/path"),
        ("JOSOOR_ORIGIN", "https://me@wien.example"),
        ("JOSOOR_ORIGIN", "https://wien.example?x=1"),
        ("JOSOOR_ORIGIN", "https://wien.example:99999"),
        ("JOSOOR_ORIGIN", "https://[::1"),
        ("JOSOOR_ORIGIN", "https://-wien.example"),
        ("JOSOOR_ORIGIN", "https://wien..example"),
        ("JOSOOR_ORIGIN", "https://wien_x.example"),
        ("JOSOOR_LISTEN", "8080"),
        ("JOSOOR_LISTEN", "127.0.0.1:http"),
        ("JOSOOR_LISTEN", "127.0.0.1:65536"),
        ("JOSOOR_LISTEN", "::1:8080"),
        ("JOSOOR_DATABASE", "mysql://x"),
        ("JOSOOR_DATABASE", "sqlite:///"),
        ("JOSOOR_SECRET_FILE", "a\0b"),
        ("JOSOOR_TRUSTED_PROXIES", "proxy.example"),
        ("JOSOOR_PRIVATE_PEERS", "127.0.0.1/8"),
        ("JOSOOR_CA_FILE", "/nowhere/ca.pem"),
        ("JOSOOR_WORKERS", "0"),
        ("JOSOOR_WORKERS", "two"),
        ("JOSOOR_LOG", "loud"),
        ("JOSOOR_LOG_FORMAT", "xml"),
        ("JOSOOR_METRICS_LISTEN", "yes"),
    ],
)
def test_a_malformed_setting_is_named(data, variable, value):
    with pytest.raises(ConfigError) as refused:
        load_config({variable: value}, data=data)
    assert str(refused.value).startswith(f"{variable} ")
    assert str(refused.value).endswith(".")


def test_an_unknown_variable_is_named(data):
    with pytest.raises(ConfigError, match="JOSOOR_ORIGN in the environment is no setting"):
        load_config({"JOSOOR_ORIGN": "https://wien.example", "PATH": "/bin"}, data=data)


@pytest.mark.parametrize("line", ['colour = "blue"', 'data = "."', "[origin]\nx = 1"])
def test_an_unknown_or_misplaced_line_of_the_file_is_named(data, line):
    write(data, line + "\n")
    with pytest.raises(ConfigError, match=r"(colour|data|origin) in .*josoor\.toml"):
        load_config({}, data=data)


@pytest.mark.parametrize("line", ["workers = true", "origin = 7", 'log = ["info"]'])
def test_a_value_of_the_wrong_type_is_named(data, line):
    write(data, line + "\n")
    with pytest.raises(ConfigError, match=f"^{line.split()[0]} in "):
        load_config({}, data=data)


def test_a_file_that_is_no_toml_is_named(data):
    write(data, "origin = \n")
    with pytest.raises(ConfigError, match=r"josoor\.toml is not valid TOML"):
        load_config({}, data=data)
    (data / "josoor.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match=r"josoor\.toml is not valid TOML"):
        load_config({}, data=data)


def test_what_is_written_loads(data):
    settings = {
        "origin": "https://wien.example",
        "listen": "127.0.0.1:8101",
        "database": "postgresql://a:b@c/d",
        "private_peers": ["127.0.0.0/8"],
        "secret_file": 'odd "name" é',
        "workers": 3,
        "metrics_listen": "off",
    }
    write_config(settings, data / "josoor.toml")
    config = load_config({}, data=data)
    assert config.origin == "https://wien.example"
    assert config.private_peers == (ip_network("127.0.0.0/8"),)
    assert config.secret_file == data / 'odd "name" é'
    assert (config.workers, config.metrics_listen) == (3, None)


def test_the_file_is_for_its_owner_only_and_replaced_whole(data):
    path = data / "josoor.toml"
    write_config({"log": "info"}, path)
    write_config({"log": "debug"}, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_config({}, data=data).log_level == "debug"
    assert [file.name for file in data.iterdir()] == ["josoor.toml"]


def test_what_would_not_load_is_not_written(data):
    path = data / "josoor.toml"
    write_config({"log": "info"}, path)
    with pytest.raises(ConfigError, match="workers"):
        write_config({"workers": "many"}, path)
    with pytest.raises(ConfigError, match="colour"):
        write_config({"colour": "blue"}, path)
    assert load_config({}, data=data).log_level == "info"


def test_every_setting_has_a_variable_of_its_name():
    assert [each.variable for each in SETTINGS] == [
        f"JOSOOR_{each.name.upper()}" for each in SETTINGS
    ]


def test_a_config_does_not_change(data):
    config = load_config({}, data=data)
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.workers = 2  # type: ignore[misc]
