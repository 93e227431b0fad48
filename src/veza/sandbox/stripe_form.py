"""Stripe's side of a request: form fields with brackets, judged as Stripe judges them, and its errors. No effects.

Source: docs.stripe.com/api/errors and /error-codes. A parameter that is wrong by itself is never stored for replay.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from veza.sandbox.http import Answer, Refused, as_json

INTEGER, TEXT, HASH, ADDRESS = "integer", "text", "hash", "address"
_FIELDS_MAX = 300
_INTEGER_MAX = 99_999_999


class StripeError(Refused):
    """One of their errors. `stored`: replayed to whoever comes again with the same idempotency key."""

    def __init__(
        self, status: int, message: str, *, code: str = "", param: str = "", kind: str = "invalid_request_error",
        stored: bool = True,
    ) -> None:  # fmt: skip
        error = {"message": message, "type": kind}
        if code:
            error |= {"code": code, "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"}
        if param:
            error["param"] = param
        super().__init__(replace(as_json({"error": error}, status), stored=stored))


def parse_form(text: str) -> dict[str, Any]:
    """`a[b]=1&c[]=2` → `{"a": {"b": "1"}, "c": ["2"]}`. Raises `StripeError` for what cannot be read."""
    found: dict[str, Any] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS_MAX, errors="strict")
    except ValueError:
        raise StripeError(400, "Invalid request body.", code="parameter_invalid_string_blank", stored=False) from None
    for name, value in pairs:
        root, *keys = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name) or [name]
        if not keys:
            found[root] = value
            continue
        _put(found, [root, *keys], name, value)
    return found


def _put(found: dict[str, Any], path: list[str], name: str, value: str) -> None:
    place: Any = found
    for key in path[:-1]:
        place = place.setdefault(key, {})
        if not isinstance(place, dict):
            raise StripeError(400, f"Invalid {name}", param=name, stored=False)
    last = path[-1] or str(len(place))  # `c[]`: the next of a list
    place[last] = value


def checked(form: Mapping[str, Any], known: Mapping[str, str], *, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """The form if each field is one of `known` and of its kind, integers as int. Raises `StripeError` (400)."""
    strange = next((name for name in form if name not in known and name != "expand"), None)
    if strange is not None:
        param = strange if not isinstance(form[strange], dict) else f"{strange}[{next(iter(form[strange]))}]"
        raise _wrong("parameter_unknown", param, f"Received unknown parameter: {param}")
    missing = next((name for name in required if name not in form), None)
    if missing is not None:
        raise _wrong("parameter_missing", missing, f"Missing required param: {missing}.")
    return {name: _value(name, value, known[name]) for name, value in form.items() if name != "expand"}


def _value(name: str, value: Any, kind: str) -> Any:
    if kind == HASH:
        if value == "":
            return {}
        if not isinstance(value, dict):
            raise _wrong("", name, f"Invalid hash: {name}")
        return value
    if not isinstance(value, str):
        raise _wrong("", name, f"Invalid string: {name}")
    if kind == INTEGER:
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise _wrong("parameter_invalid_integer", name, f"Invalid integer: {value[:40]}")
        return int(value)
    if value == "":
        raise _wrong("parameter_invalid_empty", name, f"You passed an empty string for '{name}'.")
    if kind == ADDRESS and not value.startswith(("https://", "http://")):
        raise _wrong("url_invalid", name, "Not a valid URL")
    if kind not in {TEXT, ADDRESS} and value not in kind.split("|"):
        raise _wrong("", name, f"Invalid {name}: must be one of {kind.replace('|', ', ')}")
    return value


def _wrong(code: str, param: str, message: str) -> StripeError:
    return StripeError(400, message, code=code, param=param, stored=False)


def positive(fields: Mapping[str, Any], name: str = "amount") -> int:
    """An amount in minor units, at least 1."""
    amount = int(fields[name])
    if amount < 1:
        raise _wrong("parameter_invalid_integer", name, "This value must be greater than or equal to 1.")
    if amount > _INTEGER_MAX:
        raise _wrong("amount_too_large", name, f"Amount must be no more than {_INTEGER_MAX}")
    return amount


def metadata_of(fields: Mapping[str, Any], before: Mapping[str, str] | None = None) -> dict[str, str]:
    """Metadata after this request: what is given is set, what is given empty is removed."""
    merged = dict(before or {})
    for name, value in fields.get("metadata", {}).items():
        if not isinstance(value, str) or len(name) > 40 or len(value) > 500:
            raise _wrong("", f"metadata[{name[:40]}]", "Metadata keys have 40 characters at most, values 500")
        merged[name] = value
    return {name: value for name, value in merged.items() if value != ""}


def page_of(query: Mapping[str, str], known: Mapping[str, str]) -> dict[str, Any]:
    """Checked parameters of a list; `limit` is there (default 10, 1 to 100)."""
    paging = {"limit": INTEGER, "starting_after": TEXT, "ending_before": TEXT}
    form = {name: value for name, value in query.items() if not name.startswith("expand")}
    fields = checked(form, {**paging, **known})
    fields.setdefault("limit", 10)
    if not 1 <= fields["limit"] <= 100:
        raise _wrong("parameter_invalid_integer", "limit", "This value must be between 1 and 100.")
    return fields


def listed(url: str, rows: list[dict[str, Any]], limit: int) -> Answer:
    """A list object; `rows` holds one more than `limit` when there is more."""
    return as_json({"object": "list", "url": url, "has_more": len(rows) > limit, "data": rows[:limit]})
