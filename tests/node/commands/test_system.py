"""Tests of `josoor status`, `doctor`, `routes`, `listeners` and `version`."""

from __future__ import annotations

from node.routes import ROUTES
from node.version import VERSION
from tests.support.shells import Shell


def test_status_and_doctor_say_how_the_node_is(shell: Shell):
    status = shell.json("status")
    checks = shell.json("doctor")

    assert (status["version"], status["database"]) == (VERSION, "sqlite")
    assert (status["followers"], status["waiting"], status["parked"]) == (0, 0, 0)
    assert "{" not in shell.run("status").out
    assert "red" not in {check["state"] for check in checks}
    assert {"data", "secret.key", "database", "queue"} <= {check["check"] for check in checks}


def test_doctor_is_red_where_others_can_read_the_master_key(shell: Shell):
    (shell.data / "secret.key").chmod(0o644)
    ran = shell.run("doctor", "--json")

    (red,) = [check for check in ran.json if check["state"] == "red"]
    assert ran.code == 1
    assert red["check"] == "secret.key"
    assert red["mend"].startswith("chmod 600")


def test_the_tables_are_those_of_the_code(bare: Shell):
    routes = bare.json("routes")
    listeners = bare.json("listeners")

    assert [(one["method"], one["path"]) for one in routes] == [
        (route.method, route.path) for route in ROUTES
    ]
    assert all(one["what"] for one in (*routes, *listeners))
    assert {"Follow", "Accept", "Create", "Delete"} <= {one["activity"] for one in listeners}
    assert bare.json("version")["version"] == VERSION
    assert not bare.data.exists()
