"""Which category a product belongs to: the first rule with a word of its title, else "Home"."""

import re

from django.db import models


class Category(models.TextChoices):
    """The shop's departments."""

    SEASONAL = "seasonal", "Christmas & Easter"
    CHILDREN = "children", "Children & toys"
    STATIONERY = "stationery", "Cards, wrap & stationery"
    PARTY = "party", "Party"
    BAGS = "bags", "Bags & travel"
    JEWELRY = "jewellery", "Jewelry & beauty"  # stored with products, and in links that people have kept
    CANDLES = "candles", "Candles & lights"
    KITCHEN = "kitchen", "Kitchen & baking"
    TABLEWARE = "tableware", "Tea & table"
    GARDEN = "garden", "Garden"
    STORAGE = "storage", "Storage & boxes"
    HOME = "home", "Home & decoration"


SERVICE = "service"  # none of the departments: what is sold with an order and stands on no shelf

# In the order in which they are tried: a "Christmas candle" is seasonal, a "lunch box" belongs to the kitchen. Words
# are spelled as in the titles, which are British.
RULES: dict[Category, str] = {
    Category.SEASONAL: "christmas xmas easter advent snowman snowmen santa reindeer noel snowflake nativity stocking",
    Category.CANDLES: "candle candles t-light t-lights tealight lantern lights lamp candlestick votive incense "
    "candelabra candleholder candlepot light",
    Category.PARTY: "bunting party napkins balloon balloons invites honeycomb garland streamer cups plates straws",
    Category.JEWELRY: "necklace necklac bracelet earrings ring brooch bangle hair purse gloss balm soap bath "
    "manicure beauty jewellery charm keyring bag-charm phone",
    Category.CHILDREN: "childrens child's childs children's kids toy toys jigsaw doll soldier soldiers skittles "
    "harmonica marbles puzzle game games playhouse dominoes chalk crayons pencils skipping whistle gliders "
    "dinosaur ludo yo-yo snakes baby feltcraft robot windmill rocking spinning plasters slinky stickers "
    "sticker tattoos",
    Category.STATIONERY: "card cards wrap tissue notebook sketchbook stationery pen pencil notelets envelope ribbon "
    "ribbons tape tags tag gift writing book calendar memo sticky letters eraser ruler bookmark paper craft",
    Category.BAGS: "bag bags shopper luggage umbrella wallet passport tote suitcase handbag rucksack shoulder travel",
    Category.KITCHEN: "cake baking kitchen apron oven jam jar jars mould moulds recipe spice pantry bread whisk spoon "
    "spoons cutter cutters cutlery chopping tin tins rolling biscuit popcorn breadbin scales timer lunch snack bottle "
    "flask freezer measuring lolly cakes fridge",
    Category.TABLEWARE: "teacup tea mug mugs cup plate bowl bowls saucer teapot jug placemat placemats coaster "
    "coasters coffee glass dish cakestand egg tray platter milk sugar tumbler napkin doilies tablecloth sundae dinner "
    "cosy bistro beaker",
    Category.GARDEN: "garden watering plant planter herb parasol birdhouse bird gnome hanging-basket trellis pot "
    "seed greenhouse gardeners thermometer tools deckchair picnic",
    Category.STORAGE: "box boxes basket drawer cabinet storage chest hook hooks rack hanger trinket tidy shelf bin "
    "knob peg pegs",
}
# Split once when the module is loaded, not for each of 3,000 titles.
WORDS = {category: frozenset(words.split()) for category, words in RULES.items()}


def category_of(title: str) -> Category:
    """The category of a product by the words of its title, in any case."""
    words = set(re.findall(r"[a-z][a-z'-]*", title.lower()))
    for category, known in WORDS.items():
        if words & known:
            return category
    return Category.HOME
