"""Tests of node/serving.py: what stops a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.config import ConfigError, load_config
from node.serving import serve
from tests.support.nodes import free_port, settings


@pytest.mark.parametrize(
    ("variable", "value", "name"),
    [
        ("JOSOOR_METRICS_LISTEN", "127.0.0.1:9100", "metrics_listen"),
        ("JOSOOR_WORKERS", "2", "workers"),
    ],
)
def test_a_setting_that_would_do_nothing_stops_the_start_by_name(
    variable: str, value: str, name: str, tmp_path: Path
):
    environment = settings(tmp_path / "data", free_port(), "postgresql://localhost/nobody")

    with pytest.raises(ConfigError, match=name):
        serve(load_config({**environment, variable: value}))

    assert list(tmp_path.iterdir()) == []
