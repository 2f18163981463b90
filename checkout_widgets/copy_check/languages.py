"""What the rules look for in each language.

``pressure`` maps words that press to what to write instead. ``selling_first`` is how a headline begins that says what
shoppers should do instead of what they gain, ``claim`` what needs data. ``few_left`` says that there are few, with the
number where it says one; ``ends_soon`` that the offer ends. ``common`` are words that hardly any sentence lacks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from checkout_widgets.copy_check.reading_ease import (
    Formula,
    fernandez_huerta,
    flesch,
    flesch_amstad,
    kandel_moles,
)


@dataclass(frozen=True, slots=True)
class CopyLanguage:
    """The rules of one language; see above. A sentence of more than ``longest_sentence`` words is read twice."""

    pressure: Mapping[str, str]
    selling_first: re.Pattern[str]
    claim: re.Pattern[str]
    few_left: re.Pattern[str]
    ends_soon: re.Pattern[str]
    common: frozenset[str]
    longest_sentence: int
    reading_ease: Formula


def pattern(*parts: str) -> re.Pattern[str]:
    """Return a pattern of whole words, of any case."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.I)


ENGLISH = CopyLanguage(
    pressure={
        "hurry": "Available until Sunday",
        "act now": "Add it to this order",
        "last chance": "Available until Sunday",
        "don't miss": "Add it to this order",
        "only today": "Available until Sunday",
        "while stocks last": "{price} with this order",
        "selling fast": "{price} with this order",
        "almost gone": "{price} with this order",
    },
    selling_first=re.compile(r"^(buy|add|get our|purchase|order|special offer|don't miss)\b", re.I),
    claim=pattern("best[- ]?selling", "most popular", "number one", "the best", "guaranteed", "customers love", "#1"),
    few_left=pattern(
        r"(?:only|just)\s+(?P<number>\d+)\s+left", r"(?P<other>\d+)\s+left", "few left", "low stock", "limited stock",
        "limited quantit(?:y|ies)", "almost (?:gone|sold out)", "nearly sold out", "selling fast", "while stocks last",
    ),
    ends_soon=pattern("last chance", "today only", "only today", "ends (?:today|tonight|soon)", "final hours"),
    common=frozenset(["the", "and", "with", "your", "for", "you", "is", "it", "of", "to", "this"]),
    longest_sentence=20,
    reading_ease=flesch,
)  # fmt: skip
GERMAN = CopyLanguage(
    pressure={
        "beeilen sie sich": "Bis Sonntag verfügbar",
        "schnell sein": "Bis Sonntag verfügbar",
        "jetzt zugreifen": "Zu dieser Bestellung hinzufügen",
        "letzte chance": "Bis Sonntag verfügbar",
        "nicht verpassen": "Zu dieser Bestellung hinzufügen",
        "nur heute": "Bis Sonntag verfügbar",
        "solange der vorrat reicht": "{price} mit dieser Bestellung",
        "fast ausverkauft": "{price} mit dieser Bestellung",
    },
    selling_first=re.compile(r"^(jetzt )?(kaufen|bestellen|holen sie|sichern sie|sonderangebot|nur jetzt)\b", re.I),
    claim=pattern(
        "bestseller", "beliebteste[rns]?", "meistverkaufte[rns]?", "nummer eins", "nr. 1", "der beste", "die besten?",
        "das beste", "garantiert", "kunden lieben",
    ),
    few_left=pattern(
        r"nur noch (?P<number>\d+)", r"noch (?P<other>\d+) (?:da|übrig|verfügbar)", "nur noch wenige",
        "fast ausverkauft", "begrenzte (?:stückzahl|menge|auflage)", "solange der vorrat reicht", "restposten",
    ),
    ends_soon=pattern("letzte chance", "nur heute", "endet (?:heute|bald)", "letzte stunden"),
    common=frozenset(["der", "die", "das", "und", "mit", "ihr", "ihre", "für", "sie", "ist", "zu", "nicht", "ein"]),
    longest_sentence=18,
    reading_ease=flesch_amstad,
)  # fmt: skip
FRENCH = CopyLanguage(
    pressure={
        "dépêchez-vous": "Disponible jusqu'à dimanche",
        "vite": "Disponible jusqu'à dimanche",
        "dernière chance": "Disponible jusqu'à dimanche",
        "ne manquez pas": "À ajouter à cette commande",
        "ne ratez pas": "À ajouter à cette commande",
        "aujourd'hui seulement": "Disponible jusqu'à dimanche",
        "dans la limite des stocks": "{price} avec cette commande",
        "presque épuisé": "{price} avec cette commande",
    },
    selling_first=re.compile(r"^(achetez|ajoutez|commandez|profitez|offre spéciale|ne (manquez|ratez) pas)\b", re.I),
    claim=pattern(
        "meilleures? ventes?", "le plus vendu", "la plus vendue", "le plus populaire", "la plus populaire", "numéro un",
        "n° ?1", "le meilleur", "la meilleure", "les meilleure?s", "garantie?", "nos clients adorent",
    ),
    few_left=pattern(
        r"plus que (?P<number>\d+)", r"il (?:en )?reste (?P<other>\d+)", "plus que quelques", "presque épuisée?",
        "stocks? limités?", "quantités? limitées?", "dans la limite des stocks", "dernières pièces",
    ),
    ends_soon=pattern("dernière chance", "aujourd'hui seulement", "se termine (?:aujourd'hui|bientôt)"),
    common=frozenset(["le", "la", "les", "et", "avec", "votre", "vos", "pour", "vous", "est", "de", "des", "une"]),
    longest_sentence=22,
    reading_ease=kandel_moles,
)  # fmt: skip
SPANISH = CopyLanguage(
    pressure={
        "date prisa": "Disponible hasta el domingo",
        "corre": "Disponible hasta el domingo",
        "última oportunidad": "Disponible hasta el domingo",
        "no te lo pierdas": "Añádelo a este pedido",
        "no pierdas": "Añádelo a este pedido",
        "solo hoy": "Disponible hasta el domingo",
        "hasta agotar existencias": "{price} con este pedido",
        "casi agotado": "{price} con este pedido",
    },
    selling_first=re.compile(r"^(compra|añade|pide|consigue|aprovecha|oferta especial|no te (lo )?pierdas)\b", re.I),
    claim=pattern(
        "m[áa]s vendid[oa]s?", "m[áa]s popular(?:es)?", "número uno", "n.º 1", "el mejor", "la mejor", "los mejores",
        "las mejores", "garantizad[oa]s?", "nuestros clientes adoran",
    ),
    few_left=pattern(
        r"s[óo]lo quedan? (?P<number>\d+)", r"quedan? (?P<other>\d+)", "quedan poc[oa]s", "casi agotad[oa]s?",
        "últimas unidades", "(?:stock|existencias|unidades) limitad[oa]s?", "hasta agotar existencias",
    ),
    ends_soon=pattern("última oportunidad", "s[óo]lo hoy", "termina (?:hoy|pronto)", "últimas horas"),
    common=frozenset(["el", "la", "los", "las", "y", "con", "tu", "tus", "para", "es", "de", "del", "una", "este"]),
    longest_sentence=22,
    reading_ease=fernandez_huerta,
)  # fmt: skip
LANGUAGES = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}
WORD = re.compile(r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][^\W\d_]+)?")


def language_of(texts: Mapping[str, str]) -> str:
    """Return the language that texts are written in, by its most common words; English where none is told."""
    words = WORD.findall(" ".join(texts.values()).lower())
    most, found = 0, "en"
    for code, language in LANGUAGES.items():
        known = sum(map(language.common.__contains__, words))
        if known > most:
            most, found = known, code
    return found
