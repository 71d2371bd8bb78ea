"""The one way this package gives up: with what happened and what a person can do about it."""


class CannotGoOnError(Exception):
    """The environment cannot be made here as things stand."""

    def __init__(self, what: str, *, do: str) -> None:
        super().__init__(what)
        self.do = do
