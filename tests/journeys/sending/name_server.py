"""A name server of the tests' own, on the loopback: TXT records by name, or silence."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@contextmanager
def name_server(records: dict[str, list[str]], *, is_silent: bool = False) -> Iterator[str]:
    """Answer for as long as the block, at the address that is given."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=serve, args=(server, records, is_silent), daemon=True)
        thread.start()
        host, port = server.getsockname()
        yield f"{host}:{port}"
        server.sendto(b"", (host, port))
        thread.join(5)


def serve(server: socket.socket, records: dict[str, list[str]], is_silent: bool) -> None:
    """Answer questions until an empty one comes."""
    while True:
        asked, sender = server.recvfrom(4096)
        if not asked:
            return
        if not is_silent:
            server.sendto(answer_to(asked, records), sender)


def answer_to(asked: bytes, records: dict[str, list[str]]) -> bytes:
    question = dns.message.from_wire(asked)
    response = dns.message.make_response(question)
    name = question.question[0].name
    texts = records.get(name.to_text(omit_final_dot=True))
    if texts is None:
        response.set_rcode(dns.rcode.NXDOMAIN)
    else:
        quoted = [" ".join(f'"{text[at : at + 250]}"' for at in range(0, len(text), 250)) for text in texts]
        response.answer.append(dns.rrset.from_text_list(name, 60, "IN", "TXT", quoted))
    return response.to_wire()
