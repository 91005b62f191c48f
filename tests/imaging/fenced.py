"""Runs a program in a network of its own: `python fenced.py SOCKET PORT SOCKET PORT … -- PROGRAM ARGUMENTS`.

Started by `unshare --net`. Whatever the program listens on, nobody outside reaches it but through the unix sockets
named here, each of which leads to one of its ports. Ends the program when the standard input ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
import subprocess
import sys
import threading

SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
CHUNK = 65536


def main() -> int:
    """Start, wait, end."""
    cut = sys.argv.index("--")
    pairs, command = sys.argv[1:cut], sys.argv[cut + 1 :]
    raise_loopback()
    for path, port in zip(pairs[::2], pairs[1::2], strict=True):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(64)
        threading.Thread(target=lead, args=(listener, ("127.0.0.1", int(port))), daemon=True).start()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as child:
        while os.read(0, 64):
            continue
        child.terminate()
        try:
            return child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


def raise_loopback() -> None:
    """A new network has a loopback interface that is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def lead(listener: socket.socket, target: tuple[str, int] | str) -> None:
    """Lead every connection of the listener to the target, a TCP address or the path of a unix socket."""
    while True:
        try:
            near, _ = listener.accept()
        except OSError:  # closed: the end
            return
        far = socket.socket(socket.AF_UNIX if isinstance(target, str) else socket.AF_INET)
        try:
            far.connect(target)
        except OSError:
            near.close()
            far.close()
            continue
        threading.Thread(target=join, args=(near, far), daemon=True).start()


def join(near: socket.socket, far: socket.socket) -> None:
    """Carry bytes both ways until both sides have said all."""
    back = threading.Thread(target=pump, args=(far, near), daemon=True)
    back.start()
    pump(near, far)
    back.join()
    near.close()
    far.close()


def pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    sys.exit(main())
