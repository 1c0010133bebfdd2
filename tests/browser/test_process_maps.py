"""A process is drawn, saved, given a risk and a control, walked and taken out, under the policy of every page."""

import json

import pytest

from identification.models import ElementControl, ElementRisk, ProcessMap
from identification.rules.bpmn import graph_of
from identification.services.maps import save_version
from tests.factories.maps import STEP, a_map
from tests.factories.response import ControlFactory
from tests.factories.risk import RiskFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = []


@pytest.fixture
def violations(page):
    """What the policy of the pages refused, as the browser tells."""
    page.add_init_script(
        "window.refused = []; document.addEventListener('securitypolicyviolation',"
        " (event) => window.refused.push(event.violatedDirective + ' ' + event.sourceFile));"
    )
    return lambda: page.evaluate("window.refused")


def ready(page):
    page.locator("#map-canvas[data-ready='1']").wait_for()


APPEND = """async () => {
  const { drawing } = window.meridian.maps;
  const registry = drawing.get('elementRegistry');
  const step = drawing.get('elementFactory').createShape({ type: 'bpmn:UserTask' });
  drawing.get('autoPlace').append(registry.get('Activity_first'), step);
  drawing.get('modeling').updateProperties(step, { name: '核对身份' });
  drawing.get('modeling').connect(step, registry.get('Event_end'));
}"""


def test_a_step_is_drawn_saved_and_stands_in_the_next_version(page, sign_in, violations):
    person = sign_in("risk")
    found = a_map(by=person)
    page.goto(f"/identification/maps/{found.reference}/draw/")
    ready(page)

    page.evaluate(APPEND)
    page.fill("#map-note", "Identity is checked by a person")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/identification/maps/{found.reference}/")
    ready(page)

    newest = ProcessMap.objects.get(pk=found.pk).newest
    assert (newest.number, newest.note) == (2, "Identity is checked by a person")
    assert "核对身份" in page.locator("section", has=page.locator("#steps")).inner_text()
    assert page.locator(".bjs-powered-by").count() == 1
    assert violations() == []


def test_what_somebody_else_saved_meanwhile_is_not_written_over_and_nothing_is_lost(page, sign_in):
    person = sign_in("risk")
    found = a_map(by=person)
    page.goto(f"/identification/maps/{found.reference}/draw/")
    ready(page)
    other = found.newest.bpmn_xml.replace("First step", "Another step")
    save_version(actor=person, map_id=found.pk, base=1, xml=other, at=found.created_at)
    page.complaints.clear()

    page.evaluate(APPEND)
    page.click("[data-save]")
    page.locator("#map-refused [data-sentence]", has_text="meanwhile").wait_for()
    page.complaints.clear()  # the browser notes the 409

    assert ProcessMap.objects.get(pk=found.pk).newest.number == 2
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    ready(page)
    page.click("[data-left-restore]")
    assert (
        page.evaluate(
            "window.meridian.maps.drawing.get('elementRegistry').filter((one) => one.type === 'bpmn:UserTask').length"
        )
        == 1
    )


def test_a_risk_is_dropped_on_a_step_and_a_control_put_there_by_keys(page, sign_in, violations):
    person = sign_in("risk")
    found, risk, control = a_map(by=person), RiskFactory(title="Stolen identity"), ControlFactory(name="Two documents")
    page.goto(f"/identification/maps/{found.reference}/draw/")
    ready(page)

    dropped = json.dumps(["risk", risk.reference])
    page.evaluate(
        """([step, thing]) => {
          const data = new DataTransfer();
          data.setData('text/x-meridian', thing);
          const shape = document.querySelector(`[data-element-id='${step}'] .djs-visual`);
          shape.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [STEP, dropped],
    )
    page.locator(".map-badges", has_text="R 1").wait_for()
    assert ElementRisk.objects.get().risk == risk

    page.goto(f"/identification/maps/{found.reference}/attach/?step={STEP}")
    page.select_option("[name=control]", str(control.pk))
    page.get_by_role("button", name="Put on the step").click()
    page.wait_for_url("**step=*")
    ready(page)
    assert ElementControl.objects.get().control == control
    side = page.locator(f"[data-step='{STEP}']")
    assert "Stolen identity" in side.inner_text()
    assert "Two documents" in side.inner_text()
    assert violations() == []


def test_it_is_walked_by_keys_and_taken_out_to_be_read_again(page, sign_in, tmp_path):
    person = sign_in("risk")
    found = a_map(by=person)
    page.goto(f"/identification/maps/{found.reference}/")
    ready(page)

    page.click("[data-walk]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("[data-walk-ways]").inner_text() == "The process ends here."
    page.keyboard.press("Escape")
    assert page.locator("#map-walk").is_hidden()

    with page.expect_download() as taken:
        page.locator(".map-bar a[href*='/bpmn/']").click()
    read = taken.value.path().read_text()
    assert graph_of(read) == graph_of(found.newest.bpmn_xml)
    with page.expect_download() as picture:
        page.click("[data-file=svg]")
    assert "<svg" in picture.value.path().read_text()
