"""How the broker speaks HTTP: who calls, what a route is, what an error looks like, how much and how slow is too much.

It knows no house, case or message: the capability folders bring their own routes (``*/api.py``) and use what is here.
"""
