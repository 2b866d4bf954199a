"""The attributes of the kernel, one by one, as docs/console.md promises them to authors of pages."""

import json

import pytest
from playwright.sync_api import expect


class Desk:
    """A page with a form, and the calls that it sent; each gets the next of `answers`, or its own body back."""

    def __init__(self, page):
        self.page, self.sent, self.answers = page, [], []
        page.goto("/console")
        page.route("**/api/**", self.answer)
        page.route("**/api/organizer/notifications**", lambda route: route.abort())  # the bell's
        page.route("**/api/organizer/notifications/**", lambda route: route.abort())

    def put(self, html):
        self.page.evaluate(
            "html => document.getElementById('main').innerHTML = '<div id=part>' + html + '</div>'", html
        )

    def kernel(self):
        return self.page.locator('script[src*="console.js"]').get_attribute("src")

    def answer(self, route):
        request = route.request
        self.sent.append((request.method, request.url.split("/api/")[1], request.post_data_json, request.all_headers()))
        status, body = self.answers.pop(0) if self.answers else (200, request.post_data_json)
        route.fulfill(status=status, json=body)


@pytest.fixture
def desk(page, signed_in):
    return Desk(signed_in(page, "anna"))


def test_fields_are_sent_under_their_names_and_converted(desk):
    desk.put("""<form data-call="PUT /api/things/1" data-done="Saved {name}." data-etag='"1.2"'>
        <input name="name" value="a">
        <input name="count" value="7" data-type="number">
        <input type="checkbox" name="on" checked data-type="boolean">
        <input name="meta.note" value="n">
        <textarea name="list" data-type="list">x, y</textarea>
        <textarea name="json" data-type="json">{"a": 1}</textarea>
        <input name="none" data-type="null-if-empty">
        <input name="left" data-type="omit-if-empty"><input name="off" value="1" disabled>
        <input type="checkbox" name="many" value="1" checked>
        <input type="checkbox" name="many" value="2" checked>
        <input type="checkbox" name="many" value="3">
        <input type="checkbox" name="few" value="1" data-type="list" checked>
        <input type="checkbox" name="no" value="1" data-type="list">
        <input name="limit" data-type="number-or-null">
        <input type="datetime-local" name="until" value="2027-01-02T03:04" data-type="moment">
        <input type="radio" name="one" value="a"><input type="radio" name="one" value="b" checked>
        <button name="act" value="go">Send</button><button name="act" value="stay">Other</button></form>""")
    desk.page.get_by_role("button", name="Send").click()
    expect(desk.page.get_by_role("status")).to_contain_text("Saved a.")
    method, path, body, headers = desk.sent[0]
    assert (method, path) == ("PUT", "things/1")
    assert body == {
        "name": "a", "count": 7, "on": True, "meta": {"note": "n"}, "list": ["x", "y"], "json": {"a": 1}, "none": None,
        "many": ["1", "2"], "few": ["1"], "no": [], "limit": None, "until": "2027-01-02T03:04:00.000Z", "one": "b",
        "act": "go",
    }  # fmt: skip
    assert headers["if-match"] == '"1.2"' and headers["accept-language"] == "en"
    assert headers["x-csrf-token"] and headers["idempotency-key"]


def test_the_fields_of_a_delete_are_sent_in_its_address(desk):
    desk.put(
        '<form data-call="DELETE /api/x?a=1"><input name="reason" value="no more"><button>Take away</button></form>'
    )
    with desk.page.expect_response("**/api/x*"):
        desk.page.get_by_role("button", name="Take away").click()
    method, path, body, _ = desk.sent[0]
    assert (method, path, body) == ("DELETE", "x?a=1&reason=no+more", None)


def test_what_is_no_json_is_said_before_anything_is_sent(desk):
    desk.put("""<form data-call="POST /api/x"><label>Payload <textarea name="p" data-type="json">{</textarea></label>
        <output role="alert"></output><button>Send</button></form>""")
    desk.page.get_by_role("button", name="Send").click()
    expect(desk.page.get_by_role("main").get_by_role("alert")).to_contain_text("this is not JSON")
    assert desk.sent == []


def test_the_same_sent_again_after_a_failure_has_the_same_idempotency_key(desk):
    desk.put(
        '<form data-call="POST /api/x"><input aria-label="Name" name="name" value="a"><output '
        'role="alert"></output><button>Send</button></form>'
    )
    desk.answers = [(503, {"detail": "The database is busy or away; try again."}), (200, {}), (200, {})]
    send = desk.page.get_by_role("button", name="Send")
    send.click()
    expect(desk.page.get_by_role("main").get_by_role("alert")).to_contain_text("busy or away")
    expect(desk.page.get_by_label("Name")).to_have_value("a")
    for _ in range(2):
        with desk.page.expect_response("**/api/x"):
            send.click()
        expect(send).to_be_enabled()
    first, second, third = (headers["idempotency-key"] for *_, headers in desk.sent)
    assert first == second != third


def test_a_refusal_names_field_hint_and_keeps_what_was_typed(desk):
    desk.put(
        '<form data-call="POST /api/x"><input aria-label="Name" name="name" value="typed"><output '
        'role="alert"></output><button>Send</button></form>'
    )
    errors = [{"key": "name", "message": "too short"}]
    desk.answers = [(400, {"detail": "Refused.", "hint": "Do this.", "errors": errors})]
    desk.page.get_by_role("button", name="Send").click()
    expect(desk.page.get_by_role("main").get_by_role("alert")).to_have_text("Refused. Do this. name: too short")
    expect(desk.page.get_by_label("Name")).to_have_value("typed")
    expect(desk.page.get_by_label("Name")).to_be_focused()


CHOICE = """<form data-call="POST /api/x" data-done="Status: {label}"><select aria-label="Status" name="to" data-auto>
    <option value="A" selected>Alpha</option><option value="B">Beta</option></select>
    <button name="to" value="B" data-label="Beta">Beta</button>
    <button name="to" value="C" data-label="Gamma" data-ask="reason, meta.note?" data-ask-title="Why">Gamma</button>
    </form>"""


def test_keys_in_a_closed_drop_down_post_nothing(desk):
    desk.put(CHOICE)
    desk.page.get_by_label("Status").focus()
    desk.page.keyboard.press("ArrowDown")
    desk.page.get_by_label("Status").select_option("Beta")
    desk.page.get_by_role("button", name="Beta").click()
    expect(desk.page.get_by_role("status")).to_contain_text("Status: Beta")
    assert len(desk.sent) == 1


def test_a_refused_choice_says_why(desk):
    desk.put(CHOICE)
    desk.answers = [(409, {"detail": "Not from here.", "code": "JL101"})]
    desk.page.get_by_role("button", name="Beta").click()
    expect(desk.page.get_by_role("alert").filter(has_text="Not from here.")).to_be_visible()


def test_a_choice_that_asks_for_more_opens_the_dialog_and_cancelling_sends_nothing(desk):
    desk.put(CHOICE)
    desk.page.get_by_role("button", name="Gamma").click()
    dialog = desk.page.get_by_role("dialog", name="Why")
    dialog.get_by_role("button", name="Cancel").click()
    assert desk.sent == []
    desk.page.get_by_role("button", name="Gamma").click()
    dialog.get_by_label("Reason").fill("because")
    dialog.get_by_label("Note").fill("n")
    dialog.get_by_role("button", name="Gamma").click()
    expect(desk.page.get_by_role("status")).to_contain_text("Status: Gamma")
    assert desk.sent[0][2] == {"to": "C", "reason": "because", "meta": {"note": "n"}}


def test_a_yes_is_asked_for_first(desk):
    desk.put(
        '<form data-call="DELETE /api/x/1" data-done="Gone."><button data-confirm="For ever?">Delete</button></form>'
    )
    desk.page.get_by_role("button", name="Delete").click()
    expect(desk.page.get_by_role("dialog")).to_contain_text("For ever?")
    assert desk.sent == []
    desk.page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(desk.page.get_by_role("status")).to_contain_text("Gone.")
    assert desk.sent[0][:3] == ("DELETE", "x/1", None)


def test_success_may_lead_to_another_page(desk):
    desk.put('<form data-call="POST /api/x" data-go="/console/records/{id}"><button>Open</button></form>')
    desk.answers = [(201, {"id": "a b/c"})]
    with desk.page.expect_request("**/console/records/a%20b%2Fc"):
        desk.page.get_by_role("button", name="Open").click()


def test_a_dialog_of_the_pages_own_closes_after_success_and_stays_after_a_refusal(desk):
    desk.put("""<button data-open="mine">New</button><dialog id="mine" aria-label="Mine">
        <form data-call="POST /api/x"><input aria-label="Name" name="name">
        <output role="alert"></output><button type="button" data-close>Back</button>
        <button>Save</button></form></dialog>""")
    desk.answers = [(422, {"detail": "No."}), (200, {})]
    desk.page.get_by_role("button", name="New").click()
    dialog = desk.page.get_by_role("dialog", name="Mine")
    dialog.get_by_label("Name").fill("kept")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text("No.")
    expect(dialog.get_by_label("Name")).to_have_value("kept")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()


def test_while_a_call_is_under_way_its_form_is_busy_and_a_second_click_sends_nothing(desk):
    held = []
    desk.page.route("**/api/x", lambda route: held.append(route))
    desk.put('<form aria-label="It" data-call="POST /api/x" data-done="Done."><button>Send</button></form>')
    desk.page.get_by_role("button", name="Send").click()
    expect(desk.page.get_by_role("form", name="It")).to_have_attribute("aria-busy", "true")
    expect(desk.page.get_by_role("button", name="Send")).to_be_disabled()
    held[0].fulfill(json={})
    expect(desk.page.get_by_role("status")).to_contain_text("Done.")
    expect(desk.page.get_by_role("button", name="Send")).to_be_enabled()
    assert len(held) == 1


def test_text_from_an_answer_is_text_and_never_markup(desk):
    desk.put('<form data-call="POST /api/x" data-done="{name}"><button>Send</button></form>')
    desk.answers = [(200, {"name": "<img src=x onerror=alert(1)>"})]
    desk.page.get_by_role("button", name="Send").click()
    expect(desk.page.get_by_role("status")).to_contain_text("<img src=x")
    assert json.loads(desk.page.evaluate("JSON.stringify(document.querySelectorAll('#toasts img').length)")) == 0


def test_a_form_may_send_only_what_was_changed(desk):
    desk.put("""<form data-call="PATCH /api/things/1" data-changed>
        <input name="name" value="a"><label>Price <input name="price" type="number" step="any" value="12.5"
            data-type="number-or-null"></label>
        <label>Kind <select name="kind"><option selected>one</option><option>two</option></select></label>
        <input type="checkbox" name="on" checked data-type="boolean"><button>Send</button></form>""")
    desk.page.get_by_label("Price").fill("")
    desk.page.get_by_label("Kind").select_option("two")
    desk.page.get_by_role("button", name="Send").click()
    expect(desk.page.get_by_role("button", name="Send")).to_be_enabled()
    assert desk.sent[0][2] == {"price": None, "kind": "two"}


def test_points_in_time_are_edited_in_the_readers_own_zone(contexts, signed_in):
    desk = Desk(signed_in(contexts(timezone_id="Europe/Paris").new_page(), "anna"))
    desk.put("""<form data-call="PATCH /api/things/1">
        <label>Begins <input type="datetime-local" name="begins" data-type="moment"
        data-moment="2030-06-21T18:00:00+00:00"></label>
        <input type="datetime-local" name="ends" data-type="moment-or-null"><button>Send</button></form>""")
    desk.page.evaluate("url => import(url).then((kernel) => kernel.dress())", desk.kernel())
    expect(desk.page.get_by_label("Begins")).to_have_value("2030-06-21T20:00")
    desk.page.get_by_label("Begins").fill("2030-06-21T21:30")
    desk.page.get_by_role("button", name="Send").click()
    expect(desk.page.get_by_role("button", name="Send")).to_be_enabled()
    assert desk.sent[0][2] == {"begins": "2030-06-21T19:30:00.000Z", "ends": None}


def test_what_a_page_disables_stays_so_when_it_is_shown_again(desk):
    desk.put("""<form data-call="PATCH /api/x"><label>Off <input name="off" disabled></label></form>""")
    desk.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow'))")
    expect(desk.page.get_by_label("Off")).to_be_disabled()
