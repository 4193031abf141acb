"""The Finnish dictionary: libvoikko where the system has it, otherwise the data of pyvoikko."""

import ctypes
import re
import threading
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from innovation.language.outputs import Reading, reading

Choice = Literal["auto", "pyvoikko"]
Outputs = Callable[[str], list[str]]

LONGEST = 36
_REPEATED = re.compile(r"(.{3,12})\1\1")
_LIBRARIES = ("libvoikko.so.1", "libvoikko.1.dylib", "libvoikko-1.dll")
_OUTPUT = b"FSTOUTPUT"


class Dictionary:
    """Reads Finnish words, one thread at a time: a shared handle gives wrong answers otherwise."""

    def __init__(self, choice: str) -> None:
        """Load libvoikko for `auto` where it is, otherwise pyvoikko's data."""
        system = _libvoikko() if choice == "auto" else None
        self.name, self._outputs = system or _pyvoikko()
        # Slow enough for its answers to be kept on disk: its name says which words it has, while
        # the library's says nothing of the words that the system's next update brings.
        self.is_slow = system is None
        self._turn = threading.Lock()

    def readings(self, word: str) -> tuple[Reading, ...]:
        """Give every way to read a word in small letters; none when the word is not known."""
        # Every part of a compound multiplies its readings: an endless one would take seconds.
        if len(word) > LONGEST or _REPEATED.search(word):
            return ()
        with self._turn:
            outputs = self._outputs(word)
        found = (reading(output) for output in outputs)
        return tuple(dict.fromkeys(one for one in found if one))


def has_system_library() -> bool:
    """Whether the system has libvoikko and its Finnish dictionary."""
    return _libvoikko() is not None


def _pyvoikko() -> tuple[str, Outputs]:
    # Imported here, so that a process with libvoikko does without.
    from innovation.language.transducer import Transducer

    package = find_spec("pyvoikko")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("pyvoikko, which holds the Finnish dictionary, is not installed")
    # Its own code would hold the same file in thirty times the memory.
    transducer = Transducer(Path(package.origin).with_name("voikko.kfst"))
    return f"pyvoikko {version('pyvoikko')}", transducer.outputs


def _libvoikko() -> tuple[str, Outputs] | None:
    """Give the system's library with its Finnish dictionary, or nothing when either is missing."""
    library = _library()
    if library is None:
        return None
    problem = ctypes.c_char_p()
    handle = library.voikkoInit(ctypes.byref(problem), b"fi", None)
    if not handle:
        return None

    def outputs(word: str) -> list[str]:
        analyses = library.voikkoAnalyzeWordCstr(handle, word.encode())
        if not analyses:
            return []
        found = []
        for analysis in iter(analyses):
            if not analysis:
                break
            value = library.voikko_mor_analysis_value_cstr(analysis, _OUTPUT)
            if value:
                found.append(ctypes.string_at(value).decode())
                library.voikko_free_mor_analysis_value_cstr(value)
        library.voikko_free_mor_analysis(analyses)
        return found

    release = library.voikkoGetVersion().decode()
    return f"libvoikko {release}", outputs


def _library() -> ctypes.CDLL | None:
    for name in _LIBRARIES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        pointer, text = ctypes.c_void_p, ctypes.c_char_p
        library.voikkoGetVersion.restype = text
        library.voikkoInit.restype = pointer
        library.voikkoInit.argtypes = [pointer, text, text]
        library.voikkoAnalyzeWordCstr.restype = ctypes.POINTER(pointer)
        library.voikkoAnalyzeWordCstr.argtypes = [pointer, text]
        library.voikko_mor_analysis_value_cstr.restype = pointer
        library.voikko_mor_analysis_value_cstr.argtypes = [pointer, text]
        library.voikko_free_mor_analysis_value_cstr.argtypes = [pointer]
        library.voikko_free_mor_analysis_value_cstr.restype = None
        library.voikko_free_mor_analysis.argtypes = [ctypes.POINTER(pointer)]
        library.voikko_free_mor_analysis.restype = None
        return library
    return None
