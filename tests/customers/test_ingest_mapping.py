import pytest
from django.core.exceptions import ValidationError

from customers.ingest.mapping import MappingError, read_mapping
from customers.models import Transaction
from tests.customers.importing import MOVEMENTS, import_text, mapping_of


def test_the_examples_are_whole(settings):
    for path in (settings.ROOT / "examples").glob("*/mapping.toml"):
        assert read_mapping(path).files


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('code = "platform"', 'code = "a b"', "[source]: write code"),
        ('name = "moves.csv"', 'name = "../moves.csv"', "write the bare name of a file, without folders"),
        ('name = "moves.csv"', 'name = "/etc/passwd"', "write the bare name of a file, without folders"),
        ('name = "moves.csv"', 'name = ".."', "write the bare name of a file, without folders"),
        ('target = "transactions"', 'target = "planets"', "target is 'planets': write one of customers, accounts"),
        ('account = "account"', 'acount = "account"', "transactions have no field “acount”; they have external_id"),
        ('account = "account"', "", "the field “customer” is needed"),
        ('booked_on = "date"', 'booked_on = { column = "date", date = "DD" }', "is no form of a date"),
        (
            'booked_on = "date"',
            'booked_on = { column = "date", date = "DD.MM.YYYY DD" }',
            "says a part of the date twice",
        ),
        ('booked_on = "date"', 'booked_on = { column = "date", colour = "red" }', "“colour” is not known here"),
        ('booked_on = "date"', 'booked_on = { date = "ISO" }', "say once where the value comes from"),
        ('booked_on = "date"', "booked_on = 7", "write the name of a column in quotes"),
        ('in = "deposit"', 'in = "gift"', "“gift” is not a value of this field"),
        ('amount = "amount"', 'amount = { column = "amount", decimal = ",," }', "decimal is ',,': write one sign"),
        ('amount = "amount"', 'amount = { column = "amount", sign = { column = "kind" } }', "sign is written"),
        (
            'account = "account"',
            'account = { lookup = [{ file = "x.csv", from = "a", to = "b" }], by = "account" }',
            "the lookup reads x.csv",
        ),
        (
            'account = "account"',
            'account = { lookup = [{ file = "x.csv" }], by = "account" }',
            "a step of a lookup is written",
        ),
        ('counterparty = "payee"', 'counterparty = { template = "To" }', "needs a column in braces"),
        ('target = "transactions"', 'target = "transactions"\nencoding = "utf-16"', "cannot be cut into rows"),
        ('target = "transactions"', 'target = "transactions"\nencoding = "klingon"', "there is no encoding"),
        ('target = "transactions"', 'target = "transactions"\nseparator = "ab"', "separator is 'ab': write one sign"),
    ],
)
def test_a_mistake_in_a_mapping_is_told_with_its_place(old, new, sentence):
    assert old in MOVEMENTS

    with pytest.raises(MappingError) as told:
        mapping_of(MOVEMENTS.replace(old, new))

    assert sentence in " ".join(told.value.messages)


def test_all_mistakes_are_told_at_once():
    with pytest.raises(MappingError) as told:
        mapping_of(MOVEMENTS.replace('code = "platform"', "").replace("transactions", "planets"))

    assert len(told.value.messages) == 2


@pytest.mark.parametrize(("content", "sentence"), [("a = ", "no valid TOML"), ("", "name at least one file")])
def test_a_file_that_is_no_mapping_is_said_to_be_none(content, sentence):
    with pytest.raises(ValidationError, match=sentence):
        mapping_of(content)


@pytest.mark.django_db
def test_the_mapping_of_the_guide_loads_the_files_of_the_guide(tmp_path, settings):
    guide = (settings.ROOT / "docs/ingest.md").read_text()
    steps = guide.split("## Writing a mapping for your own files")[1].split("### Targets")[0]
    text = "\n".join(line for line in steps.splitlines() if line.startswith("       ") or not line.strip())
    (tmp_path / "people.csv").write_text("id,name,mobile,birthday,since\n17,李伟,13800138000,1990-03-02,2024-01-05\n")
    (tmp_path / "wallets.csv").write_text("wallet,owner,opened\nW-1,17,2024-01-05\n")

    run = import_text(tmp_path, "no;wallet;day;type;sum\n1;W-1;05.03.2024;PAY;12,50\n", mapping=text)

    assert [file.rows_new for file in run.files.order_by("position")] == [1, 1, 1]
    assert str(Transaction.objects.get().amount) == "-12.50"
