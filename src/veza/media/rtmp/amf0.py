"""AMF0 values (Adobe AMF 0, 2007), the language of RTMP commands. Bounded reading; no meaning is given to them here."""

import struct
from typing import TypeAlias

from veza.media.rtmp.errors import ProtocolError

AmfValue: TypeAlias = "bool | float | str | list[AmfValue] | dict[str, AmfValue] | None"

MAX_DEPTH = 16
"""Nesting of objects and arrays. Encoders use 2; recursion must end long before Python's own limit."""
MAX_STRING_BYTES = 8 * 1024
"""A stream name, an address, a line of metadata: none comes near this."""
MAX_KEYS = 256
"""Members of one object. OBS sends about 20."""
MAX_ITEMS = 1024
"""Entries of one strict array."""
MAX_VALUES = 4096
"""Values in one message, nested ones included: bounds what 16 KiB of one-byte nulls can become."""

_NUMBER, _BOOLEAN, _STRING, _OBJECT = 0, 1, 2, 3
_NULL, _UNDEFINED, _ECMA_ARRAY, _OBJECT_END, _STRICT_ARRAY, _DATE = 5, 6, 8, 9, 10, 11
_LONG_STRING, _UNSUPPORTED, _XML, _TYPED_OBJECT = 12, 13, 15, 16
_COMPOUNDS = frozenset({_OBJECT, _ECMA_ARRAY, _STRICT_ARRAY, _TYPED_OBJECT})

_DOUBLE = struct.Struct(">d")
_U16 = struct.Struct(">H")
_U32 = struct.Struct(">I")


def read_values(data: bytes) -> list[AmfValue]:
    """Every value of a message body, in order. Dates are their milliseconds; undefined and unsupported are None.

    Text that is not UTF-8 is read with replacement characters: metadata of old encoders has it.

    Raises:
        ProtocolError: cut short, of an unknown type, or beyond a bound of this module.
    """
    reader = _Reader(data)
    values: list[AmfValue] = []
    try:
        while reader.position < len(data):
            values.append(reader.value(0))
    except (struct.error, IndexError) as error:
        raise ProtocolError("amf", "a value is cut short") from error
    return values


class _Reader:
    """A position in one message body. struct.error and IndexError mean that the body is too short."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._values = 0
        self.position = 0

    def value(self, depth: int) -> AmfValue:
        self._values += 1
        if self._values > MAX_VALUES:
            raise ProtocolError("amf", "too many values in one message")
        kind = self._data[self.position]
        self.position += 1
        return self._compound(kind, depth + 1) if kind in _COMPOUNDS else self._simple(kind)

    def _simple(self, kind: int) -> AmfValue:
        value: AmfValue = None
        if kind == _STRING:
            value = self._text(self._unsigned(_U16))
        elif kind == _NUMBER:
            value = self._number()
        elif kind == _BOOLEAN:
            value = self._bytes(1) != b"\0"
        elif kind == _DATE:
            value = self._number()
            self._bytes(2)  # a time zone that the specification reserves
        elif kind in {_LONG_STRING, _XML}:
            value = self._text(self._unsigned(_U32))
        elif kind not in {_NULL, _UNDEFINED, _UNSUPPORTED}:
            raise ProtocolError("amf", f"type {kind} is not read")
        return value

    def _compound(self, kind: int, depth: int) -> AmfValue:
        if depth > MAX_DEPTH:
            raise ProtocolError("amf", "values are nested too deep")
        if kind == _STRICT_ARRAY:
            count = self._unsigned(_U32)
            if count > MAX_ITEMS:
                raise ProtocolError("amf", "an array is too long")
            return [self.value(depth) for _ in range(count)]
        if kind == _ECMA_ARRAY:
            self._unsigned(_U32)  # a hint that encoders get wrong; the end marker decides
        elif kind == _TYPED_OBJECT:
            self._text(self._unsigned(_U16))
        return self._members(depth)

    def _members(self, depth: int) -> dict[str, AmfValue]:
        members: dict[str, AmfValue] = {}
        for _ in range(MAX_KEYS + 1):
            length = self._unsigned(_U16)
            if length == 0 and self._data[self.position] == _OBJECT_END:
                self.position += 1
                return members
            key = self._text(length)
            members[key] = self.value(depth)
        raise ProtocolError("amf", "an object has too many members")

    def _number(self) -> float:
        (number,) = _DOUBLE.unpack_from(self._data, self.position)
        self.position += 8
        return float(number)

    def _unsigned(self, form: struct.Struct) -> int:
        (number,) = form.unpack_from(self._data, self.position)
        self.position += form.size
        return int(number)

    def _text(self, length: int) -> str:
        if length > MAX_STRING_BYTES:
            raise ProtocolError("amf", "a string is too long")
        return self._bytes(length).decode("utf-8", "replace")

    def _bytes(self, length: int) -> bytes:
        end = self.position + length
        if end > len(self._data):
            raise ProtocolError("amf", "a value is cut short")
        taken = self._data[self.position : end]
        self.position = end
        return taken


def write_values(*values: AmfValue) -> bytes:
    """The bytes of `values`, one after another. Raises ValueError for a key or text beyond AMF0's length fields."""
    return b"".join(_write(value) for value in values)


def _write(value: AmfValue) -> bytes:
    match value:
        case None:
            return bytes([_NULL])
        case bool():
            return bytes([_BOOLEAN, value])
        case int() | float():
            return bytes([_NUMBER]) + _DOUBLE.pack(value)
        case str():
            return bytes([_STRING]) + _short_text(value)
        case list():
            return bytes([_STRICT_ARRAY]) + _U32.pack(len(value)) + write_values(*value)
        case dict():
            members = b"".join(_short_text(key) + _write(member) for key, member in value.items())
            return bytes([_OBJECT]) + members + bytes([0, 0, _OBJECT_END])


def _short_text(text: str) -> bytes:
    encoded = text.encode()
    if len(encoded) > 0xFFFF:
        raise ValueError("text is longer than 65,535 bytes")
    return _U16.pack(len(encoded)) + encoded
