"""``python -m tests.testkit``: make the files of the testkit anew."""

from __future__ import annotations

from tests.testkit.case import FOLDER
from tests.testkit.generating import write

if __name__ == "__main__":
    print(f"{write()} files under {FOLDER}")
