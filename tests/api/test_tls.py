"""The broker's port as a stranger's TLS client sees it: TLS 1.3 and nothing older; with ``deploy/openssl.cnf`` two
suites and three groups and no other.

Asked with the ``openssl`` of the machine, so by another hand than the one that made the context.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT, absent
from tests.stories.live import Live

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _program() -> None:
    if shutil.which("openssl") is None:
        absent("openssl is not here: apt-get install openssl")


STRICT = """
import asyncio, sys
from pathlib import Path
from broker.web.tls import Tls, server_context

async def serve(folder):
    context = server_context(Tls(certificate=folder / "server.pem", key=folder / "server.key"))
    server = await asyncio.start_server(lambda _, writer: writer.close(), "localhost", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(serve(Path(sys.argv[1])))
"""
"""The broker's own context in a process that OpenSSL configures."""


@pytest.fixture(scope="module")
def strict_port(live: Live) -> Iterator[int]:
    """A port with the certificate of the running broker, in a process started with our ``openssl.cnf``."""
    environment = {**os.environ, "OPENSSL_CONF": str(ROOT / "deploy" / "openssl.cnf")}
    command = [sys.executable, "-c", STRICT, str(live.base / "broker" / "tls")]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def shake(live: Live, *options: str, port: int | None = None) -> str:
    """What a handshake with these options says."""
    command = ["openssl", "s_client", "-connect", f"localhost:{port or live.ports.public}", "-servername", "localhost"]
    command += ["-CAfile", str(live.founded.authority), "-verify_return_error", *options]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False, timeout=30)
    return done.stdout + done.stderr


def agreed(said: str) -> str | None:
    """Protocol and suite; None where there was no handshake."""
    found = re.search(r"^New, (TLSv[0-9.]+), Cipher is (\S+)", said, re.MULTILINE)
    return f"{found[1]} {found[2]}" if found else None


@pytest.mark.parametrize(
    ("option", "suite"),
    [
        ([], "TLS_AES_256_GCM_SHA384"),
        (["-ciphersuites", "TLS_AES_256_GCM_SHA384"], "TLS_AES_256_GCM_SHA384"),
        (["-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"], "TLS_CHACHA20_POLY1305_SHA256"),
    ],
)
def test_the_two_suites_that_are_spoken(live: Live, option: list[str], suite: str) -> None:
    assert agreed(shake(live, *option)) == f"TLSv1.3 {suite}"


@pytest.mark.parametrize(
    "option",
    [
        ["-tls1_2"],
        ["-tls1_2", "-cipher", "ALL:@SECLEVEL=0"],
        ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
        ["-tls1", "-cipher", "ALL:@SECLEVEL=0"],
        ["-ciphersuites", "TLS_AES_128_CCM_SHA256"],
    ],
    ids=lambda option: " ".join(option),
)
def test_what_is_not_spoken(live: Live, option: list[str]) -> None:
    said = shake(live, *option)
    assert agreed(said) is None, said
    assert "error:" in said, said


@pytest.mark.parametrize(
    ("option", "spoken"),
    [
        ([], True),
        (["-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"], True),
        (["-groups", "P-256"], True),
        (["-groups", "P-384"], True),
        (["-groups", "X25519"], True),
        (["-ciphersuites", "TLS_AES_128_GCM_SHA256"], False),
        (["-groups", "ffdhe2048"], False),
        (["-groups", "ffdhe8192"], False),
        (["-groups", "P-521"], False),
        (["-groups", "X448"], False),
        (["-tls1_2", "-cipher", "ALL:@SECLEVEL=0"], False),
    ],
    ids=str,
)
def test_what_is_spoken_with_our_configuration_of_openssl(
    live: Live, strict_port: int, option: list[str], spoken: bool
) -> None:
    assert (agreed(shake(live, *option, port=strict_port)) is not None) == spoken


def test_no_early_data_and_no_compression(live: Live) -> None:
    said = shake(live)
    assert "Compression: NONE" in said
    assert "Max Early Data: 0" in said or "Early data was not sent" in said
    assert "Verify return code: 0 (ok)" in said
