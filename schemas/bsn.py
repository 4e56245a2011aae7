"""Citizen service numbers in texts (B4-x): found at the source and again at the recipient, in any usual spelling.

A number is one where 8 or 9 digits, without the spaces, dots and dashes between them, pass the elfproef. Telephone
numbers and dates are passed over; digits of other scripts, other dashes and invisible characters are not.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum.nl import bsn as elfproef

_BETWEEN = r"[ .\-]?"
_TELEPHONE = re.compile(
    rf"(?<!\d)(?:(?:\+|00)31{_BETWEEN}(?:\(0\))?(?:{_BETWEEN}\d){{9}}|\+(?!31)\d{{1,3}}(?:{_BETWEEN}\d){{7,10}}"
    rf"|\(?0[1-9]\d{{0,2}}\)?(?:{_BETWEEN}\d){{6,8}})(?!\d)"
)
_DATE = re.compile(r"(?<!\d)(?:(\d{4})([-.])(\d{1,2})\2(\d{1,2})|(\d{1,2})([-.])(\d{1,2})\6(\d{4}))(?!\d)")
_RUN = re.compile(r"\d+(?:[ .\-]+\d+)*")


def _plain(text: str) -> str:
    """Digits as 0-9, every dash as ``-``, every white space as one space, nothing invisible."""
    found = []
    for character in unicodedata.normalize("NFKC", text):
        kind = unicodedata.category(character)
        if kind == "Nd":
            found.append(str(unicodedata.decimal(character)))
        elif kind == "Pd" or character == "\N{MINUS SIGN}":
            found.append("-")
        elif character.isspace():
            found.append(" ")
        elif kind not in {"Cf", "Mn", "Me"}:
            found.append(character)
    return "".join(found)


def _telephone(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    national = match[0].lstrip("(").startswith("0") and not digits.startswith("00")
    return match[0] if national and len(digits) != 10 else "|"


def _date(match: re.Match[str]) -> str:
    year, month, day = (match[1], match[3], match[4]) if match[1] else (match[8], match[7], match[5])
    try:
        when = date(int(year), int(month), int(day))
    except ValueError:
        return match[0]
    return "|" if 1900 <= when.year <= 2099 else match[0]


def holds_bsn(text: str) -> bool:
    """Whether ``text`` holds what must be taken for a citizen service number."""
    plain = _DATE.sub(_date, _TELEPHONE.sub(_telephone, _plain(text)))
    for run in _RUN.finditer(plain):
        groups = re.findall(r"\d+", run[0])
        for start in range(len(groups)):
            digits = ""
            for group in groups[start:]:
                digits += group
                if len(digits) > 9:
                    break
                if len(digits) >= 8 and elfproef.is_valid(digits):
                    return True
    return False
