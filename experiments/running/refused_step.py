"""A step of a test's life that can't be taken."""


class LifecycleError(Exception):
    """The step can't be taken; ``code`` says why for programs, the text for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
