"""Broken acts: the closed body of every kind (wire.md "Kinds and their acts"), one fault each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemas.strict import encode_base64url
from tests.testkit import house
from tests.testkit.case import Case, Change, Row, changes, drop, more, put, times, written
from tests.testkit.messages import CEILING_GROUND, CEILING_ITEM, a_message

FORM = "manifest_vorm"
_AKP = {"kty": "AKP", "alg": "HPKE-10-KE", "pub": encode_base64url(bytes(1216))}
_OKP = {"kty": "OKP", "crv": "X25519", "alg": "ECDH-ES+A256KW", "x": house.drawn("x25519", 32)}
_ORIGIN = {"party": house.MELDER, "item": house.ref("item")}
_USE = {"phase": "triage", "purpose": "eerste_beeld", "holder": house.POLICE}
_MANDATE = "e30.e30.e30"

ACTS: dict[str, Any] = {
    "aanmelding_start": {"mandate": _MANDATE},
    "sleutel_verzoek": {},
    "sleutel": {
        "keys": [
            {
                "kid": house.digest("sleutel"),
                "suite": "keten-pq",
                "pub": _AKP,
                "phase": "triage",
                "epoch": 0,
                "not_after": house.at(days=30),
                "canary": house.digest("kanarie"),
            }
        ]
    },
    "aanmelding": {},
    "aanmelding_besluit": {"decision": "in_triage", "reason": "criteria_voldaan"},
    "triagevraag": {
        "ceiling": {
            "items": [CEILING_ITEM],
            "grounds": [CEILING_GROUND],
            "necessity": {"code": "eerste_beeld_vormen"},
            "expires": house.at(days=2),
            "bucket": 4096,
        },
        "answer_at": house.at(days=1),
        "mandate": _MANDATE,
    },
    "triageantwoord": {},
    "fase_besluit": {
        "decision": "in_triage",
        "from": "aanmelding",
        "to": "triage",
        "decided_on": "2026-03-10",
        "reason": "criteria_voldaan",
        "meeting": house.digest("overleg"),
        "keep": [house.ref("item")],
        "keep_for": ["eerste_beeld"],
        "casusregie": house.MELDER,
    },
    "ontvangst": {
        "of": house.message_id("aanmelding"),
        "manifest_sha256": house.digest("manifest"),
        "sealed_sha256": house.digest("verzegeling"),
        "result": "filed",
    },
    "akkoord_verzoek": {"items": [_ORIGIN], "for": _USE, "until": house.at(days=30)},
    "akkoord": {
        "items": [
            {
                "item": house.ref("item"),
                "subject": house.ref("betrokkene"),
                "subject_category": "betrokkene",
                "category": "personalia",
                "fields": ["/geslachtsnaam"],
                "given_for": "toetsen_criteria",
            }
        ],
        "for": _USE,
        "until": house.at(days=30),
        "decision": "akkoord",
    },
    "geinformeerd": {"subjects": [house.ref("betrokkene")], "at": "2026-03-01", "how": "gesprek"},
    "minimalisatie_schending": {
        "of": house.message_id("inbreng"),
        "findings": [{"path": "/geslachtsnaam", "code": "veld_boven_niveau"}],
    },
    "casus_uitnodiging": {"admit": [house.POLICE], "agreement": house.message_id("besluit")},
    "deelname_einde": {"remove": [house.POLICE], "reason": "niet_meer_nodig"},
    "inbreng": {},
    "plan_van_aanpak": {},
    "actie": {"agreement": house.message_id("plan")},
    "toestemming_ingetrokken": {"items": [_ORIGIN], "consent": house.ref("toestemming"), "from": "2026-03-10"},
    "correctie": {"items": [_ORIGIN]},
    "beperking": {"items": [_ORIGIN], "ground": "juistheid_betwist"},
    "beperking_einde": {"items": [_ORIGIN], "reason": "opgeheven"},
    "doorverstrekking_akkoord": {
        "subject": house.ref("betrokkene"),
        "subject_category": "betrokkene",
        "categories": ["personalia"],
        "holder": house.MELDER,
        "phase": "triage",
        "purpose": "eerste_beeld",
        "until": house.at(days=30),
    },
    "vernietig_opdracht": {"scope": "item", "ids": [house.ref("item")]},
    "vernietigd": {
        "scope": "item",
        "ids": [house.ref("item")],
        "generation": [1, 2],
        "method": "sleutel_gewist",
        "backend": "bestand",
    },
    "termijn_besluit": {"scope": "triage", "until": house.at(days=30), "reason": "vakantie"},
}
"""A valid act of each kind."""


def acts() -> Iterator[Case]:
    """For each kind a valid base, a member too many, and what is its own."""
    for kind, act in ACTS.items():
        message = a_message(kind, act)
        valid = Case("act", f"valid-{kind.replace('_', '-')}", f"A {kind}", written(message), about=kind)
        yield valid
        rows = [*_every(), *_OWN.get(kind, ())]
        named: list[Row] = [(f"{kind.replace('_', '-')}-{name}", *rest) for name, *rest in rows]
        yield from changes(valid, message, named)


def _every() -> list[Row]:
    return [
        ("unknown", "A member of the act that nobody knows", put("act.note", "x"), FORM, "/act"),
        ("list", "The act is a list", put("act", []), FORM, "/act"),
    ]


def _row(name: str, what: str, change: Change, at: str) -> Row:
    return name, what, change, FORM, at


def _named(old: str, new: str) -> Change:
    """A member of the act under another name: that of an attribute in our own code."""

    def change(whole: Any) -> Any:
        whole["act"][new] = whole["act"].pop(old)
        return whole

    return change


_KEY = "act.keys.0"
_OWN: dict[str, list[Row]] = {
    "aanmelding_start": [
        _row("mandate", "No mandate", drop("act.mandate"), "/act/mandate"),
        _row("mandate-object", "A mandate in clear", put("act.mandate", {"to": house.DOOR}), "/act/mandate"),
        _row("mandate-long", "A mandate above 4096 characters", put("act.mandate", "a" * 4097), "/act/mandate"),
    ],
    "sleutel": [
        _row("none", "No keys", put("act.keys", []), "/act/keys"),
        _row("nine", "Nine keys", times("act.keys", 9), "/act/keys"),
        _row("kid", "A key without a name", drop(f"{_KEY}.kid"), "/act/keys/0/kid"),
        _row("suite", "A suite that nobody knows", put(f"{_KEY}.suite", "keten-x"), "/act/keys/0/suite"),
        _row("suite-weaker", "A suite that is not the key's", put(f"{_KEY}.suite", "keten-ec"), "/act/keys/0"),
        _row("pub-weaker", "A key that is not the suite's", put(f"{_KEY}.pub", _OKP), "/act/keys/0"),
        _row("pub-type", "A type of key that is not ours", put(f"{_KEY}.pub.kty", "RSA"), "/act/keys/0/pub"),
        _row("pub-alg", "An algorithm that is not ours", put(f"{_KEY}.pub.alg", "HPKE-0"), "/act/keys/0/pub/alg"),
        _row("pub-private", "The private half stands there too", put(f"{_KEY}.pub.priv", "AA"), "/act/keys/0/pub"),
        _row("pub-padding", "A key with padding", put(f"{_KEY}.pub.pub", "AA=="), "/act/keys/0/pub/pub"),
        _row("pub-long", "A key that is too long", put(f"{_KEY}.pub.pub", "A" * 2049), "/act/keys/0/pub/pub"),
        _row("epoch-text", "An epoch as a text", put(f"{_KEY}.epoch", "0"), "/act/keys/0/epoch"),
        _row("epoch-negative", "An epoch below zero", put(f"{_KEY}.epoch", -1), "/act/keys/0/epoch"),
        _row("epoch-high", "An epoch of ten thousand", put(f"{_KEY}.epoch", 10_000), "/act/keys/0/epoch"),
        _row("not-after", "A key without an end", drop(f"{_KEY}.not_after"), "/act/keys/0/not_after"),
        _row("canary", "A key without a canary", drop(f"{_KEY}.canary"), "/act/keys/0/canary"),
        _row("phase", "A key of no phase", drop(f"{_KEY}.phase"), "/act/keys/0/phase"),
    ],
    "aanmelding_besluit": [
        _row("decision", "A decision that is none", put("act.decision", "misschien"), "/act/decision"),
        _row("reason", "A decision without a reason", drop("act.reason"), "/act/reason"),
        _row("reason-words", "A reason in words", put("act.reason", "Te licht"), "/act/reason"),
    ],
    "triagevraag": [
        _row("ceiling", "No ceiling", drop("act.ceiling"), "/act/ceiling"),
        _row("ceiling-items", "A ceiling of nothing", put("act.ceiling.items", []), "/act/ceiling/items"),
        _row("ceiling-61", "A ceiling of 61 items", times("act.ceiling.items", 61), "/act/ceiling/items"),
        _row("ceiling-grounds", "No grounds", put("act.ceiling.grounds", []), "/act/ceiling/grounds"),
        _row("level", "A level that is none", put("act.ceiling.items.0.level", "E"), "/act/ceiling/items/0/level"),
        _row(
            "field", "A field by a pattern", put("act.ceiling.items.0.fields.0", "/*"), "/act/ceiling/items/0/fields/0"
        ),
        _row("item-ref", "A number", put("act.ceiling.items.0.item", house.ref("x")), "/act/ceiling/items/0"),
        _row("ground", "Informed", put("act.ceiling.grounds.0.informed", "2026-03-01"), "/act/ceiling/grounds/0"),
        _row("bucket", "A bucket above 65536", put("act.ceiling.bucket", 262144), "/act/ceiling/bucket"),
        _row("expires", "A ceiling without an end", drop("act.ceiling.expires"), "/act/ceiling/expires"),
        _row("answer-at", "No time to answer at", drop("act.answer_at"), "/act/answer_at"),
        _row("mandate", "No mandate", put("act.mandate", None), "/act/mandate"),
    ],
    "fase_besluit": [
        _row("decision", "No decision", drop("act.decision"), "/act/decision"),
        _row("from", "From no phase", drop("act.from"), "/act/from"),
        _row("to", "To two phases", put("act.to", ["triage", "regie"]), "/act/to"),
        _row("old", "The phases under another name", _named("from", "old"), "/act/from"),
        _row("decided-on", "Decided at an instant", put("act.decided_on", house.at()), "/act/decided_on"),
        _row("meeting", "The record of the meeting itself", put("act.meeting", {"present": []}), "/act/meeting"),
        _row("keep", "What is kept, by category", put("act.keep", ["personalia"]), "/act/keep/0"),
        _row("keep-201", "Two hundred and one items kept", times("act.keep", 201), "/act/keep"),
        _row("keep-for-21", "Twenty-one purposes", times("act.keep_for", 21), "/act/keep_for"),
        _row("casusregie", "Who directs: a name", put("act.casusregie", "de wijkagent"), "/act/casusregie"),
    ],
    "ontvangst": [
        _row("of", "Of no message", drop("act.of"), "/act/of"),
        _row("manifest", "Without the digest of the manifest", drop("act.manifest_sha256"), "/act/manifest_sha256"),
        _row("manifest-hex", "A digest in hexadecimal", put("act.manifest_sha256", "0" * 64), "/act/manifest_sha256"),
        _row("sealed", "Without the digest of the sealed part", drop("act.sealed_sha256"), "/act/sealed_sha256"),
        _row("result", "A result that is none", put("act.result", "gelezen"), "/act/result"),
        _row("findings", "Findings in clear", put("act.findings", []), "/act"),
    ],
    "akkoord_verzoek": [
        _row("items", "About nothing", put("act.items", []), "/act/items"),
        _row("items-61", "About 61 items", times("act.items", 61), "/act/items"),
        _row("item", "An item without whose it is", put("act.items.0", house.ref("x")), "/act/items/0"),
        _row("for", "For no use", drop("act.for"), "/act/for"),
        _row("use", "The use under another name", _named("for", "use"), "/act/for"),
        _row("holder", "For everybody", put("act.for.holder", "*"), "/act/for/holder"),
        _row("until", "Without an end", drop("act.until"), "/act/until"),
    ],
    "akkoord": [
        _row("items", "About nothing", put("act.items", []), "/act/items"),
        _row("fields", "About no fields", put("act.items.0.fields", []), "/act/items/0/fields"),
        _row("field", "A field without a slash", more("act.items.0.fields", "naam"), "/act/items/0/fields/1"),
        _row("given-for", "Without what it was given for", drop("act.items.0.given_for"), "/act/items/0/given_for"),
        _row(
            "consent",
            "Consent without a date",
            put("act.items.0.consent", {"ref": house.ref("t")}),
            "/act/items/0/consent/date",
        ),
        _row("phase", "A use in no phase", drop("act.for.phase"), "/act/for/phase"),
        _row("task", "A task without whose it is", put("act.for.task", {"code": house.TASK}), "/act/for/task/of"),
        _row("decision", "A decision that is none", put("act.decision", "ja"), "/act/decision"),
        _row("until", "Until a day", put("act.until", "2026-04-10"), "/act/until"),
    ],
    "geinformeerd": [
        _row("subjects", "Nobody was told", put("act.subjects", []), "/act/subjects"),
        _row("subject", "A person by name", put("act.subjects", ["Jan"]), "/act/subjects/0"),
        _row("how", "Told, and not how", drop("act.how"), "/act"),
        _row("how-other", "Told in a way that is none", put("act.how", "whatsapp"), "/act/how"),
        _row(
            "both",
            "Told and deferred",
            lambda m: put("act.recheck", "2026-04-01")(put("act.deferred", True)(m)),
            "/act",
        ),
        _row("neither", "Neither told nor deferred", lambda m: drop("act.at")(drop("act.how")(m)), "/act"),
        _row("ground", "The ground of a deferral in clear", put("act.ground", "a"), "/act"),
    ],
    "minimalisatie_schending": [
        _row("of", "Of no message", drop("act.of"), "/act/of"),
        _row("findings", "No findings", put("act.findings", []), "/act/findings"),
        _row("findings-61", "Sixty-one findings", times("act.findings", 61), "/act/findings"),
        _row("code", "A finding in words", put("act.findings.0.code", "Er staat een naam"), "/act/findings/0/code"),
        _row("value", "The value stands beside the finding", put("act.findings.0.value", "x"), "/act/findings/0"),
    ],
    "casus_uitnodiging": [
        _row("admit", "Nobody is invited", put("act.admit", []), "/act/admit"),
        _row("admit-31", "Thirty-one are invited", times("act.admit", 31), "/act/admit"),
        _row("admit-oin", "A party without a function", put("act.admit", [house.POLICE_OIN]), "/act/admit/0"),
        _row("agreement", "On no decision", drop("act.agreement"), "/act/agreement"),
    ],
    "deelname_einde": [
        _row("remove", "Nobody leaves", put("act.remove", []), "/act/remove"),
        _row("reason", "Without a reason", drop("act.reason"), "/act/reason"),
    ],
    "actie": [
        _row("agreement", "Without what was agreed", drop("act.agreement"), "/act/agreement"),
        _row("agreement-text", "What was agreed, in words", put("act.agreement", "afgesproken"), "/act/agreement"),
    ],
    "toestemming_ingetrokken": [
        _row("consent", "Which consent is not said", drop("act.consent"), "/act/consent"),
        _row("from", "Since when is not said", drop("act.from"), "/act/from"),
        _row("from-instant", "Since an instant", put("act.from", house.at()), "/act/from"),
        _row("items", "About nothing", put("act.items", []), "/act/items"),
    ],
    "correctie": [
        _row("items", "Nothing is wrong", put("act.items", []), "/act/items"),
        _row("replaces", "What is right, in clear", put("act.replaces", "x"), "/act"),
        _row(
            "party",
            "An item of a party without a function",
            put("act.items.0.party", house.MELDER_OIN),
            "/act/items/0/party",
        ),
    ],
    "beperking": [
        _row("ground", "Without a ground", drop("act.ground"), "/act/ground"),
        _row("items", "About nothing", drop("act.items"), "/act/items"),
    ],
    "beperking_einde": [_row("reason", "Without a reason", drop("act.reason"), "/act/reason")],
    "doorverstrekking_akkoord": [
        _row("categories", "No categories", put("act.categories", []), "/act/categories"),
        _row("categories-19", "Nineteen categories", times("act.categories", 19), "/act/categories"),
        _row("holder", "For a function instead of an address", put("act.holder", "college_bw"), "/act/holder"),
        _row("until", "Without an end", drop("act.until"), "/act/until"),
    ],
    "vernietig_opdracht": [
        _row("scope", "A scope that is none", put("act.scope", "alles"), "/act/scope"),
        _row("ids", "Nothing is named", put("act.ids", []), "/act/ids"),
        _row("ids-201", "Two hundred and one ids", times("act.ids", 201), "/act/ids"),
        _row("id", "An id that is none", put("act.ids", ["*"]), "/act/ids/0"),
    ],
    "vernietigd": [
        _row("generation", "One generation", put("act.generation", [1]), "/act/generation"),
        _row("generation-three", "Three generations", put("act.generation", [1, 2, 3]), "/act/generation"),
        _row("generation-negative", "A generation below zero", put("act.generation", [-1, 0]), "/act/generation/0"),
        _row("generation-text", "A generation as a text", put("act.generation", [1, "2"]), "/act/generation/1"),
        _row("method", "Without a method", drop("act.method"), "/act/method"),
        _row("backend", "Without what it was kept in", drop("act.backend"), "/act/backend"),
    ],
    "termijn_besluit": [
        _row("scope", "No term", drop("act.scope"), "/act/scope"),
        _row("until", "Without an end", put("act.until", None), "/act/until"),
        _row("reason", "Without a reason", drop("act.reason"), "/act/reason"),
    ],
}
