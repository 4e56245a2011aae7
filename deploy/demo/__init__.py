"""The sandbox behind ``make demo``: a whole house on one machine, one case, and what every party made of it.

DemoError                 the demo cannot run, or a step came out otherwise; says which and where to look
├── people.PeopleError    the file with people cannot be used
├── search.SearchError    a place cannot be searched
└── processes.StartError  a program did not start
"""

from __future__ import annotations


class DemoError(Exception):
    """The demo cannot go on. The text names no person."""
