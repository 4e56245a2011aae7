"""What the parties agreed: ids, messages, the protocol pack and the kernel that decides. Pure, values in, values out.

Errors of this package all derive from :class:`SchemaError`: their message, pack or settings file is not as agreed.
A bug of ours is an ordinary Python exception and never caught.

    SchemaError
    ├── ids.IdError            a value that is no id of its kind
    ├── strict.StrictError     bytes that are no JSON of ours
    ├── yaml_text.YamlError    a pack or settings file that is not as it must be (file, line, all that is wrong)
    │   └── pack.PackError     a pack that does not hold together
    ├── asking_scope.AskingError nothing that may be asked
    ├── manifest.UnfitError    members of a message that do not go together
    └── envelope.EnvelopeError a message of the wrong shape
"""


class SchemaError(Exception):
    """Something foreign does not have the agreed form. The text never quotes the offending value."""
