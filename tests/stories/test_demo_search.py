"""The search at the end of the demo: every form at every offset, across chunks, in folders and in live memory."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.memory import family, memory
from deploy.demo.needles import Needle, forms, of_person, of_texts, patterns
from deploy.demo.people import Person
from deploy.demo.search import Looked, Place, Searcher, files, texts

VALUE = "Zønneveldsema"
NEEDLE = Needle("P", "geslachtsnaam", VALUE)
CONTROL = "keten_control"


def look(*contents: bytes, chunks: int | None = None, needles: Sequence[Needle] = (NEEDLE,)) -> Looked:
    """Search made-up bytes; with ``chunks`` cut into pieces of that size."""

    def streams() -> Iterator[Iterator[bytes]]:
        for content in contents:
            step = chunks or len(content)
            yield iter([content[start : start + step] for start in range(0, len(content), step)])

    return Searcher(needles).look(Place("here", streams, CONTROL))


ENCODED = {
    "utf-8": VALUE.encode(),
    "utf-16le": VALUE.encode("utf-16-le"),
    "json": json.dumps(VALUE).encode(),
    "utf-8 hex": VALUE.encode().hex().encode(),
    "utf-8 HEX": VALUE.encode().hex().upper().encode(),
    "utf-16le hex": VALUE.encode("utf-16-le").hex().encode(),
    "json hex": json.dumps(VALUE).encode().hex().encode(),
}


@pytest.mark.parametrize("form", ENCODED)
def test_a_value_is_found_in_each_form(form: str) -> None:
    found = look(b"\x00before " + ENCODED[form] + b" after " + CONTROL.encode())
    assert [(one.form, one.count, one.what, one.whose) for one in found.found] == [(form, 1, "geslachtsnaam", "P")]
    assert found.control is True
    assert not found.ok


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("plain", ["utf-8", "utf-16le", "json"])
@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("after", range(4))
def test_base64_is_found_whatever_stands_around_it(encode: object, plain: str, before: int, after: int) -> None:
    assert callable(encode)
    encoded = encode(b"\xff" * before + ENCODED[plain].strip(b'"') + b"\xfe" * after)
    assert any(one.form == f"{plain} base64" for one in look(b"..." + encoded).found)


@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize("outer", range(6))
def test_a_disclosure_inside_a_part_that_was_not_encrypted_is_found(before: int, outer: int) -> None:
    disclosure = base64.urlsafe_b64encode(b"x" * before + json.dumps(["/geslachtsnaam", VALUE]).encode()).rstrip(b"=")
    part = base64.urlsafe_b64encode(b"y" * outer + b'{"disclosures":["' + disclosure + b'"]}')
    assert [one.form for one in look(part).found] == ["json base64 twice"]


@given(st.binary(max_size=60), st.binary(max_size=60), st.integers(1, 80))
def test_cutting_into_chunks_changes_nothing(before: bytes, after: bytes, size: int) -> None:
    content = before + VALUE.encode() + after + VALUE.encode() + CONTROL.encode()
    found = look(content, chunks=size)
    assert found.size == len(content)
    assert (found.control, [one.count for one in found.found]) == (True, [2])


def test_two_streams_are_not_one() -> None:
    half = len(VALUE) // 2
    assert look(VALUE.encode()[:half], VALUE.encode()[half:]).found == ()


def test_without_its_control_a_search_does_not_count() -> None:
    assert look(b"nothing at all").ok is False
    assert look(CONTROL.encode()).ok is True
    assert Searcher([NEEDLE]).look(Place("empty", texts(lambda: ()), CONTROL)).ok is False


def test_a_finding_shows_no_value() -> None:
    found = look(VALUE.encode())
    shown = repr(found) + repr(found.found) + repr(patterns([NEEDLE])) + found.found[0].sentence
    assert VALUE not in shown
    assert found.found[0].sentence == "here: geslachtsnaam (P), as utf-8, 1 times"


def test_files_and_what_lies_deeper(tmp_path: Path) -> None:
    (tmp_path / "base" / "1").mkdir(parents=True)
    (tmp_path / "base" / "1" / "16384").write_bytes(bytes(100) + CONTROL.encode())
    (tmp_path / "empty").touch()
    clean = Searcher([NEEDLE]).look(Place("tables", files(tmp_path), CONTROL))
    assert clean.ok
    (tmp_path / "base" / "pgsql_tmp").mkdir()
    (tmp_path / "base" / "pgsql_tmp" / "pgsql_tmp0.0").write_bytes(VALUE.encode())
    assert not Searcher([NEEDLE]).look(Place("tables", files(tmp_path), CONTROL)).ok
    assert Searcher([NEEDLE]).look(Place("tables", files(tmp_path, but=("pgsql_tmp",)), CONTROL)).ok


PROGRAM = """
import os, subprocess, sys
text = sys.stdin.readline().strip()
below = "import sys; x = sys.stdin.readline(); print(1, flush=True); sys.stdin.read()"
child = subprocess.Popen([sys.executable, "-c", below], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
child.stdin.write(sys.stdin.readline()); child.stdin.flush(); child.stdout.readline()
print(2, flush=True)
sys.stdin.read()
child.stdin.close(); child.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, which only Linux has")
def test_memory_of_a_process_and_of_its_children() -> None:
    program = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{CONTROL}\n{VALUE}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "2\n"
        assert len(family(process.pid)) == 2
        searcher = Searcher([NEEDLE, Needle("Q", "straat", "never put there")])
        found = searcher.look(Place("memory", memory([process.pid]), CONTROL))
        process.stdin.close()
    assert found.control is True
    assert {one.whose for one in found.found} == {"P"}
    gone = searcher.look(Place("memory", memory([process.pid]), CONTROL))
    assert (gone.size, gone.control, gone.ok) == (0, False, False)


def test_which_values_of_a_person_are_looked_for() -> None:
    person = Person(
        geslachtsnaam="Oss",
        voorvoegsel="van",
        voornamen="Zoë",
        geboortedatum="1968-05",
        straat="Esweg",
        huisnummer="12",
        postcode="7811AB",
    )
    assert {(one.what, one.text) for one in of_person("P", person)} == {
        ("naam", "Zoë van Oss"),
        ("naam", "Zoë Oss"),
        ("naam", "Oss, Zoë"),
        ("geboortedatum", "1968-05"),
        ("geboortedatum", "05-1968"),
        ("geboortedatum", "19680500"),
        ("postcode", "7811AB"),
        ("postcode", "7811 AB"),
        ("postcode", "7811AB 12"),
        ("postcode", "7811AB12"),
        ("postcode", "7811 AB 12"),
    }
    assert [one.text for one in of_texts(["kort", "een lange tekst", "een lange tekst"])] == ["een lange tekst"]


@given(st.text(st.characters(max_codepoint=127), min_size=6, max_size=30))
def test_no_form_is_so_short_that_it_stands_anywhere_by_chance(text: str) -> None:
    assert min(len(data) for _, data in forms(text)) >= 6
