"""The error that a command shows to a person: what went wrong and what to do, in one clear sentence."""


class Refusal(Exception):
    """Stops a command; its text is printed as it stands."""
