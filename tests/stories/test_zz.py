"""x"""
from tests.stories.live import Live
from tests.stories.forging import Case, wait_for, later
import time
def test_x(live: Live) -> None:
    t=time.time()
    rvdk, pol = live.address("rvdk"), live.address("politie")
    c = Case(live).in_triage(rvdk, pol)
    print(time.time()-t)
    q=c.question(rvdk); q["act"]["answer_at"]=later(seconds=2)
    q=c.allowed(q)
    a=c.answer(q)
    r=c.send(a); print(r.status, r.code, r.rules)
    wait_for(q["act"]["answer_at"])
    c.allowed(c.answer(q))
    r=c.send(c.answer(q)); print(r.status, r.code, r.rules)
    t=time.time(); print(live.counts()); print(time.time()-t)
    t=time.time(); print(live.held("kanarie")); print(time.time()-t)
