"""A mapping: the TOML file that says which file holds what, and how its columns become fields."""

import codecs
import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.ingest.targets import RANKS, TARGETS, Field, Target
from customers.ingest.values import Value, read_value
from products.models import Jurisdiction, LineCode, RiskRating

LARGEST = 1_000_000
# Encodings whose bytes for line end, quote and separator mean nothing else, so that a file can be cut before it is
# decoded.
ENCODINGS = (
    "utf-8",
    "ascii",
    "iso8859",
    "latin",
    "cp125",
    "cp437",
    "cp85",
    "cp874",
    "koi8",
    "gb",
    "big5",
    "cp950",
    "euc_",
    "shift_jis",
    "cp932",
)
FILE_KEYS = {
    "name",
    "target",
    "columns",
    "separator",
    "quote",
    "encoding",
    "header",
    "optional",
    "instalments",
    "defaults",
}
DEFAULT_KEYS = {
    "separator",
    "quote",
    "encoding",
    "date",
    "pivot",
    "decimal",
    "thousands",
    "zone",
    "currency",
    "jurisdiction",
}
PRODUCT_KEYS = {
    "code",
    "name",
    "line",
    "risk_rating",
    "currency",
    "jurisdiction",
    "target_group",
    "description",
    "terms",
}


class MappingError(ValidationError):
    """The mapping cannot be used; each message says where and what to write instead."""


@dataclass(frozen=True)
class FileMapping:
    """One file: how it is written, and where each field of its target comes from."""

    name: str
    target: Target | None
    values: dict[str, Value] = field(default_factory=dict)
    separator: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    header: tuple[str, ...] = ()
    optional: bool = False
    instalments: str = ""

    @property
    def label(self) -> str:
        return self.target.name if self.target else "lookup"

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(name for value in self.values.values() for name in value.columns))


@dataclass(frozen=True)
class Mapping:
    """The whole of a mapping. `sha256` is of its text; `lookups` are files that others only look things up in."""

    title: str
    source: str
    source_name: str
    files: tuple[FileMapping, ...]
    products: tuple[dict[str, Any], ...]
    sha256: str
    lookups: dict[str, FileMapping] = field(default_factory=dict)

    def file(self, name: str) -> FileMapping | None:
        return next((one for one in self.files if one.name == name), None) or self.lookups.get(name)


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file. Raises MappingError, with every mistake that was found, each in a sentence."""
    if not path.is_file():
        raise MappingError(_("There is no mapping at %(path)s: give the path of a TOML file.") % {"path": path})
    if path.stat().st_size > LARGEST:
        raise MappingError(
            _("%(path)s is larger than a megabyte: a mapping is a short TOML file.") % {"path": path.name}
        )
    title = path.parent.name if path.name == "mapping.toml" else path.stem
    return parse_mapping(path.read_bytes(), title=title)


def parse_mapping(content: bytes, *, title: str) -> Mapping:
    """Read the text of a mapping; `title` is what people call it."""
    try:
        written = tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        raise MappingError(_("The mapping is not UTF-8 text: save it as UTF-8.")) from error
    except tomllib.TOMLDecodeError as error:
        raise MappingError(_("The mapping is no valid TOML: %(error)s.") % {"error": error}) from error
    mistakes: list[str] = []
    mapping = _Reading(written, mistakes).mapping(title, hashlib.sha256(content).hexdigest())
    if mistakes or mapping is None:
        raise MappingError(mistakes)
    return mapping


class _Reading:
    """Reads a mapping once, gathering its mistakes, so that all of them are told at one time."""

    def __init__(self, written: dict[str, Any], mistakes: list[str]):
        self.written, self.mistakes = written, mistakes
        self.defaults = self._table("defaults")

    def mapping(self, title: str, sha256: str) -> Mapping | None:
        self._unknown(self.written, {"source", "defaults", "products", "files", "lookups"}, where=_("the mapping"))
        self._unknown(self.defaults, DEFAULT_KEYS, where="[defaults]")
        source = self._table("source")
        code = source.get("code")
        if (
            not isinstance(code, str)
            or not code
            or not code.replace("-", "").replace("_", "").isalnum()
            or not code.isascii()
        ):
            self._wrong('[source]: write code = "…" in letters, digits and hyphens; it names where the rows come from.')
            code = "?"
        products = tuple(self._product(n, one) for n, one in enumerate(self._list("products"), start=1))
        files = [self._file(n, one) for n, one in enumerate(self._list("files"), start=1)]
        if not files:
            self._wrong("[[files]]: name at least one file, with its target and columns.")
        lookups = {
            str(one.get("name")): self._style(one, where=f"[[lookups]] {one.get('name')}")
            for one in self._list("lookups")
        }
        known = tuple(sorted((one for one in files if one), key=lambda one: RANKS[one.label]))
        self._check_lookups(known, lookups)
        return (
            None
            if self.mistakes
            else Mapping(title, code, str(source.get("name") or code), known, products, sha256, lookups)
        )

    # Parts -----------------------------------------------------------------------------------------------------------
    def _file(self, n: int, written: dict[str, Any]) -> FileMapping | None:
        where = f"[[files]] {written.get('name') or n}"
        self._unknown(written, FILE_KEYS, where=where)
        target = TARGETS.get(str(written.get("target")))
        if target is None:
            self._wrong(f"{where}: target is {written.get('target')!r}: write one of {', '.join(TARGETS)}.")
            return None
        values = self._values(written, target, where)
        instalments = written.get("instalments", "")
        if instalments not in ("", "plan", "plan_paid_when_due") or (instalments and target.name != "loans"):
            self._wrong(f"{where}: instalments goes with loans and is plan or plan_paid_when_due.")
        style = self._style(written, where=where)
        return FileMapping(
            style.name, target, values, style.separator, style.quote, style.encoding, style.header,
            bool(written.get("optional", False)), instalments,
        )  # fmt: skip

    def _values(self, written: dict[str, Any], target: Target, where: str) -> dict[str, Value]:
        columns = written.get("columns")
        if not isinstance(columns, dict) or not columns:
            self._wrong(f'{where}: write [files.columns] with a line for each field, such as external_id = "id".')
            return {}
        values = {}
        defaults = {**self.defaults, **written.get("defaults", {})}
        for name, entry in columns.items():
            spec = target.field(name)
            if spec is None:
                known = ", ".join(one.name for one in target.fields)
                self._wrong(f"{where}: {target.name} have no field “{name}”; they have {known}.")
                continue
            try:
                values[name] = read_value(entry, kind=spec.kind, defaults=defaults)
                _check_choices(values[name], spec)
            except ValueError as error:
                self._wrong(f"{where}, {name}: {error}.")
        for spec in target.fields:
            self._default_or_missing(spec, values, columns, where)
        return values

    def _default_or_missing(self, spec: Field, values: dict[str, Value], columns: dict[str, Any], where: str) -> None:
        if spec.name in ("currency", "jurisdiction") and spec.name not in columns and self.defaults.get(spec.name):
            values[spec.name] = Value(constant=str(self.defaults[spec.name]))
            self._checked_default(values[spec.name], spec, where)
        elif spec.required and spec.name not in columns:
            needed = spec.fallback.partition(".")[0]
            if not needed or needed not in columns:
                self._wrong(f"{where}: the field “{spec.name}” is needed: name its column, or a constant.")

    def _checked_default(self, value: Value, spec: Field, where: str) -> None:
        try:
            _check_choices(value, spec)
        except ValueError as error:
            self._wrong(f"{where}, {spec.name} from [defaults]: {error}.")

    def _product(self, n: int, written: dict[str, Any]) -> dict[str, Any]:
        where = f"[[products]] {written.get('code') or n}"
        self._unknown(written, PRODUCT_KEYS, where=where)
        product = {
            "currency": self.defaults.get("currency"),
            "jurisdiction": self.defaults.get("jurisdiction"),
            "risk_rating": "R1",
            "target_group": "",
            "description": "",
            "terms": {},
            **written,
        }
        checks = {"line": LineCode.values, "risk_rating": RiskRating.values, "jurisdiction": Jurisdiction.values}
        for key in ("code", "name", "line", "currency", "jurisdiction"):
            if not isinstance(product.get(key), str) or not product[key]:
                self._wrong(f"{where}: {key} is missing: write it here, or in [defaults] if it may stand there.")
        for key, allowed in checks.items():
            if product.get(key) and product[key] not in allowed:
                self._wrong(f"{where}: {key} is {product[key]!r}: write one of {', '.join(allowed)}.")
        return product

    def _style(self, written: dict[str, Any], *, where: str) -> FileMapping:
        name = written.get("name")
        if not isinstance(name, str) or not _is_plain(name):
            self._wrong(f"{where}: name is {name!r}: write the bare name of a file, without folders.")
            name = "?"
        separator = written.get("separator", self.defaults.get("separator", ","))
        quote = written.get("quote", self.defaults.get("quote", '"'))
        for key, sign in (("separator", separator), ("quote", quote)):
            if (
                not isinstance(sign, str)
                or len(sign) != 1
                or not sign.isascii()
                or sign.isalnum()
                or sign in "\r\n\0\\"
            ):
                self._wrong(f'{where}: {key} is {sign!r}: write one sign, such as “;”, “,” or "\\t".')
        header = written.get("header", [])
        if not isinstance(header, list) or not all(isinstance(one, str) and one for one in header):
            self._wrong(f"{where}: header is the list of the columns' names, for a file that has no line of names.")
            header = []
        encoding = self._encoding(written, where)
        return FileMapping(str(name), None, separator=separator, quote=quote, encoding=encoding, header=tuple(header))

    def _encoding(self, written: dict[str, Any], where: str) -> str:
        encoding = written.get("encoding", self.defaults.get("encoding", "utf-8"))
        try:
            name = codecs.lookup(str(encoding)).name
        except LookupError:
            self._wrong(
                f"{where}: there is no encoding {encoding!r}: write utf-8, windows-1250, gb18030, big5 or another one."
            )
            return "utf-8"
        if not name.replace("-", "_").startswith(tuple(one.replace("-", "_") for one in ENCODINGS)):
            self._wrong(f"{where}: files in {encoding} cannot be cut into rows: save the file as utf-8.")
        return name

    def _check_lookups(self, files: tuple[FileMapping, ...], lookups: dict[str, FileMapping]) -> None:
        known = {one.name for one in files} | lookups.keys()
        for file in files:
            for name, value in file.values.items():
                for step in value.lookup:
                    if step.file not in known:
                        self._wrong(
                            f"[[files]] {file.name}, {name}: the lookup reads {step.file}, which is not among"
                            f' the files: add it, or write [[lookups]] name = "{step.file}".'
                        )

    # Telling ---------------------------------------------------------------------------------------------------------
    def _table(self, key: str) -> dict[str, Any]:
        value = self.written.get(key, {})
        if not isinstance(value, dict):
            self._wrong(f"[{key}] is to be a table.")
            return {}
        return value

    def _list(self, key: str) -> list[dict[str, Any]]:
        value = self.written.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self._wrong(f"[[{key}]] is to be a list of tables: write it in two pairs of brackets.")
            return []
        return value

    def _unknown(self, written: dict[str, Any], known: set[str], *, where: str) -> None:
        for key in written.keys() - known:
            self._wrong(f"{where}: “{key}” is not known: write one of {', '.join(sorted(known))}.")

    def _wrong(self, sentence: str) -> None:
        self.mistakes.append(sentence)


def _check_choices(value: Value, spec: Field) -> None:
    if spec.kind == "currency" and value.constant is not None and not re.fullmatch("[A-Z]{3}", value.constant):
        raise ValueError(f"“{value.constant}” is no currency: write three capital letters, such as CNY")
    if spec.choices is None or spec.kind == "several":
        return
    stated = [
        value.constant,
        value.otherwise,
        value.default,
        *(value.map or {}).values(),
        *(rule.result for rule in value.rules),
    ]
    for one in stated:
        if one is not None and one not in spec.choices.values and not (value.map and one in value.map):
            allowed = ", ".join(repr(choice) for choice in spec.choices.values)
            raise ValueError(f"“{one}” is not a value of this field: write one of {allowed}")


def _is_plain(name: str) -> bool:
    return bool(name) and name == Path(name).name and name not in (".", "..") and not set(name) & set("/\\\0\r\n:")
