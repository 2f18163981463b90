"""The product's own words in messages, and on the pages that they lead to, by language."""

UNSUBSCRIBE = {
    "en": "Unsubscribe",
    "de": "Abbestellen",
    "fr": "Se désabonner",
    "es": "Darse de baja",
    "nl": "Afmelden",
    "pl": "Zrezygnuj",
    "ar": "إلغاء الاشتراك",
}
PREFERENCES = {
    "en": "Choose what you get",
    "de": "Auswählen, was Sie erhalten",
    "fr": "Choisir ce que vous recevez",
    "es": "Elegir qué recibe",
    "nl": "Kies wat u ontvangt",
    "pl": "Wybierz, co otrzymujesz",
    "ar": "اختر ما تتلقاه",
}
WHY_OPT_IN = {
    "en": "You get this email because you agreed to offers from {store}.",
    "de": "Sie erhalten diese E-Mail, weil Sie Angeboten von {store} zugestimmt haben.",
    "fr": "Vous recevez cet e-mail parce que vous avez accepté les offres de {store}.",
    "es": "Recibe este correo porque aceptó las ofertas de {store}.",
    "nl": "U ontvangt deze e-mail omdat u akkoord ging met aanbiedingen van {store}.",
    "pl": "Otrzymujesz tę wiadomość, ponieważ wyrażono zgodę na oferty od {store}.",
    "ar": "تصلك هذه الرسالة لأنك وافقت على عروض {store}.",
}
WHY_CUSTOMER = {
    "en": "You get this email because you bought something similar from {store}. You can object at any time.",
    "de": "Sie erhalten diese E-Mail nach einem ähnlichen Kauf bei {store}. Sie können jederzeit widersprechen.",
    "fr": "Vous recevez cet e-mail après un achat similaire chez {store}. Vous pouvez vous y opposer à tout moment.",
    "es": "Recibe este correo porque compró algo similar en {store}. Puede oponerse en cualquier momento.",
    "nl": "U ontvangt deze e-mail omdat u iets soortgelijks kocht bij {store}. U kunt altijd bezwaar maken.",
    "pl": "Otrzymujesz tę wiadomość, ponieważ kupiono coś podobnego w {store}. W każdej chwili możesz się sprzeciwić.",
    "ar": "تصلك هذه الرسالة لأنك اشتريت شيئًا مشابهًا من {store}. يمكنك الاعتراض في أي وقت.",
}
YOUR_ORDER = {
    "en": "Your order {order}",
    "de": "Ihre Bestellung {order}",
    "fr": "Votre commande {order}",
    "es": "Su pedido {order}",
    "nl": "Uw bestelling {order}",
    "pl": "Twoje zamówienie {order}",
    "ar": "طلبك {order}",
}
WHAT_YOU_HAVE = {
    "en": "What you have",
    "de": "Was Sie haben",
    "fr": "Ce que vous avez",
    "es": "Lo que tiene",
    "nl": "Wat u heeft",
    "pl": "Co masz",
    "ar": "ما لديك",
}
WHAT_IS_OFFERED = {
    "en": "The offer",
    "de": "Das Angebot",
    "fr": "L'offre",
    "es": "La oferta",
    "nl": "Het aanbod",
    "pl": "Oferta",
    "ar": "العرض",
}
