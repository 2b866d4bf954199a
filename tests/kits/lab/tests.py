"""What an application may do wrong, run by Django's own runner: the names of the tests are the kit's promises."""

from unittest import mock

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import AsyncClient, Client, TestCase, TransactionTestCase, override_settings

from jalon.kits.django import Refused, acting, because
from jalon.kits.django.forms import StatusField, TrackedForm
from lab.models import Document, Flag, Parcel

ODD_KEYS = ["NA", "null", "007", 'O\'Brien "the" \\ {a,b}', " "]
NOBODY = "db:postgres"


def who(key):
    with connection.cursor() as cursor:
        cursor.execute(
            "select changed_by from jalon_history.public__lab_parcel where lab_parcel_key = %s order by version", [key]
        )
        return [actor for (actor,) in cursor.fetchall()]


class Names(TransactionTestCase):
    def test_each_statement_outside_of_atomic_is_named(self):
        with acting("anna"):
            Parcel.objects.create(key=self.id())
            Parcel.objects.filter(key=self.id()).update(status="PAID")
            Parcel.objects.bulk_create([Parcel(key="b" + self.id())])
            self.assertEqual(len(list(Parcel.objects.iterator())), 2)
            with connection.cursor() as cursor:
                cursor.execute("select jalon.move('lab_parcel', %s, 'SHIPPED')", [self.id()])
        self.assertEqual((who(self.id()), who("b" + self.id())), (["anna"] * 3, ["anna"]))

    def test_a_connection_that_is_kept_keeps_nobodys_name(self):
        with acting("anna"):
            Parcel.objects.create(key=self.id())
        Parcel.objects.filter(key=self.id()).update(status="PAID")
        with acting("bob"), transaction.atomic():
            Parcel.objects.filter(key=self.id()).update(status="SHIPPED")
        with transaction.atomic():
            Parcel.objects.filter(key=self.id()).update(status="DELIVERED")
        self.assertEqual(who(self.id()), ["anna", NOBODY, "bob", NOBODY])

    def test_a_name_survives_the_rollback_of_a_nested_block(self):
        with acting("anna"), transaction.atomic():
            with self.assertRaises(Refused), transaction.atomic():
                Parcel.objects.create(key=self.id(), status="UNKNOWN")
            Parcel.objects.create(key=self.id())
        self.assertEqual(who(self.id()), ["anna"])

    def test_a_name_that_was_told_after_a_savepoint_is_told_again_after_its_rollback(self):
        with transaction.atomic():
            Parcel.objects.create(key=self.id())
            savepoint = transaction.savepoint()
            with acting("anna"):
                Parcel.objects.filter(key=self.id()).update(status="PAID")
                transaction.savepoint_rollback(savepoint)
                Parcel.objects.filter(key=self.id()).update(status="PAID")
        self.assertEqual(who(self.id()), [NOBODY, "anna"])

    def test_a_rollback_brings_no_name_back(self):
        with transaction.atomic():
            with acting("anna"):
                Parcel.objects.create(key=self.id())
                savepoint = transaction.savepoint()
            Parcel.objects.filter(key=self.id()).update(status="PAID")
            transaction.savepoint_rollback(savepoint)
            Parcel.objects.filter(key=self.id()).update(status="PAID")
        self.assertEqual(who(self.id()), ["anna", NOBODY])

    def test_a_name_within_a_name_ends_where_its_block_ends(self):
        with acting("anna"), transaction.atomic():
            Parcel.objects.create(key=self.id())
            with acting('O\'Brien "x" \\ {1,2}', reason="isn't"):
                Parcel.objects.filter(key=self.id()).update(status="PAID")
            with because("gone"):
                Parcel.objects.filter(key=self.id()).update(status="SHIPPED")
        self.assertEqual(who(self.id()), ["anna", 'O\'Brien "x" \\ {1,2}', "anna"])

    def test_an_exception_in_the_middle_leaves_nothing_and_nobody(self):
        with self.assertRaises(ZeroDivisionError), acting("anna"), transaction.atomic():
            Parcel.objects.create(key=self.id())
            1 / 0  # noqa: B018
        Parcel.objects.create(key=self.id())
        self.assertEqual(who(self.id()), [NOBODY])

    def test_a_transaction_that_failed_can_be_begun_again(self):
        with acting("anna"):
            with self.assertRaises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("select 1/0")
            Parcel.objects.create(key=self.id())
        self.assertEqual(who(self.id()), ["anna"])

    def test_a_name_that_no_person_may_have_is_refused(self):
        for name, roles in [("db:postgres", ()), ("anna", ("a,b",))]:
            with self.assertRaises(Refused) as caught, acting(name, roles):
                Parcel.objects.create(key=self.id())
            self.assertEqual(caught.exception.code, "JL405")
        with self.assertRaises(ValueError), acting(""):
            pass
        with self.assertRaises(LookupError), because("why"):
            pass
        self.assertFalse(Parcel.objects.exists())

    def test_statements_of_nobody_are_not_touched(self):
        with mock.patch("jalon.kits.django.connections.ACTING", "no such statement"), transaction.atomic():
            Parcel.objects.create(key=self.id())
            with self.assertRaises(Refused), transaction.atomic():
                Parcel.objects.filter(key=self.id()).update(status="SHIPPED")
            Parcel.objects.filter(key=self.id()).update(status="PAID")


@override_settings(ROOT_URLCONF="lab.urls")
class Requests(TransactionTestCase):
    def setUp(self):
        self.anna, self.bob = Client(), Client()
        for client, name in [(self.anna, "anna"), (self.bob, "bob")]:
            client.force_login(User.objects.create_user(name))

    def test_each_request_on_one_connection_acts_for_its_own_user(self):
        for is_atomic in (True, False):
            with self.subTest(is_atomic), mock.patch.dict(connection.settings_dict, ATOMIC_REQUESTS=is_atomic):
                key = f"parcel{is_atomic}"
                said = [c.get(f"/move/{key}/{to}") for c, to in [(self.anna, "PAID"), (self.bob, "SHIPPED")]]
                stranger = Client().get(f"/move/{key}s/PAID")
                self.assertEqual(len({answer.content for answer in [*said, stranger]}), 1)
                self.assertEqual((who(key), who(f"{key}s")), (["anna", "anna", "bob"], [NOBODY, NOBODY]))

    def test_a_refusal_is_409_and_undoes_the_request(self):
        answer = self.anna.get("/move/a/SHIPPED")
        self.assertEqual((answer.status_code, answer.json()["code"]), (409, "JL101"))
        self.assertEqual(answer.json()["allowed"], ["PAID", "CANCELLED"])
        self.assertFalse(Parcel.objects.exists())
        page = self.anna.get("/move/a/SHIPPED", headers={"accept": "text/html,*/*;q=0.8"})
        self.assertEqual(page.status_code, 409)
        self.assertContains(page, "Allowed from NEW: PAID, CANCELLED.", status_code=409)


@override_settings(ROOT_URLCONF="lab.urls")
class AsynchronousRequests(TransactionTestCase):
    async def test_views_of_either_kind_act_for_their_user_and_for_nobody_later(self):
        anna, stranger = AsyncClient(), AsyncClient()
        await anna.aforce_login(await User.objects.acreate_user("anna"))
        with mock.patch.dict(connection.settings_dict, ATOMIC_REQUESTS=False):
            await anna.get(f"/amove/{self.id()}/PAID")
            await anna.get(f"/move/{self.id()}/SHIPPED")
            await stranger.get(f"/amove/{self.id()}/DELIVERED")
            refused = await anna.get(f"/amove/{self.id()}/NEW")
        self.assertEqual((refused.status_code, refused.json()["code"]), (409, "JL103"))
        self.assertEqual(await sync_to_async(who)(self.id()), ["anna", "anna", "anna", NOBODY])


class RequestsInATest(TestCase):
    @override_settings(ROOT_URLCONF="lab.urls")
    def test_a_name_ends_with_the_request_within_the_transaction_of_a_test(self):
        self.client.force_login(User.objects.create_user("anna"))
        self.client.get(f"/move/{self.id()}/PAID")
        Parcel.objects.filter(key=self.id()).update(status="SHIPPED")
        self.assertEqual(who(self.id()), ["anna", "anna", NOBODY])


class ParcelForm(TrackedForm):
    class Meta:
        model = Parcel
        fields = ["status"]


class Forms(TestCase):
    def test_only_allowed_moves_are_offered_whatever_the_key(self):
        for key in ODD_KEYS:
            parcel = Parcel.objects.create(key=key)
            form = ParcelForm({"status": "SHIPPED"}, instance=parcel)
            codes = [("NEW", "New here"), ("PAID", "Pay"), ("CANCELLED", "Cancel")]
            self.assertEqual(form.fields["status"].choices, codes)
            self.assertIn("SHIPPED", form.errors["status"][0])
            self.assertTrue(ParcelForm({"status": "PAID"}, instance=parcel).is_valid())

    def test_a_new_record_is_offered_the_choices_of_its_model_or_its_default(self):
        self.assertEqual([code for code, _ in ParcelForm().fields["status"].choices], ["NEW", "PAID"])
        self.assertEqual(StatusField(Document(), "step").choices, [("1", "1")])

    def test_each_of_two_status_columns_offers_its_own(self):
        document = Document.objects.create()
        document.refresh_from_db()
        field = StatusField(document, "step")
        self.assertEqual([code for code, _ in field.choices], ["1", "2"])
        self.assertEqual(field.clean("2"), 2)
        self.assertEqual([code for code, _ in StatusField(document, "status").choices], ["NEW", "PAID", "CANCELLED"])

    def test_a_boolean_is_a_status_too(self):
        flag = Flag.objects.create()
        field = StatusField(flag, "status")
        self.assertEqual([code for code, _ in field.choices], ["false", "true"])
        self.assertEqual((field.clean("true"), field.clean("false")), (True, False))
        self.assertEqual(field.prepare_value(flag.status), "false")

    def test_a_refusal_is_shown_at_the_field_of_its_column_or_above_the_form(self):
        parcel = Parcel.objects.create(key="a")
        form = ParcelForm({"status": "PAID"}, instance=parcel)
        self.assertTrue(form.is_valid())
        Parcel.objects.filter(key="a").update(status="CANCELLED")
        with self.assertRaises(Refused) as caught, transaction.atomic():
            form.save()
        caught.exception.add_to(form)
        self.assertIn("CANCELLED is final", form.errors["status"][0])
        with self.assertRaises(Refused) as caught, transaction.atomic():
            parcel.delete()
        caught.exception.add_to(form)
        self.assertTrue(form.non_field_errors())


@override_settings(ROOT_URLCONF="lab.urls")
class Admin(TransactionTestCase):
    def setUp(self):
        self.client.force_login(User.objects.create_superuser("root"))

    def test_the_page_of_a_record_offers_its_moves_and_acts_for_its_user(self):
        Parcel.objects.create(key="O'x")
        page = self.client.get("/admin/lab/parcel/O'x/change/")
        self.assertContains(page, '<option value="CANCELLED">Cancel</option>', html=True)
        self.assertNotContains(page, "SHIPPED")
        self.client.post("/admin/lab/parcel/O'x/change/", {"key": "O'x", "status": "PAID"})
        self.assertEqual(who("O'x"), [NOBODY, "root"])

    def test_a_refusal_is_an_error_of_the_form(self):
        Parcel.objects.create(key="a")
        from lab.admin import ParcelAdmin

        def save_model(admin, request, parcel, form, change):
            Parcel.objects.filter(key=parcel.key).update(status="SHIPPED")

        with mock.patch.object(ParcelAdmin, "save_model", save_model):
            page = self.client.post("/admin/lab/parcel/a/change/", {"key": "a", "status": "PAID"})
        self.assertContains(page, "NEW -&gt; SHIPPED is not a transition")
        self.assertEqual(Parcel.objects.get().status, "NEW")
        page = self.client.post("/admin/lab/document/add/", {"status": "NEW", "step": "1"}, follow=True)
        self.assertContains(page, "added successfully")

    def test_a_refused_deletion_and_a_refused_list_say_why_and_change_nothing(self):
        Parcel.objects.create(key="a")
        for path, data in [
            ("/admin/lab/parcel/a/delete/", {"post": "yes"}),
            ("/admin/lab/parcel/", {"action": "delete_selected", "_selected_action": "a", "post": "yes"}),
        ]:
            page = self.client.post(path, data, follow=True)
            self.assertContains(page, "is tracked: DELETE is refused. It requires")
        self.assertTrue(Parcel.objects.exists())

    def test_a_list_that_is_edited_offers_moves(self):
        Parcel.objects.create(key="a")
        page = self.client.get("/admin/lab/parcel/")
        self.assertContains(page, '<option value="CANCELLED">Cancel</option>', html=True)
        data = {
            "form-TOTAL_FORMS": 1,
            "form-INITIAL_FORMS": 1,
            "form-0-key": "a",
            "form-0-status": "PAID",
            "_save": "1",
        }
        self.client.post("/admin/lab/parcel/", data)
        self.assertEqual(Parcel.objects.get().status, "PAID")
