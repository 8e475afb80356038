"""Template tags: what they show, and that they escape what they are given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils.translation import override

from souk.kernel.money import Money
from souk.ui.tables import Column, Page, Table

EVIL = '<script>alert("x")</script>'


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


def show(source: str, **values: object) -> str:
    return Template("{% load souk %}" + source).render(Context(values))


@pytest.mark.parametrize(
    "source",
    [
        "{% status x %}",
        "{% copy x %}",
        "{% code x %}",
        "{{ x|ltr }}",
        "{% card title=x %}{{ x }}{% endcard %}",
        "{% page_header title=x lead=x %}{{ x }}{% endpage_header %}",
        "{% notice 'warn' title=x %}{{ x }}{% endnotice %}",
        "{% empty icon='box' title=x text=x %}{{ x }}{% endempty %}",
        "{% facts %}{% fact x %}{{ x }}{% endfact %}{% endfacts %}",
        "{% menu label=x %}{{ x }}{% endmenu %}",
        "{% dialog id='d' title=x %}{{ x }}{% enddialog %}",
        "{% details summary=x %}{{ x }}{% enddetails %}",
        "{% stat x x hint=x %}",
        "{% search_box value=x label=x %}",
        "{% secret id='s' url=x label=x %}",
        "{% revealed id='s' value=x label=x %}",
        "{% live id='l' url=x moving=True %}{{ x }}{% endlive %}",
    ],
)
def test_no_component_lets_markup_through(source: str) -> None:
    page = show(source, x=EVIL)
    assert "<script" not in page
    assert "alert" in page


@pytest.mark.parametrize(
    "source", ["{% card title='t' %}<p>a</p>{% endcard %}", "{% menu label='t' %}<p>a</p>{% endmenu %}"]
)
def test_a_block_keeps_the_markup_its_template_wrote(source: str) -> None:
    assert "<p>a</p>" in show(source)


def test_no_component_uses_inline_style_or_script() -> None:
    page = show(
        "{% status 'ready' %}{% stat 'a' 1 %}{% live id='l' url='/x' moving=True %}{% endlive %}"
        "{% live_price id='p' url='/x' form='#f' %}{% secret id='s' url='/x' label='l' %}"
    )
    for forbidden in (" style=", "<style", "<script", "hx-on", "javascript:", " onclick="):
        assert forbidden not in page


def test_a_state_is_a_word_with_a_tone() -> None:
    assert 'class="sk-status sk-ok">Ready' in show("{% status 'ready' %}")
    assert "sk-busy sk-moving" in show("{% status 'provisioning' %}")
    assert "To pay" in show("{% status 'issued' 'invoice' %}")


def test_a_state_nobody_described_is_still_shown() -> None:
    assert "sk-idle" in show("{% status 'on_holiday' %}")
    assert "on holiday" in show("{% status 'on_holiday' %}")


def test_money_and_rates_name_their_period() -> None:
    assert show("{% money m per='month' %}", m=Money(24000, "MAD")).endswith("/ month</span>")
    assert "0.3288" in show("{% rate r 'MAD' %}", r=Decimal("0.3288000000"))


def test_what_is_not_known_is_a_dash() -> None:
    for tag in ("money", "size", "quantity", "duration", "when"):
        assert "—" in show("{% " + tag + " None %}")


def test_an_instant_carries_its_machine_readable_form_in_universal_time() -> None:
    page = show("{% when t %}", t=datetime(2026, 7, 14, 12, 0, tzinfo=UTC))
    assert 'datetime="2026-07-14T12:00:00Z"' in page
    assert "14 Jul 2026 13:00" in page


def test_an_icon_that_is_not_in_the_sprite_is_an_error_while_building() -> None:
    with pytest.raises(LookupError, match="no-such-icon"):
        show("{% icon 'no-such-icon' %}")


def test_a_region_that_moves_asks_again_and_one_at_rest_does_not() -> None:
    source = "{% live id='op' url='/op/' moving=m every=2 %}x{% endlive %}"
    assert 'hx-trigger="every 2s"' in show(source, m=True)
    assert "hx-" not in show(source, m=False)


def test_a_region_that_moves_without_an_address_is_an_error_while_building() -> None:
    with pytest.raises(ValueError, match="no address"):
        show("{% live id='op' url='' moving=True %}{% endlive %}")


@dataclass(frozen=True)
class Row:
    name: str
    cost: Money


def table(rows: list[Row], order: str = "") -> Table:
    columns = [
        Column("name", "Name", url=lambda row: f"/s/{row.name}", sort="name"),
        Column("cost", "Cost", kind="money"),
    ]
    return Table(columns, rows, "Services", order=order, query="q=x&after=c", page=Page(next="?after=d", total=3))


def test_a_table_names_its_rows_columns_and_caption() -> None:
    page = show("{% data_table t %}", t=table([Row("compta", Money(100, "MAD"))]))
    assert '<th scope="row" class="sk-row-head"><a href="/s/compta">compta</a></th>' in page
    assert 'data-label="Cost"' in page
    assert ">Services</caption>" in page
    assert 'rel="next" href="?after=d"' in page


def test_sorting_keeps_the_search_turns_round_and_starts_again_from_the_first_page() -> None:
    rows = [Row("a", Money(1, "MAD"))]
    assert 'href="?q=x&amp;sort=name"' in show("{% data_table t %}", t=table(rows))
    page = show("{% data_table t %}", t=table(rows, order="name"))
    assert 'href="?q=x&amp;sort=-name"' in page
    assert 'aria-sort="ascending"' in page


def test_a_table_without_rows_says_so() -> None:
    assert "Nothing here yet." in show("{% data_table t %}", t=table([]))


class AccountForm(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="For invoices.")
    password = forms.CharField(widget=forms.PasswordInput)
    agree = forms.BooleanField(label="I agree")
    size = forms.ChoiceField(choices=[("s", "Small"), ("l", "Large")], widget=forms.RadioSelect)
    phone = forms.CharField(required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_is_tied_to_its_label_help_and_faults() -> None:
    page = show("{% form_fields form %}", form=AccountForm({"email": "nobody"}))
    assert '<label class="form-label" for="id_email">' in page
    assert 'aria-describedby="id_email_help id_email_error"' in page
    assert 'id="id_email_error"' in page
    assert 'aria-invalid="true"' in page


def test_optional_fields_are_marked_and_needed_ones_are_not() -> None:
    page = show("{% form_fields form %}", form=AccountForm())
    assert page.count("sk-optional") == 1


def test_radio_buttons_are_a_group_with_a_legend() -> None:
    page = show("{% form_fields form %}", form=AccountForm())
    assert "<fieldset" in page
    assert '<legend class="form-label">Size' in page
    assert page.count('type="radio"') == 2


def test_addresses_read_left_to_right_on_an_arabic_page() -> None:
    with override("ar"):
        assert 'dir="ltr"' in show("{% field form.email %}", form=AccountForm())


def test_hidden_fields_are_there_without_a_label() -> None:
    page = show("{% form_fields form %}", form=AccountForm())
    assert '<input type="hidden" name="token"' in page
    assert 'for="id_token"' not in page
