"""All attacks, in one list, and what is not defended."""

from __future__ import annotations

from deploy.demo.adversary.attack import Attack
from deploy.demo.adversary.by_broker import BY_BROKER
from deploy.demo.adversary.by_insider import BY_INSIDER
from deploy.demo.adversary.by_log import BY_LOG
from deploy.demo.adversary.by_network import BY_NETWORK
from deploy.demo.adversary.by_party import BY_PARTY

CONTENTS = "tests/stories/test_adversary_contents.py"
DATES = "tests/stories/test_adversary_dates.py"

ELSEWHERE: tuple[Attack, ...] = (
    Attack(
        "two-keys",
        ("T8",),
        "a party with its real keys",
        "seals one message to two recipients under two content keys",
        "who cannot open it files nothing; the other has what was announced",
        ("opent_niet",),
        None,
        ("filed",),
        elsewhere=f"{CONTENTS}::test_who_is_given_another_key_files_nothing",
    ),
    Attack(
        "salamander",
        ("T8",),
        "a party with its real keys",
        "makes one ciphertext that AES-GCM accepts under two keys, with two contents",
        "both recipients: neither content is what the one signed manifest announces",
        ("opent_niet",),
        None,
        ("filed",),
        elsewhere=f"{CONTENTS}::test_one_ciphertext_that_opens_under_two_keys",
    ),
    Attack(
        "back-dated-revoked",
        ("T5", "T12"),
        "the broker",
        "dates what was signed with a revoked key back to before the revocation",
        "the recipient's connector: the entry stands behind the revocation in the log",
        ("logregel_tijd",),
        None,
        ("filed",),
        elsewhere=f"{DATES}::test_what_stands_behind_a_revocation_is_not_older",
    ),
)
ATTACKS: tuple[Attack, ...] = (*BY_PARTY, *BY_INSIDER, *BY_BROKER, *BY_LOG, *BY_NETWORK, *ELSEWHERE)

NOT_DEFENDED: tuple[tuple[str, str], ...] = (
    (
        "two logs for two parties who never compare",
        """there are no witnesses yet: a party sees that its own log continues, not that it is everybody's. Two parties
        who compare checkpoints (each audit gives one) find it at once""",
    ),
    (
        "a log that is kept from everybody",
        """who waits for a proof gets a finding after a minute (`bewijs_uitgebleven`); that there is more to wait for
        nobody else can know""",
    ),
    (
        "an entry withheld from one party in inbox, sources and register alike",
        """the leaf in the tree is mute: only who sent the message, or received another that its facts come from, sees
        that something is missing""",
    ),
    (
        "the time of an entry, within what the order of the log leaves free",
        """no leaf holds the time of a record and no witness dates a checkpoint; a connector holds an entry against its
        own clock and against the records before it in the log""",
    ),
    (
        "a thief who holds a party's live keys, and stays within the rules",
        "he is that party until it revokes them; its own audit finds what it did not send (`vermelding_niet_van_ons`)",
    ),
    ("a lie in a correctly typed field", "nobody but people can see it"),
    ("what people see on a screen, remember and tell", "outside of what programs can do"),
    ("who talks to whom, when, how much up to the bucket", "shown to the broker by design, and said so"),
    ("an operator who stops everything", "a broker that is off can be replaced, not forced"),
)
"""What somebody can do without being noticed, or without being stopped; and what there is instead."""
