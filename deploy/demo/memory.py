"""The memory of live processes as streams of bytes (proc(5): ``maps``, ``mem``, ``pagemap``). Linux only.

Decides what is read: all that a process may read itself. Mappings that several processes share, and unchanged pages of
program files, are read once. Anonymous pages that were never touched hold zeros and are passed over. Raises
:class:`SearchError` where the kernel forbids to look; a process that ends meanwhile is left out.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.demo.search import CHUNK, SearchError, Streams

PAGE = os.sysconf("SC_PAGE_SIZE")
NOT_MEMORY = ("[vvar", "[vsyscall]")
PRESENT_OR_SWAPPED = 0b11 << 62


@dataclass(frozen=True)
class Region:
    """One line of ``maps``."""

    start: int
    end: int
    mode: str
    offset: str
    device: str
    inode: str
    name: str

    @property
    def anonymous(self) -> bool:
        """Private pages with no file behind them."""
        return self.inode == "0" and self.mode[3] == "p"

    @property
    def identity(self) -> tuple[str, str, str, int] | None:
        """The same for every process that maps the same bytes; None where the bytes are its own."""
        if self.inode == "0" or ("w" in self.mode and self.mode[3] == "p"):
            return None
        return self.device, self.inode, self.offset, self.end - self.start


def regions(pid: int) -> list[Region]:
    """What the process can read of its own memory; nothing if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return []
    except PermissionError as error:
        raise SearchError(
            f"the memory map of process {pid} may not be read; run as the same user or as root"
        ) from error
    found = []
    for line in lines:
        span, mode, offset, device, inode, *name = line.split(maxsplit=5)
        start, _, end = span.partition("-")
        region = Region(int(start, 16), int(end, 16), mode, offset, device, inode, name[0] if name else "")
        if mode[0] == "r" and not region.name.startswith(NOT_MEMORY):
            found.append(region)
    return found


def family(pid: int) -> list[int]:
    """The process and all its descendants."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found = [pid]
    for one in found:  # grows while it is walked
        found.extend(parents.get(one, ()))
    return found


def memory(roots: Iterable[int]) -> Callable[[], Streams]:
    """The memory of these processes and of all their children."""
    pids = tuple(roots)

    def streams() -> Streams:
        seen: set[tuple[str, str, str, int]] = set()
        for pid in dict.fromkeys(child for root in pids for child in family(root)):
            for region in regions(pid):
                if region.identity is None or region.identity not in seen:
                    seen.update([region.identity] if region.identity else [])
                    for start, end in _touched(pid, region):
                        yield _read(pid, start, end)

    return streams


def _touched(pid: int, region: Region) -> Iterator[tuple[int, int]]:
    """The runs of pages that hold something; the whole region where that cannot be known."""
    if not region.anonymous:
        yield region.start, region.end
        return
    pages = array("Q")
    try:
        with Path(f"/proc/{pid}/pagemap").open("rb", buffering=0) as file:
            file.seek(region.start // PAGE * 8)
            pages.frombytes(file.read((region.end - region.start) // PAGE * 8))
    except (OSError, ValueError):
        pages = array("Q")
    if len(pages) != (region.end - region.start) // PAGE:
        yield region.start, region.end
        return
    begin: int | None = None
    for number, entry in enumerate(pages):
        here = bool(entry & PRESENT_OR_SWAPPED)
        if here and begin is None:
            begin = region.start + number * PAGE
        elif not here and begin is not None:
            yield begin, region.start + number * PAGE
            begin = None
    if begin is not None:
        yield begin, region.end


def _read(pid: int, start: int, end: int) -> Iterator[bytes]:
    try:
        memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    except (FileNotFoundError, ProcessLookupError):
        return
    except OSError as error:
        raise SearchError(f"the memory of process {pid} may not be read; run as the same user or as root") from error
    try:
        while start < end:
            try:
                chunk = os.pread(memory, min(CHUNK, end - start), start)
            except OSError:  # a page of a device, or unmapped since: go on behind it
                chunk = b""
            if chunk:
                yield chunk
            start += len(chunk) or PAGE
    finally:
        os.close(memory)
