import asyncio, pytest, time
from broker.web.limits import Limits
from tests.broker.web.conftest import *
from tests.broker.web.conftest import Start
from tests.broker.web.certificates import *
import tests.broker.web.test_deadlines as t
from broker.web import connections
async def test_drip(start, party, monkeypatch):
    cut=connections.Connection._cut
    def mycut(self):
        print("CUT", self.transport, time.time()); cut(self); print(self.transport._ssl_protocol._transport if self.transport else None)
    monkeypatch.setattr(connections.Connection,"_cut",mycut)
    async with start(Limits(header_seconds=30)) as running:
        r,w=await t.connect(running, party)
        w.write(b"GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n")
        b=time.time()
        while time.time()-b<34:
            w.write(b"X-A: 1\r\n")
            try:
                d=await asyncio.wait_for(r.read(100),1.0); print("read",d,time.time()-b); break
            except TimeoutError: pass
        else: print("STILL OPEN")
        w.close()
