"""The set-up of a bare machine, in folders of its own."""

import ast
import sys
from pathlib import Path

import pytest

from scripts import setup


@pytest.fixture
def project(tmp_path, monkeypatch):
    root = tmp_path / "a project"
    root.mkdir()
    (root / "requirements.txt").write_text("# nothing\n")
    monkeypatch.setattr(setup, "ROOT", root)
    monkeypatch.setattr(setup, "VENV", root / ".venv")
    monkeypatch.setattr(setup, "PYTHON", root / ".venv" / "bin" / "python")
    monkeypatch.delenv("MERIDIAN_FOR", raising=False)
    return root


def test_it_is_made_once_and_mended_when_it_was_left_half_made(project, capsys):
    files = ["requirements.txt"]
    making, installing = "Making the virtual environment …", "Installing pinned packages …"

    assert setup.main(files) == 0
    assert capsys.readouterr().out.splitlines() == [making, installing]
    assert setup.main(files) == 0
    assert capsys.readouterr().out == ""

    setup.stamp(files).unlink()  # killed while packages were installed
    assert setup.main(files) == 0
    assert capsys.readouterr().out.splitlines() == [installing]

    setup.PYTHON.unlink()  # its Python has gone
    assert setup.main(files) == 0
    assert capsys.readouterr().out.splitlines() == [making, installing]

    (project / "requirements.txt").write_text("# other pins\n")
    assert setup.main(files) == 0
    assert capsys.readouterr().out.splitlines() == [installing]


def test_a_full_disk_is_told_in_a_sentence(project, monkeypatch, capsys):
    monkeypatch.setattr(setup, "NEEDED_MB", 10**9)

    assert setup.main(["requirements.txt"]) == 1
    assert capsys.readouterr().err.endswith("make room for 1000000000 MB and start again.\n")
    assert not setup.VENV.exists()


def test_an_environment_that_cannot_be_made_is_told_in_a_sentence(project, monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", str(project / "no-python"))

    assert setup.main(["requirements.txt"]) == 1
    [sentence] = capsys.readouterr().err.splitlines()
    assert "apt install python3-venv" in sentence


def test_an_old_python_without_a_newer_one_is_told_in_a_sentence(project, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setenv("PATH", str(project))

    assert setup.main(["requirements.txt"]) == 1
    [sentence] = capsys.readouterr().err.splitlines()
    assert sentence.startswith("Meridian needs Python 3.11 or newer, and this is 3.9.2")


def test_an_old_python_can_read_it():
    ast.parse(Path(setup.__file__).read_text(), feature_version=(3, 7))
