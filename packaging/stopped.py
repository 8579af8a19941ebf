"""Why the set-up stopped, in words a person can act on."""


class SetupStopped(Exception):
    """The set-up cannot go on.  The message ends with what to do, on a line of its own."""
