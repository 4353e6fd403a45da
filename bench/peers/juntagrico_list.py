"""Run in juntagrico's own environment: its list of so many members with a share each; prints how long it takes."""

import json
import secrets
import statistics
import sys
import time
import types
from datetime import date
from typing import Any

RUNS = 3
JOINED = date(2024, 1, 1)
APPS = [
    "juntagrico", "import_export", "crispy_forms", "crispy_bootstrap4", "adminsortable2", "impersonate", "polymorphic",
    "djrichtextfield", "django_select2", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.sessions", "django.contrib.sites", "django.contrib.messages", "django.contrib.admin",
    "django.contrib.staticfiles",
]  # fmt: skip
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "impersonate.middleware.ImpersonateMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
]  # fmt: skip
CONTEXT = [
    "django.contrib.auth.context_processors.auth", "django.template.context_processors.i18n",
    "django.template.context_processors.static", "django.template.context_processors.request",
    "django.contrib.messages.context_processors.messages", "juntagrico.context_processors.vocabulary",
]  # fmt: skip
ENGINE = "django.template.backends.django.DjangoTemplates"
OWN = "django.contrib.auth.backends.ModelBackend"


def set_up(file: str) -> None:
    """Settings as its documentation gives them, on one SQLite file."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY=secrets.token_hex(), ALLOWED_HOSTS=["*"], ROOT_URLCONF="peer_urls", USE_TZ=True, LANGUAGE_CODE="de",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", STATIC_URL="/static/", SITE_ID=1,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file}}, INSTALLED_APPS=APPS,
        MIDDLEWARE=MIDDLEWARE, EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        TEMPLATES=[{"BACKEND": ENGINE, "APP_DIRS": True, "OPTIONS": {"context_processors": CONTEXT}}],
        AUTHENTICATION_BACKENDS=["juntagrico.util.auth.AuthenticateWithEmail", OWN], CRISPY_TEMPLATE_PACK="bootstrap4",
        IMPERSONATE={"REDIRECT_URL": "/"}, DJRICHTEXTFIELD_CONFIG={"js": [], "init_template": "", "settings": {}},
    )  # fmt: skip
    django.setup()
    _give_addresses()


def _give_addresses() -> None:
    from django.contrib import admin
    from django.urls import include, path

    urls: Any = types.ModuleType("peer_urls")
    urls.urlpatterns = [
        path("admin/", admin.site.urls), path("impersonate/", include("impersonate.urls")),
        path("", include("juntagrico.urls")),
    ]  # fmt: skip
    sys.modules["peer_urls"] = urls


def fill(count: int) -> None:
    """So many members with a share each; the first may see all."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import transaction
    from juntagrico.entity.member import Member
    from juntagrico.entity.share import Share

    call_command("migrate", verbosity=0)
    if Member.objects.count() >= count:
        return
    User.objects.bulk_create([User(username=f"u{n}", email=f"m{n}@exemple.fr") for n in range(count)])
    Member.objects.bulk_create([_member(Member, n, user) for n, user in enumerate(User.objects.order_by("id"))])
    with transaction.atomic():
        for member in Member.objects.all():
            Share(member=member, paid_date=JOINED, issue_date=JOINED, value=20).save()
        User.objects.filter(username="u0").update(is_superuser=True, is_staff=True)


def _member(kind: Any, n: int, user: Any) -> Any:
    return kind(
        user=user, first_name=f"Prénom{n}", last_name=f"Nom{n}", email=user.email, addr_street="3 rue des Potiers",
        addr_zipcode="26000", addr_location="Valence", phone="0", number=n, confirmed=True,
    )  # fmt: skip


def main(file: str, count: int) -> None:
    """Ask for the list a few times, as somebody who may see it."""
    set_up(file)
    fill(count)
    from django.contrib.auth.models import User
    from django.test import Client

    client, times = Client(), []
    client.force_login(User.objects.get(username="u0"), backend=OWN)
    for _ in range(RUNS):
        begun = time.perf_counter()
        answer = client.get("/manage/member")
        times.append(time.perf_counter() - begun)
        assert answer.status_code == 200, answer.status_code
    told = {"seconds": statistics.median(times), "bytes": len(answer.content)}
    print(json.dumps(told | {"rows": answer.content.count(b"@exemple.fr")}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
