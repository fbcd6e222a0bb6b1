"""What must hold for a need or a capacity whoever enters it and by whatever way."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from broker.catalogue import countries, products
from broker.clock import local_date
from broker.errors import Faults
from broker.listings.capacity_input import CapacityInput
from broker.listings.need_input import NeedInput
from broker.listings.periods import DAY, total_kg
from broker.listings.volume import volume_kg_year, volume_of_weeks
from broker.quantity import to_gram

LONGEST_WINDOW = dt.timedelta(days=3 * 366)


def check_need(data: NeedInput, now: dt.date) -> None:
    """Raises Invalid with every broken rule. A moment is judged by the day it is where the need is delivered."""
    today = now
    if isinstance(now, dt.datetime):
        today = local_date(now, countries.get(data.country).time_zone)
    faults = Faults()
    last = data.start if data.period == "once" else data.start + DAY
    if faults.require(data.end >= last, "end_before_start", "end"):
        # A last period cut short may leave less than is counted.
        whole = to_gram(total_kg(data.quantity * data.unit_kg, data.period, data.start, data.end))
        faults.require(whole > 0, "volume_zero", "quantity")
    faults.require(data.end - data.start <= LONGEST_WINDOW, "window_too_long", "end", years=3)
    faults.require(data.reply_by < data.start, "reply_after_start", "reply_by", start=data.start)
    faults.require(data.reply_by >= today, "reply_in_past", "reply_by", today=today)
    if data.max_suppliers is not None and data.max_suppliers < data.min_suppliers:
        faults.add("max_below_min_suppliers", "max_suppliers", minimum=data.min_suppliers)
    reach = data.max_share_pct * (data.max_suppliers or 10**6)
    faults.require(
        reach >= data.min_fill_pct, "share_cannot_fill", "max_share_pct", share=data.max_share_pct,
        suppliers=data.max_suppliers, fill=data.min_fill_pct,
    )  # fmt: skip
    if (
        data.reserve_minor is not None
        and data.price_minor is not None
        and data.reserve_minor < data.price_minor
    ):
        faults.add("reserve_below_price", "reserve_price")
    faults.raise_if_any()


def check_capacity(data: CapacityInput) -> Decimal:
    """The year's volume in kg. Raises Invalid with every broken rule."""
    faults = Faults()
    product = products.get(data.product)
    if data.kg_week is not None:
        volume = volume_of_weeks(data.kg_week, data.calendar, storable=product.storable)
    else:
        volume = volume_kg_year(
            data.area_ha, data.yield_t_ha_year, data.grade_share_pct, data.loss_pct, data.delivery_share_pct
        )
    faults.require(volume > 0, "volume_zero", "area_ha" if data.kg_week is None else "kg_week")
    faults.require(
        data.elsewhere_kg_year <= volume, "elsewhere_above_volume", "elsewhere_kg_year", volume=volume
    )
    if data.ask_minor is not None and data.reserve_minor is not None and data.reserve_minor > data.ask_minor:
        faults.add("reserve_above_ask", "reserve_price")
    typical = product.typical_yield
    if typical is not None and data.yield_t_ha_year > 10 * typical:
        faults.add("yield_implausible", "yield_t_ha_year", typical=typical)
    faults.raise_if_any()
    return volume
