"""Documents to render: drafts with all, some and hardly any facts, and one with every kind of block."""

from __future__ import annotations

import datetime as dt

from broker.agreements.assembly import assemble
from broker.agreements.negotiable import changed
from broker.documents.content import (
    Bullets,
    Cell,
    Column,
    Datum,
    Document,
    Gap,
    ListItem,
    Note,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
)
from tests.unit.agreements.story import bare, full, story_1

LANGUAGES = ("es", "en")


def drafts() -> dict[str, Document]:
    """Drafts in both languages: a story with points open, one without, one of two names, one with flags."""
    facts = {
        "story": story_1(),
        "full": full(),
        "bare": bare(),
        "flagged": changed(story_1(), {"payment.days": 60}),
    }
    return {
        f"{name}-{language}": assemble(given, language).document
        for name, given in facts.items()
        for language in LANGUAGES
    }


def every_kind() -> Document:
    """What the format can say beyond what the clauses of today do: captions, info notes, three levels."""
    open_point = Gap("punto abierto 1: comprador", "price.unit_price", 1)
    price = Paragraph(
        (Text("Se paga "), open_point, Text(", o "), Datum("2.150 COP/kg", "price.floor"), Text("."))
    )
    bullets = Bullets(
        (ListItem((Text("primero "), open_point)), ListItem((Text("segundo – «ñandú» & <b>"),)))
    )
    deepest = Section("c", "clause", "Detalle", "1.1.1", blocks=(bullets, figures("Precios", 60)))
    clause = Section("b", "clause", "Precio", "1.1", "price 1", (price, unheaded(), unheaded()), (deepest,))
    info = Note("info", "Para saber", (Text("Se lee con calma "), open_point))
    warn = Note("warn", "Cuidado", (Text("Se mira antes de firmar."),))
    annex = Section("d", "annex", "Calendario", "Anexo 1", blocks=(figures("", 3), warn, warn))
    return Document(
        title="Alianza de prueba",
        subtitle="Una parte · Otra parte",
        language="es",
        locale="es_BO",
        date=dt.date(2027, 2, 3),
        notice="Borrador para leer",
        preamble=(price, info),
        sections=(Section("a", "part", "Primera", "1", blocks=(warn,), sections=(clause,)), annex),
    )


def figures(caption: str, count: int) -> Table:
    """A table with a head, figures at the right and a sum."""
    rows = [
        Row((Cell((Text(str(row)),)), Cell((Datum(f"{row}.000 kg", "x"),)), Cell(()))) for row in range(count)
    ]
    rows.append(Row((Cell((Text("Total"),)), Cell((Datum("9.999 kg", "y"),)), Cell(())), total=True))
    columns = (Column("N.º", weight=0), Column("Cantidad", align="end", weight=2), Column(""))
    return Table(caption, columns, tuple(rows))


def unheaded() -> Table:
    """A table whose first column names each row."""
    rows = (
        Row((Cell((Text("Producto"),)), Cell((Datum("plátano", "product.name"),)))),
        Row((Cell((Text("Precio"),)), Cell((Gap("punto abierto 1", "price", 1),)))),
    )
    return Table("", (Column("", weight=0), Column("")), rows)


SAMPLES = {**drafts(), "every-kind": every_kind()}
