"""Pictures and shares from the command line: real processes, without a node that runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.nodes import EVENT, free_port, settings
from tests.support.pictures import picture


@dataclass(frozen=True, slots=True)
class Shell:
    """A data folder and whoever types."""

    folder: Path
    port: int

    def __call__(self, *words: str) -> tuple[int, str, str]:
        environ = {**os.environ, **settings(self.folder / "data", self.port)}
        done = subprocess.run(
            [sys.executable, "-m", "node", *words],
            capture_output=True,
            text=True,
            check=False,
            env=environ,
        )
        return done.returncode, done.stdout, done.stderr

    def json(self, *words: str) -> Any:
        code, out, err = self(*words, "--json")
        assert code == 0, err
        return json.loads(out)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    folder = tmp_path_factory.mktemp("pictures")
    found = Shell(folder, free_port())
    code, _, err = found(
        *("init", "--handle", "wien", "--name", "Josoor Wien", "--language", "de"),
        *("--timezone", "Europe/Vienna"),
    )
    assert code == 0, err
    (folder / "garten.png").write_bytes(picture("PNG", (90, 60)))
    (folder / "event.json").write_text(json.dumps(EVENT))
    return found


def test_an_event_gets_and_loses_a_picture(shell: Shell):
    event = shell.json("event", "publish", str(shell.folder / "event.json"))
    file = str(shell.folder / "garten.png")

    found = shell.json(
        "event", "picture", event["id"], file, "--alt", "de=Ein Garten", "--alt", "ar=حديقة"
    )
    assert found["picture"]["alt"] == {"de": "Ein Garten", "ar": "حديقة"}
    shown = shell.json("media", "show", found["picture"]["media"])
    assert (shown["width"], shown["height"], shown["media_type"]) == (90, 60, "image/jpeg")
    assert shell.json("event", "picture", event["id"], "--remove")["picture"] is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("media", "add", "event.json"), "file: is not a picture that can be read"),
        (("media", "add", "nowhere.png"), "cannot be read"),
        (("event", "picture", "0" * 26), "give either a FILE or --remove"),
        (("media", "add", "garten.png", "--alt", "a=b", "--alt", "c"), "its language"),
        (("network", "unshare", "https://linz.example/1"), "does not share"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(shell: Shell, words: tuple[str, ...], told: str):
    files = ("event.json", "nowhere.png", "garten.png")
    code, out, err = shell(*(str(shell.folder / one) if one in files else one for one in words))

    assert (code, out) == (1, "")
    assert told in err


def test_the_rule_of_sharing_is_shown_and_set(shell: Shell):
    assert shell.json("network", "sharing") == {"share": "nobody"}
    assert shell.json("network", "sharing", "trusted") == {"share": "trusted"}
    assert shell.json("network", "sharing") == {"share": "trusted"}
    assert shell.json("network", "shares") == []
