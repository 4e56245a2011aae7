"""What goes out and what comes in: the link, the checks of a recipient, questions, answers, keys and decisions.

The stories (asking, answering, notifying, deciding) decide nothing about the protocol; they ask the kernel, before
anything is sealed and again on what was opened.
"""
