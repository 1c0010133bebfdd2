"""Words that hide, MJML that attacks, values that break out: rules without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.rules.claims import statements
from marketing.rules.mjml_source import is_address, read, refusals
from marketing.rules.templates import as_text, on_one_line, template_of
from marketing.rules.wording import contains, contrast, folded, is_denied, sms_segments

MAIL = "<mjml><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"


@pytest.mark.parametrize(
    "text",
    [
        "A guaranteed return of joy",
        "GUARANTEED\u00a0RETURN",
        "ｇｕａｒａｎｔｅｅｄ ｒｅｔｕｒｎ",
        "g u a r a n t e e d  r e t u r n",
        "guar\u200banteed-ret\u00adurn",
        "gu\u0301aranteed returns",
        "guaranteed\nreturn",
    ],
)
def test_hidden_english_words_are_found(text):
    assert contains(text, "guaranteed return")


@pytest.mark.parametrize("text", ["零风险", "零風險", "零 風 險", "零·风·险", "零\u200b風\u200d險"])
def test_chinese_words_are_found_in_both_scripts_and_spaced_out(text):
    assert contains(text, "零风险")
    assert contains(text, "零風險")


@pytest.mark.parametrize("text", ["保證收益", "保证 收益", "我們保證，收益"])
def test_a_promise_of_return_is_found_across_dividing_signs(text):
    assert contains(text, "保证收益")


@pytest.mark.parametrize("text", ["The piano risks dust", "A returning guarantee", "Casino riskier", ""])
def test_words_within_other_words_are_not_found(text):
    assert not contains(text, "no risk")
    assert not contains(text, "guaranteed return")


@pytest.mark.parametrize("text", ["本产品不保本", "非保本浮动收益", "This is not capital guaranteed"])
def test_a_denied_word_is_told_from_a_promised_one(text):
    first = text.index("保本") if "保本" in text else text.index("capital")
    assert is_denied(text, first)


@pytest.mark.parametrize("text", ["保本", "knot capital guaranteed", "我们保本"])
def test_a_promise_is_not_taken_for_a_denial(text):
    first = text.index("保本") if "保本" in text else text.index("capital")
    assert not is_denied(text, first)


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_more(text):
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    "inside",
    [
        '<mj-include path="/etc/passwd" />',
        '<MJ-INCLUDE path="https://evil.example/x.mjml" type="html" />',
        "<mj-raw><b>x</b></mj-raw>",
        "<mj-style>a { color: red }</mj-style>",
        '<mj-font name="x" href="https://fonts.example/x.css" />',
        "<mj-text><script>alert(1)</script></mj-text>",
        "<mj-text><svg/onload=alert(1)></mj-text>",
        "<mj-text><textarea><script>x</script></textarea></mj-text>",
        '<mj-text onclick="x()">a</mj-text>',
        '<mj-text><a href="javascript:alert(1)">x</a></mj-text>',
        '<mj-text><a href="java&#10;script:alert(1)">x</a></mj-text>',
        '<mj-text><a href="https://bank.example@evil.example/">x</a></mj-text>',
        '<mj-text><a href="{{name}}">x</a></mj-text>',
        '<mj-text color="{{name}}">x</mj-text>',
        '<mj-text><p style="background:url(https://x.example/a.png)">x</p></mj-text>',
        '<mj-image src="http://x.example/a.png" alt="a" />',
        "<mj-text><!-- [if mso]><b>x</b><![endif] --></mj-text>",
        "<mj-text><![CDATA[<script>]]></mj-text>",
    ],
)
def test_what_could_fetch_run_or_hide_is_refused(inside):
    assert list(refusals(MAIL.format(inside)))


def test_an_ordinary_mail_is_not_refused():
    body = MAIL.format(
        '<mj-text>Dear {{name|"customer"}}, <b>news</b><br/><a href="{{unsubscribe_url}}">No more</a></mj-text>'
        '<mj-button href="https://www.example.com/a?b=1&amp;c=2">Have a look</mj-button>'
        '<mj-image src="https://www.example.com/a.png" alt="A house" />'
    )

    assert list(refusals(body)) == []
    assert [href for href, _words, _line in read(body).links] == [
        "{{unsubscribe_url}}", "https://www.example.com/a?b=1&c=2",
    ]  # fmt: skip


def test_a_refusal_says_its_line():
    body = MAIL.format("\n\n<mj-raw>x</mj-raw>")

    assert [(one.kind, one.written, one.line) for one in refusals(body)] == [("tag", "mj-raw", 3)]


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://example.com/", True),
        ("https://例子.example/路径?q=1", True),
        ("mailto:help@example.com", True),
        ("tel:+8613800138000", True),
        ("http://example.com/", False),
        ("//example.com/", False),
        ("https://localhost/", False),
        ("https://example.com/a b", False),
        ("https://user@example.com/", False),
        ("data:text/html,x", False),
        ("", False),
    ],
)
def test_addresses_of_messages(address, good):
    assert is_address(address) is good


@pytest.mark.parametrize(
    ("text", "parts", "alphabet"),
    [
        ("a" * 160, 1, "GSM-7"),
        ("a" * 161, 2, "GSM-7"),
        ("a" * 306, 2, "GSM-7"),
        ("a" * 307, 3, "GSM-7"),
        ("a" * 158 + "€", 1, "GSM-7"),
        ("a" * 159 + "€", 2, "GSM-7"),
        (
            "a" * 152 + "€" + "a" * 152,
            3,
            "GSM-7",
        ),  # the sign of two places is not parted, so 153 and 153 do not hold it
        ("信" * 70, 1, "UCS-2"),
        ("信" * 71, 2, "UCS-2"),
        ("信" * 134, 2, "UCS-2"),
        ("信" * 135, 3, "UCS-2"),
        ("😀" * 35, 1, "UCS-2"),
        ("😀" * 36, 2, "UCS-2"),
    ],
)
def test_parts_of_a_text_message(text, parts, alphabet):
    assert sms_segments(text) == (parts, alphabet)


def test_contrast_is_that_of_wcag():
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert contrast("inherit", "#ffffff") is None


@pytest.mark.parametrize(
    "text",
    [
        "our best rate",
        "收益最高",
        "行业第一",
        "唯一选择",
        "up to 5.2 % a year",
        "百分之五",
        "3，5％",
        "the No. 1 choice",
    ],
)
def test_statements_that_need_proof_are_found(text):
    assert list(statements(text))


@pytest.mark.parametrize("text", ["最近的网点", "第一次登录", "Best regards", "at least two weeks", "最后一天"])
def test_ordinary_words_need_no_proof(text):
    assert list(statements(text)) == []


@pytest.mark.parametrize(
    "value",
    ["<script>alert(1)</script>", "{{company}}", "\u202egnihton", "x" * 10_000, "a\r\nBcc: all@example.com", "王小明"],
)
def test_a_hostile_value_stays_a_word_of_a_subject(value):
    said = template_of("Dear {{name}}!").fill({"name": value, "company": "EVIL"}, on_one_line)

    assert "\n" not in said
    assert "\r" not in said
    assert "\u202e" not in said
    assert "EVIL" not in said
    assert len(said) < 600


@given(st.text())
def test_no_value_brings_control_signs_into_a_text(value):
    assert not set(as_text(value)) & {chr(code) for code in range(32) if code not in (9, 10)}


def test_a_missing_value_gives_its_place_to_the_other():
    template = template_of('Dear {{ name | "customer" }}')

    assert template.fill({}, str) == template.fill({"name": ""}, str) == "Dear customer"
