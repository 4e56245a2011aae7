"""What is about too much at once does not go, and is told nothing else."""

from __future__ import annotations

import pytest

from tests.schemas.scenes import assert_refused, notification

TOO_MUCH = ("12", "te_veel_tegelijk", "")


@pytest.mark.rule("12")
def test_12_what_no_reader_takes_does_not_go() -> None:
    scene = notification()
    assert_refused(scene, scene.known(too_much=True), TOO_MUCH)


def test_of_what_is_too_much_nothing_else_is_said() -> None:
    """What is known of it was left out, so that any other reason would be none."""
    scene = notification().message(necessity=None).known(parties=(), informed=())
    assert len(scene.reasons()) > 1
    assert scene.known(too_much=True).reasons() == [TOO_MUCH]
