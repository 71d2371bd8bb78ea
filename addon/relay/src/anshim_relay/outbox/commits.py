"""How long the disk takes to make something durable. Told by the writer, asked by the metrics."""

# Seconds; a good SSD stays in the first, a card about to die ends in the last.
BOUNDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


class Commits:
    """A histogram: the writer's thread alone adds, whoever reads may be one commit behind."""

    def __init__(self) -> None:
        self.count = 0
        self.total_s = 0.0
        self.last_s: float | None = None
        self._within = [0] * len(BOUNDS)

    def took(self, seconds: float) -> None:
        self.count += 1
        self.total_s += seconds
        self.last_s = seconds
        for place, bound in enumerate(BOUNDS):
            if seconds <= bound:
                self._within[place] += 1

    @property
    def within(self) -> list[tuple[float, int]]:
        """How many took at most so long."""
        return list(zip(BOUNDS, self._within, strict=True))
