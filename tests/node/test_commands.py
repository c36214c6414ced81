"""Tests of the command line: real processes, beside a node that runs and without one."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from node.community.model import Community
from node.config import load_config
from node.routes import ROUTES
from node.version import VERSION
from tests.support.founding import found
from tests.support.log_watch import heard
from tests.support.nodes import EVENT, free_port, settings

ROOT = Path(__file__).parents[2]
SHORT = re.compile(r"[0-9a-z]{26}")
SETUP_LINK = re.compile(r"http://\S+/setup/\S+")
FOUNDING = ("init", "--handle", "wien", "--name", "Josoor Wien", "--language", "de",
            "--timezone", "Europe/Vienna")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The only document on stdout."""
        return json.loads(self.out)


@dataclass(slots=True)
class Shell:
    """Somebody who types commands about one data folder."""

    data: Path
    port: int
    server: subprocess.Popen[str] | None = None
    greeting: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("JOSOOR_")}
        return {**kept, **settings(self.data, self.port), "PYTHONWARNINGS": "error"}

    def run(self, *words: str, stdin: str = "") -> Ran:
        """How `josoor WORDS…` ended."""
        ended = subprocess.run(
            [sys.executable, "-m", "node", *words],
            input=stdin, capture_output=True, encoding="utf-8", timeout=60, cwd=ROOT,
            env=self.environment(), check=False,
        )  # fmt: skip
        assert "Traceback" not in ended.stderr, ended.stderr
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    def json(self, *words: str, stdin: str = "") -> Any:
        """What a command that succeeds prints with --json."""
        ran = self.run(*words, "--json", stdin=stdin)
        assert (ran.code, ran.err) == (0, ""), ran
        return ran.json

    def publish(self, **changes: Any) -> Any:
        """A new event."""
        return self.json("event", "publish", "-", stdin=json.dumps({**EVENT, **changes}))

    def serve(self) -> None:
        """Start the node and wait until it answers."""
        self.server = subprocess.Popen(
            [sys.executable, "-m", "node", "serve"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", cwd=ROOT,
            env=self.environment(),
        )  # fmt: skip
        assert self.server.stderr
        for line in self.server.stderr:
            self.greeting.append(line.rstrip())
            if "Set it up here" in line or line.startswith("Josoor is at"):
                break
        self.until_answering()

    def until_answering(self) -> None:
        """Wait until the port answers."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                assert self.get("/healthz")[0] == 200
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the node does not answer")

    def setup_link(self) -> str:
        """The link that the greeting names."""
        assert self.server
        assert self.server.stderr
        while not (found := SETUP_LINK.search("\n".join(self.greeting))):
            self.greeting.append(self.server.stderr.readline().rstrip())
        return found[0]

    def get(self, url: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and text of a page; with a form it is sent."""
        address = url if url.startswith("http") else self.origin + url
        data = urlencode(form).encode() if form is not None else None
        request = Request(address, data, {"Accept": "text/html", "Accept-Language": "en"})
        try:
            with urlopen(request, timeout=10) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def stop(self) -> int:
        """The exit code of the node after SIGTERM."""
        assert self.server
        self.server.send_signal(signal.SIGTERM)
        _, err = self.server.communicate(timeout=30)
        heard("\n".join([*self.greeting, err]))
        code, self.server = self.server.returncode, None
        return code


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Shell]:
    """Before `init`."""
    shell = Shell(tmp_path / "data", free_port())
    try:
        yield shell
    finally:
        if shell.server:
            shell.stop()


@pytest.fixture(params=["running", "resting"])
async def shell(request: pytest.FixtureRequest, bare: Shell) -> Shell:
    """A node of Vienna, once with its server running and once without."""
    wien = Community(
        handle="wien", name={"de": "Josoor Wien"}, description={}, languages=["de"],
        city=None, country=None, timezone="Europe/Vienna", created=datetime.now(UTC),
    )  # fmt: skip
    await found(load_config(settings(bare.data, bare.port)), wien, {})
    if request.param == "running":
        bare.serve()
    return bare


# init


def test_init_makes_a_node_that_only_its_owner_can_open(bare: Shell):
    made = bare.json(*FOUNDING, "--city", "Wien", "--country", "AT")

    assert made == {
        "id": f"{bare.origin}/c/wien",
        "handle": f"@wien@localhost:{bare.port}",
        "origin": bare.origin,
    }
    assert stat.S_IMODE(bare.data.stat().st_mode) == 0o700
    for path in bare.data.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert bare.json("status")["community"] == {"de": "Josoor Wien"}


def test_init_never_overwrites(bare: Shell):
    bare.run(*FOUNDING)
    before = {path.name: path.read_bytes() for path in bare.data.glob("*.[kt]*")}

    ran = bare.run(*FOUNDING)

    assert (ran.code, ran.out) == (1, "")
    assert "already" in ran.err
    assert {path.name: path.read_bytes() for path in bare.data.glob("*.[kt]*")} == before


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--handle", "Wien!"),
        ("--handle", "relay"),
        ("--language", "Deutsch"),
        ("--timezone", "Europe/Wien"),
        ("--name", "  "),
        ("--origin", "http://wien.example/path"),
        ("--origin", "wien.example"),
    ],
)
def test_init_with_a_wrong_word_says_so_and_leaves_nothing(option: str, value: str, bare: Shell):
    words = list(FOUNDING)
    if option in words:
        words[words.index(option) + 1] = value
    else:
        words += [option, value]

    ran = bare.run(*words)

    assert (ran.code, ran.out) == (1, "")
    assert option.removeprefix("--") in ran.err
    assert not bare.data.exists()


def test_init_with_nobody_to_ask_is_a_matter_of_usage(bare: Shell):
    ran = bare.run("init", "--language", "de")

    assert ran.code == 2
    assert "Handle" in ran.err
    assert not bare.data.exists()


# serve and the setup link


def test_serve_without_a_node_makes_one_and_greets_with_a_setup_link(bare: Shell):
    bare.serve()
    link = bare.setup_link()

    assert bare.greeting[0] == f"Josoor is at {bare.origin}"
    assert link.startswith(f"{bare.origin}/setup/")
    assert bare.get("/")[0] == 200
    assert bare.stop() == 0
    assert not (bare.data / "control.sock").exists()


def test_the_setup_link_makes_the_first_ambassador_once(bare: Shell):
    bare.serve()
    link = bare.setup_link()
    form = {"name": "Josoor Graz", "description": "Wir.", "city": "Graz", "language": "de"}
    person = {"name": "amal", "password": "siebzehn kleine Brücken"}

    assert bare.get(link)[0] == 200
    assert bare.get(link)[0] == 200, "looking does not use it up"
    assert bare.get(link, form)[0] == 200
    assert bare.get(f"{link}/legal", {})[0] == 200
    assert "Our community" in bare.json("status")["community"].values(), "not before the end"
    status, text = bare.get(f"{link}/you", person)

    assert (status, len(re.findall(r"<code>[0-9a-z-]{19}</code>", text))) == (200, 10)
    assert bare.get(link)[0] == 404
    assert bare.get(link, form)[0] == 404
    assert [(one["name"], one["role"]) for one in bare.json("user", "list")] == [
        ("amal", "ambassador")
    ]
    assert bare.json("status")["community"] == {"de": "Josoor Graz"}


def test_a_setup_form_that_is_refused_leaves_the_link_and_the_node_as_they_were(bare: Shell):
    bare.serve()
    link = bare.setup_link()

    for form in ({"name": ""}, {"name": "a" * 101}, {}):
        assert bare.get(link, form)[0] == 422
    assert bare.json("user", "list") == []
    assert "Our community" in bare.json("status")["community"].values()
    assert bare.get(link, {"name": "A"})[0] == 200


def test_a_link_that_nobody_made_is_not_found(bare: Shell):
    bare.serve()

    assert bare.get("/setup/nothing")[0] == 404
    assert bare.get("/setup/nothing", {"person": "amal"})[0] == 404


def test_a_new_setup_link_ends_the_one_before(shell: Shell):
    first, second = shell.json("setup-link")["url"], shell.json("setup-link")["url"]
    if not shell.server:
        shell.serve()
        second = shell.setup_link()

    assert shell.get(first)[0] == 404
    assert shell.get(second)[0] == 200


def test_serve_greets_without_a_link_once_somebody_has_an_account(bare: Shell):
    bare.run(*FOUNDING)
    bare.run("user", "create", "amal")
    bare.serve()
    assert bare.server
    bare.server.send_signal(signal.SIGTERM)
    _, rest = bare.server.communicate(timeout=30)
    bare.server = None

    assert "setup" not in "\n".join(bare.greeting) + rest


def test_a_second_serve_says_why_it_cannot(bare: Shell):
    bare.serve()
    ran = bare.run("serve")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("josoor: ")


def test_a_port_that_is_taken_is_told_in_one_sentence(bare: Shell, tmp_path: Path):
    bare.serve()
    ran = Shell(tmp_path / "other", bare.port).run("serve")

    assert ran.code == 1
    assert f"127.0.0.1:{bare.port} cannot be listened on" in ran.err
    assert "JOSOOR_LISTEN=127.0.0.1:" in ran.err
    # a local node has its port in its address for ever: none is made for one that it cannot have
    assert not (tmp_path / "other").exists()


def test_a_data_folder_that_cannot_be_made_is_named(bare: Shell, tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    ran = Shell(tmp_path / "file" / "data", bare.port).run("serve")

    assert ran.code == 1
    assert f"{tmp_path / 'file'}" in ran.err
    assert "listened" not in ran.err


def test_init_asks_nothing_where_a_node_is_already(bare: Shell):
    bare.run(*FOUNDING)

    ran = bare.run("init")

    assert (ran.code, ran.out) == (1, "")
    assert "already" in ran.err


# events


def test_an_event_goes_through_its_life(shell: Shell):
    event = shell.publish()
    short = SHORT.findall(event["id"])[-1]

    assert event["id"] == f"{shell.origin}/e/{short}"
    assert [one["id"] for one in shell.json("event", "list")] == [event["id"]]
    assert shell.json("event", "show", event["id"]) == shell.json("event", "show", short) == event
    changed = json.dumps({**EVENT, "capacity": 5})
    assert shell.json("event", "update", short, "-", stdin=changed)["capacity"] == 5
    cancelled = shell.json("event", "cancel", event["id"], "--reason", "Kein Strom.")
    assert (cancelled["state"], cancelled["reason"]) == ("cancelled", "Kein Strom.")
    assert shell.run("event", "update", short, "-", stdin=changed).code == 1
    assert shell.json("event", "delete", short)["id"] == event["id"]
    assert shell.json("event", "list") == []
    assert shell.run("event", "show", short).code == 1


def test_an_event_is_read_from_a_file_and_shown_to_people(shell: Shell, tmp_path: Path):
    file = tmp_path / "event.json"
    file.write_text(json.dumps(EVENT, ensure_ascii=False), encoding="utf-8")

    published = shell.run("event", "publish", str(file))
    listed = shell.run("event", "list")

    assert (published.code, listed.code) == (0, 0)
    assert "Sprachcafé" in published.out
    assert "Sprachcafé" in listed.out
    assert SHORT.search(listed.out)


START = '"start": "2031-12-05T18:00"'
WRONG_DOCUMENTS = (
    ("{}", "name: is missing"),
    ('{"name": "a", "start": "soon"}', "start: must be a local time"),
    (f'{{"name": "a", {START}, "colour": "blue"}}', "colour: is not a field that we know"),
    (f'{{"name": "a", {START}, "capacity": {10**18}}}', "capacity: must be"),
    (f'{{"name": "a", {START}, "place": {{"name": "b", "latitude": NaN}}}}', "is not JSON"),
    (f'{{"name": "\\ud800", {START}}}', "half a surrogate pair"),
    ("{", "is not JSON"),
    ("[]", "not an object"),
    ("[" * 100_000, "nested deeper"),
    (" " * 300_000, "larger than 256 kB"),
)


def test_a_wrong_document_is_refused_in_words_and_nothing_is_kept(shell: Shell):
    for text, sentence in WRONG_DOCUMENTS:
        ran = shell.run("event", "publish", "-", stdin=text)
        assert (ran.code, ran.out) == (1, ""), text[:80]
        assert ran.err.startswith("josoor: ")
        assert sentence in ran.err
    assert shell.json("event", "list") == []


def test_what_is_not_there_is_told_in_one_sentence(shell: Shell):
    for words in (
        ("event", "show", "nothing"),
        ("event", "cancel", "0" * 26),
        ("event", "delete", "https://elsewhere.test/e/" + "0" * 26),
        ("event", "publish", "/no/such/file.json"),
        ("token", "create", "--user", "nobody", "--scope", "read"),
        ("token", "revoke", "nothing"),
        ("user", "disable", "nobody"),
        ("queue", "discard", "1"),
        ("queue", "retry", "1"),
        ("network", "unfollow", "@nobody@elsewhere.test"),
    ):
        ran = shell.run(*words)
        assert (ran.code, ran.out) == (1, ""), words
        assert ran.err.startswith("josoor: "), words
        assert ran.err.count("\n") == 1, ran.err


# people, queue, keys, the node


def test_people_and_tokens_are_made_and_ended(shell: Shell):
    amal = shell.json("user", "create", "amal", "--role", "ambassador")
    made = shell.json("token", "create", "--user", "amal", "--scope", "write", "--label", "laptop")
    listed = shell.json("token", "list")

    assert shell.json("user", "list") == [amal]
    assert made["token"].startswith("josoor_")
    assert "token" not in listed[0]
    assert [(one["id"], one["label"]) for one in listed] == [(made["id"], "laptop")]
    assert shell.json("token", "revoke", made["id"])["id"] == made["id"]
    assert shell.run("user", "role", "amal", "member").code == 1  # nobody would lead
    shell.run("user", "create", "lina", "--role", "ambassador")
    assert shell.json("user", "role", "amal", "member")["role"] == "member"
    assert shell.run("token", "create", "--user", "amal", "--scope", "write").code == 1
    assert shell.json("user", "disable", "amal")["disabled"] is True


def test_ways_in_are_printed_once_and_what_was_done_is_in_the_log(shell: Shell):
    shell.run("user", "create", "amal", "--role", "ambassador")
    invited = shell.run("user", "invite", "--days", "3")
    reset = shell.json("user", "reset-link", "amal")

    assert re.search(r"^http://\S+/join/[\w-]{43}$", invited.out, re.MULTILINE)
    assert "\u2588" in invited.out or "\u2580" in invited.out  # the picture for a phone
    assert re.search(r"/reset/[\w-]{43}$", reset["url"])
    assert [one["uses"] for one in shell.json("user", "invitations")] == [0]
    assert shell.json("user", "sign-up", "approval") == {"mode": "approval"}
    assert shell.json("session", "list") == []
    assert [one["verb"] for one in shell.json("audit", "list")] == [
        "sign-up approval", "reset-link", "invite", "create",
    ]  # fmt: skip
    assert shell.json("audit", "verify")["whole"] is True
    shown = shell.run("audit", "list", "--about", "amal").out.splitlines()
    assert [line.split()[-1] for line in shown] == ["target", "amal", "amal"]


def test_a_token_for_people_is_the_token_and_nothing_else(shell: Shell):
    shell.run("user", "create", "amal", "--role", "ambassador")
    ran = shell.run("token", "create", "--user", "amal", "--scope", "read")

    assert re.fullmatch(r"josoor_[\w-]{43}\n", ran.out)


def test_lists_are_lists_of_things_with_an_id(shell: Shell):
    shell.publish()
    shell.run("user", "create", "amal")
    for words in (
        ("event", "list"),
        ("user", "list"),
        ("token", "list"),
        ("queue", "list"),
        ("queue", "list", "--parked"),
        ("key", "list"),
        ("network", "followers"),
        ("network", "following"),
        ("network", "timeline"),
        ("network", "timeline", "--type", "Event"),
    ):
        found = shell.json(*words)
        assert isinstance(found, list), words
        assert all(isinstance(one["id"], str) for one in found), words
        assert shell.run(*words).code == 0


def test_each_actor_has_two_keys_and_no_private_half_is_shown(shell: Shell):
    keys = shell.json("key", "list")

    assert {(one["actor"].removeprefix(shell.origin), one["kind"]) for one in keys} == {
        ("/c/wien", "rsa"),
        ("/c/wien", "ed25519"),
        ("/relay", "rsa"),
        ("/relay", "ed25519"),
    }
    assert all(
        set(one) == {"id", "actor", "kind", "fingerprint", "created", "state"} for one in keys
    )


def test_keys_are_rotated_and_the_list_says_how_far_that_has_come(shell: Shell):
    rotated = shell.run("key", "rotate", "relay")
    listed = shell.run("key", "list")
    shell.run("key", "rotate")
    states = [key["state"] for key in shell.json("key", "list") if key["kind"] == "rsa"]
    nobody = shell.run("key", "rotate", "nobody")

    assert rotated.out == (f"{shell.origin}/relay#main-key-2 is the new key; 0 servers are told\n")
    assert "retiring (no server needs it; destroyed within the hour)" in listed.out
    assert sorted(states) == ["current", "current", "retiring", "retiring", "retiring"]
    assert (nobody.code, nobody.err) == (1, "josoor: There is no such actor here.\n")


def test_the_master_key_is_exchanged_and_doctor_sees_an_exchange_broken_off(shell: Shell):
    before = (shell.data / "secret.key").read_bytes()
    shutil.copy(shell.data / "secret.key", shell.data / "secret.key.next")
    checks = {check["check"]: check for check in shell.json("doctor")}
    (shell.data / "secret.key.next").unlink()
    exchanged = shell.run("key", "rotate-master")

    assert checks["master key"]["mend"] == "Run: josoor key rotate-master"
    assert exchanged.code == 0
    assert "4 secrets are sealed with the new master key" in exchanged.out
    assert (shell.data / "secret.key").read_bytes() != before
    assert shell.run("key", "list").code == 0


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


# how commands end


def test_without_a_node_a_command_says_how_to_make_one(bare: Shell):
    for words in (("status",), ("event", "list"), ("user", "list"), ("doctor",)):
        ran = bare.run(*words)
        assert ran.code == 1, words
        assert "josoor init" in ran.out + ran.err, words
    assert not bare.data.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("nothing",),
        ("event",),
        ("event", "publish"),
        ("event", "show", "a", "b"),
        ("status", "--colour"),
        ("token", "create", "--user", "amal", "--scope", "everything"),
        ("user", "create", "amal", "--role", "king"),
    ],
)
def test_wrong_usage_exits_with_two(words: tuple[str, ...], bare: Shell):
    ran = bare.run(*words)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err


def test_a_setting_that_is_none_is_named(bare: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Shell, "environment", lambda _: {**os.environ, "JOSOOR_COLOUR": "blue"})
    ran = bare.run("status")

    assert ran.code == 1
    assert "JOSOOR_COLOUR" in ran.err


def test_a_database_that_another_command_holds_is_told_in_one_sentence(bare: Shell):
    bare.run(*FOUNDING)
    hold = (
        "import asyncio, os, sys\n"
        "from node.app import open_node\n"
        "from node.config import load_config\n"
        "async def hold():\n"
        "    async with open_node(load_config(os.environ)):\n"
        "        print('held', flush=True)\n"
        "        sys.stdin.read()\n"
        "asyncio.run(hold())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=bare.environment(),
    ) as holder:  # fmt: skip
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        ran = bare.run("event", "list")
        holder.communicate("", timeout=30)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("josoor: ")
    assert bare.json("event", "list") == []


def test_what_was_done_beside_the_running_node_is_in_the_database_after_it(bare: Shell):
    bare.run(*FOUNDING)
    bare.serve()
    event = bare.publish()
    assert bare.stop() == 0

    assert bare.json("event", "show", event["id"]) == event
    with sqlite3.connect(bare.data / "josoor.db") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    database.close()
