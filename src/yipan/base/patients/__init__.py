"""One identity across sites: registration, search, likely duplicates, merge and its undoing."""

from yipan.base.patients.masks import mask_id_number, mask_name, mask_phone

__all__ = ["mask_id_number", "mask_name", "mask_phone"]
