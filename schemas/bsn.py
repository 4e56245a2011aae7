"""Citizen service numbers in texts (B4-x): found at the source and again at the recipient, in any usual spelling.

A number is one where 8 or 9 digits, without the few other characters between them, pass the elfproef. Telephone numbers
of a real area or country and dates are passed over; digits of other scripts, other dashes and invisible characters are
not.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum.nl import bsn as elfproef

_BETWEEN = r"[ .\-]?"
_AREA = (
    r"6|97|1[0356]|2[0346]|3[03568]|4[0356]|5[0358]|7\d|8[458]|800|90[069]|11[1-8]|16[1-8]|17[24]|18[0-7]|22[2-9]|25[125]"
    r"|29[479]|31[3-8]|32[01]|34[1-8]|41[1-8]|47[58]|48[1-8]|49[2-9]|51[1-9]|52[1-9]|54[1-8]|56[126]|57[0-8]|59[1-9]"
)
_ABROAD = (
    r"2[07]|3[02-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689]\d|35\d|37\d|38\d|42\d|50\d|59\d|67\d|68\d|69\d"
    r"|80\d|85\d|87\d|88\d|96\d|97\d|99\d"
)
_TELEPHONE = re.compile(
    rf"(?<!\d)(?:(?:\+|00)31{_BETWEEN}(?:\(0\))?(?:{_BETWEEN}\d){{9}}|(?:\+|00)[17](?:{_BETWEEN}\d){{10}}"
    rf"|(?:\+|00)(?:{_ABROAD})(?:{_BETWEEN}\d){{8,10}}|\(?0(?:{_AREA})\)?(?:{_BETWEEN}\d){{6,8}})(?!\d)"
)
_DATE = re.compile(r"(?<!\d)(?:(\d{4})([-.])(\d{1,2})\2(\d{1,2})|(\d{1,2})([-.])(\d{1,2})\6(\d{4}))(?!\d)")
_RUN = re.compile(r"\d+(?:(?:[ .\-]+|[\W_]{1,3})\d+)*")
_LONG = re.compile(r"(?<!\d)(?:0\d*|(?<=\+)\d+)(?!\d)")
"""Digits in one piece that begin as a telephone number does and are none: what ends them may be a number."""


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
    if any(len(match[0]) > 9 and elfproef.is_valid(match[0][-9:]) for match in _LONG.finditer(plain)):
        return True
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
