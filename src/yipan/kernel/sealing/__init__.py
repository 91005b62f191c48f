"""Values sealed with a key: nobody reads them without it, and nobody moves them to another place unnoticed."""

from yipan.kernel.sealing.box import digest, key_of, seal, unseal
from yipan.kernel.sealing.ring import Algorithm, Key, KeyRing, new_key

__all__ = ["Algorithm", "Key", "KeyRing", "digest", "key_of", "new_key", "seal", "unseal"]
