"""Finnish words to base forms and parts, also for words that the dictionary does not know."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from pathlib import Path

from innovation.language import guesses, readings_file, spoken
from innovation.language.forms import Forms, merged, unique
from innovation.language.kept import Kept
from innovation.language.known import KnownWord, KnownWords
from innovation.language.names import Name, name_among
from innovation.language.outputs import Reading
from innovation.language.spelled import SpelledWords, in_finnish
from innovation.language.stems import stem
from innovation.language.voikko import LONGEST, Dictionary

_KEPT = 50_000
# Words are tried in many ways before one is known, so that more is asked than there are words.
_READ = 60_000
_SHORTEST_TAIL = 4
_SURE_HEAD = 5
_SHORTEST_HEAD = 2
_SHORTEST_PART = 3
_LONGEST_PIECE = 16
_MOST_MEANT = 2


class Finnish:
    """The analysis of Finnish words, with the 50,000 forms analysed last kept."""

    forms: Callable[[str, bool], Forms]
    spelled: SpelledWords

    def __init__(self, choice: str, words: Iterable[KnownWord] = ()) -> None:
        """Load the dictionary."""
        self._dictionary = Dictionary(choice)
        self.name = self._dictionary.name
        self._kept_readings = Kept(self._dictionary.readings, _READ)
        self._readings = self._kept_readings.__getitem__
        self.known = ""
        self._told: tuple[KnownWord, ...] | None = None
        self.know(words)

    def know(self, words: Iterable[KnownWord]) -> None:
        """Take these as the programme's own words, instead of those before; cheap for the same."""
        words = tuple(words)
        if words == self._told:
            return
        known = KnownWords(words)
        if known.name == self.known:
            self._told = words
            return
        analysed = _Words(self._readings, known)
        kept: Kept[tuple[str, bool], Forms] = Kept(lambda asked: analysed.forms(*asked), _KEPT)

        def forms(word: str, is_name_like: bool) -> Forms:
            return kept[word, is_name_like]

        # One assignment each: a thread in the middle of a word ends it with what was before.
        self.forms = forms
        self.spelled = in_finnish(forms)
        self._own = known
        self.known = known.name
        self._told = words

    def keep_readings(self, path: Path, rules: str) -> bool:
        """Write what the dictionary said; false when that is not worth it, or does not work."""
        if not self._dictionary.is_slow:
            return False
        readings = self._kept_readings.copy().items()
        return readings_file.write(path, f"{self.name}, {rules}", readings)

    def recall_readings(self, path: Path, rules: str) -> int:
        """Take up what the same dictionary said before, by the same rules; give how many words."""
        if not self._dictionary.is_slow:
            return 0
        before = readings_file.read(path, f"{self.name}, {rules}")
        room = _READ - len(self._kept_readings)
        if len(before) > room:
            before = dict(list(before.items())[-room:]) if room > 0 else {}
        self._kept_readings.update(before)
        return len(before)

    def has(self, word: str) -> bool:
        """Tell whether the dictionary or the programme has this word in small letters."""
        return all(
            self._readings(piece) or self._own.lemmas(piece) or spoken.closed(piece)
            for piece in word.split("-")
            if piece
        )

    def name_of(self, word: str) -> Name:
        """Tell what a word in small letters may name; the programme's words are common words."""
        return Name(common=True) if self._own.lemmas(word) else name_among(self._readings(word))


class _Words:
    """The way from a word to its forms, with one set of programme words."""

    def __init__(self, readings: Callable[[str], tuple[Reading, ...]], known: KnownWords) -> None:
        self._readings = readings
        self._known = known

    def forms(self, word: str, is_name_like: bool) -> Forms:
        """Analyse a word in small letters that had, or had not, a capital inside a sentence."""
        own = self._known.lemmas(word)
        forms = self._forms(word, is_name_like)
        if own:
            return replace(forms, lemmas=unique((*own, *forms.lemmas)))
        return forms

    def _forms(self, word: str, is_name_like: bool) -> Forms:
        readings = self._readings(word)
        if readings:
            return self._read(word, readings, is_name_like)
        closed = spoken.closed(word)
        if closed:
            return merged(self._forms(form, False) for form in closed)
        base, colon, _ending = word.partition(":")
        if colon:
            return self.forms(base, is_name_like)
        if "-" in word:
            return self._hyphenated(word)
        return self._unknown(word)

    def _read(self, word: str, readings: Iterable[Reading], is_name_like: bool) -> Forms:
        forms = _of(_fitting(readings, is_name_like))
        if is_name_like or not all(one.is_name for one in readings):
            return forms
        # Valkosia is somebody called Valkonen, but in small letters rather what is white.
        said = self._first_known(spoken.written_forms(word))
        return replace(forms, lemmas=unique((*forms.lemmas, *said.lemmas))) if said else forms

    def _hyphenated(self, word: str) -> Forms:
        if word.endswith("-"):
            return self._hanging(word)
        head, _, tail = word.rpartition("-")
        last = self.forms(tail, False)
        pieces = [self._hanging(f"{piece}-") for piece in head.split("-")]
        endings = unique((*last.lemmas, *last.stems)) or (tail,)
        whole = [form for ending in endings for form in _either(f"{head}-{ending}")]
        roots = [f"{head}-{root}" for root in last.roots]
        # A word broken at the end of a line: tietotek-niikka.
        if not (last.lemmas and all(piece.lemmas for piece in pieces)):
            broken = self._readings(word.replace("-", ""))
            whole += [reading.lemma for reading in broken]
        parts = [*head.split("-")]
        for piece in (*pieces, last):
            parts += (*(piece.lemmas or piece.stems), *piece.parts)
        return Forms(unique(whole), unique(roots), parts=unique(parts))

    def _hanging(self, word: str) -> Forms:
        """Read a first part that stands alone, with its hyphen: sosiaali-, ihmis-, kodin-."""
        bare = word.rstrip("-")
        own = self._known.lemmas(bare)
        readings = self._readings(f"{bare}-")
        if not readings:
            forms = self._forms(bare, False) if bare else Forms()
            return replace(forms, lemmas=unique((*own, *forms.lemmas)))
        forms = _of(_fitting(readings, False))
        return replace(forms, lemmas=unique((*own, *forms.lemmas, bare)), roots=())

    def _unknown(self, word: str) -> Forms:
        """Try spoken forms, then known parts; a guess and a stem, in case that went wrong."""
        stems = unique((stem(word, "fi"), *guesses.base_forms(word)))
        for ways in (spoken.written_forms, spoken.written_twice):
            said = self._first_known(ways(word))
            if said:
                return replace(said, stems=stems[:1])
        return self._with_tail(word, stems) or Forms(stems=stems)

    def _first_known(self, words: Iterable[str]) -> Forms | None:
        """Give the first two known words, since "haluu" may be haluaa or haluun."""
        known = []
        for form in words:
            readings = self._readings(form)
            readings = tuple(one for one in readings if not one.is_name and one.shortest > 3)
            if readings:
                known.append(_of(readings))
            if len(known) == _MOST_MEANT:
                break
        return merged(known) if known else None

    def _with_tail(self, word: str, stems: tuple[str, ...]) -> Forms | None:
        """Use the longest tail that is a known word, best behind a head that is known too."""
        if len(word) > LONGEST:
            return self._endless(word)
        longest: Forms | None = None
        for cut in range(_SHORTEST_HEAD, len(word) - _SHORTEST_TAIL + 1):
            tail = [one for one in self._readings(word[cut:]) if one.is_noun and not one.is_name]
            if not tail:
                continue
            heads = self._head(word[:cut])
            if heads and len(word) - cut > _SHORTEST_TAIL:
                return self._compound(word[:cut], heads, _of(tail), stems[:1])
            longest = longest or self._compound(word[:cut], Forms(), _of(tail), stems)
        return longest or self._with_head(word, stems)

    def _with_head(self, word: str, stems: tuple[str, ...]) -> Forms | None:
        """Use the longest head that is a known word: latausinfra has to do with lataus."""
        for cut in range(len(word) - _SHORTEST_TAIL, _SURE_HEAD - 1, -1):
            heads = self._head(word[:cut])
            if heads:
                return Forms(stems=stems, parts=unique((*heads.lemmas, *heads.parts)))
        return None

    def _head(self, head: str) -> Forms | None:
        if len(head) < _SHORTEST_PART:
            return None
        own = self._known.lemmas(head)
        readings = [one for one in self._readings(f"{head}-") if not one.is_name]
        readings = readings or [one for one in self._readings(head) if one.is_noun]
        return _of(readings, own) if readings or own else None

    def _compound(self, head: str, heads: Forms, tail: Forms, stems: tuple[str, ...]) -> Forms:
        whole = tuple(head + lemma for lemma in tail.lemmas)
        roots = tuple(head + root for root in tail.roots)
        # A short tail is often an ending that happens to be a word: good for the base form alone.
        shortest = _SHORTEST_PART if heads.lemmas else _SURE_HEAD
        parts: Iterable[str] = ()
        if len(head) >= shortest and any(len(one) > _SHORTEST_TAIL for one in tail.lemmas):
            parts = (*tail.lemmas, *tail.roots, *tail.parts, *heads.lemmas, *heads.parts, head)
        elif not heads.lemmas:
            # Behind a head that may be cut at the wrong place only the very last part is sure.
            parts = (part for part in tail.parts if len(part) > 4 and _ends(tail.lemmas, part))
        return Forms(whole, roots, stems, unique(parts))

    def _endless(self, word: str) -> Forms | None:
        """Split a word that is too long for the dictionary into few words, none very short."""
        # For each place that can be reached: what it costs, and the piece that leads there.
        ways: dict[int, tuple[int, int, Forms]] = {0: (0, 0, Forms())}
        for start in range(len(word)):
            if start not in ways:
                continue
            for end in range(start + _SHORTEST_TAIL, min(len(word), start + _LONGEST_PIECE) + 1):
                cost = ways[start][0] + 1
                if end not in ways or cost < ways[end][0]:
                    hyphen = "-" if end < len(word) else ""
                    readings = self._readings(word[start:end] + hyphen)
                    if any(not one.is_name for one in readings):
                        ways[end] = (cost, start, _of(readings))
        return _along(word, ways) if len(word) in ways else None


def _along(word: str, ways: dict[int, tuple[int, int, Forms]]) -> Forms:
    """Give base form and parts of a word by the cheapest way through it."""
    parts: list[str] = []
    end = len(word)
    _cost, last, tail = ways[end]
    while end:
        _cost, start, piece = ways[end]
        parts += (*piece.lemmas, *piece.parts)
        end = start
    return Forms(tuple(word[:last] + lemma for lemma in tail.lemmas), parts=unique(parts))


def _fitting(readings: Iterable[Reading], is_name_like: bool) -> list[Reading]:
    """Leave out what is improbable: names in small letters, odd seams beside a plain reading."""
    every = list(readings)
    if not is_name_like:
        every = [one for one in every if not (one.is_name or one.is_place)] or every
    plain = {one.lemma for one in every if not one.seams and one.is_noun and not one.is_name}
    short = any(not one.seams and not one.is_name for one in every)
    return [one for one in every if not one.seams or _is_true_compound(one, plain, short)]


def _is_true_compound(one: Reading, plain: Collection[str], short: bool) -> bool:
    """Tell tasa|valta from ase|massa and kuu|luu, which are asema and kuulua."""
    if plain and one.lemma not in plain:
        return False
    return not short or one.shortest > _SHORTEST_PART


def _of(readings: Iterable[Reading], own: tuple[str, ...] = ()) -> Forms:
    every = tuple(readings)
    lemmas = unique((*own, *(form for one in every for form in _either(one.lemma))))
    return Forms(
        lemmas,
        roots=unique(root for reading in every for root in reading.roots if root not in lemmas),
        parts=unique(part for reading in every for part in reading.parts),
    )


def _ends(lemmas: Iterable[str], part: str) -> bool:
    return any(lemma.endswith(part) for lemma in lemmas)


def _either(lemma: str) -> tuple[str, ...]:
    """Some write etä-kuntoutus, some etäkuntoutus: both are found by either."""
    return (lemma, lemma.replace("-", "")) if "-" in lemma else (lemma,)
