"""Pictures of products: drawn from title and stock code, the same every time.

The last word of the title that has a drawing chooses it, since English names end with the thing itself; words
for patterns, such as "roses", count only where there is no other.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from demo.store.categories import Category

DRAWINGS = ElementTree.parse(Path(__file__).with_name("drawings.xml")).getroot()  # noqa: S314


def by_word(words_for: Mapping[str, str]) -> dict[str, str]:
    """What each word stands for, from the words for each thing; a word of two things stands for the later one."""
    found = {}
    for name, words in words_for.items():
        found.update(dict.fromkeys(words.split(), name))
    return found


def shapes_and_words() -> tuple[dict[str, str], dict[str, str]]:
    """The drawings as SVG, and the words that choose each, by its name."""
    shapes, words = {}, {}
    for drawing in DRAWINGS:
        name = drawing.attrib["name"]
        shapes[name] = markup_of(drawing)
        words[name] = drawing.attrib["words"]
    return shapes, words


def markup_of(drawing: ElementTree.Element) -> str:
    """What is inside of a drawing, as SVG."""
    parts = []
    for part in drawing:
        parts.append(ElementTree.tostring(part, encoding="unicode"))
    return "".join(parts)


# Read once: each picture is drawn when it is asked for.
SHAPES, WORDS_FOR_SHAPE = shapes_and_words()
SHAPE_BY_WORD = by_word(WORDS_FOR_SHAPE)
SHAPE_BY_CATEGORY: dict[str, str] = {
    Category.SEASONAL: "star",
    Category.CHILDREN: "blocks",
    Category.STATIONERY: "card",
    Category.PARTY: "bunting",
    Category.BAGS: "bag",
    Category.JEWELRY: "necklace",
    Category.CANDLES: "candle",
    Category.KITCHEN: "tin",
    Category.TABLEWARE: "mug",
    Category.GARDEN: "plant",
    Category.STORAGE: "box",
    Category.HOME: "heart",
}


@dataclass(frozen=True, slots=True)
class Color:
    """A paint with its shade and tint."""

    main: str
    dark: str
    light: str


PAINTS = {
    "red": Color("#d65a50", "#b1433b", "#efb2ab"),
    "pink": Color("#eb97ae", "#cf7390", "#f8d5de"),
    "blue": Color("#769fc6", "#557ea8", "#c9dbec"),
    "green": Color("#86b28b", "#64906b", "#d0e3d1"),
    "yellow": Color("#ecc25a", "#cb9f3a", "#f8e6b4"),
    "purple": Color("#a892c9", "#8670ab", "#ddd3ec"),
    "orange": Color("#eb9c63", "#ca7a42", "#f9d8bf"),
    "turquoise": Color("#6bb8b1", "#4a958f", "#c6e4e1"),
    "cream": Color("#f3e6cd", "#cbb794", "#fdf8ec"),
    "black": Color("#54555d", "#3a3b42", "#a9abb5"),
    "silver": Color("#b7c0c9", "#929da8", "#e3e8ec"),
    "brown": Color("#bd9067", "#96704c", "#e5cfb9"),
}
WORDS_FOR_PAINT = {
    "red": "red retrospot poppies cherry strawberry apple apples toadstool tomato",
    "pink": "pink rose roses fairy dolly babushka",
    "blue": "blue spaceboy denim regatta union",
    "green": "green garden herb pantry dinosaur olive",
    "yellow": "yellow gold lemon daisy sunflower honey",
    "purple": "purple lavender lilac mauve",
    "orange": "orange circus suki carrot copper",
    "turquoise": "turquoise turq aqua mint teal",
    "cream": "white cream ivory lace vintage linen",
    "black": "black skull skulls chalkboard slate",
    "silver": "silver zinc metal glass crystal grey diamante",
    "brown": "brown wood wooden wicker chocolate natural woodland coffee",
}
PAINT_BY_WORD = by_word(WORDS_FOR_PAINT)
# For titles without a color: no cream, black, silver or brown, which look like a picture that is missing.
ANY_PAINT = ("red", "pink", "blue", "green", "yellow", "purple", "orange", "turquoise")
BACKGROUNDS = (
    ("#fdf3ea", "#f6e1d0"),
    ("#f1f5ee", "#dde8d8"),
    ("#eef4f8", "#d9e6ef"),
    ("#f8eff3", "#efdce4"),
    ("#f4f1f9", "#e3dcf0"),
    ("#faf6e6", "#f0e6c3"),
)

MOTIFS = {
    "dots": '<circle cx="13" cy="13" r="8"/><circle cx="39" cy="39" r="8"/>',
    "stripes": '<path d="M0 0h16v52H0zM26 0h10v52H26z"/>',
    "gingham": '<path d="M0 0h26v52H0z" opacity=".5"/><path d="M0 0h52v26H0z" opacity=".5"/>',
    "hearts": '<path d="M26 42C4 26 10 8 20 10c4 1 6 5 6 7 0-2 2-6 6-7 10-2 16 16-6 32z"/>',
    "flowers": '<circle cx="26" cy="16" r="7"/><circle cx="36" cy="24" r="7"/><circle cx="32" cy="35" r="7"/>'
    '<circle cx="20" cy="35" r="7"/><circle cx="16" cy="24" r="7"/>',
    "stars": '<path d="M26 8l5 12 13 1-10 9 3 13-11-7-11 7 3-13-10-9 13-1z"/>',
}
WORDS_FOR_MOTIF = {
    "dots": "retrospot polkadot spot spots spotty spotted dotty dotcomgiftshop",
    "stripes": "stripe stripes striped stripey circus deckchair",
    "gingham": "gingham check tartan picnic",
    "hearts": "heart hearts love sweetheart",
    "flowers": "rose roses flower flowers floral daisy posy blossom petals paisley botanical regency poppies",
    "stars": "star stars christmas spaceboy",
}
MOTIF_BY_WORD = by_word(WORDS_FOR_MOTIF)

PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">
<defs>
<linearGradient id="b" x2="1" y2="1"><stop stop-color="{from_}"/><stop offset="1" stop-color="{to}"/></linearGradient>
{pattern}
</defs>
<rect width="400" height="400" fill="url(#b)"/>
<ellipse cx="200" cy="336" rx="128" ry="14" fill="#3a2d22" opacity=".1"/>
{drawing}
</svg>
"""
PATTERN = """<pattern id="p" width="52" height="52" patternUnits="userSpaceOnUse">
<rect width="52" height="52" fill="{main}"/><g fill="{motif_fill}" opacity=".8">{motif}</g></pattern>"""


def draw(sku: str, title: str, category: str) -> str:
    """The picture of a product as SVG, 400 x 400; nothing of the title is in it."""
    words = re.findall(r"[a-z][a-z'-]*", title.lower())
    seed = hashlib.sha256(sku.encode()).digest()  # chance, but the same picture for a product every time
    paint_name = _paint(words) or ANY_PAINT[seed[0] % len(ANY_PAINT)]
    # another color than the paint's, so that a detail is seen on it
    accents = [name for name in ANY_PAINT if name != paint_name]
    paint, accent = PAINTS[paint_name], PAINTS[accents[seed[1] % len(accents)]]
    shape = _shape(words) or SHAPE_BY_CATEGORY.get(category, "heart")
    main, pattern = paint.main, ""
    motif = _first(words, MOTIF_BY_WORD)
    if motif is not None and motif.rstrip("s") != shape:  # no hearts on a heart
        main, pattern = "url(#p)", _pattern(paint, motif)
    from_, to = BACKGROUNDS[seed[2] % len(BACKGROUNDS)]
    drawing = SHAPES[shape].format(main=main, dark=paint.dark, light=paint.light, accent=accent.main)
    return PICTURE.format(from_=from_, to=to, pattern=pattern, drawing=drawing)


def _paint(words: list[str]) -> str | None:
    # a paint by its own name comes before one that a word reminds of: "blue rose" is blue
    for word in words:
        if word in PAINTS:
            return word
    return _first(words, PAINT_BY_WORD)


def _shape(words: list[str]) -> str | None:
    backwards = words[::-1]
    things = []
    for word in backwards:
        if word not in MOTIF_BY_WORD:
            things.append(word)
    return _first(things, SHAPE_BY_WORD) or _first(backwards, SHAPE_BY_WORD)


def _first(words: list[str], known: dict[str, str]) -> str | None:
    for word in words:
        if word in known:
            return known[word]
    return None


def _pattern(paint: Color, motif: str) -> str:
    motif_fill = "#fffaf2"
    if paint is PAINTS["cream"]:  # on which near-white wouldn't be seen
        motif_fill = paint.dark
    return PATTERN.format(main=paint.main, motif_fill=motif_fill, motif=MOTIFS[motif])
