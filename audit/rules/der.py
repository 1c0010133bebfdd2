"""As much of DER (X.690) as a time-stamp needs: tag, length, value."""

from collections.abc import Iterator
from dataclasses import dataclass

INTEGER, BIT_STRING, OCTETS, NULL, OID, UTF8, TIME = 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x18
BOOLEAN, SEQUENCE, SET = 0x01, 0x30, 0x31
DEEPEST = 30


@dataclass(frozen=True)
class Node:
    """One value: its tag, its content, and all its bytes as they were."""

    tag: int
    content: bytes
    encoded: bytes

    def children(self) -> list["Node"]:
        return list(_nodes(self.content))

    def integer(self) -> int:
        return int.from_bytes(self.content, "big", signed=True)

    def oid(self) -> str:
        numbers, number = [], 0
        for byte in self.content:
            number = number << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(number)
                number = 0
        head = min(numbers[0] // 40, 2) if numbers else 0
        return ".".join(str(part) for part in [head, numbers[0] - 40 * head, *numbers[1:]]) if numbers else ""


def read(encoded: bytes) -> Node:
    """Return the one value that `encoded` holds. Raises ValueError where it is cut off or followed by something."""
    nodes = list(_nodes(encoded))
    if len(nodes) != 1:
        raise ValueError("The answer holds more than one value.")
    return nodes[0]


def _nodes(data: bytes) -> Iterator[Node]:
    position = 0
    while position < len(data):
        start = position
        if len(data) - position < 2:
            raise ValueError("The answer is cut off.")
        tag, length = data[position], data[position + 1]
        position += 2
        if length & 0x80:
            octets = length & 0x7F
            if not 0 < octets <= 4 or position + octets > len(data):
                raise ValueError("The answer has a length that DER does not allow.")
            length, position = int.from_bytes(data[position : position + octets], "big"), position + octets
        if position + length > len(data):
            raise ValueError("The answer is cut off.")
        yield Node(tag, data[position : position + length], data[start : position + length])
        position += length


def write(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def write_integer(number: int) -> bytes:
    return write(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def write_oid(text: str) -> bytes:
    first, second, *rest = (int(part) for part in text.split("."))
    encoded = bytearray()
    for number in [first * 40 + second, *rest]:
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.append(number & 0x7F | 0x80)
        encoded += bytes(reversed(septets))
    return write(OID, bytes(encoded))
