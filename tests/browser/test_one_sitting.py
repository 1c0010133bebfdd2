"""One risk from the drawing on which it is found to the thread that tells its story, as people walk it: found, judged by data, a
model and a panel, decided, treated, its control tested, its indicator breached, a case, a plan, an audit."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessment.models import Assessment, Panel
from assurance.models import Finding
from identification.models import ProcessMap
from incidents.models import Activation, Case
from risk.models import Alert, Control, ControlTest, Risk, Treatment
from tests.browser.test_panel import cast, close_round, open_round
from tests.browser.test_process_maps import APPEND, ready
from tests.factories import UserFactory
from tests.factories.assurance import EngagementFactory
from tests.factories.incidents import PlanFactory
from tests.factories.maps import STEP
from tests.factories.risk import IndicatorFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "Two payouts of March were released twice."


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = []


@pytest.fixture
def be(page, client, site):
    """`be(person)`: the browser is this person's from here on."""

    def be(person):
        page.goto("about:blank")
        client.force_login(person, backend="staff.backends.RoleBackend")
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.url}])

    return be


def fill(page, url, **fields):
    """Open a form, fill its fields by their names as their kinds ask, send it, and be led on."""
    page.goto(url)
    for name, value in fields.items():
        _set(page, name, value)
    page.locator("main form .btn-primary").last.click()
    page.wait_for_load_state()
    assert page.locator(".error-summary:visible, .errorlist:visible, .invalid-feedback:visible").count() == 0, (
        page.locator("main").inner_text()
    )


def _set(page, name, value):
    field = page.locator(f"main [name='{name}']")
    if field.first.get_attribute("type") in ("radio", "checkbox"):
        page.locator(f"main [name='{name}'][value='{value}']").check(force=True)
    elif field.first.evaluate("one => one.tagName") == "SELECT":
        field.first.select_option(str(value))
    else:
        field.first.fill(str(value))


def press(page, name):
    """Press a button of the page's header, in the menu of seldom ones where it stands there."""
    button = (
        page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True)).first
    )
    if not button.is_visible():
        page.locator("summary", has_text="More").first.click()
    button.click()
    page.wait_for_load_state()


def day(number):
    return (timezone.localdate() + timedelta(days=number)).isoformat()


def found_on_a_process(page, officer):
    """Draw the loan process with one more step, and record a risk on it."""
    fill(
        page,
        "/identification/maps/new/",
        name="Loans",
        owner=officer.pk,
        description="From asking to payout",
        lanes="Desk\nBank",
    )
    process = ProcessMap.objects.get()
    page.goto(f"/identification/maps/{process.reference}/draw/")
    ready(page)
    page.evaluate(
        APPEND.replace(
            "registry.get('Activity_first')",
            "registry.filter((one) => one.type === 'bpmn:UserTask' || one.type === 'bpmn:Task')[0]",
        ).replace("registry.get('Event_end')", "registry.filter((one) => one.type === 'bpmn:EndEvent')[0]")
    )
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/identification/maps/{process.reference}/")
    ready(page)
    url = f"/identification/maps/{process.reference}/risk/?step={STEP}"
    fill(page, url, title="Payout file is released twice", risk_class="operational", owner=officer.pk)
    return Risk.objects.get()


def judged_by_four(page, be, officer, risk):
    """A panel of four in two blind rounds."""
    experts = [UserFactory(role=role) for role in ("service", "product", "compliance", "marketing")]
    be(officer)
    fill(
        page, f"/assessment/panels/new/?risk={risk.pk}", title="Payouts", brief="Judge after controls.", kind="residual"
    )
    panel = Panel.objects.get()
    url = f"/assessment/panels/{panel.reference}/"
    for expert in experts:
        fill(page, f"{url}seat/", expert=expert.pk, weight="1")
    for places in ((0, 24, 6, 18), (12, 12, 12, 12)):
        be(officer)
        open_round(page, url)
        for expert, steps in zip(experts, places, strict=True):
            be(expert)
            cast(page, url, steps)
        be(officer)
        close_round(page, url)
    fill(page, f"{url}finish/", conclusion="All four agree in the second round.")


def test_from_the_drawing_to_the_thread(page, be):
    officer, checker = UserFactory(role="risk"), UserFactory(role="compliance")
    be(officer)
    risk = found_on_a_process(page, officer)
    indicator = IndicatorFactory(owner=officer, name="Double payouts", unit="number", amber="3", red="5")
    indicator.risks.add(risk)
    fill(page, "/risk/controls/new/", code="two-people", name="Two people release", kind="preventive", frequency="daily",
         owner=UserFactory(role="risk").pk, risks=risk.pk)  # fmt: skip
    control = Control.objects.get()
    judged_by_four(page, be, officer, risk)

    page.goto(f"/assessment/assessments/new/?risk={risk.pk}")
    for method in ("data", "model", "expert"):
        page.locator(f"[name=methods][value={method}]").check()
    _set(page, "departure", "A model of losses was bought for it.")
    page.locator("main form .btn-primary").last.click()
    page.wait_for_url("**/assessments/J-*/")
    assessment = Assessment.objects.get()
    at = f"/assessment/assessments/{assessment.reference}/"
    fill(
        page,
        f"{at}model/",
        kind="residual",
        model="Losses",
        model_version="3",
        figure="chance",
        value="30",
        loss="50000",
        currency="CNY",
    )
    page.goto(f"{at}panel/")
    page.locator("[name=panel_id]").first.check()
    page.locator("main form .btn-primary").last.click()
    page.wait_for_url(f"**{at}")
    beside = page.locator("section", has=page.locator("#kind-residual")).inner_text()
    for words in ("Data", "Model", "Panel of experts", "3 × 2", "apart"):
        assert words in beside, beside
    for kind, place in (("inherent", "5x5"), ("residual", "3x3")):
        page.goto(f"{at}decide/{kind}/")
        page.locator(f"[name=place][value='{place}']").check(force=True)
        _set(page, "reason", WORDS)
        page.locator("main form .btn-primary").last.click()
        page.wait_for_url(f"**{at}")
    press(page, "Send for approval")
    be(checker)
    page.goto(f"{at}approve/")
    page.get_by_role("button", name="Approve exactly this").click()
    page.wait_for_url(f"**{at}")
    assessment.refresh_from_db()
    assert assessment.state == "approved"

    be(officer)
    treat = f"/risk/register/{risk.reference}/treat/"
    fill(page, treat, strategy="reduce", title="A second release", owner=officer.pk, starts_on=day(0), due_on=day(30))
    assert Treatment.objects.get().risk == risk
    fill(page, f"/risk/controls/{control.code}/test/", items="\n".join(f"release-{n}" for n in range(40)), seed="2026")
    test = ControlTest.objects.get()
    page.goto(f"/risk/control-tests/{test.pk}/finish/")
    for item in test.items.all():
        page.locator(f"[name=item_{item.position}][value=no]").check(force=True)
    _set(page, "conclusion", "ineffective")
    _set(page, "reason", "Not one release of the sample bears two names.")
    page.locator("main form .btn-primary").last.click()
    page.wait_for_url(f"**/control-tests/{test.pk}/")
    assessment.refresh_from_db()
    assert (assessment.state, assessment.void_because) == ("void", "tested")

    fill(page, f"/risk/indicators/{indicator.code}/read/", day=day(0), value="9", note=WORDS)
    alert = Alert.objects.get()
    fill(page, f"/incidents/cases/new/?alert={alert.pk}", text=WORDS)
    case, plan = Case.objects.get(), PlanFactory(owner=officer)
    fill(page, f"/incidents/plans/{plan.code}/activate/", case=case.pk, reason="Payouts went out twice.")
    assert Activation.objects.get().case == case

    auditor = UserFactory(role="internal_audit")
    engagement = EngagementFactory(lead=auditor)
    engagement.unit.risks.add(risk)
    be(auditor)
    fill(page, f"/assurance/audits/{engagement.reference}/finding/", title="Releases bear one name", severity="high",
         condition=WORDS, criteria=WORDS, cause=WORDS, effect=WORDS, recommendation=WORDS, risk=risk.pk,
         activation=Activation.objects.get().pk, owner=officer.pk, due_on=day(60))  # fmt: skip
    finding = Finding.objects.get()

    be(officer)
    page.goto(f"/risk/register/{risk.reference}/thread/")
    thread = page.locator("main").inner_text()
    for said in (Panel.objects.get().reference, assessment.reference, "A second release", "Two people release", "Double payouts",
                 case.title, plan.name, finding.title):  # fmt: skip
        assert said in thread, f"{said}: {thread}"
