"""Quotes that were typed into a message become texts that say the same: a quote block shows what the offer has."""

from django.db import migrations

LONGEST = 2_000  # characters of a text


def typed_quotes_to_texts(apps, schema_editor):
    steps = apps.get_model("journeys", "JourneyStep").objects
    for step in steps.filter(document__icontains='"quote"').only("document").iterator():
        documents = [step.document, *step.document.get("variants", {}).values()]
        if any([without_typed_quotes(document) for document in documents]):
            step.save(update_fields=["document"])


def without_typed_quotes(document):
    """Change a message's typed quotes, and return whether there are any."""
    has_any = False
    for block in document.get("blocks", []):
        if block.get("kind") != "quote" or "name" not in block:
            continue
        has_any = True
        said_by = ", ".join(filter(None, [block.pop("name"), block.pop("source", ""), block.pop("date", "")]))
        block["kind"] = "text"
        block["text"] = quoted(block.get("text", ""), said_by)
        for texts in document.get("translations", {}).values():
            name = f"{block['id']}.text"
            if texts.get(name):
                texts[name] = quoted(texts[name], said_by)
    return has_any


def quoted(text, said_by):
    if not text:
        return text  # an unfinished draft
    whole = f"“{text}” {said_by}"
    if len(whole) > LONGEST:
        return text
    return whole


class Migration(migrations.Migration):
    dependencies = [("journeys", "0011_declined_on_the_site")]
    operations = [migrations.RunPython(typed_quotes_to_texts, migrations.RunPython.noop)]
