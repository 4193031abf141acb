"""Reads words with a dictionary in the format of KFST, in a few megabytes of flat numbers.

The format's own library keeps some 210 MB of objects for the same, and is no faster.
"""

import lzma
import struct
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy

_HEADER = struct.Struct(">4sHHIIB")
# Of a transition: the state it leaves, the state it leads to, what it reads and what it writes.
_TRANSITION = numpy.dtype([("leaves", ">u4"), ("to", ">u4"), ("reads", ">u2"), ("writes", ">u2")])
_NOTHING = "@0@"

# Flags that were set on the way, with their values.
_Flags = Mapping[str, str]
# What was written so far: the last piece, and what came before it.
_Written = tuple[str, "_Written"] | None


class Transducer:
    """Leads from a word to what the dictionary writes of it. For any number of threads."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises ValueError for another format, and for weights."""
        body = path.read_bytes()
        magic, release, symbols, transitions, finals, weighted = _HEADER.unpack_from(body)
        if (magic, release, weighted) != (b"KFST", 0, 0):
            raise ValueError(f"{path.name} is not a plain KFST file")
        *names, packed = body[_HEADER.size :].split(b"\0", symbols)
        numbers = lzma.decompress(packed)
        rows = numpy.frombuffer(numbers, _TRANSITION, transitions)
        self._finals = frozenset(struct.unpack_from(f">{finals}I", numbers, rows.nbytes))
        # Symbols that stand for no letter come first; those that write nothing are empty.
        plain = [name.decode() for name in names]
        order = sorted(range(symbols), key=lambda at: not _is_silent(plain[at]))
        self._silent = [_flag(plain[at]) for at in order if _is_silent(plain[at])]
        self._texts = ["" if _is_silent(plain[at]) else plain[at] for at in order]
        self._letters = {text: at for at, text in enumerate(self._texts) if text}
        self._lay_out(rows, numpy.argsort(order))

    def _lay_out(self, rows: Any, places: Any) -> None:
        """Lay the transitions out by state: first the silent ones, then by letter."""
        # Backwards, since what is put on the stack last is tried first.
        rows = rows[::-1]
        read = places[rows["reads"]]
        rank = numpy.maximum(read, len(self._silent) - 1)
        order = numpy.lexsort((rank, rows["leaves"]))
        states = int(max(rows["leaves"].max(), rows["to"].max())) + 2
        first = numpy.searchsorted(rows["leaves"][order], numpy.arange(states))
        # Of single numbers these give plain ones, and sooner than numpy does.
        self._first = array("I", first.astype("I").tobytes())
        self._targets = array("I", rows["to"][order].astype("I").tobytes())
        self._read = array("H", read[order].astype("H").tobytes())
        self._written = array("H", places[rows["writes"][order]].astype("H").tobytes())

    def outputs(self, word: str) -> list[str]:
        """Give what the dictionary writes of a word, each once; nothing for unknown letters."""
        letters = self._letters
        if not all(letter in letters for letter in word):
            return []
        wanted = [letters[letter] for letter in word]
        first, read, targets = self._first, self._read, self._targets
        written, texts, silent = self._written, self._texts, self._silent
        length, quiet = len(wanted), len(silent)
        found: dict[str, None] = {}
        ways: list[tuple[int, int, _Flags, _Written]] = [(0, 0, {}, None)]
        while ways:
            state, at, flags, tail = ways.pop()
            here, end = first[state], first[state + 1]
            if at < length:
                letter = wanted[at]
                place = bisect_left(read, letter, here, end)
                while place < end and read[place] == letter:
                    text = texts[written[place]]
                    ways.append((targets[place], at + 1, flags, (text, tail) if text else tail))
                    place += 1
            elif state in self._finals:
                found[_joined(tail)] = None
            while here < end and read[here] < quiet:
                flag = silent[read[here]]
                kept = _passed(flag, flags) if flag else flags
                if kept is not None:
                    text = texts[written[here]]
                    ways.append((targets[here], at, kept, (text, tail) if text else tail))
                here += 1
        return list(found)


def _is_silent(symbol: str) -> bool:
    return len(symbol) > 1 and symbol[0] == symbol[-1] == "@"


def _flag(symbol: str) -> tuple[str, str, str] | None:
    """Give a flag's operation, name and value; None for the symbol that does nothing."""
    if symbol == _NOTHING:
        return None
    kind, name, *value = symbol.strip("@").split(".")
    return kind, name, "".join(value)


def _passed(flag: tuple[str, str, str], flags: _Flags) -> _Flags | None:
    """Give the flags after this one, or None where it does not let through.

    P sets a flag, C clears it, R requires it, D forbids it, U sets it or requires it to be so.
    """
    kind, name, value = flag
    now = flags.get(name)
    if kind == "P" or (kind == "U" and now is None):
        return {**flags, name: value}
    if kind == "C":
        return {other: flags[other] for other in flags if other != name} if now else flags
    same = now is not None and value in ("", now)
    return flags if same != (kind == "D") else None


def _joined(tail: _Written) -> str:
    pieces = []
    while tail:
        text, tail = tail
        pieces.append(text)
    return "".join(reversed(pieces))
