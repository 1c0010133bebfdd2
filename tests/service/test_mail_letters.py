"""What a mail says, read from bytes that programs of the world, good and bad, have written. No database."""

import base64
import io
import struct
import time
import zipfile
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.rules.attachments import media_type_of, safe_name, why_not_kept
from service.rules.autoreplies import why_automatic
from service.rules.bounces import read_bounce
from service.rules.languages import language_of
from service.rules.letters import read_letter
from service.rules.quotes import part_quoted
from service.rules.reply_tokens import reply_address, tickets_named, token, without_token
from service.rules.texts import text_of_html
from tests.service.letters import a_mail, raw_mail, report_on

SENTENCE = "您好，请问我的余额为什么没有变化？囍鎔"
SUBJECT = "我的帳戶"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("gb2312", "gb18030"),
        ("gbk", "gb18030"),
        ("GB18030", "gb18030"),
        ("utf-8", "utf-8"),
        ("", "gb18030"),
        ("x-none", "utf-8"),
    ],
)
def test_chinese_is_read_whatever_charset_is_said(said, written):
    letter = read_letter(
        raw_mail("From: a@b.example", f"Content-Type: text/plain; charset={said}", body=SENTENCE.encode(written))
    )

    assert letter.text == SENTENCE


def test_big5_is_read_with_the_signs_that_windows_adds():
    body = "您好，請問我的餘額".encode("cp950") + "裏恒".encode("cp950")

    letter = read_letter(raw_mail("From: a@b.example", "Content-Type: text/plain; charset=big5", body=body))

    assert letter.text == "您好，請問我的餘額裏恒"


@pytest.mark.parametrize("charset", ["gb2312", "big5", "utf-8"])
def test_a_subject_in_encoded_words_is_read(charset):
    written = Header("转账" if charset == "gb2312" else SUBJECT, charset).encode()

    assert read_letter(raw_mail("From: a@b.example", f"Subject: {written}")).subject in ("转账", SUBJECT)


def test_a_subject_in_bare_bytes_is_read():
    assert read_letter(raw_mail("From: a@b.example", b"Subject: " + SUBJECT.encode("gb18030"))).subject == SUBJECT


@pytest.mark.parametrize(
    "header",
    [
        "Subject: =?utf-8?B?!!!!?=", "Subject: =?utf-8?Q?=ZZ?=", "Subject: =?no-such?B?aGk=?=", "From: <<<>>>@@",
        "From: =?utf-8?B?" + "A" * 5_000, "To: " + "(" * 3_000, "References: " + "<a@b>" * 5_000,
        "Content-Type: text/plain; charset*=bad''%ZZ", "Content-Type: ;;;===", "Content-Disposition: attachment; filename*0*=",
        "Content-Transfer-Encoding: base64\r\nContent-Type: text/html", "Message-ID: " + "x" * 3_000,
    ],
)  # fmt: skip
def test_a_malformed_header_costs_nothing_but_itself(header):
    letter = read_letter(raw_mail("X-First: 1", header, "X-Last: 2", body=b"Hello there"))

    assert letter.header("x-last") == "2"
    assert len(letter.message_id) <= 200


def test_broken_base64_gives_what_can_be_read():
    body = base64.b64encode(b"Hello, where is my money?")[:-3] + b"*"

    letter = read_letter(
        raw_mail("From: a@b.example", "Content-Type: text/plain", "Content-Transfer-Encoding: base64", body=body)
    )

    assert letter.text.startswith("Hello") or letter.text.startswith(body[:8].decode())


def test_parts_nested_a_thousand_deep_do_not_stop_anybody():
    body, head = b"", []
    for level in range(1_000):
        head.append(f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n".encode())
    body = b"".join(head) + b"Content-Type: text/plain\r\n\r\nDeep"

    letter = read_letter(b"From: a@b.example\r\nMIME-Version: 1.0\r\n" + body)

    assert letter.sender == "a@b.example"


def test_alternatives_are_read_once_and_plain_text_is_preferred():
    letter = read_letter(a_mail("Plain words", html="<p>Marked words</p>"))

    assert letter.text == "Plain words"


def test_mail_of_nothing_but_markup_is_read_as_words():
    letter = read_letter(a_mail("", html="<style>p{}</style><p>Dear <b>desk</b></p><ul><li>one<li>two</ul>"))

    assert letter.text == "Dear desk\n\n- one\n- two"


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>hi", "<img src=x onerror=alert(1)>hi", "<svg onload=alert(1)>hi</svg>", "<iframe src=//x></iframe>hi",
        '<a href="javascript:alert(1)">hi</a>', "<math><mtext><table><mglyph><style><!--</style>hi<img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<form action=//evil><input name=p></form>hi", "hi<!-- <script>alert(1)</script> -->", '<a href="data:text/html,x">hi</a>',
        "<style>@import '//evil'</style>hi", "<object data=x></object>hi", "<base href=//evil>hi",
    ],
)  # fmt: skip
def test_hostile_markup_leaves_words_alone(markup):
    text = text_of_html(markup)

    assert "hi" in text
    assert not any(word in text for word in ("javascript:", "data:", "@import", "evil"))


def test_a_link_says_where_it_leads():
    assert text_of_html('<a href="https://bank.example/x">your bank</a>') == "your bank (https://bank.example/x)"
    assert text_of_html('<a href="https://bank.example/">bank.example</a>') == "bank.example (https://bank.example/)"


@pytest.mark.parametrize(
    "piece", ["<div>", "<b a=1><p></b>", "<!--", "<a", "<style", "<![CDATA[", "&#", "<blockquote>", "<a href=", "<svg>"]
)
def test_a_megabyte_of_one_piece_is_read_in_time(piece):
    started = time.process_time()

    text_of_html(piece * (1_000_000 // len(piece)))

    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "line", ["On Mon, 2 Nov 2026 at 10:00, Support wrote:\n> x", "From: a\nTo: b\n", ">", "> > >", "-----"]
)
def test_two_megabytes_of_one_line_are_parted_in_time(line):
    started = time.process_time()

    part_quoted(f"{line}\n" * (2_000_000 // len(line)))

    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "body", [b"\n--b\n\n" * 1_000_000, b"a:b\n" * 2_000_000, b"\n--b\n" + b"a:b\n" * 1_000_000, b"=" * 5_000_000]
)
def test_a_mail_of_a_million_parts_or_headers_is_read_in_time(body):
    started = time.process_time()
    head = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n"

    assert read_letter(head + body).sender == "a@b.example"
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "utf-7", "base64", "rot13", "hex", "undefined", "unicode_escape"]
)
def test_a_charset_that_is_none_is_not_used(charset):
    letter = read_letter(
        raw_mail("From: a@b.example", f"Content-Type: text/plain; charset={charset}", body=b"+ADw-x+AD4- \\x41")
    )

    assert letter.text == "+ADw-x+AD4- \\x41"


@pytest.mark.parametrize(
    "quoted",
    [
        "On Mon, 2 Nov 2026 at 10:00, Support <s@m.example> wrote:\n> Sent today.",
        "On Mon, 2 Nov 2026 at 10:00, Support With A Long Name\n<s@m.example> wrote:\n> Sent today.",
        "在 2026年11月2日，Support <s@m.example> 写道：\n> 今天。",
        "------------------ 原始邮件 ------------------\n发件人: Support\n今天。",
        "-----Original Message-----\nFrom: Support\nSent: Monday\n\nSent today.",
        "From: Support <s@m.example>\nSent: Monday\nTo: me\nSubject: Re\n\nSent today.",
        "寄件者： Support\n日期： 2026\n收件人： me\n主旨： Re\n\n今天。",
        "> Sent today.\n> Truly.",
    ],
)
def test_what_is_quoted_below_is_parted(quoted):
    assert part_quoted(f"Thanks!\n\n{quoted}") == ("Thanks!", quoted)


def test_answers_between_quoted_lines_stay_whole():
    text = "On Mon, Support wrote:\n> Which account?\nThe first one.\n> Since when?\nSince May."

    assert part_quoted(text) == (text, "")


def test_a_text_that_is_all_quotation_stays():
    assert part_quoted("> Sent today.") == ("> Sent today.", "")


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, ""),
        ({"Auto_Submitted": "no"}, ""),
        ({"Auto_Submitted": "auto-replied; owner=x"}, "automatic"),
        ({"Auto_Submitted": "auto-generated"}, "automatic"),
        ({"Precedence": "bulk"}, "automatic"),
        ({"X_Autoreply": "yes"}, "automatic"),
        ({"X_Autorespond": "vacation"}, "automatic"),
        ({"List_Id": "<news.shop.example>"}, "list"),
        ({"Return_Path": "<>"}, "automatic"),
        ({"sender": "mailer-daemon@mx.example", "Return_Path": "<>"}, "bounce"),
        ({"sender": "no-reply@shop.example"}, "automatic"),
        ({"subject": "自动回复: 转账"}, "automatic"),
        ({"subject": "Automatic reply: A transfer"}, "automatic"),
    ],
)
def test_what_a_machine_wrote_is_known(headers, why):
    assert why_automatic(read_letter(a_mail(**headers))) == why


def test_a_delivery_report_names_the_mail_and_what_happened():
    letter = read_letter(report_on("abc@meridian.example"))
    bounce = read_bounce(letter)

    assert why_automatic(letter) == "bounce"
    assert bounce.message_ids[0] == "abc@meridian.example"
    assert (bounce.is_final, bounce.status, bounce.diagnosis) == (True, "5.1.1", "smtp; 550 5.1.1 No such user")


def test_a_report_of_delay_is_not_final():
    assert not read_bounce(read_letter(report_on("a@b", action="delayed", status="4.4.1"))).is_final


def test_a_number_is_ours_only_with_our_signature():
    said = f"Re: A transfer {token('T-100001', 'key')}"

    assert tickets_named(said, [], "key") == [("T-100001", True)]
    assert tickets_named(said, [], "another key") == [("T-100001", False)]
    assert tickets_named("Re: [T-100001]", [], "key") == [("T-100001", False)]
    assert tickets_named("", [reply_address("support@m.example", "T-100001", "key")], "key") == [("T-100001", True)]
    assert without_token(f"RE: 回复：{said}") == "A transfer"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("invoice.pdf", b"MZ\x90\x00"), ("run", b"\x7fELF\x02"), ("a.pdf", b"#!/bin/sh"), ("x.html", b"<html><script>"),
        ("x.svg", b"<svg onload=x>"), ("y.svg", b"<?xml version='1.0'?><svg><SCRIPT/></svg>"), ("a.exe. ", b"text"),
        ("a\u202efdp.exe", b"%PDF-1"), ("empty.pdf", b""), ("a.zip", b"PK\x03\x04broken"),
    ],
)  # fmt: skip
def test_a_dangerous_file_is_not_taken(name, content):
    assert why_not_kept(name, content)


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", b"%PDF-1.7"), ("b.png", b"\x89PNG\r\n\x1a\n"), ("c.txt", b"hello")]
)
def test_a_usual_file_is_taken(name, content):
    assert why_not_kept(name, content) is None


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def test_a_bomb_is_known_by_its_list_of_contents():
    assert why_not_kept("a.zip", zipped([("zeros", b"\0" * 50_000_000)]))
    assert why_not_kept("a.zip", zipped([("a/setup.exe", b"x")]))
    assert why_not_kept("a.zip", zipped([("statement.csv", b"day,amount\n" * 50)])) is None


def test_the_kind_of_a_file_is_in_its_bytes():
    assert media_type_of(zipped([("word/document.xml", b"<w/>")])).endswith("wordprocessingml.document")
    assert media_type_of(zipped([("a.txt", b"a")])) == "application/zip"


def test_a_name_leads_nowhere_and_deceives_nobody():
    assert safe_name("..\\..\\etc/passwd") == "passwd"
    assert safe_name("\u202efdp.gpj") == "fdp.gpj"
    assert safe_name("\r\n") == "file"
    assert len(safe_name("长" * 500 + ".pdf")) <= 200


def attribute(number, value, level=2):
    return struct.pack("<BHHI", level, number, 6, len(value)) + value + b"\0\0"


def test_files_are_taken_out_of_winmail_dat():
    winmail = struct.pack("<IH", 0x223E9F78, 1) + attribute(0x9002, b"\0" * 14) + attribute(0x8010, b"list.txt\0")
    winmail += attribute(0x800F, b"content") + struct.pack("<BHHI", 2, 0x800F, 6, 10**9)

    letter = read_letter(a_mail(files=[("winmail.dat", "application/ms-tnef", winmail)]))

    assert [(one.name, one.content) for one in letter.files] == [("list.txt", b"content")]


def test_a_file_keeps_its_chinese_name():
    letter = read_letter(a_mail(files=[("对账单.pdf", "application/pdf", b"%PDF-1")]))

    assert letter.files[0].name == "对账单.pdf"


def test_a_mail_of_two_texts_and_a_mail_inside_gives_its_words():
    outer = MIMEMultipart()
    outer["From"] = "a@b.example"
    outer.attach(MIMEText("First"))
    outer.attach(MIMEText("Second"))

    assert read_letter(outer.as_bytes()).text == "First\n\nSecond"


def test_the_language_shows_in_a_few_signs():
    assert language_of("请问我的账户") == "zh-hans"
    assert language_of("請問我的帳戶") == "zh-hant"
    assert language_of("Where is my money, please?") == "en"
    assert language_of("😀", "zh-hant") == "zh-hant"


@given(st.binary(max_size=600))
def test_no_bytes_whatever_stop_the_reader(raw):
    letter = read_letter(raw)

    assert len(letter.key) == 64
    assert "\0" not in letter.text + letter.subject


@given(st.text(max_size=300))
def test_no_text_whatever_stops_the_parting(text):
    new, quoted = part_quoted(text)

    assert len(new) + len(quoted) <= len(text)
