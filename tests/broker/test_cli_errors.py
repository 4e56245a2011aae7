"""What an operator gets wrong on the first day is one line on standard error, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from broker.cli import InputError, read_records
from tests.conftest import ROOT

SETTINGS = "dsn: {dsn}\nkeys: keys\nlog_file: log/broker.log\ntls: {{certificate: a.pem, key: a.key}}\n"


def run(*arguments: object, folder: Path) -> tuple[int, str]:
    """Exit code and standard error of ``ketenbroker``."""
    done = subprocess.run(
        [sys.executable, "-m", "broker.cli", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


def test_a_folder_without_records_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no records"):
        read_records([tmp_path])


@pytest.mark.slow
def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    run("ca", "init", "--folder", tmp_path / "ca", folder=tmp_path)
    code, text = run("ca", "party", "--folder", tmp_path / "ca", "absent.csr", folder=tmp_path)
    assert (code, text) == (1, "absent.csr: No such file or directory\n")


@pytest.mark.slow
def test_a_log_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "broker.yaml").write_text(SETTINGS.format(dsn="postgresql://nobody@127.0.0.1:1/none"))
    code, text = run("serve", "--settings", "broker.yaml", folder=tmp_path)
    assert (code, text) == (1, "log/broker.log: No such file or directory\n")


@pytest.mark.slow
def test_a_database_without_tables_says_migrate(tmp_path: Path, database: str) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "broker.yaml").write_text(SETTINGS.format(dsn=database))
    code, text = run("serve", "--settings", "broker.yaml", folder=tmp_path)
    assert code == 1
    assert text == "the database has no tables for this; run `ketenbroker migrate`\n"
