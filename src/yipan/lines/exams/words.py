"""Codes of the examinations in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

SENTENCES = {
    "exam_item_unknown": gettext_lazy("This examination is not in the catalogue, or is no longer offered."),
    "exam_order_unknown": gettext_lazy("This order does not exist."),
    "exam_repeated": gettext_lazy(
        "The same examination was ordered or done a short time ago. Confirm that it is needed."
    ),
}
