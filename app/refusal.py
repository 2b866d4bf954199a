"""What went wrong and what to do, in one clear sentence: the only error a person is shown."""


class Refusal(Exception):
    """Stops a command; its text is printed as it stands."""
