"""The demo: four real nodes, one event's life across them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pytest

from node.demo.content import SEEDS
from node.demo.journal import Journal, NotHeld
from node.demo.seeds import SATURDAY, Days
from node.events.draft import read_draft
from tests.support.log_watch import heard

_ROOT = Path(__file__).parents[2]
_PARTS = ("made", "describes", "follow", "seeded", "published", "updated", "cancelled", "ended")


@contextmanager
def _logs_kept(folder: Path) -> Iterator[None]:
    """Let the watch read what the nodes write, of which the demo leaves nothing behind."""
    kept, over = folder / "kept", threading.Event()
    kept.mkdir()

    def keep() -> None:
        while not over.wait(0.05):
            for log in folder.glob("josoor-demo-*/*.log"):
                with suppress(FileExistsError, FileNotFoundError):
                    os.link(log, kept / log.name)

    keeping = threading.Thread(target=keep)
    keeping.start()
    try:
        yield
    finally:
        over.set()
        keeping.join()
    logs = list(kept.iterdir())
    assert len(logs) == 4
    for log in logs:
        heard(log.read_text(encoding="utf-8"))


def test_an_event_lives_its_whole_life_across_four_nodes(tmp_path: Path) -> None:
    """What Wien publishes, changes and cancels, Berlin and the coordinator show each time."""
    with _logs_kept(tmp_path):
        run = subprocess.run(
            [sys.executable, "-m", "node", "demo", "--exit-after-check", "--json"],
            cwd=_ROOT,
            env={**os.environ, "TMPDIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    document = json.loads(run.stdout)
    assert [step for step in document["steps"] if not step["held"]] == []
    assert all(any(part in step["step"] for step in document["steps"]) for part in _PARTS)
    assert document["held"] is True
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.handle)
def test_every_seeded_event_is_accepted_as_handed_in(seed) -> None:
    """The seeds keep to the document that `event publish` takes, in the community's languages."""
    for document in seed.events(Days(date(2026, 12, 30))):
        draft = read_draft(document, language=seed.languages[0], timezone=seed.timezone)
        assert len(draft.name) > 1
        assert set(draft.name) == set(draft.description)
        assert draft.start.date() > date(2026, 12, 30)


@pytest.mark.parametrize("today", [date(2026, 12, day) for day in range(1, 15)])
def test_a_seeded_day_is_that_weekday_and_never_today(today: date) -> None:
    """Dates fall on the weekday that the text names, within the week that was asked for."""
    found = date.fromisoformat(Days(today).on(SATURDAY, "10:00", "12:00", weeks=1)["start"][:10])
    assert found.weekday() == SATURDAY
    assert 8 <= (found - today).days <= 14


def test_a_step_that_does_not_hold_is_told_and_ends_the_story(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The journal names the step and what is missing, and the whole does not hold."""
    journal = Journal()
    with pytest.raises(NotHeld), journal.step("Berlin answers"):
        raise TimeoutError("too late")
    assert journal.as_json()["held"] is False
    assert journal.steps[0].why == "TimeoutError: too late"
    assert "Berlin answers" in capsys.readouterr().err
