"""What stories leave behind that others may see: gathered while they run, searched for personal values at the end.

Places: logs of processes, what tests print and log, problems, URLs, metrics, exceptions and reports of tests. The
values are those of the person that stories tell about, the free texts of the notification, and each marker that was
drawn; not the markers in URLs, where an attacker of the stories puts them herself.
"""

from __future__ import annotations

import re
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.needles import Needle
from deploy.demo.people import SHORTEST
from tests.canaries import Canaries
from tests.connectors.exchange import PERSON, form
from tests.stories.live import Answer, Live

FREE_TEXTS = ("aanleiding", "gewenst_resultaat", "onderbouwing", "explanation")


def personal_values() -> tuple[Needle, ...]:
    """The person of the stories."""
    told = form().model_dump(mode="json")
    whole = {**PERSON, **told["persons"][0]["adresgegevens"], **{name: told[name] for name in FREE_TEXTS}}
    whole["naam"] = f"{PERSON['voornamen']} {PERSON['geslachtsnaam']}"
    texts = [(name, str(value)) for name, value in whole.items()]
    return tuple(Needle("persoon", name, text) for name, text in texts if len(text) >= SHORTEST)


@dataclass
class Traces:
    """Texts by place, and the markers that were drawn."""

    texts: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    markers: list[str] = field(default_factory=list)

    def keep(self, place: str, text: str | bytes) -> None:
        """Remember one text until the end."""
        if text:
            self.texts[place].append(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))

    def listen(self, call: Callable[..., Answer]) -> Callable[..., Answer]:
        """:meth:`Live.call` that remembers the address it asked and the problem it got."""

        @wraps(call)
        def called(live: Live, context: Any, method: str, path: str, *rest: Any, **headers: str) -> Answer:
            answer = call(live, context, method, path, *rest, **headers)
            self.keep("url", path)
            if answer.status >= 400:
                self.keep("problem", answer.raw + repr(dict(answer.headers)).encode())
            return answer

        return called

    def follow(self, send: Callable[..., Any]) -> Callable[..., Any]:
        """``aiohttp.ClientSession._request`` that remembers each address: our connectors' calls go through it."""

        @wraps(send)
        async def sent(session: Any, method: str, url: Any, **options: Any) -> Any:
            self.keep("url", f"{url} {options.get('params') or ''}")
            return await send(session, method, url, **options)

        return sent

    def keep_broker(self, live: Live) -> None:
        """Its metrics and its logs, while it still runs."""
        address = f"http://127.0.0.1:{live.ports.health}/metrics"
        with urllib.request.urlopen(address, timeout=10) as answer:
            self.keep("metric", answer.read())
        self.keep_logs(live.base)

    def keep_logs(self, base: Path) -> None:
        """Every log below a folder."""
        for file in sorted(base.rglob("*.log")):
            self.keep("log", file.read_bytes())

    def keep_report(self, report: pytest.TestReport) -> None:
        """The name of a test, what it printed and logged, and why it failed."""
        # The name of a marker's test may hold what the test is about, never the marker: that is drawn when it runs.
        self.keep("report", report.nodeid)
        for title, text in report.sections:
            self.keep("log" if "log" in title else "output", text)
        if report.failed:
            # A failed test shows its own source, in which values stand on purpose: what was raised is the line with E.
            raised = re.findall(r"^E .*$", report.longreprtext, re.MULTILINE)
            self.keep("exception", "\n".join(raised))

    def search(self) -> Canaries:
        """Look through it all."""
        markers = [Needle("test", "marker", marker) for marker in self.markers]
        people = Canaries(personal_values())
        canaries = Canaries([*personal_values(), *markers])
        for place, texts in self.texts.items():
            (people if place == "url" else canaries).look(place, b"\n".join(texts))
        canaries.found.update(people.found)
        canaries.looked.update(people.looked)
        return canaries
