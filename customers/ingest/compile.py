"""From a mapping and a header to the one statement that checks a piece of a file.

The statement is composed from the target's declaration and from numbered columns (`c1`, `c2`, …). Whatever a mapping
or a file says goes in as a literal, quoted by the driver, and never as SQL.

It has four floors, so that nothing is computed twice: trimmed cells (`r`), texts (`w`), typed values (`t`), and the
joined rows with the problem.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from customers.ingest.forms_of_time import day_of, moment_of, sex_of
from customers.ingest.mapping import FileMapping
from customers.ingest.targets import Field, Target
from customers.ingest.values import HOLE, Value

SQL, Literal, Identifier = sql.SQL, sql.Literal, sql.Identifier
# A row that another one names by its number at the same source.
REFERENCES = {"customer": "customers_customer", "account": "customers_account", "loan": "customers_loan"}
TYPES = {
    "date": "date", "moment": "timestamptz", "money": "numeric(20,2)", "number": "numeric", "whole": "integer",
    "customer": "bigint", "account": "bigint", "loan": "bigint", "product": "bigint", "several": "varchar[]",
}  # fmt: skip
# Without counted repetitions, which cost PostgreSQL's matcher three times as much: the length is looked at first.
MONEY = r"^[+-]?[0-9]+([.][0-9]+)?$"
NUMBER = r"^[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9])?$"
WHOLE = r"^[+]?[0-9]+([.]0+)?$"
LONGEST = {"money": 60, "number": 40, "whole": 9}


@dataclass(frozen=True)
class Checked:
    """The statement for one file, and what its result holds."""

    select: sql.Composed
    mapped: list[str]
    columns: list[str]


def column(position: int) -> sql.Composed:
    """Return SQL for a cell without space around it, null where it is empty."""
    return SQL("nullif(btrim(r.{}, E' \\t\\r\\n'), '')").format(Identifier(f"c{position + 1}"))


class Compiler:
    """Composes the checking statement of one file. `header` is its columns' names; `lookups` the tables of its
    lookups.
    """

    def __init__(
        self, file: FileMapping, header: Sequence[str], *, source_id: int, lookups: dict[str, str], today: str
    ):
        assert file.target is not None
        self.file, self.header, self.source_id, self.lookups, self.today = file, list(header), source_id, lookups, today
        self.target: Target = file.target
        # Dates that stand in a column as they are: a file has far fewer days than rows, so each is read once.
        self.days = {
            spec.name: self.file.values[spec.name]
            for spec in self.target.fields
            if spec.kind == "date" and spec.name in self.file.values and _is_bare(self.file.values[spec.name])
        }
        self.problems: list[tuple[sql.Composable, sql.Composable]] = []

    def checked(self) -> Checked:
        """Return the statement: one row a record, typed, with `problem` and `problem_column` where it cannot be
        taken.
        """
        texts = [
            SQL("{} AS {}").format(self._text(value), Identifier(f"w_{name}"))
            for name, value in self.file.values.items()
        ]
        signs = [
            SQL("{} AS {}").format(self._sign(value.sign), Identifier(f"s_{name}"))
            for name, value in self.file.values.items() if value.sign
        ]  # fmt: skip
        days = [SQL("{0}.day AS {0}").format(Identifier(f"d_{name}")) for name in self.days]
        typed = [self._typed(name, value) for name, value in self.file.values.items()]
        results = [self._result(spec) for spec in self._written()]
        mapped = [spec for spec in self.target.fields if spec.name in self.file.values]
        for spec in mapped:
            self._check(spec)
        for one in self.target.checks:
            if all(name in self.file.values for name in one.needs or (one.field,)):
                self._problem_if(SQL(one.condition), one.code, self._spec(one.field))
        # Last, because a field that stands in says itself why it is no good: an unknown account is not a
        # missing customer.
        for spec in self.target.fields:
            if spec.required and (spec in mapped or self._fallback(spec) is not None):
                self._problem_if(SQL("{} IS NULL").format(self._final(spec)), "missing", spec)
        select = SQL(
            "SELECT t.row_no, {results}{fixed}, {problem} AS problem FROM ("
            "SELECT w.*, {typed} FROM (SELECT r.row_no, {texts} FROM"
            " (SELECT r.row_no, {cells} FROM pg_temp.ingest_raw r OFFSET 0) r {lookups} {days} OFFSET 0) w OFFSET 0) t {joins}"
        ).format(
            cells=self._cells(),
            results=SQL(", ").join(results), fixed=self._fixed(), problem=self._problem(), typed=SQL(", ").join(typed),
            texts=SQL(", ").join([*texts, *signs, *days]), lookups=self._lookup_joins(), days=self._day_joins(), joins=self._joins(),
        )  # fmt: skip
        names = [spec.db_column for spec in self._written()] + list(self.target.fixed)
        return Checked(select, [self.target.field(name).db_column for name in self.file.values], names)  # type: ignore[union-attr]

    # Texts -----------------------------------------------------------------------------------------------------------
    def _cells(self) -> sql.Composed:
        positions = [self.header.index(name) for name in self.file.columns] or [0]
        return SQL(", ").join(SQL("{} AS {}").format(column(n), Identifier(f"c{n + 1}")) for n in positions)

    def _column(self, name: str) -> sql.Composed:
        return SQL("r.{}").format(Identifier(f"c{self.header.index(name) + 1}"))

    def _text(self, value: Value) -> sql.Composable:
        text = self._origin(value)
        if value.map is not None:
            text = self._mapped(text, value)
        return SQL("coalesce({}, {})").format(text, Literal(value.default)) if value.default is not None else text

    def _origin(self, value: Value) -> sql.Composable:
        if value.constant is not None:
            return SQL("{}::text").format(Literal(value.constant))
        if value.template:
            return self._template(value.template)
        if value.rules:
            return self._rules(value)
        if value.lookup:
            return SQL("{}.value").format(Identifier(self.lookups[value_key(value)]))
        return self._column(value.column)

    def _template(self, template: str) -> sql.Composed:
        pieces: list[sql.Composable] = []
        for n, piece in enumerate(HOLE.split(template)):
            pieces.append(SQL("coalesce({}, '')").format(self._column(piece)) if n % 2 else Literal(piece))
        return SQL("nullif(btrim({}), '')").format(SQL(" || ").join(pieces))

    def _rules(self, value: Value) -> sql.Composed:
        cases = [SQL("WHEN {} THEN {}").format(self._all(rule.when), Literal(rule.result)) for rule in value.rules]
        return SQL("CASE {} END").format(SQL(" ").join(cases))

    def _all(self, when: dict[str, list[str]]) -> sql.Composable:
        conditions = [self._among(name, texts) for name, texts in when.items()]
        return SQL(" AND ").join(conditions) if conditions else SQL("true")

    def _among(self, name: str, texts: list[str]) -> sql.Composed:
        return SQL("coalesce({}, '') IN ({})").format(
            self._column(name), SQL(", ").join([Literal(text) for text in texts])
        )

    def _mapped(self, text: sql.Composable, value: Value) -> sql.Composed:
        cases = [
            SQL("WHEN {} THEN {}").format(Literal(old), Literal(new)) for old, new in (value.map or {}).items() if old
        ]
        # What no entry knows keeps a mark, so that it is refused with its own text and never taken for a value.
        rest = Literal(value.otherwise) if value.otherwise is not None else SQL("E'\\x01' || {}").format(text)
        known = SQL("CASE {} {} ELSE {} END").format(text, SQL(" ").join(cases), rest) if cases else rest
        return SQL("CASE WHEN {} IS NULL THEN {} ELSE {} END").format(text, Literal((value.map or {}).get("")), known)

    def _sign(self, sign: dict) -> sql.Composed:
        said = self._column(sign["column"])
        listed = [
            SQL("WHEN {} = ANY({}) THEN {}").format(said, Literal(sign[side]), SQL(n))
            for side, n in (("plus", "1"), ("minus", "-1"))
        ]
        return SQL("CASE {} END").format(SQL(" ").join(listed))

    # Typed values ----------------------------------------------------------------------------------------------------
    def _typed(self, name: str, value: Value) -> sql.Composed:
        spec = self.target.field(name)
        assert spec is not None
        return SQL("{} AS {}").format(
            self._typed_text(spec, value, SQL("w.{}").format(Identifier(f"w_{name}"))), Identifier(f"v_{name}")
        )

    def _typed_text(self, spec: Field, value: Value, text: sql.Composable) -> sql.Composable:
        if value.sex_from is not None:
            return sex_of(text, value.sex_from)
        if spec.name in self.days:
            return SQL("w.{}").format(Identifier(f"d_{spec.name}"))
        if spec.kind == "date":
            assert value.form is not None
            return day_of(text, value.form, women_add_50=value.women_add_50)
        if spec.kind == "moment":
            return moment_of(text, value.form, value.zone)
        if spec.kind in ("money", "number", "whole"):
            return self._number(spec, value, text)
        if spec.kind == "several":
            return SQL(
                "ARRAY(SELECT DISTINCT btrim(one) FROM unnest(string_to_array({}, ';')) one WHERE btrim(one) <> '' ORDER BY 1)"
            ).format(text)
        return text

    def _number(self, spec: Field, value: Value, text: sql.Composable) -> sql.Composed:
        if value.thousands:
            text = SQL("replace({}, {}, '')").format(text, Literal(value.thousands))
        if value.decimal != ".":
            text = SQL("translate({}, {}, {})").format(text, Literal(f"{value.decimal}."), Literal(".\x01"))
        pattern = {"money": MONEY, "number": NUMBER, "whole": WHOLE}[spec.kind]
        number = SQL("{}::numeric").format(text)
        if value.percent:
            number = SQL("({} / 100)").format(number)
        if value.sign:
            # A negative zero or a sign of its own stays: reversals are written that way.
            number = SQL("({} * w.{})").format(number, Identifier(f"s_{spec.name}"))
        if spec.kind == "whole":
            number = SQL("{}::integer").format(number)
        return SQL("CASE WHEN length({0}) <= {1} AND {0} ~ {2} THEN {3} END").format(
            text, Literal(LONGEST[spec.kind]), Literal(pattern), number
        )

    # Rows and problems -----------------------------------------------------------------------------------------------
    def _written(self) -> list[Field]:
        given = self.file.values
        return [
            spec
            for spec in self.target.fields
            if self.target.whole or spec.name in given or self._fallback(spec) is not None
        ]

    def _fallback(self, spec: Field) -> str | None:
        """Return the SQL that stands in for a field, unless it needs a row that this mapping does not join."""
        needs = spec.fallback.partition(".")[0]
        joined = needs not in (*REFERENCES, "product") or needs in self.file.values
        body = f"coalesce({spec.fallback})" if ", " in spec.fallback else spec.fallback
        return re.sub(r"\bt\.", "t.v_", body) if spec.fallback and joined else None

    def _fixed(self) -> sql.Composed:
        joined = "account" in self.file.values or self.target.name != "transactions"
        bodies = {name: body if joined or "." not in body else "NULL" for name, body in self.target.fixed.items()}
        return SQL("").join(SQL(", {} AS {}").format(SQL(body), Identifier(name)) for name, body in bodies.items())

    def _final(self, spec: Field) -> sql.Composable:
        fallback = self._fallback(spec)
        if spec.name not in self.file.values:
            return SQL(fallback or "NULL")
        if spec.kind == "customer" and self.target.name != "transactions":
            # A number that was merged leads to the customer who stays; movements keep the number that they came under.
            own: sql.Composable = SQL("coalesce({0}.merged_into_id, {0}.id)").format(Identifier(spec.name))
        elif spec.kind in REFERENCES or spec.kind == "product":
            own = SQL("{}.id").format(Identifier(spec.name))
        else:
            own = SQL("t.{}").format(Identifier(f"v_{spec.name}"))
        return SQL("coalesce({}, {})").format(own, SQL(fallback)) if fallback is not None else own

    def _result(self, spec: Field) -> sql.Composed:
        kind = TYPES.get(spec.kind, "text")
        kind = "numeric" if spec.kind == "money" else kind
        return SQL("{}::{} AS {}").format(self._final(spec), SQL(kind), Identifier(spec.db_column))

    def _joins(self) -> sql.Composed:
        joins: list[sql.Composable] = []
        for spec in self.target.fields:
            if spec.kind in REFERENCES and spec.name in self.file.values:
                joins.append(
                    SQL(
                        "LEFT JOIN {table} {alias} ON {alias}.source_id = {source} AND {alias}.external_id = t.{text}"
                        " AND {alias}.external_id <> ''"
                    ).format(
                        table=Identifier(REFERENCES[spec.kind]),
                        alias=Identifier(spec.name),
                        source=Literal(self.source_id),
                        text=Identifier(f"v_{spec.name}"),
                    )
                )
        if "product" in self.file.values:
            joins.append(SQL("LEFT JOIN products_product product ON product.code = t.v_product"))
        elif self.target.name == "transactions" and "account" in self.file.values:
            joins.append(SQL("LEFT JOIN products_product product ON product.id = account.product_id"))
        return SQL(" ").join(joins)

    def _lookup_joins(self) -> sql.Composed:
        joins = {
            self.lookups[value_key(value)]: self._column(value.by)
            for value in self.file.values.values()
            if value.lookup
        }
        return SQL(" ").join(
            SQL("LEFT JOIN {0} ON {0}.key = {1}").format(Identifier(table), key) for table, key in joins.items()
        )

    def _day_joins(self) -> sql.Composed:
        joins = [
            SQL(
                "LEFT JOIN (SELECT x, {day} AS day FROM (SELECT DISTINCT {cell} AS x FROM pg_temp.ingest_raw r) q"
                " OFFSET 0) {d} ON {d}.x = {key}"
            ).format(
                day=day_of(SQL("x"), value.form, women_add_50=value.women_add_50),  # type: ignore[arg-type]
                cell=column(self.header.index(value.column)), d=Identifier(f"d_{name}"), key=self._column(value.column),
            )
            for name, value in self.days.items()
        ]  # fmt: skip
        return SQL(" ").join(joins)

    def _check(self, spec: Field) -> None:
        value = self.file.values[spec.name]
        text = SQL("t.{}").format(Identifier(f"w_{spec.name}"))
        typed = SQL("t.{}").format(Identifier(f"v_{spec.name}"))
        if value.map is not None and value.otherwise is None:
            self._problem_if(
                SQL("left({}, 1) = E'\\x01'").format(text), "unknown_value", spec, SQL("substr({}, 2)").format(text)
            )
        self._check_kind(spec, value, text, typed)

    def _check_kind(self, spec: Field, value: Value, text: sql.Composable, typed: sql.Composable) -> None:
        written = SQL("{} IS NOT NULL AND {} IS NULL")
        if value.sex_from is not None:
            self._problem_if(written.format(text, typed), "bad_date", spec, text, value.sex_from.text)
        elif spec.kind in ("date", "moment"):
            self._problem_if(
                written.format(text, typed), "bad_date", spec, text, value.form.text if value.form else "ISO 8601"
            )
            if spec.name == "booked_on":
                self._problem_if(SQL("{} > {}::date").format(typed, Literal(self.today)), "future", spec, text)
                self._problem_if(SQL("{} < '1970-01-01'").format(typed), "past", spec, text)
        elif spec.kind == "money":
            self._check_money(spec, value, text, typed)
        elif spec.kind in ("number", "whole"):
            self._problem_if(written.format(text, typed), "bad_number", spec, text)
            least = "t.v_periods < 1 OR t.v_periods > 1200" if spec.name == "periods" else ""
            if least:
                self._problem_if(SQL(least), "bad_number", spec, text)
            if spec.kind == "number":
                limit = "1e3" if spec.name == "annual_rate" else "1e9"
                self._problem_if(SQL("abs({}) >= {}").format(typed, SQL(limit)), "bad_number", spec, text)
        elif spec.kind == "choice" and spec.choices is not None:
            if value.map is not None or value.rules or value.constant is not None:
                return  # what a mapping itself says was looked at when it was read
            known = Literal(list(spec.choices.values))
            self._problem_if(SQL("NOT ({} = ANY({}))").format(text, known), "unknown_value", spec, text)
        elif spec.kind == "currency" and value.constant is None:
            self._problem_if(SQL("{} !~ '^[A-Z]{{3}}$'").format(text), "bad_currency", spec, text)
        elif spec.kind == "several" and spec.choices is not None:
            known = Literal(list(spec.choices.values))
            self._problem_if(SQL("NOT ({} <@ {})").format(typed, known), "unknown_value", spec, text)
        elif spec.kind in REFERENCES or spec.kind == "product":
            self._problem_if(
                SQL("{} IS NOT NULL AND {}.id IS NULL").format(text, Identifier(spec.name)),
                f"unknown_{spec.kind}",
                spec,
                text,
            )
        elif spec.longest:
            self._problem_if(
                SQL("length({}) > {}").format(text, Literal(spec.longest)), "too_long", spec, None, str(spec.longest)
            )

    def _check_money(self, spec: Field, value: Value, text: sql.Composable, typed: sql.Composable) -> None:
        if value.sign:
            said = SQL("t.{}").format(Identifier(f"s_{spec.name}"))
            self._problem_if(SQL("{} IS NULL").format(said), "bad_sign", spec, text)
        self._problem_if(SQL("{} IS NOT NULL AND {} IS NULL").format(text, typed), "bad_money", spec, text)
        self._problem_if(SQL("abs({}) >= 1e18").format(typed), "bad_money", spec, text)
        self._problem_if(SQL("scale({0}) > 2 AND {0} <> round({0}, 2)").format(typed), "decimals", spec, text)
        if spec.name in ("principal",):
            self._problem_if(SQL("{} <= 0").format(typed), "not_positive", spec, text)

    def _spec(self, name: str) -> Field:
        spec = self.target.field(name)
        assert spec is not None
        return spec

    def _problem_if(
        self, condition: sql.Composable, code: str, spec: Field, value: sql.Composable | None = None, expected: str = ""
    ) -> None:
        says = self.file.values[spec.name].says if spec.name in self.file.values else ""
        parts = [SQL("'column', {}, 'code', {}").format(Literal(says or spec.name), Literal(code))]
        parts += [SQL("'value', left({}, 60)").format(value)] if value is not None else []
        parts += [SQL("'expected', {}").format(Literal(expected))] if expected else []
        self.problems.append((condition, SQL("jsonb_build_object({})").format(SQL(", ").join(parts))))

    def _problem(self) -> sql.Composed:
        cases = [SQL("WHEN {} THEN {}").format(condition, told) for condition, told in self.problems]
        return SQL("CASE {} END").format(SQL(" ").join(cases))


def _is_bare(value: Value) -> bool:
    return bool(value.column) and value.map is None and value.default is None and value.form is not None


def value_key(value: Value) -> str:
    """Return what names a lookup: two fields with the same lookup share its table."""
    return repr((value.lookup, value.pick))
