"""Cleans what people type and makes names, titles and excerpts of it; never changes their words."""

import re
import unicodedata
from typing import Final

_LINE_BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029\x0b\x0c]")
_JOINERS: Final = frozenset("\u200c\u200d")
# Controls but the line feed, lone surrogates, and code points that are no characters (…FFFE).
_UNSTORABLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)
    )
    + "]"
)
# Characters that show nothing: marks of direction, zero-width spaces, soft hyphens, fillers, tags.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_GREETING = re.compile(
    r"(?:hei|hej|hello|hi|moi|moikka|terve|tervehdys|päivää|hyvää (?:päivää|huomenta|iltaa))"
    r"(?: (?:kaikille|vaan|taas))?",
    re.IGNORECASE,
)
# A sentence ends at a mark that is followed by space and something that can begin a sentence.
_SENTENCE_END = re.compile(
    r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'”’(\[–-]*[A-ZÅÄÖÉÜŠŽ\d])|[.!?…]+[\"'”’)\]]*$"
)
# A full stop after these does not end a sentence: dates, single letters, shortened words.
_SHORTENED = re.compile(
    r"(?:^|[\s(])(?:\d+|\w|esim|ns|ts|ks|mm|ym|yms|jne|klo|nk|em|ko|vrt|eli|n|s|v|puh|p|os|tri|prof|"
    r"t\.ex|bl\.a|osv|dvs|kl|ca|tel|e\.g|i\.e|etc|dr|mr|mrs|no|nro)\.$",
    re.IGNORECASE,
)
_TRIMMED: Final = " \t\n\u00a0.,;:!?…-–—·•*\"'”“„’‘»«(["
_OPENING: Final = {")": "(", "]": "[", "”": "”", '"': '"', "»": "»"}
_LATIN: Final = str.maketrans(
    dict(zip("ßæøœđðþłŋŧ", ("ss", "ae", "o", "oe", "d", "d", "th", "l", "n", "t"), strict=True))
)


def clean_text(value: str | None) -> str:
    """Give a text of several lines without what cannot be seen or stored.

    NFC, line feeds, no control or direction characters, no zero-width ones but those that join
    emoji or letters of scripts that need them, no space at line ends, at most two blank lines.
    """
    text = _visible(value or "")
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{4,}", "\n\n\n", text).strip()


def clean_line(value: str | None) -> str:
    """Give the text as one line with single spaces, otherwise as `clean_text` does."""
    return " ".join(clean_text(value).split())


def has_words(text: str) -> bool:
    """Tell whether somebody wrote something: at least two letters, of any script."""
    return sum(map(str.isalpha, _visible(text))) >= 2


def title_from(text: str, limit: int = 80) -> str:
    """Make a title of the first sentence, at most `limit` characters, cut at a word.

    It begins with a capital and ends without a punctuation mark, a question mark excepted. A
    greeting is passed over. Empty when there are no words.
    """
    for paragraph in clean_text(text).split("\n"):
        for sentence in _sentences(paragraph):
            title = _title_of(sentence, limit)
            if has_words(title) and not _GREETING.fullmatch(title):
                return title
    return _title_of(clean_line(text), limit) if has_words(text) else ""


def excerpt(text: str, limit: int = 115) -> str:
    """Give the beginning as one line of at most `limit` characters, with … where it was cut."""
    line = clean_line(text)
    if len(line) <= limit:
        return line
    return _cut(line, limit - 1).rstrip(" ,;:.–-") + "…"


def normal_key(text: str) -> str:
    """Give what two spellings of one name share: case, hyphens and spaces do not count.

    Letters keep their dots and accents: Hämeenlinna and Hameenlinna are different names.
    """
    folded = unicodedata.normalize("NFKC", _visible(text)).casefold()
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", folded)))


def slug(text: str, limit: int = 60) -> str:
    """Give an ASCII name for addresses and files: small letters, digits and single hyphens."""
    lowered = _visible(text).casefold().translate(_LATIN)
    plain = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode("ascii")
    whole = "-".join(re.findall(r"[a-z0-9]+", plain.lower()))
    if len(whole) <= limit:
        return whole
    return (whole[: limit + 1].rpartition("-")[0] or whole[:limit]).strip("-")


def _visible(text: str) -> str:
    """Drop what cannot be seen or stored; bring line breaks and composed letters to one form."""
    text = _INVISIBLE.sub("", _LINE_BREAKS.sub("\n", text)).replace("\t", " ")
    kept = _UNSTORABLE.sub("", text)
    if not _JOINERS.isdisjoint(kept):
        kept = "".join(
            character
            for place, character in enumerate(kept)
            if character not in _JOINERS or _joins(kept, place)
        )
    return unicodedata.normalize("NFC", kept)


def _joins(text: str, place: int) -> bool:
    """Tell whether a joiner has a meaning here: between emoji, or in a script that joins."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if not before or not after:
        return False
    if "\u0600" <= before <= "\u1cff" and "\u0600" <= after <= "\u1cff":
        return before.isprintable() and after.isprintable()
    emoji = unicodedata.category(after) == "So" or after in "♀♂⚕"
    return (
        text[place] == "\u200d"
        and emoji
        and (before == "\ufe0f" or unicodedata.category(before) in ("So", "Sk"))
    )


def _sentences(paragraph: str) -> list[str]:
    sentences, start = [], 0
    for end in _SENTENCE_END.finditer(paragraph):
        sentence = paragraph[start : end.end()]
        if not _SHORTENED.search(sentence) or end.end() == len(paragraph):
            sentences.append(sentence)
            start = end.end()
    return [*sentences, paragraph[start:]]


def _title_of(sentence: str, limit: int) -> str:
    line = " ".join(sentence.split()).lstrip(_TRIMMED + ")]")
    asks = "?" in line[len(_bare(line)) :]
    title = _bare(line)
    if len(title) + asks > limit:
        asks = False
        title = _bare(_cut(title, limit))
    title += "?" if asks else ""
    first = title[:1].upper()
    return first + title[1:] if len(first) == 1 else title


def _bare(line: str) -> str:
    """Take punctuation off the end; a closing bracket or quotation mark stays with its opening."""
    while line:
        last = line[-1]
        closes = last in _OPENING and _OPENING[last] in line[:-1] and line[-2] not in _TRIMMED
        if closes or (last not in _TRIMMED and last not in _OPENING):
            return line
        line = line[:-1]
    return line


def _cut(line: str, limit: int) -> str:
    """Cut at the last space that fits, or inside an endless word, but never inside a sign."""
    head, space, _ = line[: limit + 1].rpartition(" ")
    if space and head.strip():
        return head
    end = limit
    while end > 1 and _belongs_together(line[end - 1], line[end]):
        end -= 1
    return line[:end]


def _belongs_together(left: str, right: str) -> bool:
    return bool(unicodedata.combining(right)) or right in "\u200d\ufe0f" or left == "\u200d"
