"""Columns that the database holds sealed, and the digests that find them.

A value is sealed for its column and its row and opened when it is looked at, not when it is loaded: a list of a
thousand patients that shows no phone number opens none. It is written through an instance only, because the row is
part of the seal; `update(phone="…")` and comparing in a query raise TypeError. Look for a value by its digest.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from yipan.base.vault import keys
from yipan.kernel import sealing


class Sealed:
    """A value as the database holds it; opened once."""

    __slots__ = ("data", "opened")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.opened: bytes | None = None

    def open(self, context: bytes) -> bytes:
        """Raises Unavailable("key_missing"), InvalidInput("sealed_value_broken")."""
        if self.opened is None:
            self.opened = sealing.unseal(keys.ring(), self.data, context)
        return self.opened

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.data == self.data

    def __hash__(self) -> int:
        return hash(self.data)

    def __repr__(self) -> str:
        return "<sealed>"


class SealedAttribute(DeferredAttribute):
    """Opens a sealed value when it is read."""

    field: SealedField

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        return self.field.to_plain(value.open(self.field.context(instance))) if isinstance(value, Sealed) else value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedField(models.Field):  # not subscriptable when it runs
    """`label` names the column in the seal and never changes; `row` are the fields that make the row what it is.

    An empty value is stored empty: that there is none is no secret.
    """

    descriptor_class = SealedAttribute
    empty_strings_allowed = True

    def __init__(self, *, label: str, row: tuple[str, ...] = ("pk",), **options: Any) -> None:
        self.label = label
        self.row = tuple(row)
        options.setdefault("editable", False)
        options.setdefault("blank", True)
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs |= {"label": self.label}
        if self.row != ("pk",):
            kwargs["row"] = self.row
        kwargs.pop("editable", None)
        kwargs.pop("blank", None)
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_default(self) -> Any:
        return self.to_plain(b"")

    def context(self, instance: Any) -> bytes:
        """What the seal is bound to: column and row."""
        return "\0".join([self.label, *(str(getattr(instance, name)) for name in self.row)]).encode()

    def seal(self, instance: Any, value: Any) -> Sealed | bytes:
        """The value as this row of the database holds it. Raises Unavailable("cipher_unavailable")."""
        plain = self.to_bytes(value)
        return Sealed(sealing.seal(keys.ring(), plain, self.context(instance))) if plain else b""

    def to_bytes(self, value: Any) -> bytes:
        raise NotImplementedError

    def to_plain(self, value: bytes) -> Any:
        raise NotImplementedError

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        return Sealed(bytes(value)) if value else self.to_plain(b"")

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        return value if isinstance(value, Sealed) else self.seal(model_instance, value)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if isinstance(value, Sealed):
            return value.data
        if value is None or len(value) == 0:
            return value if value is None else b""
        raise TypeError(f"{self.label} is sealed: write it through an instance, find it by its digest")


class SealedText(SealedField):
    """A text."""

    def to_bytes(self, value: Any) -> bytes:
        return str(value or "").encode()

    def to_plain(self, value: bytes) -> str:
        return value.decode()


class SealedBytes(SealedField):
    """Bytes."""

    def to_bytes(self, value: Any) -> bytes:
        return bytes(value or b"")

    def to_plain(self, value: bytes) -> bytes:
        return value


class SealedJson(SealedField):
    """An object of JSON; an empty one when there is none."""

    def to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, separators=(",", ":")).encode() if value else b""

    def to_plain(self, value: bytes) -> Any:
        return json.loads(value) if value else {}


class Digest(models.BinaryField):
    """The keyed digest of the field `of`, kept up to date with it; None for an empty one.

    `domain` parts the digests of unlike things and never changes.
    """

    def __init__(self, *, of: str, domain: str, **options: Any) -> None:
        self.of, self.domain = of, domain
        super().__init__(**(options | {"null": True, "max_length": 16}))

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs |= {"of": self.of, "domain": self.domain}
        for key in ("null", "max_length"):
            kwargs.pop(key, None)
        return name, path, args, kwargs

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = model_instance.__dict__.get(self.of)
        if not isinstance(value, Sealed):
            setattr(model_instance, self.attname, digest(self.domain, value or ""))
        return super().pre_save(model_instance, add)


def digest(domain: str, text: str) -> bytes | None:
    """What a `Digest` column of this domain holds for a text."""
    return sealing.digest(keys.ring(), domain, text) if text else None


class WithSealed(models.Model):
    """Base of models with sealed columns: a digest is saved whenever its column is."""

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Any = None, **options: Any) -> None:
        if update_fields is not None:
            named = set(update_fields)
            named |= {f.name for f in self._meta.concrete_fields if isinstance(f, Digest) and f.of in named}
            update_fields = named
        super().save(*args, update_fields=update_fields, **options)
