"""A spreadsheet through the pages: preview, confirmation that counts once, and the bad rows as a file."""

from __future__ import annotations

import io
import os
import re
import time
import zipfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from broker.listings.models import Capacity, Need
from broker.parties.models import User
from tests.factories import listings as make
from tests.factories.parties import member, user
from tests.web.conftest import SignIn, Write, read
from web.pages.listings import uploads

COLUMNS = ["id", *make.NEED]
GOOD = ["A1", *make.NEED.values()]
BAD = ["A2", *{**make.NEED, "quantity": "-40", "municipality": "Macondo"}.values()]


def sheet(*rows: list[str], columns: list[str] = COLUMNS) -> bytes:
    return "\n".join(",".join(cells) for cells in (columns, *rows)).encode()


def send(
    client: FlaskClient, data: bytes, name: str = "my needs.csv", kind: str = "needs", **fields: str
) -> TestResponse:
    form = {"decimal_separator": ".", "encoding": "", **fields, "file": (io.BytesIO(data), name)}
    return client.post(f"/{kind}/import", data=form, content_type="multipart/form-data")


def confirm_address(preview: TestResponse) -> str:
    found = re.search(r'action="(/\w+/import/\w+/confirm)"', preview.get_data(as_text=True))
    assert found, "the preview offers no confirmation"
    return found[1]


@pytest.fixture
def people(write: Write) -> dict[str, User]:
    with write() as tx:
        return {
            "buyer": user(tx, "buyer", email="buyer@example.org"),
            "rival": user(tx, "buyer", email="rival@example.org"),
            "producer": user(tx, "producer_org", email="producer@example.org"),
        }


@pytest.fixture
def buyer(client: FlaskClient, people: dict[str, User], sign_in: SignIn) -> FlaskClient:
    """The buyer's browser."""
    sign_in(client, "buyer@example.org")
    return client


def references(write: Write) -> list[str]:
    with write() as tx:
        return list(tx.session.scalars(select(Need.reference).order_by(Need.reference)))


def test_preview_confirm_and_the_bad_rows_back(buyer: FlaskClient, write: Write) -> None:
    assert "Nothing is saved until you say so" in read(buyer.get("/needs/import"))
    preview = send(buyer, sheet(GOOD, BAD, ["", *GOOD[1:]]))
    text = read(preview)
    assert preview.status_code == 200
    assert "Good rows 2" in text
    assert "Rows with errors 1" in text
    assert "quantity: “-40” is below zero." in text
    assert "We do not know Macondo" in text
    assert references(write) == []
    address = confirm_address(preview)
    done = buyer.post(address, data={"publish": "1"})
    assert done.status_code == 303
    assert references(write) == ["A1", "R002"]
    mine = buyer.get(done.location)
    assert "2 rows imported" in read(mine)
    assert "1 row was left out" in read(mine)
    assert "Open" in read(mine)
    # Only what was left out comes back, with its faults beside it and ready to be mended.
    back = buyer.get(address.replace("/confirm", "/bad-rows.csv"))
    lines = back.get_data().decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[0].endswith(",Error")
    assert "A2" in lines[1] and "below zero" in lines[1]
    book = load_workbook(io.BytesIO(buyer.get(address.replace("/confirm", "/bad-rows.xlsx")).get_data()))
    assert book.worksheets[0].max_row == 2
    assert buyer.get(address.replace("/confirm", "/bad-rows.exe")).status_code == 404


def test_the_bad_rows_can_be_sent_again_once_mended(buyer: FlaskClient, write: Write) -> None:
    address = confirm_address(send(buyer, sheet(GOOD, BAD)))
    back = buyer.get(address.replace("/confirm", "/bad-rows.csv")).get_data().decode("utf-8-sig")
    mended = back.replace("-40", "40").replace("Macondo", "Pereira")
    preview = send(buyer, mended.encode())
    assert "Good rows 1" in read(preview)
    assert "Nobody reads these columns" in read(preview)
    buyer.post(confirm_address(preview))
    assert references(write) == ["A2"]


def test_a_second_click_imports_nothing_more(buyer: FlaskClient, write: Write) -> None:
    rows = [["", *GOOD[1:]]] * 3
    address = confirm_address(send(buyer, sheet(*rows)))
    for _ in range(3):
        assert buyer.post(address).status_code == 303
    assert references(write) == ["R001", "R002", "R003"]
    assert "Draft" in read(buyer.get("/needs/mine"))


def test_even_when_the_note_of_the_first_is_lost(buyer: FlaskClient, write: Write, tmp_path: Path) -> None:
    address = confirm_address(send(buyer, sheet(["", *GOOD[1:]])))
    note = tmp_path / "uploads" / f"{address.split('/')[3]}.json"
    before = note.read_bytes()
    buyer.post(address)
    # As after a kill between the commit and the note on disk.
    note.write_bytes(before)
    assert buyer.post(address).status_code == 303
    assert references(write) == ["R001"]


def test_ids_taken_before_are_bad_rows(buyer: FlaskClient, write: Write) -> None:
    buyer.post(confirm_address(send(buyer, sheet(GOOD))))
    preview = send(buyer, sheet(GOOD))
    assert "You already have “A1”" in read(preview)
    assert "No row can be imported as it is" in read(preview)


def test_ids_taken_between_preview_and_confirmation(
    buyer: FlaskClient, write: Write, people: dict[str, User]
) -> None:
    first, second = (confirm_address(send(buyer, sheet(GOOD))) for _ in range(2))
    assert buyer.post(first).status_code == 303
    assert buyer.post(second).status_code == 422
    assert references(write) == ["A1"]


def test_a_file_belongs_to_who_sent_it(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    with write() as tx:
        member(tx, tx.session.get_one(User, people["buyer"].id), "clerk", email="colleague@example.org")
    sign_in(client, "buyer@example.org")
    address = confirm_address(send(client, sheet(GOOD)))
    client.delete_cookie("alianza")
    for other in ("rival@example.org", "colleague@example.org"):
        sign_in(client, other)
        assert client.post(address).status_code == 404
        assert client.get(address.replace("/confirm", "/bad-rows.csv")).status_code == 404
        client.delete_cookie("alianza")
    assert references(write) == []


@pytest.mark.parametrize("token", ["0" * 32, "..%2f..%2fsecret_key", "secret_key", "0" * 31, "é" * 32])
def test_tokens_that_nobody_gave(buyer: FlaskClient, token: str) -> None:
    assert buyer.post(f"/needs/import/{token}/confirm").status_code == 404


def test_files_are_kept_for_a_day(buyer: FlaskClient, tmp_path: Path) -> None:
    address = confirm_address(send(buyer, sheet(GOOD)))
    kept = list((tmp_path / "uploads").iterdir())
    assert len(kept) == 2
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)
    long_ago = time.time() - uploads.KEPT_SECONDS - 60
    for path in kept:
        os.utime(path, (long_ago, long_ago))
    assert buyer.post(address).status_code == 404
    send(buyer, sheet(GOOD))
    assert not set(kept) & set((tmp_path / "uploads").iterdir())


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.csv", "The file has no rows"),
        (sheet(), "a.csv", "The file has no rows"),
        (
            b"id,unit\n1,t\n",
            "a.csv",
            "These columns are missing: product (Product), quantity (Quantity per period)",
        ),
        ("producto\nplátano\n".encode("cp1252"), "a.csv", "not Unicode (line 2)"),
        (b"%PDF-1.7 \x00\x01", "a.csv", "not Unicode"),
        (b"\xd0\xcf\x11\xe0", "a.xls", "Save it as XLSX or as CSV"),
        (b"PK\x03\x04nonsense", "a.xlsx", "The file is damaged"),
        (b'id,product\n1,"open\n', "a.csv", "quotation mark"),
    ],
)
def test_files_that_cannot_be_read_say_what_to_change(
    buyer: FlaskClient, data: bytes, name: str, said: str
) -> None:
    answer = send(buyer, data, name)
    assert answer.status_code == 422
    assert said in read(answer)
    assert 'href="#f-file"' in answer.get_data(as_text=True)


def test_windows_letters_when_the_reader_says_so(buyer: FlaskClient) -> None:
    row = ["A1", *{**make.NEED, "product": "Plátano dominico-hartón verde"}.values()]
    data = sheet(row).decode().encode("cp1252")
    assert send(buyer, data).status_code == 422
    assert "Good rows 1" in read(send(buyer, data, encoding="cp1252"))


def test_the_decimal_sign_is_asked_and_kept(buyer: FlaskClient, write: Write) -> None:
    rows = sheet(["A1", *{**make.NEED, "quantity": '"1.500,5"'}.values()])
    assert "uses the other decimal sign" in read(send(buyer, rows))
    preview = send(buyer, rows, decimal_separator=",")
    assert "1,500.5 t" in read(preview)
    buyer.post(confirm_address(preview))
    with write() as tx:
        assert tx.session.scalars(select(Need.quantity_kg)).one() == 1_500_500
    assert send(buyer, rows, decimal_separator="").status_code == 422
    assert send(buyer, rows, decimal_separator=";").status_code == 422


def test_a_bomb_is_refused(buyer: FlaskClient) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(60 * 2**20))
    answer = send(buyer, out.getvalue(), "needs.xlsx")
    assert answer.status_code == 422
    assert "too large (at most 50 MB)" in read(answer)


def test_more_than_eight_megabytes_do_not_even_arrive(buyer: FlaskClient) -> None:
    body, kind = b"x" * (9 * 2**20), "multipart/form-data; boundary=x"
    assert buyer.post("/needs/import", data=body, content_type=kind).status_code == 413


def test_what_stands_in_a_file_is_shown_as_text(buyer: FlaskClient) -> None:
    row = ["<script>alert(1)</script>", *{**make.NEED, "quantity": "<img src=x>"}.values()]
    preview = send(buyer, sheet(row, columns=[*COLUMNS[:-1], "spec_finger_weight_g_max"]), "<b>.csv")
    assert "<script>alert" not in preview.get_data(as_text=True)
    assert "<img" not in preview.get_data(as_text=True)
    assert "<script>alert(1)</script>" in read(preview)


def test_capacities_are_published_at_once(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    sign_in(client, "producer@example.org")
    columns = ["id", *make.CAPACITY, "readiness"]
    good = ["C1", *make.CAPACITY.values(), "76"]
    bad = ["C2", *{**make.CAPACITY, "loss_pct": "99"}.values(), ""]
    preview = send(client, sheet(good, bad, columns=columns), "c.csv", "capacities")
    assert "Good rows 1" in read(preview)
    assert "It must lie between 0 and 60" in read(preview)
    assert client.post(confirm_address(preview)).status_code == 303
    with write() as tx:
        assert tx.session.scalars(select(Capacity.state)).all() == ["published"]
        assert tx.session.scalar(select(func.count()).select_from(Need)) == 0
    assert client.get("/needs/import").status_code == 403


def test_the_export_is_imported_again_unchanged(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    with write() as tx:
        owner = tx.session.get_one(User, people["buyer"].id)
        make.need(
            tx, owner, unit="saco", unit_kg="62.5", price="2150.55", reserve_price="2300",
            description="=cmd|x", certificates="bpa_ica", contributions="inputs: bags; and string",
        )  # fmt: skip
    sign_in(client, "buyer@example.org")
    for format, separator in (("csv", "."), ("xlsx", ".")):
        data = client.get(f"/needs/export.{format}").get_data()
        # Its own id is taken, and its buyer's name is the reader's own.
        assert "You already have “R001”" in read(
            send(client, data, f"needs.{format}", decimal_separator=separator)
        )
    fresh = client.get("/needs/export.csv").get_data().replace(b"\nR001,", b"\n,")
    client.post(confirm_address(send(client, fresh)))
    with write() as tx:
        first, second = tx.session.scalars(select(Need).order_by(Need.id))
        same = (
            "quantity_original",
            "quantity_unit",
            "quantity_factor",
            "price_minor",
            "reserve_minor",
            "attributes",
        )
        for name in (*same, "certificates", "description", "starts_on", "total_kg", "lat", "lon"):
            assert getattr(first, name) == getattr(second, name), name
        assert [(c.type, c.description) for c in second.contributions] == [("inputs", "bags; and string")]
