"""`josoor bench`"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click

from node.commands.running import Failed, json_option

_BENCH = Path(__file__).resolve().parents[2] / "bench"


@click.command("bench")
@click.argument("name", required=False)
@json_option
def bench(name: str | None, as_json: bool) -> None:
    """Measure the benchmark NAME, or all, each against a yardstick of the same run."""
    names = _names()
    if not names:
        raise Failed("the benchmarks are not installed; they are in the source tree, in bench/.")
    if name is not None and name not in names:
        raise Failed(f"there is no benchmark {name}. There are: {', '.join(names)}.")
    if name is not None:
        click.echo(_measured(name, as_json), nl=False)
    elif as_json:
        click.echo(json.dumps({each: json.loads(_measured(each, True)) for each in names}))
    else:
        for each in names:
            click.echo(f"{each}\n{_measured(each, False)}")


def _names() -> list[str]:
    return sorted(file.stem for file in _BENCH.glob("[a-z]*.py"))


def _measured(name: str, as_json: bool) -> str:
    """What the benchmark prints; its own words of trouble go to stderr."""
    click.echo(f"Measuring {name} …", err=True)
    words = [sys.executable, str(_BENCH / f"{name}.py"), *(["--json"] if as_json else [])]
    run = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603  ours
    if run.returncode:
        raise Failed(f"the benchmark {name} did not come to its end.")
    return run.stdout
