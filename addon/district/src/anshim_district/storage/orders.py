"""What waits for the one writer, in order; what is much work and can wait goes between the others.

Put in by everybody's thread, taken out by the writer's alone.
"""

from collections import deque
from threading import Condition


class Orders[T]:
    """After each group one of the patient has its turn, by itself: neither side starves."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._orders: deque[T] = deque()
        self._patient: deque[T] = deque()
        self._patient_is_next = False
        self._ends = False

    def put(self, order: T, *, patient: bool = False) -> None:
        with self._changed:
            (self._patient if patient else self._orders).append(order)
            self._changed.notify()

    def end(self) -> None:
        """What was put in before is still handed out."""
        with self._changed:
            self._ends = True
            self._changed.notify()

    def next_group(self, most: int) -> list[T]:
        """Waits for one; empty only when all is over."""
        with self._changed:
            while not (self._orders or self._patient or self._ends):
                self._changed.wait()
            if self._patient and (self._patient_is_next or not self._orders):
                self._patient_is_next = False
                return [self._patient.popleft()]
            self._patient_is_next = True
            return [self._orders.popleft() for _ in range(min(most, len(self._orders)))]
