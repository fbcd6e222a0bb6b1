"""The columns of the two spreadsheets: their fixed names, and the Spanish and English words also
understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from broker.catalogue import attributes
from broker.catalogue.wording import key
from broker.listings.capacity_input import CAPACITY_FIELDS
from broker.listings.need_input import NEED_FIELDS

FIRST = {"needs": ("id", "buyer"), "capacities": ("id", "organization")}
# Read by `alianza match` only: an account already knows them of its organization.
LAST: dict[str, tuple[str, ...]] = {"needs": (), "capacities": ("readiness", "union", "certificates")}
REQUIRED = {
    "needs": ("product", "quantity", "unit", "period", "start", "end", "municipality", "payment_days"),
    "capacities": (
        "product", "area_ha", "yield_t_ha_year", "grade_share_pct", "delivery_share_pct", "municipality",
        "max_wait_days",
    ),
}  # fmt: skip
FIXED = {
    "needs": (*FIRST["needs"], *NEED_FIELDS, *LAST["needs"]),
    "capacities": (*FIRST["capacities"], *CAPACITY_FIELDS, *LAST["capacities"]),
}
_WORDS = {
    "id": "identificador, código, referencia, reference",
    "buyer": "comprador",
    "organization": "organización, asociación, cooperativa",
    "product": "producto",
    "quantity": "cantidad, volumen",
    "unit": "unidad, medida",
    "unit_kg": "kg por unidad, kilos por unidad",
    "period": "periodo, período, frecuencia",
    "start": "inicio, desde, primera entrega, fecha de inicio",
    "end": "fin, hasta, última entrega, fecha de fin",
    "reply_by": "responder hasta, fecha límite",
    "min_fill_pct": "cobertura mínima, cobertura mínima %",
    "min_suppliers": "mínimo de organizaciones, mínimo de proveedores",
    "max_suppliers": "máximo de organizaciones, máximo de proveedores",
    "max_share_pct": "participación máxima, participación máxima %",
    "country": "país",
    "municipality": "municipio, lugar, lugar de entrega",
    "lat": "latitud",
    "lon": "longitud",
    "delivery_term": "entrega, término de entrega",
    "payment_days": "días de pago, plazo de pago, pago días",
    "advance_pct": "anticipo, anticipo %",
    "payment_basis": "plazo desde, base del plazo",
    "payment_channel": "medio de pago",
    "usual_rejects_pct": "rechazo habitual, rechazo habitual %, rechazos",
    "price_method": "forma de precio, tipo de precio",
    "price": "precio",
    "reserve_price": "precio de reserva",
    "currency": "moneda",
    "price_unit": "unidad del precio, precio por",
    "price_unit_kg": "kg de la unidad del precio",
    "index_series": "índice, serie",
    "differential": "diferencial",
    "floor": "piso, precio mínimo",
    "premium": "prima, sobreprecio",
    "certificates": "certificados, certificaciones",
    "origins": "orígenes, países de origen",
    "packing": "empaque",
    "packing_kg": "kg por empaque",
    "contributions": "aportes",
    "description": "descripción, observaciones, notas",
    "visibility": "visibilidad",
    "kg_week": "kg por semana, kilos por semana",
    "area_ha": "área, área ha, hectáreas, ha",
    "yield_t_ha_year": "rendimiento, rendimiento t/ha, t/ha/año",
    "grade_share_pct": "porcentaje de la categoría, % de la categoría",
    "loss_pct": "pérdida, merma, pérdida %, merma %",
    "delivery_share_pct": "porcentaje que entregan, % que entregan",
    "months": "meses, cosecha",
    "elsewhere_kg_year": "comprometido, comprometido kg/año",
    "ask_price": "precio pedido",
    "max_wait_days": "espera máxima, días de espera",
    "min_lot_kg": "lote mínimo, lote mínimo kg",
    "readiness": "preparación",
    "union": "unión, central, segundo piso",
}
_VALUES = {
    "period": {
        "week": "semana, semanal, por semana, cada semana, weekly",
        "fortnight": "quincena, quincenal, por quincena, cada dos semanas",
        "month": "mes, mensual, por mes, cada mes, monthly",
        "season": "temporada, cosecha, por temporada",
        "once": "una vez, única, una sola vez",
    },
    "delivery_term": {
        "farm_gate": "en finca, finca",
        "collection_centre": "centro de acopio, acopio",
        "buyer_plant": "planta del comprador, planta",
        "distribution_centre": "centro de distribución",
    },
    "payment_basis": {"receipt": "recibo", "acceptance": "aceptación", "invoice": "factura"},
    "payment_channel": {
        "transfer": "transferencia",
        "mobile": "billetera móvil, dinero móvil",
        "cash": "efectivo",
        "cheque": "cheque, check",
    },
    "visibility": {
        "public": "pública, público, todos",
        "invited": "invitados",
        "broker": "corredor, solo mi corredor",
    },
}


def column_named(kind: str, text: str) -> str | None:
    """The fixed name of a column of a file, or None where nobody knows it."""
    return _names(kind).get(key(text))


def value_meant(column: str, text: str) -> str:
    """The code that a word stands for in a column of choices; any other text as it is."""
    choices = _codes().get(column)
    return text if choices is None else choices.get(key(text), text)


def columns_of(kind: str, rows: Iterable[Mapping[str, object]]) -> list[str]:
    """Every fixed column in its order, then the `spec_` columns that the rows use."""
    specs = sorted({name for row in rows for name in row if name.startswith("spec_")})
    return [*FIRST[kind], *(name for name in FIXED[kind] if name not in FIRST[kind] + LAST[kind]), *specs]


def spec_columns(kind: str) -> dict[str, tuple[str, ...]]:
    """Each `spec_` column of a kind of sheet with the other words for it."""
    found: dict[str, tuple[str, ...]] = {}
    for attribute in attributes.all():
        base, labels = f"spec_{attribute.code}", tuple(dict.fromkeys(attribute.labels.values()))
        if attribute.type == "number" and kind == "needs":
            found[f"{base}_min"] = tuple(
                f"{label} {word}" for label in labels for word in ("mín", "mínimo", "min")
            )
            found[f"{base}_max"] = tuple(
                f"{label} {word}" for label in labels for word in ("máx", "máximo", "max")
            )
        else:
            found[base] = labels
    return found


@cache
def _codes() -> Mapping[str, Mapping[str, str]]:
    return {
        column: {key(word): code for code, words in choices.items() for word in (code, *words.split(","))}
        for column, choices in _VALUES.items()
    }


@cache
def _names(kind: str) -> Mapping[str, str]:
    """Comparison form of every word -> fixed name; the fixed names themselves win over other words."""
    found: dict[str, str] = {}
    for name, words in spec_columns(kind).items():
        for word in words:
            found.setdefault(key(word), name)
    for name in FIXED[kind]:
        for word in _WORDS.get(name, "").split(","):
            if word.strip():
                found[key(word)] = name
    found.update({key(name): name for name in (*FIXED[kind], *spec_columns(kind))})
    return found
