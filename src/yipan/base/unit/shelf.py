"""What is known by key: many keys are read in one question, and each only once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """`read` answers for many keys at once; a key that it leaves out has the value of `absent()`."""

    def __init__(self, read: Callable[[list[K]], Mapping[K, V]], absent: Callable[[], V]) -> None:
        self._read, self._absent = read, absent
        self._known: dict[K, V] = {}

    def __getitem__(self, key: K) -> V:
        """The value of a key, read now if need be."""
        if key not in self._known:
            self.warm((key,))
        return self._known[key]

    def get(self, key: K) -> V | None:
        """The value of a key that is known already, else None."""
        return self._known.get(key)

    def __contains__(self, key: K) -> bool:
        """Whether the value of a key is known already."""
        return key in self._known

    def __setitem__(self, key: K, value: V) -> None:
        """What is known from another source."""
        self._known[key] = value

    def __len__(self) -> int:
        return len(self._known)

    def warm(self, keys: Iterable[K]) -> None:
        """Read what is not known yet of these keys, in one question."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._known]
        if missing:
            found = self._read(missing)
            for key in missing:
                self._known[key] = found[key] if key in found else self._absent()
