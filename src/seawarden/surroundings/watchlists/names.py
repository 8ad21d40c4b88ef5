"""Ships' names made comparable."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

AIS_LENGTH: Final = 20
"""A name in AIS messages 5 and 24 holds twenty characters (ITU-R M.1371); longer ones are cut."""
COMMON: Final = frozenset(
    "ADA ALFA ALPHA ANNA ARINA ATLAS AURORA BALTIC CARINA CONDOR DELTA DIANA EAGLE ELENA EMMA EVA FORTUNA GALAXY "
    "HELENA HERMES HOPE IRINA JULIA LADY LEO LEON LINDA LUNA MARIA MARINA MERCURY MIRA NATALIA NEPTUN NEPTUNE NORA "
    "NORD OCEAN ORION OSCAR PEARL PHOENIX POLARIS REGINA RIGEL ROCK SAGA SARA SEA SIRIUS SOFIA SPIRIT STAR STELLA "
    "SUCCESS SUN SUNRISE TITAN URSA VEGA VENUS VERA VICTORIA VICTORY VIKING".split()
)
"""Names that many hulls bear at the same time; on their own they tell next to nothing."""
_PREFIX: Final = re.compile(r"^(M[./ ]?[VTSY]|S[./ ]?[SY]|F[./ ]?V|MOTOR VESSEL|MOTOR TANKER)[. ]+")
_ROMAN: Final = {
    roman: str(n) for n, roman in enumerate("I II III IV V VI VII VIII IX X XI XII XIII XIV XV".split(), start=1)
}
_ALIKE: Final = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405", "ABEKMHOPCTYXIJS"
)
"""Cyrillic letters that look like Latin ones; they slip into lists typed by hand."""
_LETTERS: Final = str.maketrans({"Ø": "O", "Æ": "AE", "Å": "A", "Ö": "O", "Ä": "A", "Ü": "U", "ß": "SS", "Ł": "L"})


def comparable(name: str) -> str:
    """A name without accents, marks and prefixes such as M/V, in capitals, numbers in digits; empty for none.

    `M/V Mercury II` and `MERCURY-2` are the same.
    """
    text = " ".join(name.upper().replace("@", " ").split())
    if re.search(r"[A-Z]", text):
        text = text.translate(_ALIKE)
    text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = _PREFIX.sub("", text)
    words = re.sub(r"[^\w]+|_", " ", text).split()
    if len(words) > 1:
        words = [words[0], *(_ROMAN.get(word, word) for word in words[1:])]
    return " ".join(words)


def forms(name: str) -> set[str]:
    """The comparable forms under which AIS may show a name: whole, and cut at twenty characters."""
    whole = " ".join(name.split())
    return {form for form in (comparable(whole), comparable(whole[:AIS_LENGTH])) if form}


def is_common(form: str) -> bool:
    """Whether a comparable name is one of the many that tell little: short, or borne by many."""
    return len(form.replace(" ", "")) <= 4 or form in COMMON
