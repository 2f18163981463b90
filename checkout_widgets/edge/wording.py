"""The product's own words to shoppers, by language; what a widget says beyond them is written by the store.

``STOCK`` has the plural forms of each language by the names of CLDR (Unicode Technical Standard 35, part 3), ``DAY`` a
day as a date pattern of the same standard. ``MESSAGES`` are named as the snippet asks for them: buttons and links, then
what became of an accepted offer, some by reason code; in ``total`` the snippet itself puts the order's new total.
"""

SAVING = {
    "en": "Save {saving}",
    "de": "{saving} gespart",
    "fr": "Économisez {saving}",
    "es": "Ahorras {saving}",
    "nl": "Bespaar {saving}",
    "pl": "Oszczędzasz {saving}",
    "ar": "وفّر {saving}",
}
STOCK = {
    "en": {"other": "Only {count} left"},
    "de": {"other": "Nur noch {count} verfügbar"},
    "fr": {"other": "Plus que {count} en stock"},
    "es": {"one": "Solo queda {count}", "other": "Solo quedan {count}"},
    "nl": {"other": "Nog maar {count} over"},
    "pl": {
        "one": "Została tylko {count} sztuka",
        "few": "Zostały tylko {count} sztuki",
        "many": "Zostało tylko {count} sztuk",
        "other": "Zostało tylko {count} sztuki",
    },
    "ar": {
        "one": "لم يتبقَّ سوى قطعة واحدة",
        "two": "لم يتبقَّ سوى قطعتين",
        "few": "لم يتبقَّ سوى {count} قطع",
        "many": "لم يتبقَّ سوى {count} قطعة",
        "other": "لم يتبقَّ سوى {count} قطعة",
    },
}
DEADLINE = {
    "en": "Until {day}, {time}",
    "de": "Bis {day}, {time} Uhr",
    "fr": "Jusqu'au {day}, {time}",
    "es": "Hasta el {day}, {time}",
    "nl": "Tot {day}, {time}",
    "pl": "Oferta do: {day}, {time}",
    "ar": "حتى {day}، {time}",
}
DAY = {
    "en": "EEEE, d MMMM",
    "de": "EEEE, d. MMMM",
    "fr": "EEEE d MMMM",
    "es": "EEEE, d 'de' MMMM",
    "nl": "EEEE d MMMM",
    "pl": "EEEE, d MMMM",
    "ar": "EEEE، d MMMM",
}
PER = {
    "en": {"week": "{price} per week", "month": "{price} per month", "year": "{price} per year"},
    "de": {"week": "{price} pro Woche", "month": "{price} pro Monat", "year": "{price} pro Jahr"},
    "fr": {"week": "{price} par semaine", "month": "{price} par mois", "year": "{price} par an"},
    "es": {"week": "{price} a la semana", "month": "{price} al mes", "year": "{price} al año"},
    "nl": {"week": "{price} per week", "month": "{price} per maand", "year": "{price} per jaar"},
    "pl": {"week": "{price} tygodniowo", "month": "{price} miesięcznie", "year": "{price} rocznie"},
    "ar": {"week": "{price} أسبوعيًا", "month": "{price} شهريًا", "year": "{price} سنويًا"},
}
EACH = {
    "en": "{price} each",
    "de": "{price} pro Stück",
    "fr": "{price} l'unité",
    "es": "{price} por unidad",
    "nl": "{price} per stuk",
    "pl": "{price} za sztukę",
    "ar": "{price} للقطعة",
}
TIER_ACCEPT = {
    "en": "Add {quantity} for {price}",
    "de": "{quantity} für {price} hinzufügen",
    "fr": "Ajouter {quantity} pour {price}",
    "es": "Añadir {quantity} por {price}",
    "nl": "{quantity} toevoegen voor {price}",
    "pl": "Dodaj {quantity} za {price}",
    "ar": "أضف {quantity} مقابل {price}",
}
PROGRESS = {
    "en": "{amount} to free shipping",
    "de": "Noch {amount} bis zum kostenlosen Versand",
    "fr": "Plus que {amount} pour la livraison gratuite",
    "es": "Te faltan {amount} para el envío gratis",
    "nl": "Nog {amount} tot gratis verzending",
    "pl": "Do darmowej dostawy brakuje {amount}",
    "ar": "يتبقى {amount} للشحن المجاني",
}
PRICE = {
    "en": "Price",
    "de": "Preis",
    "fr": "Prix",
    "es": "Precio",
    "nl": "Prijs",
    "pl": "Cena",
    "ar": "السعر",
}
IN_CART = {
    "en": "{title}, in your cart",
    "de": "{title}, im Warenkorb",
    "fr": "{title}, dans votre panier",
    "es": "{title}, en tu carrito",
    "nl": "{title}, in je winkelwagen",
    "pl": "{title}, w koszyku",
    "ar": "{title}، في سلتك",
}
PERSONAL_PRICE = {
    "en": "This price was personalized by an automated decision. Other shoppers may see another price.",
    "de": "Dieser Preis wurde durch eine automatisierte Entscheidung personalisiert. Andere sehen evtl. einen anderen.",
    "fr": "Ce prix a été personnalisé par une décision automatisée. D'autres clients peuvent voir un autre prix.",
    "es": "Este precio se ha personalizado mediante una decisión automatizada. Otros clientes pueden ver otro precio.",
    "nl": "Deze prijs is gepersonaliseerd door een geautomatiseerd besluit. Anderen zien misschien een andere prijs.",
    "pl": "Ta cena została dostosowana indywidualnie w zautomatyzowany sposób. Inni mogą widzieć inną cenę.",
    "ar": "تم تخصيص هذا السعر بقرار آلي. قد يرى متسوقون آخرون سعرًا مختلفًا.",
}
RENEWED = {
    "en": "{price} until you cancel.",
    "de": "{price}, bis Sie kündigen.",
    "fr": "{price} jusqu'à résiliation.",
    "es": "{price} hasta que canceles.",
    "nl": "{price} tot je opzegt.",
    "pl": "{price} aż do rezygnacji.",
    "ar": "{price} حتى الإلغاء.",
}
PREVIEW = {
    "en": "Preview: nothing is recorded",
    "de": "Vorschau: nichts wird erfasst",
    "fr": "Aperçu : rien n'est enregistré",
    "es": "Vista previa: no se registra nada",
    "nl": "Voorbeeld: er wordt niets vastgelegd",
    "pl": "Podgląd: nic nie jest zapisywane",
    "ar": "معاينة: لا يُسجَّل أي شيء",
}
PREVIEW_ADDED = {
    "en": "Preview: the order is unchanged.",
    "de": "Vorschau: Die Bestellung ist unverändert.",
    "fr": "Aperçu : la commande est inchangée.",
    "es": "Vista previa: el pedido no ha cambiado.",
    "nl": "Voorbeeld: de bestelling is ongewijzigd.",
    "pl": "Podgląd: zamówienie pozostało bez zmian.",
    "ar": "معاينة: لم يتغير الطلب.",
}
MESSAGES = {
    "en": {
        "terms": "Terms",
        "close": "Close",
        "added": "{product} added for {price}.",
        "removed": "{product} removed.",
        "total": "Your new total is {total}.",
        "not_removed": "That did not work. It is still in your order.",
        "failed": "That did not work. Your order is unchanged.",
        "out_of_stock": "Sorry, this is sold out. Your order is unchanged.",
        "offer_ended": "Sorry, this offer has ended. Your order is unchanged.",
        "price_changed": "The price has changed. Your order is unchanged.",
    },
    "de": {
        "terms": "Bedingungen",
        "close": "Schließen",
        "added": "{product} für {price} hinzugefügt.",
        "removed": "{product} entfernt.",
        "total": "Ihre neue Summe: {total}.",
        "not_removed": "Das hat nicht geklappt. Der Artikel ist noch in Ihrer Bestellung.",
        "failed": "Das hat nicht geklappt. Ihre Bestellung ist unverändert.",
        "out_of_stock": "Leider ausverkauft. Ihre Bestellung ist unverändert.",
        "offer_ended": "Dieses Angebot ist leider beendet. Ihre Bestellung ist unverändert.",
        "price_changed": "Der Preis hat sich geändert. Ihre Bestellung ist unverändert.",
    },
    "fr": {
        "terms": "Conditions",
        "close": "Fermer",
        "added": "Ajouté à votre commande : {product}, {price}.",
        "removed": "Retiré de votre commande : {product}.",
        "total": "Nouveau total : {total}.",
        "not_removed": "Cela n'a pas fonctionné. L'article est toujours dans votre commande.",
        "failed": "Cela n'a pas fonctionné. Votre commande est inchangée.",
        "out_of_stock": "Désolé, cet article est épuisé. Votre commande est inchangée.",
        "offer_ended": "Désolé, cette offre est terminée. Votre commande est inchangée.",
        "price_changed": "Le prix a changé. Votre commande est inchangée.",
    },
    "es": {
        "terms": "Condiciones",
        "close": "Cerrar",
        "added": "Añadido a tu pedido: {product}, {price}.",
        "removed": "Quitado de tu pedido: {product}.",
        "total": "Nuevo total: {total}.",
        "not_removed": "No ha funcionado. El artículo sigue en tu pedido.",
        "failed": "No ha funcionado. Tu pedido no ha cambiado.",
        "out_of_stock": "Lo sentimos, está agotado. Tu pedido no ha cambiado.",
        "offer_ended": "Lo sentimos, esta oferta ha terminado. Tu pedido no ha cambiado.",
        "price_changed": "El precio ha cambiado. Tu pedido no ha cambiado.",
    },
    "nl": {
        "terms": "Voorwaarden",
        "close": "Sluiten",
        "added": "{product} toegevoegd voor {price}.",
        "removed": "{product} verwijderd.",
        "total": "Nieuw totaal: {total}.",
        "not_removed": "Dat is niet gelukt. Het artikel zit nog in je bestelling.",
        "failed": "Dat is niet gelukt. Je bestelling is ongewijzigd.",
        "out_of_stock": "Helaas uitverkocht. Je bestelling is ongewijzigd.",
        "offer_ended": "Deze aanbieding is helaas voorbij. Je bestelling is ongewijzigd.",
        "price_changed": "De prijs is gewijzigd. Je bestelling is ongewijzigd.",
    },
    "pl": {
        "terms": "Warunki",
        "close": "Zamknij",
        "added": "Dodano do zamówienia: {product}, {price}.",
        "removed": "Usunięto z zamówienia: {product}.",
        "total": "Nowa suma: {total}.",
        "not_removed": "Nie udało się. Produkt nadal jest w zamówieniu.",
        "failed": "Nie udało się. Twoje zamówienie pozostało bez zmian.",
        "out_of_stock": "Niestety produkt jest wyprzedany. Twoje zamówienie pozostało bez zmian.",
        "offer_ended": "Niestety ta oferta się skończyła. Twoje zamówienie pozostało bez zmian.",
        "price_changed": "Cena się zmieniła. Twoje zamówienie pozostało bez zmian.",
    },
    "ar": {
        "terms": "الشروط",
        "close": "إغلاق",
        "added": "تمت الإضافة إلى طلبك: {product}، {price}.",
        "removed": "تمت الإزالة من طلبك: {product}.",
        "total": "الإجمالي الجديد: {total}.",
        "not_removed": "لم تنجح العملية. لا يزال المنتج في طلبك.",
        "failed": "لم تنجح العملية. لم يتغير طلبك.",
        "out_of_stock": "عذرًا، نفدت الكمية. لم يتغير طلبك.",
        "offer_ended": "عذرًا، انتهى هذا العرض. لم يتغير طلبك.",
        "price_changed": "تغيّر السعر. لم يتغير طلبك.",
    },
}
# Beside the store's own question: to leave it, once it is answered, and where the answer didn't arrive.
QUESTION = {
    "en": {"skip": "Skip", "thanks": "Thank you for your answer.", "failed": "That did not work. Please try again."},
    "de": {
        "skip": "Überspringen",
        "thanks": "Vielen Dank für Ihre Antwort.",
        "failed": "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
    },
    "fr": {
        "skip": "Passer",
        "thanks": "Merci pour votre réponse.",
        "failed": "Cela n'a pas fonctionné. Veuillez réessayer.",
    },
    "es": {"skip": "Omitir", "thanks": "Gracias por tu respuesta.", "failed": "No ha funcionado. Inténtalo de nuevo."},
    "nl": {
        "skip": "Overslaan",
        "thanks": "Bedankt voor je antwoord.",
        "failed": "Dat is niet gelukt. Probeer het opnieuw.",
    },
    "pl": {"skip": "Pomiń", "thanks": "Dziękujemy za odpowiedź.", "failed": "Nie udało się. Spróbuj ponownie."},
    "ar": {"skip": "تخطٍّ", "thanks": "شكرًا على إجابتك.", "failed": "لم تنجح العملية. حاول مرة أخرى."},
}
# One tap after a no, which may be left out; the reasons are named as they are counted.
WHY_DECLINED = {
    "en": {
        "headline": "Why not?",
        "choices": {
            "not_interested": "Not interested",
            "too_expensive": "Too expensive",
            "have_it": "I have it already",
            "not_now": "Not now",
        },
        "skip": "Skip",
        "thanks": "Thank you.",
    },
    "de": {
        "headline": "Warum nicht?",
        "choices": {
            "not_interested": "Kein Interesse",
            "too_expensive": "Zu teuer",
            "have_it": "Habe ich schon",
            "not_now": "Jetzt nicht",
        },
        "skip": "Überspringen",
        "thanks": "Vielen Dank.",
    },
    "fr": {
        "headline": "Pourquoi non ?",
        "choices": {
            "not_interested": "Pas intéressé",
            "too_expensive": "Trop cher",
            "have_it": "Je l'ai déjà",
            "not_now": "Pas maintenant",
        },
        "skip": "Passer",
        "thanks": "Merci.",
    },
    "es": {
        "headline": "¿Por qué no?",
        "choices": {
            "not_interested": "No me interesa",
            "too_expensive": "Demasiado caro",
            "have_it": "Ya lo tengo",
            "not_now": "Ahora no",
        },
        "skip": "Omitir",
        "thanks": "Gracias.",
    },
    "nl": {
        "headline": "Waarom niet?",
        "choices": {
            "not_interested": "Geen interesse",
            "too_expensive": "Te duur",
            "have_it": "Heb ik al",
            "not_now": "Nu niet",
        },
        "skip": "Overslaan",
        "thanks": "Bedankt.",
    },
    "pl": {
        "headline": "Dlaczego nie?",
        "choices": {
            "not_interested": "Nie interesuje mnie to",
            "too_expensive": "Za drogo",
            "have_it": "Już to mam",
            "not_now": "Nie teraz",
        },
        "skip": "Pomiń",
        "thanks": "Dziękujemy.",
    },
    "ar": {
        "headline": "لماذا لا؟",
        "choices": {
            "not_interested": "لست مهتمًا",
            "too_expensive": "السعر مرتفع",
            "have_it": "لديّ بالفعل",
            "not_now": "ليس الآن",
        },
        "skip": "تخطٍّ",
        "thanks": "شكرًا لك.",
    },
}
