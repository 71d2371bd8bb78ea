"""Counts what came down and was not believed, until the district has heard of it."""


class Refusals:
    def __init__(self) -> None:
        self.total = 0
        self._reported = 0

    def add(self, count: int) -> None:
        self.total += count

    @property
    def unreported(self) -> int:
        return self.total - self._reported

    def reported(self, count: int) -> None:
        """A heartbeat that named so many was answered."""
        self._reported += count
