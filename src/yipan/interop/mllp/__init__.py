"""MLLP over TCP and TLS: the listener, the sending client and `yipan hl7 send`.

Sockets only: what a message is comes from `yipan.codecs.hl7v2`, what happens to it is the caller's `handle`.
"""
