"""``ketenbroker ca``: a certificate authority for sandboxes, in a folder of its own, never for real parties.

It never speaks to a broker: certificates and requests are files that people carry. In production PKIoverheid does
what this does here; nothing else changes (:mod:`keys.pki`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from keys import pki, secretfiles
from schemas.ids import Oin

app = typer.Typer(no_args_is_help=True, help="A sandbox certificate authority; real parties use PKIoverheid.")

Folder = Annotated[Path, typer.Option("--folder", help="The authority's own folder (ca.pem, ca.key).")]
Days = Annotated[int, typer.Option(min=1, max=1200, help="Days that the certificate is valid.")]


@app.command("init")
def init(folder: Folder, name: Annotated[str, typer.Option(help="Name of the authority.")] = "Sandbox CA") -> None:
    """Make an authority: ca.pem to hand out, ca.key to keep."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pki.write_authority(folder, pki.make_authority(name, datetime.now(UTC)))
    typer.echo(f"{folder / 'ca.pem'} is the authority; name it in genesis and as `client_authorities`")


@app.command("server")
def server(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="Folder for server.pem and server.key.")],
    host: Annotated[list[str], typer.Option(help="Host name or IP address of the broker; may be repeated.")],
    oin: Annotated[str, typer.Option(help="OIN of the operator.")],
    name: Annotated[str, typer.Option(help="Name of the operator.")] = "Sandbox broker",
    days: Days = 365,
) -> None:
    """Make a key and certificate for a broker to listen with."""
    key = pki.TlsKey.generate()
    request = pki.request(key, Oin(oin), name)
    certificate = pki.issue(pki.read_authority(folder), request, datetime.now(UTC), days, host)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    secretfiles.write_new(out / "server.key", key.pem)
    secretfiles.write_new(out / "server.pem", certificate)
    typer.echo(f"{out / 'server.pem'} and {out / 'server.key'}: name them under `tls` in the settings")


@app.command("party")
def party(
    folder: Folder,
    requests: Annotated[list[Path], typer.Argument(help="Certificate requests (PEM) that a party made.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the certificates; beside the request if absent.")] = None,
    days: Days = 365,
) -> None:
    """Issue a certificate for each request of a party (its root, its TLS client): NAME.csr becomes NAME.pem."""
    authority = pki.read_authority(folder)
    for path in requests:
        request = path.read_bytes()
        asked = pki.read_request(request)
        certificate = pki.issue(authority, request, datetime.now(UTC), days)
        target = (out or path.parent) / f"{path.stem}.pem"
        target.parent.mkdir(parents=True, exist_ok=True)
        secretfiles.write_new(target, certificate)
        typer.echo(f"{target}: {asked.name}, OIN {asked.oin}, {'party root' if asked.use_for_root else 'TLS client'}")
