"""A visitor and an agent talk, each in a browser; and a company's page with a strict policy includes the widget."""

import http.server
import threading

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from audit.models import Event
from customers.models import Customer
from service.models import Chat, Macro, Ticket, TicketMessage
from service.rules.customer_tokens import signed
from service.services.chats import accept_chat
from tests.browser.test_axe import grave
from tests.browser.test_paths import too_wide
from tests.factories.customers import PersonFactory
from tests.factories.service import AgentFactory, QueueFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = 3_000  # ms: a question a second, and a busy machine


@pytest.fixture
def queue(site, settings):
    return QueueFactory(code=settings.CHAT_QUEUE, name="Live chat")


@pytest.fixture
def desk(page, sign_in, queue):
    """The page of an agent who is there."""
    person = sign_in("service", full_name="Lin Xiaoyu")
    AgentFactory(user=person, queues=[queue])
    page.goto("/service/chats/")
    return page


@pytest.fixture
def visitor(browser, site, queue):
    """Another browser, without a sign-in. What it complains of fails the test, and so does anything that its policy refuses."""
    context = browser.new_context(viewport={"width": 390, "height": 780}, base_url=site.url, locale="en-GB")
    window = context.new_page()
    window.complaints = []
    window.on("console", lambda said: said.type in ("error", "warning") and window.complaints.append(said.text))
    window.on("pageerror", lambda error: window.complaints.append(str(error)))
    window.set_default_timeout(10_000)
    yield window
    context.close()
    assert window.complaints == []


def start(visitor, subject="Where is my transfer?"):
    visitor.goto("/chat/")
    visitor.get_by_label("Your name").fill("Ann")
    visitor.get_by_label("What is it about?").fill(subject)
    visitor.get_by_role("button", name="Start the chat").click()
    visitor.locator("#log .mine", has_text=subject).wait_for()


def test_a_visitor_asks_an_agent_answers_and_the_chat_is_resolved(desk, visitor):
    start(visitor)
    visitor.get_by_text("You are number 1 in the line").wait_for()
    desk.locator("[data-accept]", has_text="Where is my transfer?").wait_for(timeout=SOON)
    assert "(1)" in desk.title()

    desk.keyboard.press("Alt+n")
    desk.locator(".chat-pane .chat-in", has_text="Where is my transfer?").wait_for()
    visitor.get_by_text("You are talking to Lin Xiaoyu").wait_for(timeout=SOON)
    desk.keyboard.type("It arrives today.")
    visitor.get_by_text("Lin Xiaoyu is writing").wait_for(timeout=SOON)
    desk.keyboard.press("Enter")
    visitor.locator("#log > div:not(.mine)", has_text="It arrives today.").wait_for(timeout=SOON)

    visitor.get_by_label("Message").press_sequentially("Thank you <b>very</b> much 😀")
    desk.get_by_text("is writing …", exact=False).first.wait_for(timeout=SOON)
    visitor.keyboard.press("Enter")
    desk.locator(".chat-in", has_text="Thank you <b>very</b> much 😀").wait_for(timeout=SOON)
    assert grave(visitor) == []
    assert grave(desk) == []

    desk.get_by_role("button", name="Resolve").click()
    visitor.get_by_text("This chat is over").first.wait_for(timeout=SOON)
    with visitor.expect_download() as kept:
        visitor.get_by_role("button", name="Save the conversation").click()
    assert "It arrives today." in kept.value.path().read_text()
    assert Ticket.objects.get().status == "resolved"


def test_a_macro_reaches_a_pane_that_is_drawn_anew_before_it_comes(desk, visitor):
    Macro.objects.create(name="Underway", text="It is underway.")
    start(visitor)
    desk.locator("[data-accept]").first.wait_for(timeout=SOON)
    desk.keyboard.press("Alt+n")
    desk.locator(".chat-pane .chat-in").first.wait_for()
    held = []
    desk.route("**/macros/**", lambda route: held.append(route))
    with desk.expect_request("**/macros/**"):
        desk.get_by_label("Insert a macro").select_option(label="Underway")
    desk.evaluate(
        "() => { const pane = document.querySelector('.chat-pane'); pane.replaceWith(pane.cloneNode(true)); }"
    )
    held[0].continue_()

    expect(desk.locator(".chat-pane").get_by_label("Answer")).to_have_value("It is underway.")


def test_a_chat_of_a_customer_is_answered_with_a_macro_resolved_rated_and_stands_in_timeline_and_log(
    desk, visitor, sign_in, settings
):
    settings.CHAT_CUSTOMER_KEY, settings.COMPANY_NAME = "a key of the company's app", "Meridian"
    customer = Customer.objects.get(pk=PersonFactory(name="欧阳明月").pk)
    macro = Macro.objects.create(
        name="Underway", tags=["transfer"], priority=2,
        text="Dear {{customer.name}}, {{ticket.reference}} is with {{agent.name}} of {{company.name}}.",
    )  # fmt: skip
    claim = {"customer": customer.reference, "exp": timezone.now().timestamp() + 600}
    visitor.goto(f"/chat/#customer={signed(claim, key=settings.CHAT_CUSTOMER_KEY)}")
    visitor.get_by_label("What is it about?").fill("Where is my transfer?")
    visitor.get_by_role("button", name="Start the chat").click()
    visitor.locator("#log .mine", has_text="Where is my transfer?").wait_for()

    desk.locator("[data-accept]", has_text="Where is my transfer?").wait_for(timeout=SOON)
    desk.keyboard.press("Alt+n")
    pane = desk.locator(".chat-pane")
    pane.get_by_role("heading", name="欧阳明月").wait_for()
    ticket = Ticket.objects.get()
    said = f"Dear 欧阳明月, {ticket.reference} is with Lin Xiaoyu of Meridian."
    desk.get_by_label("Insert a macro").select_option(label="Underway")
    expect(pane.get_by_label("Answer")).to_have_value(said)
    assert TicketMessage.objects.filter(direction="out").count() == 0  # read before it is sent
    pane.get_by_label("Answer").press("Enter")
    expect(visitor.locator("#log > div:not(.mine) .text")).to_have_text(said, timeout=SOON)

    desk.get_by_role("button", name="Resolve").click()
    visitor.get_by_text("How well did we help you?").wait_for(timeout=SOON)
    visitor.locator("#rate-form").get_by_label("4").check()
    visitor.locator("#rate-form").get_by_role("button", name="Send").click()
    visitor.get_by_text("Thank you for telling us.").wait_for(timeout=SOON)
    visitor.reload()
    visitor.get_by_text("This chat is over.").wait_for(timeout=SOON)
    expect(visitor.locator("#rate-form")).to_be_hidden()

    ticket.refresh_from_db()
    clerk = ticket.chat.agent
    assert (ticket.customer, ticket.status, ticket.rating, ticket.rated.agent) == (customer, "resolved", 4, clerk)
    assert (ticket.tags, ticket.priority) == (["transfer"], macro.priority)
    assert list(ticket.messages.order_by("pk").values_list("direction", "text")) == [
        ("in", "Where is my transfer?"), ("out", said),
    ]  # fmt: skip

    # The customer's timeline, as the next colleague reads it.
    desk.goto(f"/customers/{customer.reference}/")
    entry = desk.locator(
        ".tl li", has=desk.get_by_role("link", name=f"Ticket {ticket.reference}: Where is my transfer?")
    )
    expect(entry).to_contain_text("Resolved")
    expect(entry).to_contain_text("Lin Xiaoyu")
    entry.get_by_role("link").click()
    expect(desk.locator(".said.is-ours")).to_contain_text(said)

    # The log: each step once, the visitor's as nobody's of the company, the agent's as hers.
    sign_in("compliance")
    desk.goto(f"/service/tickets/{ticket.reference}/")
    desk.mouse.wheel(0, 4000)
    desk.locator("#history .tl li").first.wait_for()
    steps = Event.objects.of_record("service_ticket", ticket.pk).order_by("id")
    acts = [(event.action, event.actor_id) for event in steps]
    for act, by in [
        ("service.ticket.opened", None), ("service.message.out", clerk.pk),
        ("service.ticket.resolved", clerk.pk), ("service.ticket.rated", None),
    ]:  # fmt: skip
        assert acts.count((act, by)) == 1, acts
    taken = Event.objects.of_record("service_chat", ticket.chat.pk).order_by("id")
    assert [(event.action, event.actor_id) for event in taken if event.action.startswith("service.chat.")] == [
        ("service.chat.opened", None), ("service.chat.accepted", clerk.pk), ("service.chat.ended", clerk.pk),
    ]  # fmt: skip
    desk.goto(f"/audit/?table=service_ticket&record={ticket.pk}")
    expect(desk.locator("table[data-list] tbody tr")).to_have_count(len(acts))


def test_nothing_is_lost_or_doubled_over_a_reload_and_a_lost_connection(visitor, queue):
    agent = AgentFactory(queues=[queue]).user
    start(visitor, "First")
    accept_chat(actor=agent, chat_id=Chat.objects.get().pk, at=Chat.objects.get().opened_at)
    visitor.get_by_label("Message").fill("Second")
    visitor.context.set_offline(True)
    visitor.keyboard.press("Enter")
    visitor.get_by_text("No connection").wait_for()
    visitor.context.set_offline(False)
    visitor.reload()
    visitor.locator("#log .mine", has_text="Second").wait_for()
    visitor.get_by_text("not sent").wait_for(state="detached")

    # The answer to what was sent gets lost: the browser sends it again, and it stands once.
    lost = []

    def lose(route):
        if not lost:
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    visitor.route("**/chat/write/", lose)
    visitor.get_by_label("Message").fill("Third")
    visitor.keyboard.press("Enter")
    visitor.get_by_text("not sent; it is tried again").wait_for()
    visitor.get_by_text("not sent; it is tried again").wait_for(state="detached")

    assert list(TicketMessage.objects.order_by("pk").values_list("text", flat=True)) == ["First", "Second", "Third"]
    assert visitor.locator("#log .mine").count() == 3
    visitor.complaints[:] = [said for said in visitor.complaints if "ERR_" not in said]


def test_two_tabs_show_the_same_chat(visitor, queue):
    AgentFactory(queues=[queue])
    start(visitor, "One chat")
    other = visitor.context.new_page()
    other.goto("/chat/")
    other.locator("#log .mine", has_text="One chat").wait_for()
    other.get_by_label("Message").fill("From the other tab")
    other.keyboard.press("Enter")

    visitor.locator("#log .mine", has_text="From the other tab").wait_for(timeout=SOON)


def test_nobody_there_takes_a_message(visitor, queue):
    visitor.goto("/chat/?lang=zh-hant")
    visitor.get_by_label("如何聯絡您？").fill("0912 345 678")
    visitor.get_by_label("您要諮詢什麼？").fill("請回電")
    visitor.get_by_role("button", name="送出留言").click()
    visitor.get_by_text("T-1").wait_for()

    assert Ticket.objects.get().contact == "0912 345 678"
    assert too_wide(visitor) is None
    visitor.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    assert grave(visitor) == []


# On a company's page


@pytest.fixture
def company_page(site):
    """A little server of another origin, with the strictest policy that lets the widget in; `policy` can be changed."""

    class Page(http.server.BaseHTTPRequestHandler):
        policy = f"default-src 'none'; script-src {site.url}; frame-src {site.url}"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", self.policy)
            self.end_headers()
            self.wfile.write(
                f'<!doctype html><html lang="en"><title>Company</title><body><h1>Company</h1>'
                f'<script src="{site.url}/chat/widget.js" defer></script></body></html>'.encode()
            )

        def log_message(self, *said):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Page.url = f"http://127.0.0.1:{server.server_port}/"
    yield Page
    server.shutdown()
    server.server_close()


def test_a_page_with_a_strict_policy_shows_the_chat_in_a_frame(visitor, queue, company_page, settings):
    settings.CHAT_EMBED_ORIGINS = [company_page.url.rstrip("/")]
    AgentFactory(queues=[queue])
    visitor.goto(company_page.url)
    visitor.get_by_role("button", name="Chat with us").click()
    frame = visitor.frame_locator("iframe")
    frame.get_by_label("What is it about?").fill("From the company's page")
    frame.get_by_role("button", name="Start the chat").click()
    frame.locator("#log .mine", has_text="From the company's page").wait_for()

    visitor.keyboard.press("Escape")
    visitor.complaints[:] = [said for said in visitor.complaints if "favicon" not in said]
    assert Ticket.objects.get().subject == "From the company's page"


def test_a_page_that_lets_no_frame_in_leads_to_a_window(visitor, queue, company_page, site):
    company_page.policy = f"default-src 'none'; script-src {site.url}"
    visitor.goto(company_page.url)
    visitor.get_by_role("button", name="Chat with us").click()
    with visitor.expect_popup() as window:
        visitor.get_by_role("link", name="Open the chat in a window").click()
    window.value.get_by_text("Nobody is here just now").wait_for()
    visitor.complaints.clear()  # the page's own policy spoke
