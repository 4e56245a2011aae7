"""Each parser over its seeds and some hundreds of fixed mutations of them: nothing but the declared error comes out."""

from __future__ import annotations

import pytest

from keys import CertificateError, pki
from schemas.ids import format_instant, parse_instant
from tests.fuzzing.mutating import mutations
from tests.fuzzing.oracle import FindingError, Target, same
from tests.fuzzing.targets import TARGETS
from tests.keys import house


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Parsed a serial number")  # of a certificate that is then refused
@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_the_declared_error(name: str) -> None:
    target = TARGETS[name]
    seeds = list(target.seeds())
    assert any(target.judge(seed) for seed in seeds), "no seed is taken: nothing behind the first check is reached"
    for data in mutations(seeds, target.few, name):
        try:
            target.judge(data)
        except Exception as error:
            pytest.fail(f"{name}: {type(error).__name__} {error} for {data[:400]!r}")


def test_an_oracle_lets_nothing_else_through() -> None:
    def careless(data: bytes) -> bool:
        same(data.decode().strip().encode(), data, "white space is lost")
        return True

    target = Target("careless", careless, lambda: (b"abc",))
    found = []
    for data in mutations([b"abc"], 300, "careless"):
        try:
            target.judge(data)
        except (FindingError, UnicodeDecodeError) as error:
            found.append(type(error))
    assert set(found) == {FindingError, UnicodeDecodeError}


def test_mutations_are_the_same_each_time() -> None:
    first = mutations([b"abcdef", b"{}"], 50, "x")
    assert first == mutations([b"abcdef", b"{}"], 50, "x")
    assert len(set(first)) > 20
    assert first != mutations([b"abcdef", b"{}"], 50, "y")


def test_a_year_before_1000_is_written_as_it_was_read() -> None:
    """Found by the fuzzer: such a time was accepted and written back with three digits."""
    for text in ("0126-11-24T02:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        assert format_instant(parse_instant(text)) == text


def test_a_certificate_that_cannot_be_read_is_a_declared_error() -> None:
    """Found by the fuzzer: parts of a certificate are only parsed when they are asked for."""
    good = pki.from_record(house.certificate())
    authorities = [pki.der_of(house.authority().certificate)]
    assert pki.verify_chain(good, authorities, house.NOW, "root") == pki.oin_of(good) == house.OIN
    with pytest.raises(CertificateError, match="issuer"):
        pki.verify_chain(good.replace(b"Proef-CA", b"\xbcroef-CA"), authorities, house.NOW, "root")
    with pytest.raises(CertificateError):
        pki.oin_of(good.replace(house.OIN.encode(), b"\xff" * 20))
    with pytest.raises(CertificateError):  # version 38
        pki.oin_of(good.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x25", 1))
